"""The customers' keys that logs are encrypted under: each is asked about once a run."""

from typing import Final

from dayseal.clouds.gcp.calls import Ask, Calls, quoted
from dayseal.clouds.gcp.values import Json, part, word
from dayseal.model.route import Answer, Call, EncryptionKey
from dayseal.once import Once

_STATES: Final = (
    "ENABLED", "DISABLED", "DESTROYED", "DESTROY_SCHEDULED", "PENDING_GENERATION", "GENERATION_FAILED",
    "PENDING_IMPORT", "IMPORT_FAILED", "PENDING_EXTERNAL_DESTRUCTION", "EXTERNAL_DESTRUCTION_FAILED",
)  # fmt: skip


class Keys:
    """Asks Cloud KMS about keys by resource name."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._answers: Once[str, Answer[EncryptionKey | None]] = Once()

    def state(self, name: str) -> Answer[EncryptionKey | None]:
        """Give the state of a key's primary version, which is what encrypts new objects."""
        return self._answers.get(name, lambda: self._ask(name))

    def _ask(self, name: str) -> Answer[EncryptionKey | None]:
        ask = Ask(Call("cloudkms", "cryptoKeys.get", name), f"v1/{quoted(name)}")
        gone = EncryptionKey(name, "NOT_FOUND", usable=False)
        return self._calls.ask(ask, lambda found: _state(name, found), absent=lambda: gone)


def _state(name: str, found: Json) -> EncryptionKey:
    primary = part(found, "primary")
    state = word(primary, "state", _STATES) if primary else "NO_PRIMARY_VERSION"
    return EncryptionKey(name, state, usable=state == "ENABLED")
