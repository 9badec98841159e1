"""The commands around the main job, in the order in which a new user meets them."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.commands import environment, ratchetry, run_in
from tests.e2e.osv_service import osv_service
from tests.e2e.repositories import committed, snapshot, sound

pytestmark = pytest.mark.e2e

COMMIT = "0123456789abcdef0123456789abcdef01234567"
SCRIPTS = Path(__file__).parents[2] / "scripts" / "ci"


@pytest.fixture(scope="module")
def service() -> Iterator[dict[str, str]]:
    """Yield variables that name an advisory service and the interpreter of these tests."""
    with osv_service() as url:
        yield {"RATCHETRY_OSV_URL": url, "RATCHETRY_PYTHON": sys.executable}


@pytest.fixture(scope="module")
def initialized(tmp_path_factory: pytest.TempPathFactory, service: dict[str, str]) -> Path:
    """Return a repository that `init` has set up."""
    root = sound(tmp_path_factory.mktemp("init") / "repo")
    committed(root)
    before = snapshot(root)
    missing = ratchetry(root, "init", "--check", "--ref", COMMIT, extra=service)
    assert missing.code == 1
    assert "+[tool.ratchetry]" in missing.out
    assert snapshot(root) == before
    done = ratchetry(root, "init", "--ref", COMMIT, extra=service)
    assert done.code == 0, done.out + done.err
    return root


@pytest.fixture
def root(initialized: Path, tmp_path: Path) -> Path:
    """Return a copy of that repository that a test may change."""
    return Path(shutil.copytree(initialized, tmp_path / "repo", symlinks=True))


def test_what_init_seeds_is_met_by_the_next_run(root: Path, service: dict[str, str]) -> None:
    """The first bounds are the first figures, every one of them gates, and a run right after passes."""
    bounds = json.loads((root / "quality-thresholds.json").read_text(encoding="utf-8"))
    assert bounds["coverage"]["minimum"] == 75
    assert bounds["metrics"]["types.errors"]["maximum"] == 0
    ended = run_in(root, extra=service)
    assert (ended.code, ended.record.verdict) == (0, "pass"), ended.out
    assert ended.gate("coverage.line").margin == 0
    gated = {gate.metric for gate in ended.record.gates}
    assert {"coverage.line", "score.total", "tests.pass_rate", "security.vulnerabilities.high"} <= gated


def test_init_is_idempotent(root: Path, service: dict[str, str]) -> None:
    """A second time there is nothing to write, and --check agrees."""
    before = snapshot(root)
    assert ratchetry(root, "init", extra=service).code == 0
    assert ratchetry(root, "init", "--check", extra=service).code == 0
    assert snapshot(root) == before


def test_init_never_overwrites_what_was_edited(root: Path, service: dict[str, str]) -> None:
    """--check shows the difference, a plain init keeps it, --force takes the file back."""
    workflow = root / ".github" / "workflows" / "ratchetry.yml"
    wanted = workflow.read_text(encoding="utf-8")
    workflow.write_text(f"{wanted}# mine\n", encoding="utf-8")
    check = ratchetry(root, "init", "--check", extra=service)
    assert check.code == 1
    assert "-# mine" in check.out
    kept = ratchetry(root, "init", extra=service)
    assert kept.code == 0
    assert "--force" in kept.out
    assert workflow.read_text(encoding="utf-8").endswith("# mine\n")
    assert ratchetry(root, "init", "--force", extra=service).code == 0
    assert workflow.read_text(encoding="utf-8") == wanted


def test_doctor_tells_what_is_there(root: Path, service: dict[str, str]) -> None:
    """All is well here; a broken state file must be mended first; JSON says the same to programs."""
    before = snapshot(root)
    well = ratchetry(root, "doctor", extra=service)
    assert well.code == 0, well.out
    rows = json.loads(ratchetry(root, "doctor", "--format", "json", "--offline", extra=service).out)
    assert {row["what"]: row["health"] for row in rows}["python"] == "ok"
    assert snapshot(root) == before
    (root / "quality-thresholds.json").write_text("{", encoding="utf-8")
    broken = ratchetry(root, "doctor", "--offline", extra=service)
    assert broken.code == 2
    assert "WRONG" in broken.out


def test_explain_knows_value_bound_and_history(root: Path) -> None:
    """A metric is explained with what was measured here; an unknown one with the nearest name."""
    told = ratchetry(root, "explain", "coverage.line")
    assert told.code == 0
    assert "now       75 percent" in told.out
    assert "minimum 75" in told.out
    document = json.loads(ratchetry(root, "explain", "coverage.line", "--format", "json").out)
    assert document["current"]["value"] == 75
    assert document["bound"]["bound"] == 75
    unknown = ratchetry(root, "explain", "coverage.lines")
    assert unknown.code == 2
    assert "did you mean 'coverage.line'?" in unknown.err


def script(root: Path, name: str, *arguments: str, extra: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Return how a script of scripts/ci ended."""
    asked = (sys.executable, str(SCRIPTS / name), *arguments)
    return subprocess.run(
        asked, cwd=root, env=environment(extra), capture_output=True, text=True, timeout=120, check=False
    )


def test_the_doors_are_the_commands(root: Path, service: dict[str, str], tmp_path: Path) -> None:
    """real_metrics.py prints the record; run_scoring.py scores with its weights, and gates in CI mode."""
    record = script(root, "real_metrics.py", "--stage", "validate", "--stage", "test", extra=service)
    assert record.returncode == 0, record.stderr
    assert json.loads(record.stdout)["metrics"]["tests.passed"]["value"] == 1
    out = tmp_path / "score.json"
    asked = ("--model", "PromptScoreModel.json", "--input", "README.md", "--out", str(out), "--ci-mode")
    scored = script(root, "run_scoring.py", *asked, extra=service)
    assert scored.returncode == 0, scored.stderr
    assert json.loads(out.read_text(encoding="utf-8"))["total"] > 0.5
    same = ratchetry(root, "score", "--input", "README.md", extra=service)
    assert json.loads(same.out)["total"] == json.loads(out.read_text(encoding="utf-8"))["total"]
    (root / "README.md").write_text("pkg\n", encoding="utf-8")
    assert script(root, "run_scoring.py", *asked, extra=service).returncode == 1
