"""What every test stands on: no network, repeatable examples, the folder of design samples."""

import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

_LOCAL = frozenset({"127.0.0.1", "::1", "localhost"})

# Repeatable: a failure on one machine is a failure on the next. No deadline: nothing here is a timed test.
settings.register_profile("default", deadline=None, derandomize=True, print_blob=True)
settings.register_profile(
    "slow",
    deadline=None,
    max_examples=2_000,
    suppress_health_check=[HealthCheck.too_slow],
    print_blob=True,
)
settings.load_profile("default")


def _refuse_network(event: str, arguments: tuple[object, ...]) -> None:
    """Stop a test that reaches for the network, whatever library does it."""
    if event == "socket.connect":
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) else None  # a string is a local socket's path
    elif event == "socket.getaddrinfo":
        host = arguments[0]
    else:
        return
    if host is not None and host not in _LOCAL:
        raise RuntimeError(f"test: reaches for {host}, no network promised")


sys.addaudithook(_refuse_network)


@pytest.fixture(scope="session")
def repository() -> Path:
    """Give the repository's root."""
    return Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def design_folder(repository: Path) -> Path:
    """Give the folder of samples and vectors beside the repository; skips where there is none."""
    folder = repository.parent / "shared"
    if not (folder / "samples").is_dir():
        pytest.skip("the design's samples are not beside this repository")
    return folder


def pytest_make_parametrize_id(val: object) -> str | None:
    """Name unprintable bytes by their number: they may differ from run to run (gzip holds the time)."""
    return (
        f"{len(val)} bytes" if isinstance(val, bytes) and not (val.isascii() and val.decode().isprintable()) else None
    )
