"""Peak memory of a digest of one huge object, made while it is read.

    python bench/memory_bench.py [--gb N]

Prints the peak of a process of its own for each shape (on Linux). Promised: under 200 MB, whatever the size.
"""

import argparse
import gzip
import io
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from logs.corpus import EventMaker
from logs.layouts import SHAPES

from dayseal.digest.objects import digest_object

_MB = 1_000_000
_BLOCK_BYTES = 64 * _MB
_PROMISED_MB = 200
_CASES = ("kube-lines", "kube-lines-gzip", "eks-firehose-gzip", "one-line", "gzip-bomb")


def main() -> None:
    """Run one case in this process, or each in one of its own."""
    parser = argparse.ArgumentParser(description="peak memory of a digest")
    parser.add_argument("--gb", type=float, default=4.0, help="text in the object")
    parser.add_argument("--block", type=Path, help="only this block, over and over, in this process")
    asked = parser.parse_args()
    if asked.block:
        _run(asked.block, asked.gb)
        return
    with tempfile.TemporaryDirectory() as folder:
        for case in _CASES:
            block = Path(folder) / case
            block.write_bytes(_make(case))
            subprocess.run([sys.executable, __file__, "--block", str(block), "--gb", str(asked.gb)], check=True)


def _make(case: str) -> bytes:
    if case == "gzip-bomb":
        return gzip.compress(bytes(1000 * _MB))
    if case == "one-line":
        return b"x" * _BLOCK_BYTES
    shape = next(shape for shape in SHAPES if shape.name == case.removesuffix("-gzip"))
    text = b"".join(shape.parts(EventMaker(1), _BLOCK_BYTES))
    return gzip.compress(text, 6) if case.endswith("-gzip") else text


def _run(block: Path, text_gb: float) -> None:
    times = 1 if block.name == "gzip-bomb" else max(1, round(text_gb * 1000 * _MB / _BLOCK_BYTES))
    began = time.perf_counter()
    with block.open("rb", buffering=0) as stream:
        digest = digest_object(_Repeated(stream, times), key=block.name, version="")
    seconds = time.perf_counter() - began
    peak = _peak_bytes() / _MB
    said = ", ".join(anomaly.kind for anomaly in digest.anomalies)
    print(
        f"{block.name:20}{times * _BLOCK_BYTES / _MB:8.0f} MB of text {digest.descriptor.events:>9} records"
        f" {seconds:6.1f} s  peak {peak:4.0f} MB (promised {_PROMISED_MB}) {said}",
        flush=True,
    )


def _peak_bytes() -> int:
    """Give this program's peak; getrusage would count what it was before it became this program."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM:"))


class _Repeated:
    """The same bytes again and again: port `ByteSource`."""

    def __init__(self, stream: io.RawIOBase, times: int) -> None:
        self._stream, self._left = stream, times

    def read(self, size: int = -1, /) -> bytes:
        """Give the next bytes."""
        while self._left:
            if data := self._stream.read(size):
                return data
            self._stream.seek(0)
            self._left -= 1
        return b""


if __name__ == "__main__":
    main()
