"""Clients for every account and Region, from one set of ordinary credentials and a role to assume."""

import dataclasses
import threading
from collections.abc import Callable
from typing import Any, Final

import boto3
import botocore.session
from botocore.client import BaseClient
from botocore.config import Config
from botocore.credentials import RefreshableCredentials
from botocore.exceptions import BotoCoreError, ClientError

from dayseal.clouds.aws.models import open_ordinary_session
from dayseal.clouds.aws.places import Place, partition_of
from dayseal.clouds.aws.refusals import RefusedError, missing_of
from dayseal.model.route import Call
from dayseal.once import Once

_SESSION_NAME: Final = "dayseal"
_CONNECT_S: Final = 5
_READ_S: Final = 20
_POOL: Final = 32  # connections of one client; as many threads may wait for answers at once


@dataclasses.dataclass(frozen=True, slots=True)
class Access:
    """How to get into AWS; can be pickled, so that a worker process gets in by itself.

    `region` is where STS and Organizations are asked. `role` is the name of the role to assume in other
    accounts, `""` for none. `open_session` gives the session whose credentials everything starts from; the
    default takes the ordinary ones (environment, profile, instance). `attempts` counts the first try too.
    """

    region: str
    role: str = ""
    external_id: str = dataclasses.field(default="", repr=False)
    endpoint: str | None = None
    attempts: int = 4
    open_session: Callable[[], boto3.Session] = open_ordinary_session

    @property
    def config(self) -> Config:
        """The one client configuration: each call is tried again for itself, and waits at most 1 + 2 + 4 s between.

        Botocore's `adaptive` mode would pace a whole client down for the sake of one throttled call. A service that
        never answers costs a call four times 25 s more.
        """
        return Config(
            retries={"mode": "standard", "total_max_attempts": self.attempts},
            connect_timeout=_CONNECT_S,
            read_timeout=_READ_S,
            max_pool_connections=_POOL,
            user_agent_extra="dayseal",
        )

    def open_client(self, service: str) -> BaseClient:
        """Make a client with our own credentials in the access's own Region; nothing is asked yet."""
        session = self.open_session()
        return session.client(service, region_name=self.region, endpoint_url=self.endpoint, config=self.config)


class Sessions:
    """Makes each client once, for all threads; nothing is asked before the first client is wanted.

    `heard` is told of each call that is made here.
    """

    def __init__(self, access: Access, heard: Callable[[Call], None] = lambda _: None) -> None:
        self.access = access
        self._heard = heard
        self._config = access.config
        self._sessions: Once[str, boto3.Session] = Once()
        self._clients: Once[tuple[str, Place], BaseClient] = Once()
        self._account: Once[None, str] = Once()
        self._building = threading.Lock()  # boto3 sessions do not stand two threads

    def account(self) -> str:
        """Give the account our own credentials belong to.

        Raises:
            RefusedError: they are refused, or there are none.
        """
        return self._account.get(None, self._ask_account)

    def client(self, service: str, place: Place) -> BaseClient:
        """Give the client of a service in an account and Region; an account not ours is entered by the role.

        Raises:
            RefusedError: the role cannot be assumed.
        """
        return self._clients.get((service, place), lambda: self._build(service, place))

    def _build(self, service: str, place: Place) -> BaseClient:
        own = not place.account or place.account == self.account()
        session = self._own() if own else self._sessions.get(place.account, lambda: self._enter(place.account))
        return self._make(session, service, place.region)

    def _own(self) -> boto3.Session:
        return self._sessions.get("", self.access.open_session)

    def _make(self, session: boto3.Session, service: str, region: str) -> BaseClient:
        where = region or self.access.region
        with self._building:
            return session.client(service, region_name=where, endpoint_url=self.access.endpoint, config=self._config)

    def _ask_account(self) -> str:
        call = Call("sts", "GetCallerIdentity", "our credentials")
        self._heard(call)
        try:
            return str(self._make(self._own(), "sts", "").get_caller_identity()["Account"])
        except (ClientError, BotoCoreError) as exc:
            raise RefusedError(missing_of(exc, call)) from exc

    def _enter(self, account: str) -> boto3.Session:
        """Assume the role; botocore assumes it again before it expires."""
        arn = f"arn:{partition_of(self.access.region)}:iam::{account}:role/{self.access.role or 'NONE-IS-SET'}"
        call = Call("sts", "AssumeRole", arn)
        sts = self._make(self._own(), "sts", "")
        request = {"RoleArn": arn, "RoleSessionName": _SESSION_NAME}
        if self.access.external_id:
            request["ExternalId"] = self.access.external_id

        def assume() -> dict[str, str]:
            self._heard(call)
            return _metadata(sts.assume_role(**request)["Credentials"])

        try:
            first = assume()
        except (ClientError, BotoCoreError) as exc:
            raise RefusedError(missing_of(exc, call)) from exc
        inner = botocore.session.Session()
        # Every session would read the same service models from disk again.
        inner.register_component("data_loader", self._own()._session.get_component("data_loader"))  # noqa: SLF001 - boto3 has no other door to it
        inner._credentials = RefreshableCredentials.create_from_metadata(first, assume, "assume-role")  # noqa: SLF001 - as botocore's documentation of it does
        return boto3.Session(botocore_session=inner)


def _metadata(credentials: dict[str, Any]) -> dict[str, str]:
    return {
        "access_key": credentials["AccessKeyId"],
        "secret_key": credentials["SecretAccessKey"],
        "token": credentials["SessionToken"],
        "expiry_time": credentials["Expiration"].isoformat(),
    }
