"""Credentials that a request made, and tokens and secrets that lie in a record.

Values of tokens and secrets are looked at for being there; nothing here keeps, prints or hashes one.
"""

import enum
import hashlib
import re
from typing import Final, NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from dayseal.audit.detections.acts import Act
from dayseal.audit.detections.bodies import Secrets, SigningRequest, Tokens, read_body, stored_or_asked
from dayseal.audit.wire_reading import is_there
from dayseal.codec import decode_base64
from dayseal.errors import FormatError

TOKEN_ID: Final = "JTI="  # noqa: S105 - how ids of tokens begin
CERTIFICATE_ID: Final = "X509SHA256="
CLIENT_SIGNER: Final = "kubernetes.io/kube-apiserver-client"

_DIGITS: Final = 16  # of the hash of an id, which has 122 random bits or more
_MAX_PEM: Final = 64 * 1024
_CREATED: Final = 201
# Nodes ask for the tokens of their pods and, while they join, for their own certificate.
_MINTERS: Final = frozenset(
    {"system:kube-controller-manager", "system:apiserver", "kubelet-nodepool-bootstrap", "nodeclient"}
)
_MINTERS_BEGIN: Final = ("system:node:", "system:bootstrap:")
_HEADER: Final = b"eyJhbGciOi"  # {"alg":, as every token of an API server begins
_JWT: Final = re.compile(rb"eyJhbGciOi[A-Za-z0-9_-]{4,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{16,}")


class Secret(enum.StrEnum):
    """What a record must not hold."""

    TOKEN_REQUEST = "token-request"  # noqa: S105 - the name of a kind
    TOKEN_REVIEW = "token-review"  # noqa: S105 - as above
    SECRET_DATA = "secret-data"  # noqa: S105 - as above
    TOKEN = "token"  # noqa: S105 - as above


class Mint(NamedTuple):
    """A credential that a request made: its id as events name it, whom it stands for, and who asked for it."""

    credential: str
    subject: str
    minter: str

    @property
    def for_another(self) -> bool:
        """Whether it stands for somebody else, and nobody whose work that is asked for it."""
        return self.minter != self.subject and not _mints_for_others(self.minter)


def pseudonym(credential: str) -> str:
    """Give the name of a credential in tables: the first 16 hex digits of the SHA-256 of its id."""
    return hashlib.sha256(credential.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS]


def mint_of(act: Act) -> Mint | None:
    """Give the credential that a request made; None: it made none, or the record does not name it.

    A token's id is in an annotation of its TokenRequest. A certificate's is the SHA-256 of what the signer put into the
    request's status.
    """
    target = act.target
    if (target.resource, target.subresource) == ("serviceaccounts", "token"):
        if target.verb != "create" or act.code not in (0, 200, _CREATED) or not act.issued.startswith(TOKEN_ID):
            return None
        return Mint(act.issued, f"system:serviceaccount:{target.namespace}:{target.name}", act.user)
    if (target.resource, target.subresource) == ("certificatesigningrequests", "status") and act.ok:
        return _certificate_of(act)
    return None


def subject_of_request(body: SigningRequest | None) -> tuple[str, frozenset[str]] | None:
    """Give common name and organisations that a certificate signing request asks for; None: it cannot be read."""
    pem = _pem(body.spec.request) if body and body.spec else b""
    try:
        name = x509.load_pem_x509_csr(pem).subject
    except (ValueError, x509.InvalidVersion):
        return None
    return _names(name)


def secrets_of(act: Act) -> tuple[Secret, ...]:
    """Say what of a record must not be there: tokens and secrets that a body holds."""
    target, found = act.target, []
    if (target.resource, target.subresource) == ("serviceaccounts", "token"):
        tokens = read_body(act.response, Tokens)
        if tokens and tokens.status and is_there(tokens.status.token):
            found.append(Secret.TOKEN_REQUEST)
    elif target.resource == "tokenreviews":
        tokens = read_body(act.request, Tokens) or read_body(act.response, Tokens)
        if tokens and tokens.spec and is_there(tokens.spec.token):
            found.append(Secret.TOKEN_REVIEW)
    elif target.resource == "secrets":
        bodies = [read_body(body, Secrets) for body in (act.request, act.response)]
        parts = [part for body in bodies if body for part in (body, *(body.items or ()))]
        if any(part.data or part.string_data for part in parts):
            found.append(Secret.SECRET_DATA)
    if not found and holds_token(act.request or act.response):
        found.append(Secret.TOKEN)
    return tuple(found)


def holds_token(body: bytes) -> bool:
    """Say whether a JSON web token (all three parts) stands anywhere in a body."""
    return _HEADER in body and _JWT.search(body) is not None


def _certificate_of(act: Act) -> Mint | None:
    body = stored_or_asked(act.request, act.response, SigningRequest)
    pem = _pem(body.status.certificate) if body and body.status else b""
    try:
        certificate = x509.load_pem_x509_certificate(pem)
        subject, _ = _names(certificate.subject)
        der = certificate.public_bytes(Encoding.DER)
    except (ValueError, x509.InvalidVersion):
        return None
    requester = body.spec.username if body and body.spec else ""
    return Mint(CERTIFICATE_ID + hashlib.sha256(der).hexdigest(), subject, requester)


def _names(name: x509.Name) -> tuple[str, frozenset[str]]:
    common = [str(one.value) for one in name.get_attributes_for_oid(NameOID.COMMON_NAME)]
    groups = frozenset(str(one.value) for one in name.get_attributes_for_oid(NameOID.ORGANIZATION_NAME))
    return (common[0] if common else ""), groups


def _pem(text: str) -> bytes:
    if len(text) > _MAX_PEM:
        return b""
    try:
        return decode_base64(text)
    except FormatError:
        return b""


def _mints_for_others(user: str) -> bool:
    return user in _MINTERS or user.startswith(_MINTERS_BEGIN)
