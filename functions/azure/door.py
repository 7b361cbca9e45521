"""The look-up function in Azure: an HTTP request in, an answer with its proof out."""

import functools
from typing import Any

import azure.functions as func


def answer(request: func.HttpRequest) -> func.HttpResponse:
    """Say what the ledger holds."""
    kind = request.headers.get("content-type", "")
    said = open_door().answer(request.method, request.url, request.params, request.get_body(), kind)
    headers = {**said.headers, "Content-Type": said.media_type}
    return func.HttpResponse(said.encoded, status_code=said.status, headers=headers)


@functools.cache
def open_door() -> Any:  # noqa: ANN401 - imported where it is used
    """Open the ledger for look-ups, once for a process."""
    from dayseal.wiring.functions_azure_lookup import open_lookup  # noqa: PLC0415 - an app serves one thing

    return open_lookup()
