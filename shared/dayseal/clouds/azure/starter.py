"""Starts work in another function without waiting for it: a message in a queue of a storage account.

The functions' host takes it out and runs the function, again after a while where that failed. Other ways would be a
timer that looks for jobs, which runs all month for nothing and one job at a time, and a blob trigger, which Flex
Consumption has only by way of Event Grid.
Spec: Azure Storage REST API, "Put Message".
"""

import email.utils
import json
from typing import Final

from azure.core.exceptions import AzureError
from azure.core.rest import HttpRequest

from dayseal.clouds.azure.refusals import access_error, missing_of, missing_of_status
from dayseal.clouds.azure.session import STORAGE_SCOPE, Sessions
from dayseal.codec import encode_base64
from dayseal.model.route import Call
from dayseal.ports import Clock

_VERSION: Final = "2021-12-02"
_LONGEST_S: Final = 1_200  # a job that waited for longer counts as failed, and may have been asked for again
_TAKEN: Final = 201


class QueueStarter:
    """Port `JobStarter`: puts `{"kind", "job"}` into the queue at `url` (`https://ACCOUNT.queue.../NAME`).

    It needs the data action `queues/messages/add/action` there.
    """

    def __init__(self, sessions: Sessions, clock: Clock, url: str) -> None:
        self._url = url.rstrip("/")
        self._clock = clock
        self._client = sessions.open_pipeline(self._url, STORAGE_SCOPE)

    def start(self, kind: str, job: str) -> None:
        """Start the job; see the port."""
        text = encode_base64(json.dumps({"kind": kind, "job": job}).encode())  # as the host decodes it
        body = f"<QueueMessage><MessageText>{text}</MessageText></QueueMessage>"
        headers = {
            "Content-Type": "application/xml",
            "x-ms-date": email.utils.format_datetime(self._clock.now(), usegmt=True),
            "x-ms-version": _VERSION,
        }
        address = f"{self._url}/messages?messagettl={_LONGEST_S}"
        call = Call("storage", "queues.messages.put", self._url)
        request = HttpRequest("POST", address, headers=headers, content=body.encode())
        try:
            answer = self._client.send_request(request, retry_on_methods=frozenset({"POST"}))
        except AzureError as exc:
            raise access_error(missing_of(exc, call)) from exc
        if answer.status_code != _TAKEN:
            word = answer.headers.get("x-ms-error-code", "")
            raise access_error(missing_of_status(answer.status_code, word, call))
