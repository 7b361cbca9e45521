"""A lock on the network while evidence is verified: nothing is taken from anywhere but the files given."""

import contextlib
import sys
from collections.abc import Iterator

from dayseal.errors import UsageError

_FORBIDDEN = ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.bind", "socket.sendto")


@contextlib.contextmanager
def no_network() -> Iterator[None]:
    """Refuse every connection and name look-up of this process inside the block.

    It is a seat belt, not a sandbox: it catches Python code that reaches out, by accident or by a bad plug-in.

    Raises:
        UsageError: something inside the block reached for the network.
    """
    locked = True

    def refuse(event: str, _arguments: tuple[object, ...]) -> None:
        if locked and event in _FORBIDDEN:
            raise UsageError(f"verify: something reached for the network ({event}), offline verification promised")

    sys.addaudithook(refuse)  # a hook cannot be removed, so it is switched off below
    try:
        yield
    finally:
        locked = False
