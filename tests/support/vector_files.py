"""Finds the vectors that come with the repository."""

import json
from pathlib import Path
from typing import Any

_VECTORS = Path(__file__).resolve().parent.parent / "vectors"


def read_vector(name: str) -> Any:  # noqa: ANN401 - each file has a shape of its own, which its SOURCE.md tells
    """Give the JSON file `name`, such as `tessera-log/log.json`."""
    return json.loads((_VECTORS / name).read_text())


def vector_bytes(name: str) -> bytes:
    """Give the bytes of the file `name`."""
    return (_VECTORS / name).read_bytes()
