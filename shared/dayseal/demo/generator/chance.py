"""Seeded chance that gives the same values on every machine and Python version."""

import hashlib
import random
from collections.abc import Sequence
from typing import Final, TypeVar

_T = TypeVar("_T")
_LETTERS: Final = "bcdfghjklmnpqrstvwxz2456789"  # Kubernetes' alphabet for generated names


class Chance:
    """A stream of pseudo-random values that depends on its seed words only.

    It rests on `Random.random` and `Random.getrandbits` alone: the other methods of the standard
    library have changed their results between Python versions.
    """

    def __init__(self, *seed: object) -> None:
        words = "\x1f".join(str(word) for word in seed)
        number = int.from_bytes(hashlib.sha256(words.encode()).digest(), "big")
        source = random.Random(number)  # noqa: S311 - reproducible on purpose, nothing secret comes of it
        self.fraction = source.random
        self.bits = source.getrandbits

    def below(self, bound: int) -> int:
        """Give a whole number from 0 up to, but not including, `bound`."""
        return int(self.fraction() * bound)

    def pick(self, choices: Sequence[_T]) -> _T:
        """Give one of the choices."""
        return choices[int(self.fraction() * len(choices))]

    def hex(self, digits: int) -> str:
        """Give `digits` lower-case hex digits."""
        return f"{self.bits(4 * digits):0{digits}x}"

    def uuid(self) -> str:
        """Give a version 4 UUID."""
        text = f"{self.bits(128):032x}"
        return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-a{text[17:20]}-{text[20:]}"

    def suffix(self, length: int = 5) -> str:
        """Give the random end of a generated name."""
        return "".join(_LETTERS[self.bits(20) % len(_LETTERS)] for _ in range(length))

    def token(self, length: int) -> str:
        """Give capital letters and digits, as in the unique ids of AWS."""
        return "".join("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[self.bits(5)] for _ in range(length))
