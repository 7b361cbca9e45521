"""Build the source of Azure's functions: what `az functionapp deployment source config-zip` takes.

    python tools/azure_source.py WORKSPACE build/functions-azure.zip

Azure installs requirements.txt when it is told to build (`--build-remote true`).
"""

import sys
from typing import Final

from function_source import ROOT, build

OWN: Final = (
    *((name, ROOT / "functions" / "azure" / name) for name in ("function_app.py", "timers.py", "door.py", "host.json")),
    ("requirements.txt", ROOT / "requirements" / "functions-azure.txt"),
)


def main(arguments: list[str]) -> int:
    """Build the source, or say how it is asked for."""
    return build("functions-azure", OWN, ("clouds/gcp",), arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
