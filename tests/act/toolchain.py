"""What the workflows are run with: act, the stand-ins for remote actions, node, and the Pythons of this machine."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final

from filelock import FileLock

CHECKOUT: Final = Path(__file__).parents[2]
VERSIONS: Final = ("3.11", "3.12", "3.13", "3.14")
TEST_TOOLS: Final = ("pytest", "coverage", "pytest-benchmark")


@dataclass(frozen=True, slots=True, kw_only=True)
class Toolchain:
    """Where the tools lie; `pythons` maps versions to interpreters that have what tests need beside them."""

    act: Path
    shims: Path
    node: Path
    pythons: Mapping[str, Path] = field(default_factory=dict)
    caches: Path = CHECKOUT / ".tools"


def missing() -> str:
    """Return why workflows cannot be run on this machine, nothing when they can."""
    for tool, needed_for in (("go", "to build act"), ("npm", "to build the stand-ins for remote actions")):
        if shutil.which(tool) is None:
            return f"{tool} is not installed here, and is needed {needed_for}"
    return ""


@cache
def toolchain() -> Toolchain:
    """Return the tools, installed when they were not.

    Raises CalledProcessError, with what the installation said, when that fails.
    """
    tools = CHECKOUT / ".tools"
    tools.mkdir(exist_ok=True)
    script = CHECKOUT / "scripts" / "install_act.sh"
    with FileLock(tools / "lock"):  # tests may run in several processes
        done = subprocess.run([script], stdout=subprocess.PIPE, text=True, check=True, timeout=600)
        pythons = _pythons()
    act, shims = done.stdout.split()
    return Toolchain(act=Path(act), shims=Path(shims), node=Path(shutil.which("node") or "node"), pythons=pythons)


def _pythons() -> dict[str, Path]:
    """Return an environment's interpreter for each supported version of Python that is installed here."""
    found = {version: _python(version) for version in VERSIONS}
    return {version: _environment(path, version) for version, path in found.items() if path is not None}


def _environment(python: Path, version: str) -> Path:
    """Return the interpreter of an environment with the test tools, so that no measured project need install them."""
    place = CHECKOUT / ".tools" / "pythons" / version
    interpreter = place / "bin" / "python"
    if not (place / "complete").exists():
        subprocess.run([python, "-m", "venv", "--clear", place], check=True, timeout=120)
        pins = ("--constraint", CHECKOUT / "requirements" / "dev.txt")
        command = (sys.executable, "-m", "uv", "pip", "install", "--quiet", "--python", interpreter, *pins, *TEST_TOOLS)
        subprocess.run(command, check=True, timeout=300)
        (place / "complete").touch()
    return interpreter


def _python(version: str) -> Path | None:
    """Return an interpreter of a version that works, from the path, pyenv or the tools of a GitHub runner."""
    roots = (Path.home() / ".pyenv" / "versions", Path(os.environ.get("RUNNER_TOOL_CACHE", "/nonexistent")) / "Python")
    installed = [path for root in roots for pattern in ("bin", "*/bin") for path in root.glob(f"{version}.*/{pattern}")]
    for candidate in (shutil.which(f"python{version}"), *(str(path / "python") for path in installed)):
        if candidate is None:
            continue
        program = "import sys, venv; print(sys.executable)"
        done = subprocess.run([candidate, "-I", "-c", program], capture_output=True, text=True, check=False, timeout=30)
        if done.returncode == 0:
            return Path(done.stdout.strip())
    return None
