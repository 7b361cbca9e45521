"""Where nobody may sign links to stored objects: an answer says where the object lies."""

import dataclasses

from dayseal.errors import UsageError


@dataclasses.dataclass(frozen=True, slots=True)
class NoLinks:
    """Port `LinkMaker`: what is too large for an answer is read from the store itself, at `place`."""

    place: str

    def link(self, key: str, *, seconds: int) -> str:
        """Say where it lies; see the port.

        Raises:
            UsageError: always.
        """
        raise UsageError(f"{key}: too large for an answer, and no link for {seconds} s: read it from {self.place}")
