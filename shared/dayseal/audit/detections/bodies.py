"""The few parts of request and response bodies that detections ask for.

A body of another shape than its kind has (a JSON patch, a text in place of a body, hostile types) gives nothing.
"""

from typing import Final, TypeVar

import msgspec

from dayseal.audit.wire_reading import NULL, is_there

_CAPABILITIES: Final = frozenset(
    {
        *("ALL", "SYS_ADMIN", "SYS_PTRACE", "SYS_MODULE", "SYS_RAWIO", "DAC_READ_SEARCH", "BPF", "NET_ADMIN"),
        *("CAP_SYS_ADMIN", "CAP_SYS_PTRACE", "CAP_SYS_MODULE", "CAP_SYS_RAWIO", "CAP_DAC_READ_SEARCH"),
    }
)
_MIRROR: Final = "kubernetes.io/config.mirror"

T = TypeVar("T", bound=msgspec.Struct)


class _Part(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """Base of the parts: fields that are not named here are skipped."""


class Capabilities(_Part, frozen=True):
    """Linux capabilities of a container."""

    add: tuple[str, ...] | None = None


class SecurityContext(_Part, frozen=True):
    """What a container may do to its host."""

    privileged: bool | None = None
    capabilities: Capabilities | None = None


class Container(_Part, frozen=True):
    """One container of a pod."""

    security_context: SecurityContext | None = None


class Volume(_Part, frozen=True):
    """One volume; `host_path` is a folder of the node."""

    host_path: msgspec.Raw = NULL


class PodSpec(_Part, frozen=True):
    """A pod's specification."""

    containers: tuple[Container, ...] | None = None
    init_containers: tuple[Container, ...] | None = None
    ephemeral_containers: tuple[Container, ...] | None = None
    volumes: tuple[Volume, ...] | None = None
    host_network: bool | None = None
    host_pid: bool | None = msgspec.field(default=None, name="hostPID")
    host_ipc: bool | None = msgspec.field(default=None, name="hostIPC")


class Template(_Part, frozen=True):
    """A pod inside a workload."""

    spec: PodSpec | None = None


class JobSpec(_Part, frozen=True):
    """A job inside a cron job."""

    template: Template | None = None


class JobTemplate(_Part, frozen=True):
    """The template of a cron job."""

    spec: JobSpec | None = None


class WorkloadSpec(PodSpec, frozen=True):
    """The specification of a pod, or of what makes pods."""

    template: Template | None = None
    job_template: JobTemplate | None = None


class Metadata(_Part, frozen=True):
    """An object's metadata."""

    annotations: dict[str, str] | None = None


class Workload(_Part, frozen=True):
    """A pod, or what makes pods."""

    metadata: Metadata | None = None
    spec: WorkloadSpec | None = None
    template: Template | None = None

    @property
    def pods(self) -> tuple[PodSpec, ...]:
        """Every pod specification in it."""
        spec = self.spec
        job = spec.job_template.spec if spec and spec.job_template else None
        templates = (self.template, spec.template if spec else None, job.template if job else None)
        return tuple(one for one in (spec, *(t.spec for t in templates if t)) if one is not None)

    @property
    def is_mirror(self) -> bool:
        """Whether it stands for a pod that a node runs from a file of its own."""
        return self.metadata is not None and _MIRROR in (self.metadata.annotations or {})


class RoleRef(_Part, frozen=True):
    """The role a binding gives."""

    name: str = ""


class Subject(_Part, frozen=True):
    """Whom a binding gives it to."""

    name: str = ""


class Binding(_Part, frozen=True):
    """A RoleBinding or ClusterRoleBinding."""

    role_ref: RoleRef | None = None
    subjects: tuple[Subject, ...] | None = None


class Rule(_Part, frozen=True):
    """One rule of a role."""

    verbs: tuple[str, ...] | None = None
    resources: tuple[str, ...] | None = None


class Role(_Part, frozen=True):
    """A Role or ClusterRole."""

    rules: tuple[Rule, ...] | None = None


class SigningSpec(_Part, frozen=True):
    """What a certificate signing request asks for; `request` is base64 of PEM, `username` who asked."""

    signer_name: str = ""
    request: str = ""
    username: str = ""


class SigningStatus(_Part, frozen=True):
    """What was signed; `certificate` is base64 of PEM."""

    certificate: str = ""


class SigningRequest(_Part, frozen=True):
    """A CertificateSigningRequest."""

    spec: SigningSpec | None = None
    status: SigningStatus | None = None


class TokenHolder(_Part, frozen=True):
    """A part that may hold a token. Its value is looked at for being there, and for nothing else."""

    token: msgspec.Raw = NULL


class Tokens(_Part, frozen=True):
    """A TokenRequest (token in `status`) or TokenReview (token in `spec`)."""

    spec: TokenHolder | None = None
    status: TokenHolder | None = None


class SecretPart(_Part, frozen=True):
    """A Secret."""

    data: dict[str, msgspec.Raw] | None = None
    string_data: dict[str, msgspec.Raw] | None = None


class Secrets(SecretPart, frozen=True):
    """A Secret, or a list of them."""

    items: tuple[SecretPart, ...] | None = None


_MAX_BYTES: Final = 4 * 1024 * 1024


def read_body(body: bytes, kind: type[T]) -> T | None:
    """Read a body; None: there is none, or it is of another shape."""
    if not body.startswith(b"{") or len(body) > _MAX_BYTES:
        return None
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return None


def stored_or_asked(request: bytes, response: bytes, kind: type[T]) -> T | None:
    """Read what the server stored, else what was asked for: a patch alone does not show the whole."""
    return read_body(response, kind) or read_body(request, kind)


def shows_reach(request: msgspec.Raw, response: msgspec.Raw) -> bool:
    """Say whether bodies are of a workload that may reach into its node, or of a node's own pod; quick."""
    for body in (response, request):
        try:
            found = _WORKLOADS.decode(body)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
            continue  # none, or of another shape
        return any(map(reaches_out, found.pods)) or found.is_mirror
    return False


def reaches_out(spec: PodSpec) -> bool:
    """Say whether a pod may reach into its node."""
    if spec.host_pid or spec.host_network or spec.host_ipc:
        return True
    if any(is_there(volume.host_path) for volume in spec.volumes or ()):
        return True
    containers = (*(spec.containers or ()), *(spec.init_containers or ()), *(spec.ephemeral_containers or ()))
    return any(_is_privileged(one) for one in containers)


def _is_privileged(container: Container) -> bool:
    context = container.security_context
    if context is None:
        return False
    added = context.capabilities.add if context.capabilities else None
    return bool(context.privileged) or not _CAPABILITIES.isdisjoint(added or ())


_WORKLOADS: Final = msgspec.json.Decoder(Workload)
