"""Write the look-up API's OpenAPI document, or notice that it is older than the routes.

python tools/openapi.py write
python tools/openapi.py check
"""

import importlib
import json
import pathlib
import sys
from typing import Any, Final

ROOT: Final = pathlib.Path(__file__).resolve().parent.parent
DOCUMENT: Final = ROOT / "docs" / "reference" / "openapi.json"
_FUNCTIONS: Final = ROOT / "functions" / "aws"
_ABOUT: Final = (
    "What a dayseal ledger says of clusters and days. Every request is signed with SigV4 (service execute-api). "
    "Errors are problem documents (RFC 9457). Nothing here has to be believed: a day carries its proof, and the log "
    "itself is served as C2SP tlog-tiles. Bundles with events need a permission of their own."
)


def describe() -> str:
    """Give the document as the routes make it, sorted and indented."""
    places = [str(_FUNCTIONS), str(ROOT / "shared")]
    sys.path[:0] = places
    try:
        app: Any = importlib.import_module("lookup").app
    finally:
        sys.path[:] = [place for place in sys.path if place not in places]
    made = json.loads(app.get_openapi_json_schema(title="dayseal look-up API", version="1", description=_ABOUT))
    for path in made["paths"].values():
        for operation in path.values():
            operation["security"] = [{"sigv4": []}]
    made["components"]["securitySchemes"] = {
        "sigv4": {"type": "apiKey", "in": "header", "name": "Authorization", "x-amazon-apigateway-authtype": "awsSigv4"}
    }
    return json.dumps(made, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def main(arguments: list[str]) -> int:
    """Write the document, or give 1 when it is stale."""
    made = describe()
    if arguments == ["write"]:
        DOCUMENT.write_text(made, encoding="utf-8")
        return 0
    if not DOCUMENT.exists() or DOCUMENT.read_text(encoding="utf-8") != made:
        print(f"{DOCUMENT.name}: not what the routes make today, run make regenerate", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
