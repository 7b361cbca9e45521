"""The customers' keys that logs are encrypted under: each is asked about once a run."""

from typing import Final

from dayseal.clouds.aws.calls import Calls, Json
from dayseal.clouds.aws.places import Place, place_of_arn
from dayseal.model.route import Answer, Call, EncryptionKey
from dayseal.once import Once

_OF_AWS: Final = "AWS"


class Keys:
    """Asks KMS about keys by name, in the Region the name says."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._answers: Once[tuple[str, Place], Answer[EncryptionKey | None]] = Once()

    def state(self, name: str, home: Place) -> Answer[EncryptionKey | None]:
        """Give a key's state, None for one of AWS's own, which nobody can switch off; `home` serves a bare id."""
        place = place_of_arn(name) or home
        return self._answers.get((name, place), lambda: self._ask(name, place))

    def _ask(self, name: str, place: Place) -> Answer[EncryptionKey | None]:
        call = Call("kms", "DescribeKey", name)
        gone = {"NotFoundException": EncryptionKey(name, "NotFound", usable=False)}
        return self._calls.ask(place, call, _state, absent=gone, KeyId=name)


def _state(found: Json) -> EncryptionKey | None:
    key = found["KeyMetadata"]
    if key.get("KeyManager") == _OF_AWS:
        return None
    state = str(key["KeyState"])
    return EncryptionKey(str(key["Arn"]), state, usable=state == "Enabled")
