"""Every error dayseal raises on purpose, as one tree.

    DaysealError
    ├── UsageError            what we were asked or configured makes no sense        exit 2
    ├── FormatError           bytes do not say what their format promises            exit 1
    ├── RefutedError          evidence was checked and does not hold                 exit 1
    │   ├── TrustError            the trust policy, a key or a delegation does not cover it
    │   ├── SignatureError        a signature by a known key is wrong, or none is by a known key
    │   ├── ProofError            a Merkle proof does not lead to the root
    │   ├── DigestError           bytes are not the ones that were recorded
    │   └── ChainError            a chain of statements has a hole, a branch or a wrong link
    ├── TamperError           a store holds what an honest recorder never writes     exit 1
    ├── AccessError           could not find out: denied, timed out, unreachable     exit 3
    ├── OutOfTimeError        a function stopped before its time was up              exit 3
    └── StoreError            an object store refused; callers decide what it means  exit 3
        ├── NotFoundError         no such object
        ├── ExistsError           create-if-absent lost: something is there already
        ├── StaleError            compare-and-set lost: somebody else was faster
        └── UnclearError          no answer: the write may or may not have happened

A message reads `subject: what is, what was promised`; advice goes into `hint`.
"""


class DaysealError(Exception):
    """Base of all errors raised on purpose; `hint` says what the reader can do about it."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class UsageError(DaysealError):
    """The request or the settings make no sense."""


class FormatError(DaysealError):
    """Bytes do not say what their format promises."""


class RefutedError(DaysealError):
    """Evidence was checked and does not hold."""


class TrustError(RefutedError):
    """The trust policy, a key or a delegation does not cover what was shown."""


class SignatureError(RefutedError):
    """A signature by a known key is wrong, or no signature is by a known key."""


class ProofError(RefutedError):
    """A Merkle proof does not lead to the root it was shown for."""


class DigestError(RefutedError):
    """Bytes are not the ones that were recorded."""

    def __init__(self, subject: str, *, expected: str, actual: str, source: str) -> None:
        super().__init__(
            f"{subject}: digest is {actual}, {source} says {expected}",
            hint="the bytes changed after they were recorded, or the wrong file was given",
        )
        self.expected = expected
        self.actual = actual


class ChainError(RefutedError):
    """A chain of statements has a hole, a branch or a wrong link."""


class TamperError(DaysealError):
    """A store holds what an honest recorder never writes."""


class AccessError(DaysealError):
    """Something could not be found out: denied, timed out, unreachable."""


class OutOfTimeError(DaysealError):
    """A function stopped by itself before its time was up; nothing half done is left behind."""


class StoreError(DaysealError):
    """An object store refused; the caller decides what that means."""


class NotFoundError(StoreError):
    """There is no such object."""


class ExistsError(StoreError):
    """Create-if-absent lost: something is there already."""


class StaleError(StoreError):
    """Compare-and-set lost: somebody else was faster."""


class UnclearError(StoreError):
    """No answer came: the write may or may not have happened."""
