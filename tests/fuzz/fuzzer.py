"""One bounded run of the coverage-guided fuzzer on one group of parsers, in a process of its own.

    python fuzzer.py GROUP SECONDS FOLDER

Starts from `seeds` and keeps what it learns in FOLDER/corpus. An input that lets anything but a `DaysealError`
out is written to FOLDER/crashes/<parser>-<digest>: a regression case once it is understood.
"""

import hashlib
import sys
from collections.abc import Sequence
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["dayseal"]):
    from dayseal.errors import DaysealError
    from fuzz.parsers import GROUPS
    from fuzz.seeds import seeds

_MAX_BYTES = 32_768


def main(group: str, seconds: int, folder: Path) -> None:
    """Fuzz for so many seconds; ends the process."""
    parsers = list(GROUPS[group].items())
    for part in ("corpus", "crashes"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    for number, (name, _) in enumerate(parsers):
        for data in seeds(name):
            _keep(folder / "corpus" / name, bytes((number,)) + data)

    def test_one(data: bytes) -> None:
        # The first byte says which parser, so that all of a group share what was learnt.
        name, parse = parsers[(data[0] if data else 0) % len(parsers)]
        try:
            parse(data[1:])
        except DaysealError:
            return
        except BaseException:
            _keep(folder / "crashes" / name, data[1:])
            raise

    atheris.Setup(_options(group, seconds, folder), test_one)
    atheris.Fuzz()


def _options(group: str, seconds: int, folder: Path) -> Sequence[str]:
    return (
        f"fuzz-{group}",
        f"-max_total_time={seconds}",
        f"-max_len={_MAX_BYTES}",
        f"-artifact_prefix={folder}/crashes/raw-",
        "-timeout=30",
        "-rss_limit_mb=2048",
        "-seed=1",
        "-print_final_stats=1",
        str(folder / "corpus"),
    )


def _keep(stem: Path, data: bytes) -> None:
    stem.with_name(f"{stem.name}-{hashlib.sha256(data).hexdigest()[:12]}").write_bytes(data)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))
