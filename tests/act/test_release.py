"""A release up to the point where it would leave the machine: the version is decided, the wheel built and checked."""

from __future__ import annotations

import shutil
import subprocess
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from tests.act.conftest import MakeWorld
from tests.act.driver import Trigger, run_workflow
from tests.act.toolchain import CHECKOUT
from tests.act.world import adopt
from tests.adapters.repositories import git
from tests.e2e.repositories import write

pytestmark = pytest.mark.e2e

RELEASE = ".github/workflows/release.yml"
NEEDED = (".github", "src", "requirements", "scripts", "docs", "*.md", "*.toml", "LICENSE", ".gitignore")
"""Not the bounds: whether this working tree holds them is for the main job to say."""

CHANGES = "# Changelog\n\n## [Unreleased]\n\n### Added\n\n- Counts what was learned.\n"


def released_before(root: Path) -> str:
    """Write what a release needs of this repository, with a release and a feature since, and return the commit."""
    listed = git(CHECKOUT, "ls-files", "--cached", "--others", "--exclude-standard", "--", *NEEDED)
    for name in listed.splitlines():
        if (CHECKOUT / name).is_file():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(CHECKOUT / name, root / name)
    write(root, {"CHANGELOG.md": CHANGES})
    write(root, {f"{place}/empty.py": '"""Nothing."""\n' for place in ("tests", "benchmarks")})  # mypy asks for them
    git(root, "init", "-q")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "chore: release 0.7.3")
    git(root, "tag", "-a", "v0.7.3", "-m", "Release 0.7.3")
    git(root, "commit", "-q", "--allow-empty", "-m", "feat: count what was learned")
    return git(root, "rev-parse", "HEAD")


def test_release_is_decided_built_and_checked(make_world: MakeWorld, tmp_path: Path) -> None:
    """A feature raises the minor version, which stands in the wheel and the notes that the build hands over."""
    world, checkout, pythons = make_world("ratchetry/ratchetry"), tmp_path / "checkout", tmp_path / "pythons"
    checkout.mkdir()
    adopt(world.repository, released_before(checkout))
    subprocess.run([world.tools.pythons["3.13"], "-m", "venv", pythons / "3.13"], check=True)  # pip installs into it
    own = world.github.state.add_run(world.repository, path=RELEASE, name="Release", event="workflow_dispatch")
    trigger = Trigger(event="workflow_dispatch", run_id=own.id, inputs={"bump": "auto"})
    environ = {"RATCHETRY_ACT_PYTHONS": str(pythons)}
    run = run_workflow(world, checkout, RELEASE, trigger, environ=environ, flags=("--job=build",), timeout=400)
    assert run.code == 0, run.log[-3000:]
    assert run.results == {"decide": "success", "build": "success"}
    assert run.job("decide").outputs["version"] == "0.8.0"
    files = run.artifact("release-a1")
    (wheel,) = [name for name in files if name.endswith(".whl")]
    assert wheel.startswith("dist/ratchetry-0.8.0-")
    with zipfile.ZipFile(BytesIO(files[wheel])) as packed:
        assert b'__version__ = "0.8.0"' in packed.read("ratchetry/__init__.py")
    assert files["notes.md"].decode() == "### Added\n\n- Counts what was learned.\n"
    assert run.requests == ()
