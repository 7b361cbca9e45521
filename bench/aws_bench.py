"""Time, memory and API calls of `dayseal check` over many EKS clusters, against moto in a process of its own.

    python bench/aws_bench.py [--clusters N ...] [--times N]

The clusters are spread over two accounts of an organisation and two Regions. Each check is the whole verb, from the
start of the interpreter to its exit; the median run is printed, and how busy the machine was: moto takes as much
processor time as the check. Needs moto, which comes with the development requirements.
"""

import argparse
import functools
import importlib.util
import json
import tempfile
from pathlib import Path
from typing import Any, Final

from measuring.checks import Bar, measured, repeated, serving, show

_BARS: Final = {12: Bar(seconds=2.0, megabytes=120.0), 512: Bar(seconds=8.0)}  # by clusters


def main() -> None:
    """Measure each size, each check in a process of its own."""
    parser = argparse.ArgumentParser(description="time, memory and API calls of a check on AWS")
    parser.add_argument("--clusters", type=int, nargs="+", default=sorted(_BARS))
    parser.add_argument("--times", type=int, default=5, help="checks of each size")
    asked = parser.parse_args()
    if importlib.util.find_spec("moto") is None:
        print("check on AWS: not measured, moto is not installed (it comes with requirements/dev.txt)")
        return
    for clusters in asked.clusters:
        with serving("bench/aws/served_estate.py", clusters) as place, tempfile.TemporaryDirectory() as folder:
            write_settings(Path(folder), place)
            environment = environment_of(place, folder)
            runs = repeated(asked.times, functools.partial(measured, environment, folder))
        show(f"{clusters} clusters", runs, _BARS.get(clusters, Bar()))


def write_settings(folder: Path, place: dict[str, Any]) -> None:
    """Write a workspace's settings for the AWS that is served."""
    aws = f'regions = {json.dumps(place["regions"])}\norganization = true\nrole = "{place["role"]}"'
    text = f'[ledger]\norigin = "example.com/bench"\n\n[aws]\n{aws}\nexternal_id = "outside"\n'
    (folder / "dayseal.toml").write_text(text, encoding="utf-8")


def environment_of(place: dict[str, Any], folder: str) -> dict[str, str]:
    """Give the environment of a check that finds its way to moto, without knowing of it."""
    return {
        "AWS_ACCESS_KEY_ID": place["key"],
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_ENDPOINT_URL": place["address"],
        "AWS_CONFIG_FILE": f"{folder}/none",
        "AWS_SHARED_CREDENTIALS_FILE": f"{folder}/none",
        "AWS_EC2_METADATA_DISABLED": "true",
    }


if __name__ == "__main__":
    main()
