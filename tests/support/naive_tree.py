"""Merkle trees the slow and obvious way, straight from RFC 9162: the tests' second opinion."""

import hashlib
from collections.abc import Sequence


def leaf(data: bytes) -> bytes:
    """Hash an entry (section 2.1.1)."""
    return hashlib.sha256(b"\x00" + data).digest()


def leaves(count: int) -> list[bytes]:
    """Give `count` different leaf hashes, the same ones each time."""
    return [leaf(b"entry %d" % number) for number in range(count)]


def root(hashes: Sequence[bytes]) -> bytes:
    """Give the root over leaf hashes (section 2.1.1)."""
    if not hashes:
        return hashlib.sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    left = _split(len(hashes))
    return hashlib.sha256(b"\x01" + root(hashes[:left]) + root(hashes[left:])).digest()


def inclusion(index: int, hashes: Sequence[bytes]) -> list[bytes]:
    """Give the inclusion path (section 2.1.3.1)."""
    if len(hashes) == 1:
        return []
    left = _split(len(hashes))
    if index < left:
        return [*inclusion(index, hashes[:left]), root(hashes[left:])]
    return [*inclusion(index - left, hashes[left:]), root(hashes[:left])]


def consistency(old_size: int, hashes: Sequence[bytes]) -> list[bytes]:
    """Give the consistency path (section 2.1.4.1)."""
    return _subproof(old_size, hashes, complete=True)


def tiles(hashes: Sequence[bytes]) -> dict[str, bytes]:
    """Give every hash tile of the tree over `hashes`, by path; enough for a million leaves."""
    found: dict[str, bytes] = {}
    level, row = 0, list(hashes)
    while row:
        chunks = [row[start : start + 256] for start in range(0, len(row), 256)]
        for number, chunk in enumerate(chunks):
            partial = "" if len(chunk) == 256 else f".p/{len(chunk)}"
            place = f"{number:03d}" if number < 1000 else f"x{number // 1000:03d}/{number % 1000:03d}"
            found[f"tile/{level}/{place}{partial}"] = b"".join(chunk)
        level, row = level + 1, [root(chunk) for chunk in chunks if len(chunk) == 256]
    return found


def _subproof(old_size: int, hashes: Sequence[bytes], *, complete: bool) -> list[bytes]:
    if old_size == len(hashes):
        return [] if complete else [root(hashes)]
    left = _split(len(hashes))
    if old_size <= left:
        return [*_subproof(old_size, hashes[:left], complete=complete), root(hashes[left:])]
    return [*_subproof(old_size - left, hashes[left:], complete=False), root(hashes[:left])]


def _split(size: int) -> int:
    power = 1
    while power * 2 < size:
        power *= 2
    return power
