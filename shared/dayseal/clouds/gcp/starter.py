"""Starts work in another function without waiting for it: a task in a Cloud Tasks queue.

The queue keeps the task and calls again what did not answer with 2xx, as often as the queue's settings say.
"""

import dataclasses
import json

from dayseal.clouds.gcp.calls import Ask, Calls
from dayseal.clouds.gcp.refusals import access_error
from dayseal.codec import encode_base64
from dayseal.model.route import Call, Known

_LONGEST_S = 900  # as long as the function that is called may run


@dataclasses.dataclass(frozen=True, slots=True)
class TasksStarter:
    """Port `JobStarter`: posts `{"kind", "job"}` to `url` as `account`, by way of `queue`.

    `queue` is a resource name, `projects/P/locations/L/queues/Q`. We need `cloudtasks.tasks.create` on it, and
    `iam.serviceAccounts.actAs` on the account, which in turn may call the function.
    """

    calls: Calls
    queue: str
    url: str
    account: str

    def start(self, kind: str, job: str) -> None:
        """Start the job; see the port."""
        request = {
            "httpMethod": "POST",
            "url": self.url,
            "headers": {"Content-Type": "application/json"},
            "body": encode_base64(json.dumps({"kind": kind, "job": job}).encode()),
            "oidcToken": {"serviceAccountEmail": self.account, "audience": self.url},
        }
        call = Call("cloudtasks", "tasks.create", self.queue)
        body = {"task": {"httpRequest": request, "dispatchDeadline": f"{_LONGEST_S}s"}}
        answer = self.calls.ask(Ask(call, f"v2/{self.queue}/tasks", body=body), lambda found: str(found["name"]))
        if not isinstance(answer, Known):
            raise access_error(answer)
