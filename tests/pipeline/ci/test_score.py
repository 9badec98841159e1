"""What the score step makes of its inputs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from ratchetry.adapters.clock import SystemClock
from ratchetry.adapters.history_directory import HistoryDirectory
from ratchetry.analyze.flaky.quarantine import quarantine_event
from ratchetry.cli.progress import SilentProgress
from ratchetry.domain.envelope import Envelope
from ratchetry.domain.record import Fragment, StageResult, TestResult
from ratchetry.errors import UsageError
from ratchetry.pipeline.ci.score import Request, expected_of, jobs_of, judge_fragments, keys_of, save_summary
from ratchetry.pipeline.ci.stage import check_fragment, write_envelope
from ratchetry.pipeline.survey import places_of
from ratchetry.settings import Settings
from ratchetry.state import envelope as envelope_file
from ratchetry.state import record as record_file
from tests.e2e.repositories import README, write
from tests.pipeline.ci.envelopes import REPOSITORY, SHA, WORKFLOW, envelope

EVENT = {
    "number": 5,
    "pull_request": {"number": 5, "head": {"sha": "2" * 40}, "base": {"sha": "3" * 40, "ref": "main"}},
}


def environ(root: Path, **extra: str) -> dict[str, str]:
    """Return the variables of a job of a pull request."""
    (root / "event.json").write_text(json.dumps(EVENT))
    return {
        "GITHUB_ACTIONS": "true",
        "GITHUB_REPOSITORY": REPOSITORY,
        "GITHUB_RUN_ID": "7",
        "GITHUB_EVENT_NAME": "pull_request",
        "GITHUB_EVENT_PATH": str(root / "event.json"),
        "GITHUB_SHA": SHA,
        "GITHUB_BASE_REF": "main",
        "GITHUB_HEAD_REF": "feature",
        "GITHUB_WORKFLOW_REF": f"{REPOSITORY}/{WORKFLOW}@refs/pull/5/merge",
        "GITHUB_WORKSPACE": str(root),
        **extra,
    }


@pytest.fixture(name="root")
def _root(tmp_path: Path) -> Path:
    """Return a checkout whose project lies in a directory of its own, with a bound."""
    bounds = json.dumps({"metrics": {"lint.findings": {"maximum": 3}}})
    write(tmp_path, {"packages/core/README.md": README, "packages/core/quality-thresholds.json": bounds})
    return tmp_path


def judged(
    root: Path,
    envelopes: Sequence[Envelope],
    jobs: Mapping[str, str] | None = None,
    *,
    expected: tuple[str, ...] = ("quality", "score"),
) -> Path:
    """Return the directory of the summary of some fragments."""
    for row in envelopes:
        write_envelope(root / "fragments", row)
    settings = Settings()
    places = places_of(str(root / "packages" / "core"), settings)
    request = Request(
        fragments=root / "fragments",
        expected=expected,
        jobs=jobs_of(json.dumps({name: {"result": result, "outputs": {}} for name, result in (jobs or {}).items()})),
        keys={},
    )
    done = judge_fragments(
        places, settings, request, environ=environ(root), clock=SystemClock(), progress=SilentProgress()
    )
    return save_summary(places, done)


def test_a_run_is_judged_by_its_fragments(root: Path) -> None:
    """The record holds what arrived and the score; its gates, run and times are those of the whole run."""
    rows = (
        envelope(value=2, started="2026-01-02T03:04:05Z"),
        envelope(key="3.12", value=4, started="2026-01-02T03:00:00Z"),
    )
    summary = judged(root, rows)
    record = record_file.loads((summary / "record.json").read_bytes(), "x")
    assert summary.name == "ci-metrics-summary-a1"
    assert {name: row.status for name, row in record.stages.items()} == {"quality": "passed", "score": "passed"}
    assert record.metrics["lint.findings"].value == 4  # the worse of the two jobs
    assert (record.verdict, record.run.pull_request, record.run.event) == ("fail", 5, "pull_request")
    assert record.run.started == "2026-01-02T03:00:00Z"
    assert record.run.duration > 24 * 3600
    assert record.metrics["score.total"].value > 0
    context = envelope_file.loads_context((summary / "context.json").read_bytes(), "x")
    assert (context.pull_request, context.head_sha, context.base_ref) == (5, "2" * 40, "main")
    assert (context.directory, context.refused) == ("packages/core", 0)


def test_a_failure_in_quarantine_does_not_fail_the_run(root: Path) -> None:
    """The list is that of the history which the job has brought here; the record tells of the failure."""
    history = HistoryDirectory(root / "packages" / "core" / ".ratchetry")
    now = SystemClock().now()
    history.add_event(
        quarantine_event("t.py::t", reason="slow", until=now.date(), time=f"{now:%Y-%m-%dT%H:%M:%SZ}", repository="")
    )
    fragment = Fragment(
        stages={"test": StageResult(status="failed", reason="1 of 1 tests failed")},
        tests=(TestResult(id="t.py::t", outcome="failed"),),
    )
    row = replace(envelope("test"), fragment=fragment)
    record = record_file.loads((judged(root, (row,), expected=("test",)) / "record.json").read_bytes(), "x")
    assert record.stages["test"].status == "passed"
    assert "t.py::t (until" in record.stages["test"].reason
    assert record.tests[0].outcome == "failed"
    assert record.verdict == "warn"


def test_what_is_missing_was_not_measured(root: Path) -> None:
    """Without a fragment the verdict is that nothing can be said, with the job's end as the reason."""
    record = record_file.loads((judged(root, (), {"quality": "cancelled"}) / "record.json").read_bytes(), "x")
    assert record.verdict == "not_measured"
    assert "its job ended as cancelled" in record.stages["quality"].reason


def test_a_fragment_of_another_run_is_refused(root: Path) -> None:
    """It counts as missing, and the context says how many were refused."""
    summary = judged(root, (envelope(run_id="8", value=0),))
    record = record_file.loads((summary / "record.json").read_bytes(), "x")
    assert "it is of the run '8'" in record.stages["quality"].reason
    assert "lint.findings" not in record.metrics
    assert envelope_file.loads_context((summary / "context.json").read_bytes(), "x").refused == 1


def test_a_stage_that_died_leaves_a_fragment_that_says_so(root: Path) -> None:
    """Where there is no fragment, or a malformed one, the job uploads one of a stage that was not measured."""
    for broken in (None, b"{"):
        if broken:
            (root / "fragments" / "ci-metrics-quality-3.13-a1" / "fragment.json").write_bytes(broken)
        found = check_fragment("quality", "3.13", root / "fragments", environ=environ(root), clock=SystemClock())
        assert (found.name, found.result.status) == ("ci-metrics-quality-3.13-a1", "not_measured")
        assert "left no fragment that can be used" in found.problem
        again = check_fragment("quality", "3.13", root / "fragments", environ=environ(root), clock=SystemClock())
        assert (again.result, again.problem) == (found.result, "")
    record = record_file.loads((judged(root, ()) / "record.json").read_bytes(), "x")
    assert record.stages["quality"].reason == found.result.reason


def test_an_honest_fragment_is_left_as_it_is(root: Path) -> None:
    """Checking changes nothing where there is nothing wrong."""
    path = write_envelope(root / "fragments", envelope(value=1, event="pull_request"))
    before = (path / "fragment.json").read_bytes()
    found = check_fragment("quality", "3.13", root / "fragments", environ=environ(root), clock=SystemClock())
    assert (found.path, found.result.status, found.problem) == (path, "passed", "")
    assert (path / "fragment.json").read_bytes() == before


def test_keys_that_are_no_names(root: Path) -> None:
    """A key that cannot be part of a name is refused before anything is written."""
    for key in ("", "../x", "a b", "a/b", "-a"):
        with pytest.raises(UsageError, match="key"):
            check_fragment("quality", key, root / "fragments", environ=environ(root), clock=SystemClock())
    assert not (root / "fragments").exists()


def test_how_jobs_ended() -> None:
    """Results are read by the stage at the end of a job's name; anything else than Actions' context is refused."""
    text = json.dumps({"quality": {"result": "success"}, "stage-test": {"result": "failure", "outputs": {"a": "b"}}})
    assert jobs_of(text) == {"quality": "success", "test": "failure"}
    assert jobs_of("") == {}
    for wrong in ("{", "[]", '{"a": 1}', '{"a": {"result": "great"}}', '{"a": {}}', "[" * 100_000):
        with pytest.raises(UsageError, match="RATCHETRY_NEEDS"):
            jobs_of(wrong)


def test_which_versions_were_to_be_tested() -> None:
    """The matrix of the tests names the keys that must arrive."""
    assert keys_of('["3.12", "3.13"]') == {"test": ("3.12", "3.13")}
    assert keys_of(" ") == {}
    for wrong in ("3.12", "[3.12]", "{}"):
        with pytest.raises(UsageError, match="python-versions"):
            keys_of(wrong)


def test_which_stages_were_to_come() -> None:
    """The score stage is always measured, unless the settings leave it out; unknown stages are refused."""
    assert expected_of("test, quality", Settings()) == ("quality", "test", "score")
    assert expected_of("", Settings(stages=("quality",))) == ("quality",)
    assert expected_of("test", Settings(stages=("quality",))) == ("test",)
    assert expected_of("", Settings())[-1] == "score"
    with pytest.raises(UsageError, match="unknown stage 'tests'"):
        expected_of("tests", Settings())
