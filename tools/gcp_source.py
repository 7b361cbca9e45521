"""Build the source of Google Cloud's functions: what `infra/gcp` deploys as `source_zip`.

python tools/gcp_source.py WORKSPACE build/functions-gcp.zip

The zip file has equal bytes where its inputs are equal.
"""

import sys
from typing import Final

from function_source import ROOT, build

OWN: Final = (
    *((name, ROOT / "functions" / "gcp" / name) for name in ("gcp_clock.py", "gcp_lookup.py", "main.py")),
    ("requirements.txt", ROOT / "requirements" / "functions-gcp.txt"),
)


def main(arguments: list[str]) -> int:
    """Build the source, or say how it is asked for."""
    return build("functions-gcp", OWN, ("clouds/azure",), arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
