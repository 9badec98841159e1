"""The main workflow on a push, from the event to the verdict."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from ratchetry.domain.record import RunRecord
from ratchetry.state.record import loads
from tests.act import payloads
from tests.act.conftest import MakeWorld
from tests.act.driver import ActRun, Trigger, run_workflow
from tests.act.log import Line
from tests.act.prepare import Source
from tests.act.repositories import CI, measured
from tests.act.world import World, adopt

pytestmark = pytest.mark.e2e

FAILS_AT_FIRST = (
    "import os\n\nfrom pkg import sign\n\n\n"
    "def test_positive():\n    assert sign(1) == 1\n\n\n"
    "def test_negative():\n    assert sign(-1) == -1 and os.environ['GITHUB_RUN_ATTEMPT'] != '1'\n"
)
HANGS = "import time\n\n\ndef test_hangs():\n    time.sleep(120)\n"


def record_of(run: ActRun, attempt: int = 1) -> RunRecord:
    """Return the record that a run has uploaded."""
    return loads(run.artifact(f"ci-metrics-summary-a{attempt}")["record.json"], "record.json")


def pushed(
    world: World,
    checkout: Path,
    run_id: int,
    *,
    attempt: int = 1,
    source: Source | None = None,
    environ: Mapping[str, str] | None = None,
    cancel_when: Callable[[Line], bool] | None = None,
) -> ActRun:
    """Return what came of a push of a checkout whose workflow is the main one."""
    sha = world.repository.refs["refs/heads/main"]
    world.github.state.add_run(
        world.repository, run_id=run_id, sha=sha, status="in_progress", conclusion=None, attempt=attempt
    )
    trigger = Trigger(event="push", run_id=run_id, attempt=attempt, payload=payloads.push(world.repository, sha))
    return run_workflow(world, checkout, CI, trigger, source=source, environ=environ, cancel_when=cancel_when)


@pytest.fixture(scope="module")
def green(make_world: MakeWorld, tmp_path_factory: pytest.TempPathFactory) -> tuple[World, ActRun]:
    """Return what came of a push that passes, with all stages, and tests on two Pythons."""
    world, checkout = make_world("octo/green"), tmp_path_factory.mktemp("green")
    stages = "validate,quality,test,security,benchmark"
    adopt(world.repository, measured(checkout, stages=stages, pythons=("3.13", "3.12"), without=()))
    return world, pushed(world, checkout, 101)


def test_green_push_passes(green: tuple[World, ActRun]) -> None:
    """Every job of a push that passes succeeds, and each Python has one of its own."""
    _, run = green
    assert run.code == 0, run.log
    jobs = ("validate", "quality", "test (3.13)", "test (3.12)", "security", "benchmark", "score", "upload")
    assert run.results == dict.fromkeys(jobs, "success")


def test_green_push_leaves_fragments_and_a_summary(green: tuple[World, ActRun]) -> None:
    """Every stage hands over one fragment for each of its jobs, and the score job a summary of them all."""
    world, run = green
    assert set(run.artifact_names) == {
        *(f"ci-metrics-{stage}-3.13-a1" for stage in ("validate", "quality", "test", "security", "benchmark")),
        "ci-metrics-test-3.12-a1",
        "ci-metrics-summary-a1",
    }
    assert {artifact.name for artifact in world.repository.artifacts.values()} == set(run.artifact_names)
    assert set(run.artifact("ci-metrics-summary-a1")) == {"record.json", "context.json"}


def test_green_push_has_a_verdict(green: tuple[World, ActRun]) -> None:
    """The outputs of the score job say what the record says: the run passed, and everything was measured."""
    _, run = green
    record = record_of(run)
    assert run.job("score").outputs["verdict"] == record.verdict == "pass"
    assert float(run.job("score").outputs["score"]) == pytest.approx(record.metrics["score.total"].value, abs=1e-3)
    assert {name: stage.status for name, stage in record.stages.items()} == {
        **dict.fromkeys(("validate", "quality", "test", "security", "score"), "passed"),
        "benchmark": "skipped",
    }
    assert (record.run.run_id, record.run.attempt, record.run.event, record.run.workflow) == ("101", 1, "push", CI)


def test_matrix_is_measured_on_each_python(green: tuple[World, ActRun]) -> None:
    """The fragments of a matrix come from the Pythons that were asked for."""
    _, run = green
    for version in ("3.13", "3.12"):
        assert f'"python":"{version}.' in run.artifact(f"ci-metrics-test-{version}-a1")["fragment.json"].decode()


def test_findings_reach_code_scanning(green: tuple[World, ActRun]) -> None:
    """The job that may write security events uploads one analysis, and nothing else writes to GitHub."""
    world, run = green
    (analysis,) = world.sarif
    assert analysis["version"] == "2.1.0"
    assert [request.path for request in run.requests if request.method != "GET"] == [
        "/repos/octo/green/code-scanning/sarifs"
    ]


@pytest.fixture(scope="module")
def failing(make_world: MakeWorld, tmp_path_factory: pytest.TempPathFactory) -> tuple[World, Path, ActRun]:
    """Return what came of a push with a test that fails in the first attempt."""
    world, checkout = make_world("octo/failing"), tmp_path_factory.mktemp("failing")
    files = {"tests/test_sign.py": FAILS_AT_FIRST}
    adopt(world.repository, measured(checkout, files=files))
    return world, checkout, pushed(world, checkout, 102, source=world.flat)


def test_failing_stage_fails_the_run(failing: tuple[World, Path, ActRun]) -> None:
    """A failing test fails the run by the verdict of the score job, which judges all that was measured."""
    _, _, run = failing
    record = record_of(run)
    assert run.code == 1
    assert run.results["validate"] == "success"
    assert run.results["score"] == "failure"
    assert run.job("score").outputs["verdict"] == record.verdict == "fail"
    assert (record.metrics["tests.failed"].value, record.metrics["tests.passed"].value) == (1, 1)
    assert "error" in run.job("score").commands


def test_rerun_takes_the_newest_fragments(failing: tuple[World, Path, ActRun], sources: dict[str, Source]) -> None:
    """When failed jobs are run again, their new fragments count, beside those of the first attempt of the others."""
    world, checkout, _ = failing
    run = pushed(world, checkout, 102, attempt=2, source=sources["again"])
    record = record_of(run, attempt=2)
    assert run.code == 0, run.log
    assert run.results == {"test (3.13)": "success", "score": "success"}
    assert (record.verdict, record.run.attempt, record.metrics["tests.failed"].value) == ("pass", 2, 0)
    assert record.stages["validate"].status == "passed"
    assert set(run.artifact_names) == {
        *(f"ci-metrics-{name}" for name in ("validate-3.13-a1", "test-3.13-a1", "test-3.13-a2")),
        *("ci-metrics-summary-a1", "ci-metrics-summary-a2"),
    }


def test_stage_that_times_out_is_not_measured(make_world: MakeWorld, tmp_path: Path) -> None:
    """A stage that does not end in its time is not measured, with the reason, and the run does not pass."""
    world = make_world("octo/hanging")
    adopt(world.repository, measured(tmp_path, stages="test", files={"tests/test_sign.py": HANGS}))
    run = pushed(world, tmp_path, 103, source=world.flat, environ={"RATCHETRY_TIMEOUT": "3"})
    record = record_of(run)
    assert run.code == 1
    assert (record.verdict, record.stages["test"].status) == ("not_measured", "not_measured")
    assert "3" in record.stages["test"].reason


def test_cancelled_run_ends_at_once(make_world: MakeWorld, tmp_path: Path) -> None:
    """A run that is cancelled in its tests leaves no process behind and no summary that could pass for a verdict."""
    world = make_world("octo/cancelled")
    adopt(world.repository, measured(tmp_path, stages="test", files={"tests/test_sign.py": HANGS}))
    run = pushed(
        world, tmp_path, 104, source=world.flat, cancel_when=lambda line: "⭐ Run Main Measure" in str(line.get("msg"))
    )
    assert run.code != 0
    assert run.seconds < 100
    assert "ci-metrics-summary-a1" not in run.artifact_names
