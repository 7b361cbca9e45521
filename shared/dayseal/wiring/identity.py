"""How a process gets at a ledger in S3: with AWS's own credentials, or as a role that trusts another cloud's token."""

from dayseal.clouds.aws.session import Access
from dayseal.clouds.aws.web_identity import WebIdentity
from dayseal.ports import IdentityToken
from dayseal.settings import IdentitySettings, Settings
from dayseal.wiring.asked_aws import access_of, aws_of
from dayseal.wiring.extras import needing


def ledger_access(settings: Settings) -> Access:
    """Say how to get at the ledger's buckets; nothing is asked yet.

    Raises:
        UsageError: neither [ledger.identity] nor [aws] is there, or an extra is not installed.
    """
    told = settings.ledger.identity
    if told is None:
        return access_of(aws_of(settings))
    return Access(region=told.region, open_session=WebIdentity(open_identity(told), told.role_arn, told.region))


def open_identity(told: IdentitySettings) -> IdentityToken:
    """Open the identity that the settings name; nothing is asked yet.

    Raises:
        UsageError: its extra is not installed.
    """
    with needing("gcp"):
        from dayseal.clouds.gcp.identity import GoogleIdentity  # noqa: PLC0415 - not every installation has google-auth
    return GoogleIdentity(told.audience)
