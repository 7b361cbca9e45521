"""What is asked of Azure's functions: look-ups by HTTP, and `bundle`, the evidence that a look-up asked for."""

import functools
from typing import Any

import azure.functions as func


def answer(request: func.HttpRequest) -> func.HttpResponse:
    """Say what the ledger holds, each answer with its proof; start evidence."""
    kind, who = request.headers.get("content-type", ""), request.headers.get("x-ms-client-principal", "")
    said = open_door().answer(request.method, request.url, request.params, request.get_body(), kind, who)
    headers = {**said.headers, "Content-Type": said.media_type}
    return func.HttpResponse(said.encoded, status_code=said.status, headers=headers)


def bundle(message: func.QueueMessage) -> None:
    """Make the bundle that a message names, or find it made; the host gives a message again where that failed."""
    from dayseal.wiring.functions_azure_evidence import make_evidence  # noqa: PLC0415 - an app serves one thing

    make_evidence(open_work, message.get_body())


@functools.cache
def open_door() -> Any:  # noqa: ANN401 - imported where it is used
    """Open the ledger for look-ups, once for a process."""
    from dayseal.wiring.functions_azure_lookup import open_lookup  # noqa: PLC0415 - an app serves one thing

    return open_lookup()


@functools.cache
def open_work() -> Any:  # noqa: ANN401 - imported where it is used
    """Open the working end of evidence jobs, once for a process."""
    from dayseal.wiring.functions_azure_lookup import open_evidence_work  # noqa: PLC0415 - an app serves one thing

    return open_evidence_work()
