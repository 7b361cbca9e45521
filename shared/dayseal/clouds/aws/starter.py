"""Starts a Lambda function without waiting for it."""

import json

from botocore.client import BaseClient
from botocore.exceptions import BotoCoreError, ClientError

from dayseal.clouds.aws.refusals import access_error
from dayseal.clouds.aws.session import Access
from dayseal.model.route import Call


class LambdaStarter:
    """Port `JobStarter`: invokes `function` with `{"kind", "job"}`; `client` is a boto3 client of Lambda.

    Lambda keeps the event and tries a failing function twice more.
    """

    def __init__(self, client: BaseClient, function: str) -> None:
        self._client = client
        self._function = function

    @classmethod
    def enter(cls, access: Access, function: str) -> "LambdaStarter":
        """Start the function with the access's own credentials; nothing is asked yet."""
        return cls(access.open_client("lambda"), function)

    def start(self, kind: str, job: str) -> None:
        """Start the job; see the port."""
        payload = json.dumps({"kind": kind, "job": job}).encode()
        try:
            self._client.invoke(FunctionName=self._function, InvocationType="Event", Payload=payload)
        except (ClientError, BotoCoreError) as exc:
            raise access_error(exc, Call("lambda", "InvokeFunction", self._function)) from exc
