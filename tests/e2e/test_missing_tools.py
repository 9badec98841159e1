"""What is not installed is told, costs its own figures and no others."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from tests.e2e.commands import OWN, ratchetry, run_in
from tests.e2e.repositories import flat

pytestmark = pytest.mark.e2e


def bare(place: Path) -> Path:
    """Return the Python of a new virtual environment in which nothing is installed."""
    subprocess.run((sys.executable, "-m", "venv", "--without-pip", str(place)), check=True)
    return place / "bin" / "python"


def installation_without(place: Path, *names: str) -> str:
    """Return the Python of an environment that shows what is installed here but for some distributions."""
    python = bare(place)
    (target,) = place.glob("lib/python*/site-packages")
    for entry in Path(sysconfig.get_path("purelib")).iterdir():
        if not entry.name.lower().startswith(names) and not (target / entry.name).exists():
            (target / entry.name).symlink_to(entry)
    return str(python)


def test_a_broken_installation_costs_what_it_lacks(tmp_path: Path) -> None:
    """Without ruff there are no lint figures, and types are measured all the same."""
    root = flat(tmp_path / "repo")
    python = installation_without(tmp_path / "venv", "ruff")
    ended = ratchetry(root, "run", "--stage", "quality", *OWN, python=python)
    assert ended.code == 3
    quality = ended.record.stages["quality"]
    assert "ruff" in quality.unmeasured["lint.findings"], quality.unmeasured
    assert "lint.findings" not in ended.record.metrics
    assert ended.values("types.errors") == (0,)
    told = ratchetry(root, "doctor", "--offline", python=python)
    assert told.code == 3
    assert "not installed: ruff" in told.out


def test_an_environment_without_pytest_runs_no_tests(tmp_path: Path) -> None:
    """Where nothing may be installed, the reason names the interpreter and what to add."""
    python = bare(tmp_path / "venv")
    ended = run_in(flat(tmp_path / "repo"), "--stage", "test", "--no-install", "--python", str(python))
    assert ended.code == 3
    assert "pytest is not installed" in ended.record.stages["test"].reason
    assert str(python) in ended.record.stages["test"].reason
