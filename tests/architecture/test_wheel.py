"""What is installed from the wheel is what stands in shared/."""

import subprocess
import sys
import zipfile
from pathlib import Path

import dayseal
from architecture.sources import PRODUCT, ROOT


def test_the_wheel_holds_the_whole_library_and_its_command(tmp_path: Path) -> None:
    """The source tree runs from where it stands, so only this test would notice a file that is not packed."""
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    assert wheel.name == f"dayseal-{dayseal.__version__}-py3-none-any.whl"

    with zipfile.ZipFile(wheel) as packed:
        held = {name for name in packed.namelist() if not name.startswith("dayseal-")}
        commands = packed.read(f"dayseal-{dayseal.__version__}.dist-info/entry_points.txt").decode()
    sources = {path.relative_to(PRODUCT.parent) for path in PRODUCT.rglob("*") if path.is_file()}
    assert held == {path.as_posix() for path in sources if not any("cache" in part for part in path.parts)}
    assert commands == "[console_scripts]\ndayseal = dayseal.cli:main\n"
