"""Time, memory and API calls of `dayseal check` over many AKS clusters, against our own Azure.

    python bench/azure_bench.py [--clusters N] [--subscriptions N] [--times N]

Each check is the whole verb, from the start of the interpreter to its exit, over TLS, with the machine's managed
identity; then once more with `--changes`, which reads the Activity Log of every subscription too. The median run is
printed, and how busy the machine was: the server takes as much processor time as the check. Needs the requirements
for development.
"""

import argparse
import tempfile
from pathlib import Path
from typing import Any, Final

from measuring.checks import Bar, measured, repeated, serving, show

_SIZE: Final = (100, 10)  # clusters and subscriptions the bars are for
_BAR: Final = Bar(seconds=6.0, megabytes=150.0)


def main() -> None:
    """Measure, each check in a process of its own."""
    parser = argparse.ArgumentParser(description="time, memory and API calls of a check on Azure")
    parser.add_argument("--clusters", type=int, default=_SIZE[0])
    parser.add_argument("--subscriptions", type=int, default=_SIZE[1])
    parser.add_argument("--times", type=int, default=5, help="checks of each kind")
    asked = parser.parse_args()
    size = (asked.clusters, asked.subscriptions)
    bar = _BAR if size == _SIZE else Bar()
    with serving("bench/azure/served_estate.py", *size) as place, tempfile.TemporaryDirectory() as folder:
        write_settings(Path(folder), place)
        for words in ((), ("--changes",)):
            runs = repeated(
                asked.times, lambda words=words: measured(place["environment"], folder, "--provider", "azure", *words)
            )
            show(" ".join((f"{size[0]} clusters in {size[1]} subscriptions", *words)), runs, bar)


def write_settings(folder: Path, place: dict[str, Any]) -> None:
    """Write a workspace's settings for the Azure that is served."""
    where = "\n".join(f'{name} = "{place["address"]}{more}"' for name, more in _ENDPOINTS.items())
    text = f'[ledger]\norigin = "example.com/bench"\n\n[azure]\nmanagement_groups = ["{place["group"]}"]\n{where}\n'
    (folder / "dayseal.toml").write_text(text, encoding="utf-8")


_ENDPOINTS: Final = {"endpoint": "", "logs_endpoint": "", "blob_endpoint": "/blobs/{account}"}


if __name__ == "__main__":
    main()
