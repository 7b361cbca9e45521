"""What moto lacks of CloudWatch Logs, CloudTrail, KMS and S3, behind the same HTTP: real answers to real clients."""

import datetime as dt
import hashlib
import itertools
import json
from typing import Any, Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from moto.logs.models import logs_backends
from moto.s3.models import s3_backends

from dayseal.codec import decode_base64, encode_base64
from support.moto_world_gate import Gate, Refusal, Request

_MAX_RAW: Final = 4_096
_DIGEST_BYTES: Final = 32
_LOOKUP_PAGE: Final = 50


class Gaps:
    """Fills a gate with what moto cannot say; the state is this world's own."""

    def __init__(self, gate: Gate) -> None:
        self._policies: dict[tuple[str, str, str], dict[str, dict[str, Any]]] = {}
        self._filters: dict[tuple[str, str, str], dict[str, dict[str, Any]]] = {}
        self._transformers: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
        self._groups: dict[tuple[str, str, str], dict[str, Any]] = {}
        self._events: dict[tuple[str, str], list[dict[str, Any]]] = {}
        self._keys: dict[str, ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey] = {}
        self._numbers = itertools.count(1)
        gate.additions.update(
            {
                "logs:PutAccountPolicy": self._put_policy,
                "logs:DescribeAccountPolicies": self._describe_policies,
                "logs:PutSubscriptionFilter": self._put_filter,
                "logs:DescribeSubscriptionFilters": self._describe_filters,
                "logs:DeleteSubscriptionFilter": self._delete_filter,
                "logs:PutTransformer": self._put_transformer,
                "logs:GetTransformer": self._get_transformer,
                "logs:PutLogGroupDeletionProtection": self._protect,
                "cloudtrail:LookupEvents": self._lookup,
                "kms:Sign": self._sign,
                "kms:GetPublicKey": self._public_key,
                "s3:HeadBucket": self._head_bucket,
            }
        )
        gate.amendments["logs:DescribeLogGroups"] = self._amend_groups

    def record(self, account: str, region: str, event: dict[str, Any], at: dt.datetime) -> None:
        """Let CloudTrail remember an event: a CloudTrail record without its id and time."""
        number = next(self._numbers)
        detail = {**event, "eventID": f"event-{number}", "eventTime": at.isoformat()}
        row = {
            "EventId": detail["eventID"],
            "EventName": event["eventName"],
            "EventTime": at.timestamp(),
            "Username": "somebody",
            "CloudTrailEvent": json.dumps(detail),
        }
        self._events.setdefault((account, region), []).append(row)

    def make_key(self, account: str, region: str, *, kind: str = "p256") -> str:
        """Make a signing key, `p256` or `ed25519`; gives its ARN."""
        arn = f"arn:aws:kms:{region}:{account}:key/own-{next(self._numbers)}"
        made = ec.generate_private_key(ec.SECP256R1()) if kind == "p256" else ed25519.Ed25519PrivateKey.generate()
        self._keys[arn] = made
        return arn

    def spki(self, arn: str) -> bytes:
        """Give a key's public half."""
        return self._keys[arn].public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

    def turn_key(self, arn: str) -> None:
        """Put another private key behind the same ARN."""
        self._keys[arn] = ec.generate_private_key(ec.SECP256R1())

    def shape_group(self, account: str, region: str, name: str, **fields: object) -> None:
        """Set fields of a log group that moto does not keep."""
        self._groups.setdefault((account, region, name), {}).update(fields)

    def _put_policy(self, request: Request) -> dict[str, Any]:
        body = request.body
        of_kind = self._policies.setdefault((request.account, request.region, body["policyType"]), {})
        of_kind[body["policyName"]] = {**body, "accountId": request.account}
        return {"accountPolicy": of_kind[body["policyName"]]}

    def _describe_policies(self, request: Request) -> dict[str, Any]:
        found = self._policies.get((request.account, request.region, request.body["policyType"]), {})
        return {"accountPolicies": list(found.values())}

    def _put_filter(self, request: Request) -> dict[str, Any] | Refusal:
        where = self._group_of(request)
        if where is None:
            return Refusal("ResourceNotFoundException")
        filters = self._filters.setdefault(where, {})
        if len(filters) == 2 and request.body["filterName"] not in filters:
            return Refusal("LimitExceededException")
        # A real clock: filters are only ever put by a test that runs now.
        filters[request.body["filterName"]] = {**request.body, "creationTime": 1_700_000_000_000}
        return {}

    def _describe_filters(self, request: Request) -> dict[str, Any] | Refusal:
        where = self._group_of(request)
        if where is None:
            return Refusal("ResourceNotFoundException")
        return {"subscriptionFilters": list(self._filters.get(where, {}).values())}

    def _delete_filter(self, request: Request) -> dict[str, Any] | Refusal:
        where = self._group_of(request)
        if where is None or self._filters.get(where, {}).pop(request.body["filterName"], None) is None:
            return Refusal("ResourceNotFoundException")
        return {}

    def _put_transformer(self, request: Request) -> dict[str, Any]:
        where = (request.account, request.region, request.body["logGroupIdentifier"])
        self._transformers[where] = request.body["transformerConfig"]
        return {}

    def _get_transformer(self, request: Request) -> dict[str, Any] | Refusal:
        where = (request.account, request.region, request.body["logGroupIdentifier"])
        if where not in self._transformers:
            return Refusal("ResourceNotFoundException")
        return {"logGroupIdentifier": where[2], "transformerConfig": self._transformers[where]}

    def _protect(self, request: Request) -> dict[str, Any]:
        name = request.body["logGroupIdentifier"]
        on = request.body["deletionProtectionEnabled"]
        self.shape_group(request.account, request.region, name, deletionProtectionEnabled=on)
        return {}

    def _amend_groups(self, request: Request, answer: dict[str, Any]) -> None:
        """Show each group as AWS does: its class, its protection, and the retention that rules it."""
        ruling = self._policies.get((request.account, request.region, "RETENTION_POLICY"), {})
        for group in answer["logGroups"]:
            group.setdefault("logGroupClass", "STANDARD")
            group.update(self._groups.get((request.account, request.region, group["logGroupName"]), {}))
            for name, policy in ruling.items():
                days = json.loads(policy["policyDocument"]).get("retentionInDays")
                group.update({"retentionInDays": days, "retentionPolicyName": name})

    def _group_of(self, request: Request) -> tuple[str, str, str] | None:
        name = request.body["logGroupName"]
        known = logs_backends[request.account][request.region].groups
        return (request.account, request.region, name) if name in known else None

    def _lookup(self, request: Request) -> dict[str, Any]:
        body = request.body
        (wanted,) = body["LookupAttributes"]  # AWS takes one
        start, end = float(body["StartTime"]), float(body["EndTime"])
        found = [
            event
            for event in self._events.get((request.account, request.region), [])
            if event["EventName"] == wanted["AttributeValue"] and start <= event["EventTime"] <= end
        ]
        found.sort(key=lambda event: -event["EventTime"])
        at = int(body.get("NextToken") or 0)
        size = min(int(body.get("MaxResults", _LOOKUP_PAGE)), _LOOKUP_PAGE)
        more = {"NextToken": str(at + size)} if at + size < len(found) else {}
        return {"Events": found[at : at + size], **more}

    def _sign(self, request: Request) -> dict[str, Any] | Refusal | None:
        key = self._keys.get(request.body["KeyId"])
        if key is None:
            return None
        message = decode_base64(request.body["Message"], subject="message")
        digest = request.body.get("MessageType") == "DIGEST"
        if len(message) > _MAX_RAW or (digest and len(message) != _DIGEST_BYTES):
            return Refusal("ValidationException")
        if isinstance(key, ed25519.Ed25519PrivateKey):
            if digest or request.body["SigningAlgorithm"] != "ED25519_SHA_512":
                return Refusal("ValidationException")
            signature = key.sign(message)
        else:
            digest_hash: hashes.HashAlgorithm | Prehashed = Prehashed(hashes.SHA256()) if digest else hashes.SHA256()
            signature = key.sign(message, ec.ECDSA(digest_hash))
        return {
            "KeyId": request.body["KeyId"],
            "Signature": encode_base64(signature),
            "SigningAlgorithm": request.body["SigningAlgorithm"],
        }

    def _public_key(self, request: Request) -> dict[str, Any] | None:
        arn = request.body["KeyId"]
        if arn not in self._keys:
            return None
        ed = isinstance(self._keys[arn], ed25519.Ed25519PrivateKey)
        return {
            "KeyId": arn,
            "PublicKey": encode_base64(self.spki(arn)),
            "SigningAlgorithms": ["ED25519_SHA_512", "ED25519_PH_SHA_512"] if ed else ["ECDSA_SHA_256"],
            "KeyUsage": "SIGN_VERIFY",
        }

    def _head_bucket(self, request: Request) -> Refusal | None:
        """Refuse whoever expects another owner, as S3 does."""
        expected = request.headers.get("x-amz-expected-bucket-owner")
        name = request.text.split("?")[0].strip("/")
        owner = s3_backends.bucket_accounts.get(name)
        wrong = expected is not None and owner is not None and owner[1] != expected
        return Refusal("403", 403) if wrong else None


def uid_of(text: str) -> str:
    """Give a cluster's OIDC issuer id, one for each text."""
    return hashlib.sha256(text.encode()).hexdigest()[:32].upper()
