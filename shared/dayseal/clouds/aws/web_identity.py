"""Credentials of AWS for a process in another cloud: STS takes that cloud's identity token, no secret is stored."""

import dataclasses
from typing import Any, Final

import boto3
import botocore.session
from botocore.client import BaseClient
from botocore.credentials import AssumeRoleWithWebIdentityCredentialFetcher, DeferredRefreshableCredentials
from botocore.exceptions import BotoCoreError, ClientError

from dayseal.clouds.aws.models import open_ordinary_session
from dayseal.clouds.aws.refusals import code_of
from dayseal.errors import AccessError
from dayseal.ports import IdentityToken

_SESSION_NAME: Final = "dayseal"
_METHOD: Final = "assume-role-with-web-identity"
_LIFE_S: Final = 3_600  # what every role allows
_HINT: Final = "the role's trust policy names the issuer, this identity (sub, aud) and this audience (oaud)"


@dataclasses.dataclass(frozen=True, slots=True)
class WebIdentity:
    """Opens sessions as the role `role_arn`; can be pickled if `identity` can, so that a worker gets in by itself.

    Nothing is asked before the first call that needs credentials. Ten minutes before they expire, botocore has
    them made anew, with a new token. `endpoint` is for another host that plays STS.
    """

    identity: IdentityToken
    role_arn: str
    region: str
    endpoint: str | None = None

    def __call__(self) -> boto3.Session:
        """Open a session. Its first call may raise AccessError: the process has no identity token."""
        fetcher = AssumeRoleWithWebIdentityCredentialFetcher(
            client_creator=self._open_sts,
            web_identity_token_loader=self.identity.token,
            role_arn=self.role_arn,
            extra_args={"RoleSessionName": _SESSION_NAME, "DurationSeconds": _LIFE_S},
        )

        def assume() -> dict[str, str]:
            try:
                metadata: dict[str, str] = fetcher.fetch_credentials()
            except (ClientError, BotoCoreError) as exc:
                raise AccessError(f"{self.role_arn}: {code_of(exc)} from STS", hint=_HINT) from exc
            return metadata

        session = open_ordinary_session()
        inner = session._session  # noqa: SLF001 - boto3 has no other door to it
        inner._credentials = DeferredRefreshableCredentials(refresh_using=assume, method=_METHOD)  # noqa: SLF001 - as botocore's own tests of it do
        inner.set_config_variable("region", self.region)
        return session

    def _open_sts(self, service: str, **options: Any) -> BaseClient:  # noqa: ANN401 - botocore's own options
        """Make STS's client. Its models are the whole ones: the lean ones lack a call for which nobody is asked."""
        return botocore.session.Session().create_client(
            service, region_name=self.region, endpoint_url=self.endpoint, **options
        )
