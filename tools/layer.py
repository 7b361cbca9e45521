"""Make what pip unpacked for Lambda small, quick to import, and the same on every machine.

    python tools/layer.py trim FOLDER          leave out what no function uses
    python tools/layer.py compile FOLDER 3.13  add bytecode, which halves a cold start; of named packages, if any
    python tools/layer.py settle FOLDER        fix times and modes, so that equal files give equal zips

Standard library only: `sam build` runs this on machines where dayseal is not set up.
"""

import gzip
import json
import os
import pathlib
import shutil
import subprocess
import sys
from typing import Any, Final

# botocore knows 400 services; functions talk to these (xray: the tracer). A test compares them with the code.
SERVICES: Final = frozenset(
    {"cloudtrail", "cloudwatch", "eks", "events", "firehose", "guardduty", "kms", "lambda", "logs", "organizations"}
    | {"s3", "sns", "ssm", "sts", "xray"}
)
# What the lists of the library and of packages hold beyond what functions import; licences stay.
UNUSED: Final = (
    *(f"dayseal/{name}" for name in ("cli", "demo", "offline", "testing", "clouds/azure", "clouds/gcp")),
    *(f"aws_lambda_powertools/utilities/{name}" for name in ("auth_alpha", "batch", "circuit_breaker", "data_masking")),
    *(f"aws_lambda_powertools/utilities/{name}" for name in ("feature_flags", "idempotency", "kafka", "parser")),
    *(f"aws_lambda_powertools/utilities/{name}" for name in ("streaming", "validation")),
    "aws_lambda_powertools/event_handler/openapi/swagger_ui",
    "bin",
    "boto3/data",
    "boto3/ec2",
    "boto3/examples",
    "cffi",  # cryptography loads its compiled half, _cffi_backend, and nothing else of it
    # Of the tracer what patches frameworks; of urllib3 what is for browsers.
    *(f"aws_xray_sdk/ext/{name}" for name in ("aiohttp", "bottle", "django", "flask", "flask_sqlalchemy", "httpx")),
    *(f"aws_xray_sdk/ext/{name}" for name in ("mysql", "pg8000", "psycopg2", "psycopg", "pymongo", "pymysql")),
    *(f"aws_xray_sdk/ext/{name}" for name in ("pynamodb", "sqlalchemy", "sqlalchemy_core")),
    "urllib3/contrib/emscripten",
    "dateutil/zoneinfo",  # botocore takes time zones from the system
    "pycparser",
    "wrapt-stubs",
)
# Files: type information, C sources, what only other clouds' functions import, their credentials, the half of PyYAML
# that binds libyaml, which dayseal does not use.
UNUSED_FILES: Final = (
    "*.c",
    "*.pyi",
    *(f"dayseal/wiring/functions_{name}.py" for name in ("azure*", "clock", "gcp*", "source")),
    *(f"dayseal/wiring/{name}.py" for name in ("api", "asked_azure", "asked_gcp", "create", "delegate", "doctor_*")),
    *(f"dayseal/wiring/{name}.py" for name in ("azure", "azure_access", "blobs", "gcp", "gcp_access", "gcs", "parts")),
    *(f"dayseal/lookup/{name}.py" for name in ("asking", "parameters", "remote", "routes")),
    *(f"dayseal/ledger/{name}.py" for name in ("delegating", "fsck*", "problems", "setup")),
    *(
        f"dayseal/{name}.py"
        for name in ("accounting", "attest/founding", "checks/term_extension", "proving", "clouds/aws/api*")
    ),
    *(f"dayseal/{name}.py" for name in ("clouds/local/workspace", "evidence/ocsf", "runs/rereading")),
    *(f"dayseal/{name}/apiserver.py" for name in ("audit", "checks")),
    *(f"obstore/auth/{name}.py" for name in ("azure", "earthdata", "google", "planetary_computer")),
    "yaml/_yaml*.so",
)
# Where bytecode pays: imported at every cold start. The rest would take the layer over its size.
COMPILED: Final = (
    "aws_lambda_powertools",
    "aws_xray_sdk/core",
    "boto3",
    "botocore",
    "cryptography",
    "dateutil",
    "dayseal",
    "jmespath",
    "msgspec",
    "obstore",
    "rfc8785",
    "s3transfer",
    "urllib3",
    "wrapt",
    "yaml",
)
# What these hold beyond what is imported before the first work, and is large.
_LATER: Final = (
    r"aws_lambda_powertools/(metrics/provider/datadog|utilities/data_classes/(active|api_gateway_auth|appsync_auth))"
    r"|aws_lambda_powertools/utilities/data_classes/(cognito_user|iot_registry|rabbit|s3_object)"
    r"|cryptography/(x509|hazmat/(decrepit|primitives/(kdf|twofactor)))"
    r"|dateutil/(easter|rrule)|s3transfer/(crt|proc)|urllib3/(contrib|http2)"
)

_SETTLED: Final = 1_577_836_800  # 2020-01-01: zips know no time before 1980
_ABOUT_INSTALLING: Final = frozenset({"INSTALLER", "RECORD", "REQUESTED"})


def trim(folder: pathlib.Path) -> None:
    """Leave out what no function uses; API models keep their shapes and lose their prose."""
    for name in UNUSED:
        shutil.rmtree(folder / name, ignore_errors=True)
    for cache in [*folder.rglob("__pycache__"), *folder.rglob(".*_cache")]:
        shutil.rmtree(cache, ignore_errors=True)  # one may lie in another
    for path in folder.glob("*.dist-info/*"):  # RECORD lists what was just removed
        if path.name in _ABOUT_INSTALLING:
            path.unlink()
    for path in (found for pattern in UNUSED_FILES for found in folder.rglob(pattern)):
        path.unlink()
    _trim_endpoints(folder / "botocore" / "data" / "endpoints.json")
    for service in (folder / "botocore" / "data").iterdir():
        if service.is_dir() and service.name not in SERVICES:
            shutil.rmtree(service)
        elif service.is_dir():
            for model in service.rglob("*.json*"):
                _trim_model(model)


def compile_all(folder: pathlib.Path, runtime: str, packages: tuple[str, ...] = COMPILED) -> None:
    """Add bytecode of exactly the runtime's version; without such a Python say so and go on."""
    python = find_python(runtime)
    if python is None:
        print(f"no python{runtime} here: no bytecode, so cold starts take longer", file=sys.stderr)
        return
    options = ("-q", "--invalidation-mode", "unchecked-hash", "-d", "/opt/python", "-x", _LATER)
    modules = [path.name for path in sorted(folder.glob("*.py"))]
    # Sets of constants are written in the order that they iterate.
    command = ["env", "PYTHONHASHSEED=0", python, "-m", "compileall", *options, *modules, *packages]
    subprocess.run(command, cwd=folder, check=True)


def find_python(runtime: str) -> str | None:
    """Give a Python of that version: on the path, or where pyenv keeps them."""
    kept = pathlib.Path.home() / ".pyenv" / "versions"
    found = sorted(str(path) for path in kept.glob(f"{runtime}.*/bin/python{runtime}"))
    for candidate in (shutil.which(f"python{runtime}"), *found):
        asked = candidate and subprocess.run([candidate, "-c", ""], check=False, capture_output=True)
        if asked and asked.returncode == 0:  # pyenv puts commands on the path that answer for no version
            return candidate
    return None


def settle(folder: pathlib.Path) -> None:
    """Give every file and folder the same time, and modes that depend on nothing here."""
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o755 if path.is_dir() or path.suffix == ".so" else 0o644)
        os.utime(path, (_SETTLED, _SETTLED))


def _trim_model(path: pathlib.Path) -> None:
    if path.name.startswith("examples-"):
        path.unlink()
        return
    packed = path.suffix == ".gz"
    data = gzip.decompress(path.read_bytes()) if packed else path.read_bytes()
    model = _without_prose(json.loads(data))
    for parameter in model.get("clientContextParams", {}).values():
        parameter["documentation"] = ""  # botocore reads these, and only these
    text = json.dumps(model, separators=(",", ":")).encode()
    # Packed again it would only be packed twice, and be slower to load.
    path.unlink()
    (path.with_suffix("") if packed else path).write_bytes(text)


def _trim_endpoints(path: pathlib.Path) -> None:
    if not path.exists():
        return
    data = json.loads(path.read_text())
    for partition in data["partitions"]:
        partition["services"] = {k: v for k, v in partition["services"].items() if k in SERVICES | {"monitoring"}}
    path.write_text(json.dumps(data, separators=(",", ":")))


def _without_prose(value: Any) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(value, dict):
        # A member of a shape may be called documentation too: prose is text, a member is an object.
        kept = ((name, item) for name, item in value.items() if name != "documentation" or not isinstance(item, str))
        return {name: _without_prose(item) for name, item in kept}
    return [_without_prose(item) for item in value] if isinstance(value, list) else value


def main(verb: str, folder: str, runtime: str = "", *packages: str) -> None:
    """Do one of the three."""
    if verb == "trim":
        trim(pathlib.Path(folder))
    elif verb == "compile":
        compile_all(pathlib.Path(folder), runtime, packages or COMPILED)
    elif verb == "settle":
        settle(pathlib.Path(folder))
    else:
        sys.exit(f"tools/layer.py: {verb!r}, trim, compile or settle promised")


if __name__ == "__main__":
    main(*sys.argv[1:])
