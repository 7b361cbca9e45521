"""Who asks, as App Service says it after the sign-in: the header X-MS-CLIENT-PRINCIPAL, which no caller can set.

Spec: App Service, "Work with user identities in Azure App Service authentication".
"""

from typing import Final

import msgspec

from dayseal.codec import decode_base64
from dayseal.errors import FormatError

# What a token calls an app role, and what the platform's own library makes of it.
_ROLES: Final = frozenset({"roles", "http://schemas.microsoft.com/ws/2008/06/identity/claims/role"})


class _Claim(msgspec.Struct, frozen=True):
    typ: str
    val: str


class _Principal(msgspec.Struct, frozen=True):
    claims: tuple[_Claim, ...] = ()


def roles_of(header: str) -> frozenset[str]:
    """Give the app roles of who asks; none where the header is missing or says something else."""
    try:
        found = msgspec.json.decode(decode_base64(header, subject="principal"), type=_Principal)
    except (FormatError, msgspec.DecodeError, UnicodeDecodeError):
        return frozenset()
    return frozenset(claim.val for claim in found.claims if claim.typ in _ROLES)
