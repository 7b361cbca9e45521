"""Packages that not every installation has."""

import contextlib
from collections.abc import Iterator

from dayseal.errors import UsageError


@contextlib.contextmanager
def needing(extra: str) -> Iterator[None]:
    """Turn a package that is not installed into advice.

    Raises:
        UsageError: an import inside needs a package of the extra.
    """
    try:
        yield
    except ModuleNotFoundError as exc:
        hint = f"pip install 'dayseal[{extra}]'"
        raise UsageError(f"{extra}: package {exc.name} is not installed", hint=hint) from exc
