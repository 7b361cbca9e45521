"""Make .venv and put one locked set of packages into it, and dayseal itself; or a tool into build/<its name>.

    python3 tools/environment.py base|dev|sam|checkov|lambda|azure-worker

Any Python 3.6 can read this file, because one that is too old must be able to say so. Standard library only.
"""

import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
# Tools that pin what the rest does not get an environment of their own.
APART = ("sam", "checkov", "lambda", "azure-worker")
OLDEST = (3, 11)

_SCRIPT = """#!{python}
import sys

from dayseal.cli import main

if __name__ == "__main__":  # worker processes import this file too
    sys.exit(main())
"""


def main(name: str) -> None:
    """Install the set `requirements/<name>.txt`, or end with one sentence that says what is missing."""
    _require_python()
    venv, stamp = (ROOT / "build" / name, "tool") if name in APART else (VENV, "base")
    python = venv / "bin" / "python"
    if not python.exists() or not (venv / (stamp + ".stamp")).exists():  # the latter: an attempt that did not finish
        _run(_python_for(name), "-m", "venv", "--clear", str(venv))
    lock = ROOT / "requirements" / f"{name}.txt"
    # Hashes pin every file. Wheels only: building from source would fetch build tools that no lock names.
    options = ["-qq", "--disable-pip-version-check", "--require-hashes", "--only-binary", ":all:"]
    if name in APART:
        # pip takes `boto3-stubs[s3]` that a package asks for as not pinned by `boto3-stubs==`. The lock is complete.
        options.append("--no-deps")
    _run(str(python), "-m", "pip", "install", *options, "--requirement", str(lock))
    if name not in APART:
        _link(python, *(("shared", "tests") if name == "dev" else ("shared",)))


def _require_python() -> None:
    found = "{}.{}".format(*sys.version_info[:2])
    if sys.version_info < OLDEST:
        sys.exit(f"dayseal needs Python 3.11 or newer, {sys.executable} is {found}: try make PYTHON=python3.11")
    try:
        import ensurepip  # noqa: F401, PLC0415 - Debian packages it apart from python3
    except ImportError:
        sys.exit(f"dayseal needs Python with venv, {sys.executable} has none: apt-get install python{found}-venv")


def _python_for(name: str) -> str:
    """Give the Python that functions have in their cloud for what runs them, where there is one; else this one."""
    if name not in ("lambda", "azure-worker"):
        return sys.executable
    import layer  # noqa: PLC0415 - a Python that is too old cannot read it

    return layer.find_python("3.13") or sys.executable


def _link(python: pathlib.Path, *folders: str) -> None:
    """Make source folders importable and write the `dayseal` command: an editable install without a build."""
    where = "import sysconfig; print(sysconfig.get_path('purelib'))"
    packages = pathlib.Path(subprocess.check_output([str(python), "-c", where]).decode().strip())
    lines = [os.path.relpath(str(ROOT / folder), str(packages)) + "\n" for folder in folders]
    (packages / "dayseal.pth").write_text("".join(lines))
    script = VENV / "bin" / "dayseal"
    script.write_text(_SCRIPT.format(python=python))
    script.chmod(0o755)


def _run(*command: str) -> None:
    code = subprocess.call(command)
    if code:
        sys.exit(f"cannot set up .venv: exit {code} from {' '.join(command)}")


if __name__ == "__main__":
    main(*sys.argv[1:])
