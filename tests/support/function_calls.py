"""What a function asked of AWS, as IAM sees it: the action, on what of the stack, in which circumstances."""

import re
from typing import Final

from dayseal.clouds.aws.permissions import PERMISSIONS
from support.function_cloud import ARCHIVES, FUNCTION_PLACES, FunctionCloud
from support.iam_policies import Request as Asked
from support.moto_world import ROLE
from support.moto_world_gate import Request
from support.stack_template import ACCOUNT, REGION, Stack

ARCHIVE: Final = "arn:aws:s3:::dayseal-archive-1"
_ACTIONS: Final = {p.call: p.action for p in PERMISSIONS if p.call not in {"s3:GetObject", "s3:HeadObject"}}
_BY_KEY: Final = {"ledger": "LedgerBucket", "inbox": "InboxBucket", "details": "DetailsBucket"}
_BUCKETS: Final = {"guard": "GuardBucket", "work": "WorkBucket", "evidence": "EvidenceBucket", "locked": "LedgerBucket"}
_CONDITIONS: Final = {"if-none-match": "s3:if-none-match", "if-match": "s3:if-match"}
# Asked without any permission.
FREE: Final = frozenset({"sts:GetCallerIdentity"})


class Translator:
    """Translates the requests of a cloud's functions into those of a stack's roles."""

    def __init__(self, cloud: FunctionCloud, stack: Stack) -> None:
        self._cloud = cloud
        self._stack = stack

    def asked(self, principal: str, request: Request) -> Asked:
        """Give a request as IAM gets it, made by a role."""
        action, resource = self._action(request), self._resource(request)
        return Asked(principal, action, resource, self._context(request))

    def _action(self, request: Request) -> str:
        if request.name in {"s3:GetObject", "s3:HeadObject"}:
            return "s3:GetObjectVersion" if "versionId=" in request.text else "s3:GetObject"
        if request.name == "s3:PutObject" and "retention" in request.text:
            return "s3:PutObjectRetention"
        if request.service == "lambda":
            return "lambda:InvokeFunction"
        return _ACTIONS.get(request.name, request.name)

    def _resource(self, request: Request) -> str:
        match request.service:
            case "s3":
                return self._of_s3(request)
            case "kms":
                named = {self._cloud.keys["ed25519"]: "LogKey", self._cloud.keys["p256"]: "AttestorKey"}
                asked = request.body["KeyId"]
                return self._stack.arn(named[asked]) if asked in named else asked
            case "ssm":
                name = "Settings" if "settings" in request.body["Name"] else "TrustPolicy"
                name = self._stack.properties(name)["Name"]
                return f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter{name}"
            case "events":
                return self._stack.arn("Bus")
            case "sns":
                return self._stack.arn("Topic")
            case "lambda":
                return self._stack.arn("EvidenceFunction")
        return f"arn:aws:iam::444455556666:role/{ROLE}" if request.operation == "AssumeRole" else "*"

    def _of_s3(self, request: Request) -> str:
        path, _, query = request.text.strip().partition("?")
        full, _, key = path.lstrip("/").partition("/")
        name = full.removeprefix(f"w{self._cloud.world.number}-")
        if name in ARCHIVES:
            return f"{ARCHIVE}/{key}" if key else ARCHIVE
        if name == FUNCTION_PLACES["ledger"]:  # of one bucket in the cloud of these tests the stack has three
            listed = re.search(r"prefix=([^&]*)", query)
            folder = (key or (listed[1] if listed else "ledger")).partition("/")[0]
            bucket = self._stack.arn(_BY_KEY[folder])
            key = key.removeprefix("inbox/") if folder == "inbox" else key  # the stack's inbox is a bucket's root
        else:
            use = next(use for use, called in FUNCTION_PLACES.items() if called == name)
            bucket = self._stack.arn(_BUCKETS[use])
        return f"{bucket}/{key}" if key else bucket

    def _context(self, request: Request) -> dict[str, str]:
        if request.service == "kms" and request.operation == "Sign":
            body = request.body
            return {"kms:SigningAlgorithm": body["SigningAlgorithm"], "kms:MessageType": body["MessageType"]}
        if request.service == "events":
            (source,) = {entry["Source"] for entry in request.body["Entries"]}
            return {"events:source": source}
        if request.name == "s3:PutObject":
            sent = {named: request.headers[name] for name, named in _CONDITIONS.items() if name in request.headers}
            return {"s3:ObjectCreationOperation": "true", **sent}
        return {}
