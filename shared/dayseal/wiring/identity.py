"""How a process gets at a ledger in S3: with AWS's own credentials, or as a role that trusts another cloud's token."""

from typing import Final

from dayseal.clouds.aws.session import Access
from dayseal.clouds.aws.web_identity import WebIdentity
from dayseal.errors import UsageError
from dayseal.ports import IdentityToken
from dayseal.settings import IdentitySettings, Settings
from dayseal.wiring.asked_aws import access_of, aws_of
from dayseal.wiring.extras import needing

_AWS: Final = IdentitySettings(role_arn="", region="").audience  # no name of an application in Entra


def ledger_access(settings: Settings) -> Access:
    """Say how to get at the ledger's buckets; nothing is asked yet.

    Raises:
        UsageError: neither [ledger.identity] nor [aws] is there, or an extra is not installed.
    """
    told = settings.ledger.identity
    if told is None:
        return access_of(aws_of(settings))
    web = WebIdentity(open_identity(settings, told), told.role_arn, told.region)
    return Access(region=told.region, open_session=web)


def open_identity(settings: Settings, told: IdentitySettings) -> IdentityToken:
    """Open the identity that the settings name; nothing is asked yet.

    Raises:
        UsageError: its extra is not installed, or its audience is none that its cloud gives tokens for.
    """
    if told.provider == "azure":
        if told.audience == _AWS:
            hint = 'register an application in Entra, and name its Application ID URI: audience = "api://..."'
            raise UsageError("settings: ledger.identity has no audience, one promised for Azure", hint=hint)
        with needing("azure"):
            from dayseal.clouds.azure.identity import EntraIdentity  # noqa: PLC0415 - not every installation has azure-identity
            from dayseal.wiring.azure_access import azure_credentials  # noqa: PLC0415 - as above
        return EntraIdentity(told.audience, azure_credentials(settings))
    with needing("gcp"):
        from dayseal.clouds.gcp.identity import GoogleIdentity  # noqa: PLC0415 - not every installation has google-auth
    return GoogleIdentity(told.audience)
