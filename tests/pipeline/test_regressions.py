"""From a real repository and its history to how a run differs from its base."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ratchetry.adapters.history_directory import HistoryDirectory
from ratchetry.cli.app import run as call
from ratchetry.domain.comparison import Comparison
from ratchetry.domain.record import Benchmark, Metric, RunInfo, Runner, RunRecord, StageResult, TestResult
from ratchetry.domain.regression import RegressionReport
from ratchetry.domain.trend_report import TrendReport
from ratchetry.errors import NotMeasuredError, UsageError
from ratchetry.pipeline.regressions import Asked, head_of, regression_report
from ratchetry.state import record as record_file
from ratchetry.state import trend_report
from tests.adapters.repositories import ENVIRON, commit, git, repository

NOW = datetime(2026, 3, 1, tzinfo=UTC)
DOOR = Path(__file__).parents[2] / "scripts" / "ci" / "detect_regressions.py"
RUNNER = Runner(os="Linux", cpu_model="A CPU", cores=2, python="3.12.1")
TIMES = [1.0, 1.004, 0.997, 1.002, 1.001, 0.998, 1.003, 0.999, 1.0, 1.002, 0.996, 1.001]


def _record(
    number: int, sha: str, time: float = 1.0, *, lint: int = 3, branch: str = "main", failing: tuple[str, ...] = ()
) -> RunRecord:
    """Return a run with one benchmark and three others that never vary much."""
    count = Metric(value=lint, unit="count", better="lower", stage="quality")
    times = {"x": time, **{name: TIMES[(number + at) % 12] for at, name in enumerate("abcdefg")}}
    return RunRecord(
        run=RunInfo(
            repository="acme/anvil",
            run_id=str(1000 + number),
            event="push",
            commit=sha,
            branch=branch,
            pull_request=None if branch == "main" else 7,
            started=f"2026-02-{1 + number // 10:02d}T{number % 10:02d}:00:00Z",
            runner=RUNNER,
        ),
        stages={"test": StageResult(status="passed"), "quality": StageResult(status="passed")},
        metrics={
            "lint.findings": count,
            **{
                f"benchmark.{name}": Metric(value=value, unit="seconds", better="lower", stage="benchmark", n=5)
                for name, value in times.items()
            },
        },
        benchmarks=tuple(
            Benchmark(name=name, rounds=tuple(value * (1 + at / 1000) for at in range(-2, 3)))
            for name, value in times.items()
        ),
        tests=tuple(
            TestResult(id=name, outcome="failed" if name in failing else "passed") for name in ("test_a", "test_b")
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A repository whose main branch has a run for each of its commits, and a topic branched off before its last."""

    root: Path
    history: HistoryDirectory
    main: tuple[str, ...]
    topic: str

    def report(self, head: RunRecord, base: str = "", metric: str = "") -> RegressionReport:
        """Return how a run differs from its base."""
        asked = Asked(root=str(self.root), environ=ENVIRON, base=base, metric=metric)
        return regression_report(self.history, head, asked, NOW)

    def compared(self, head: RunRecord, name: str = "benchmark.x") -> Comparison:
        """Return how one metric of a run differs from its base."""
        return next(each for each in self.report(head).comparisons if each.name == name)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Return a project; on its last commit on main there are more findings."""
    root = repository(tmp_path_factory.mktemp("project") / "anvil")
    shas = tuple(commit(root, f"change {at}", a__txt=str(at)) for at in range(13))
    git(root, "checkout", "-q", "-b", "topic", shas[11])
    topic = commit(root, "a topic", b__txt="topic")
    git(root, "checkout", "-q", "main")
    history = HistoryDirectory(root.parent / "history")
    for at, sha in enumerate(shas):
        history.add(_record(at, sha, TIMES[at % 12], lint=9 if at == 12 else 3))
    return Project(root=root, history=history, main=shas, topic=topic)


def test_a_pull_request_is_compared_with_where_it_left_the_branch(project: Project) -> None:
    """What happened on the branch since then is none of its doing."""
    found = project.report(_record(20, project.topic, 1.4, branch="topic"))
    assert (found.base.commit, found.base.measured, found.base.behind) == (project.main[11], project.main[11], 0)
    verdicts = {each.name: each.verdict for each in found.comparisons}
    assert verdicts["benchmark.x"] == "regressed", found.comparisons
    assert verdicts["lint.findings"] == "unchanged"
    assert found.notes == ()
    assert found.series[0].points[-1].commit == project.topic
    (cause,) = found.causes
    assert (cause.subject, cause.last_good, cause.first_bad) == ("benchmark.x", project.main[11], project.topic)
    assert [file.name for file in cause.files] == ["b.txt"]


def test_a_run_of_the_branch_is_compared_with_the_commits_before_it(project: Project) -> None:
    """The newest run of main has more findings than the commit before."""
    found = project.report(head_of(project.history, "latest", Path("none")))
    assert found.base.measured == project.main[11]
    assert [(each.name, each.difference) for each in found.regressed] == [("lint.findings", 6.0)]


def test_work_in_progress_is_compared_with_the_commit_that_it_is_based_on(project: Project) -> None:
    """A change that is not committed says so."""
    head = _record(20, project.main[12], lint=9)
    found = project.report(replace(head, run=replace(head.run, dirty=True)))
    assert (found.base.measured, found.regressed) == (project.main[12], ())
    assert found.notes == ("the run is of a change that is not committed",)


def test_the_nearest_measured_commit_stands_for_a_base_that_was_not_measured(project: Project) -> None:
    """It is named, with how far away it is."""
    git(project.root, "checkout", "-q", "-b", "later", project.main[12])
    commit(project.root, "not measured", a__txt="x")
    git(project.root, "branch", "-q", "-f", "unmeasured")
    sha = commit(project.root, "later", a__txt="y")
    git(project.root, "checkout", "-q", "main")
    found = project.report(_record(20, sha, branch="later"), base="unmeasured")
    assert (found.base.measured, found.base.behind) == (project.main[12], 1)
    assert "was not measured: compared with" in found.notes[0]


def test_a_base_may_be_named_by_commit_or_run(project: Project) -> None:
    """A run of the history stands for its commit."""
    head = _record(20, project.topic, branch="topic")
    for name in (project.main[5][:10], "1005-1"):
        assert project.report(head, base=name).base.measured == project.main[5]
    with pytest.raises(UsageError, match="neither a commit, branch or tag of this clone nor a run of the history"):
        project.report(head, base="nothing")


def test_without_a_known_commit_the_runs_before_are_the_base(project: Project) -> None:
    """A record of elsewhere is compared by time, and that is said."""
    found = project.report(_record(20, "f" * 40, 1.4))
    assert found.base.commit == ""
    assert "git does not know ffffffffffff" in found.notes[0]
    assert [each.name for each in found.regressed] == ["benchmark.x"]


def test_tests_that_fail_now_are_told_from_those_that_failed_before(project: Project, tmp_path: Path) -> None:
    """A test that passed at the base, or that the base does not have, is newly failing."""
    history = HistoryDirectory(tmp_path)
    for at, sha in enumerate(project.main[:12]):
        history.add(_record(at, sha, failing=("test_b",) if at > 6 else ()))
    head = _record(20, project.topic, branch="topic", failing=("test_a", "test_b"))
    new = TestResult(id="test_new", outcome="error")
    found = replace(project, history=history).report(replace(head, tests=(*head.tests, new)))
    assert [(each.test, each.passed, each.flaky) for each in found.failures] == [
        ("test_a", "1011-1", False),
        ("test_new", "", False),
    ]


def test_an_outage_of_the_base_is_no_base_and_reused_results_are(project: Project, tmp_path: Path) -> None:
    """A run in which all tests failed at once says nothing of them; what was reused for the same files stays true."""
    history = HistoryDirectory(tmp_path)
    names = tuple(f"tests/test_{at % 5}.py::test_{at}" for at in range(20))

    def full(record: RunRecord, failed: int, *, cached: bool = False) -> RunRecord:
        tests = tuple(TestResult(id=name, outcome="failed" if failed else "passed") for name in names)
        count = Metric(value=failed, unit="count", better="lower", stage="test")
        stages = {name: StageResult(status="passed", cached=cached) for name in ("test", "quality", "benchmark")}
        return replace(record, tests=tests, metrics={**record.metrics, "tests.failed": count}, stages=stages)

    for at, sha in enumerate(project.main[:12]):
        lint = 5 if at == 11 else 3
        history.add(full(_record(at, sha, TIMES[at], lint=lint), 20 if at == 10 else 0, cached=at == 11))
    found = replace(project, history=history).report(full(_record(20, project.topic, lint=5, branch="topic"), 0))
    compared = {each.name: each for each in found.comparisons}
    assert (compared["tests.failed"].verdict, compared["tests.failed"].n_base) == ("unchanged", 11)
    assert (compared["lint.findings"].verdict, compared["lint.findings"].base) == ("unchanged", 5)
    assert compared["benchmark.x"].n_base == 11


def test_what_the_head_did_not_measure_is_never_passed_over(project: Project) -> None:
    """Metrics of the base that the head lacks are named with the reason, and new ones as such."""
    head = _record(20, project.topic, branch="topic")
    metrics = {name: metric for name, metric in head.metrics.items() if name != "lint.findings"}
    stages = {"quality": StageResult(status="passed", unmeasured={"lint": "ruff crashed"})}
    more = {**metrics, "types.errors": Metric(value=1, unit="count", better="lower", stage="quality")}
    found = project.report(replace(head, metrics=more, stages=stages, benchmarks=()))
    assert found.unmeasured == (("lint.findings", "ruff crashed"),)
    assert found.new == ("types.errors",)


def test_a_second_run_of_the_commit_counts(project: Project, tmp_path: Path) -> None:
    """Another run of the same commit is an observation of its own."""
    history = HistoryDirectory(tmp_path)
    for at, sha in enumerate(project.main[:12]):
        history.add(_record(at, sha, TIMES[at]))
    history.add(_record(20, project.topic, 1.4, branch="topic"))
    found = replace(project, history=history).compared(_record(21, project.topic, 1.5, branch="topic"))
    assert (found.n_head, found.verdict) == (2, "regressed")
    assert found.head == pytest.approx(1.45)


def test_nothing_to_compare_with_is_said(project: Project, tmp_path: Path) -> None:
    """An empty history, a base without any run before it, and metrics that nothing has."""
    empty = HistoryDirectory(tmp_path)
    with pytest.raises(NotMeasuredError, match="there is no run to compare"):
        head_of(empty, "", tmp_path / "record.json")
    with pytest.raises(NotMeasuredError, match="there is no base"):
        replace(project, history=empty).report(_record(20, project.topic))
    empty.add(_record(12, project.main[12]))
    with pytest.raises(NotMeasuredError, match="nothing to compare with"):
        replace(project, history=empty).report(_record(20, project.topic, branch="topic"))
    with pytest.raises(NotMeasuredError, match="no metric in common"):
        project.report(replace(_record(20, project.topic), metrics={}))
    with pytest.raises(UsageError, match="no run of branch 'main' has a metric like 'nothing'"):
        project.report(_record(20, project.topic), metric="nothing")


def test_the_command_prints_plots_and_fails_when_asked_to(
    project: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The exit code is 1 with --fail only, and all formats speak of the same regression."""
    name = str(tmp_path / "record.json")
    Path(name).write_bytes(record_file.dumps(_record(20, project.topic, 1.4, branch="topic")))
    at = ["--path", str(project.root), "--history", str(project.history.root)]
    drawing = tmp_path / "plot.svg"
    assert call(["regressions", name, *at, "--plot", str(drawing)]) == 0
    assert "regressed" in capsys.readouterr().out
    assert "benchmark.x" in drawing.read_text(encoding="utf-8")
    assert call(["regressions", name, *at, "--fail", "--format", "json"]) == 1
    document = json.loads(capsys.readouterr().out)
    assert [each["name"] for each in document["comparisons"] if each["verdict"] == "regressed"] == ["benchmark.x"]
    assert call(["regressions", name, *at, "--fail", "--format", "markdown", "--metric", "lint.*"]) == 0
    assert call(["regressions", "1000", *at]) == 3
    assert call(["regressions", "nothing", *at]) == 2
    assert "there is no such run" in capsys.readouterr().err


@pytest.mark.parametrize(("q_value", "needed"), [(0.04, "true"), (0.06, "false")])
def test_the_door_sets_the_outputs_of_its_step(project: Project, tmp_path: Path, q_value: float, needed: str) -> None:
    """Whether there is anything to tell, and whether someone has to act, is decided at the threshold."""
    slower = project.compared(_record(20, project.topic, 1.4, branch="topic"))
    report = TrendReport(regressions=(replace(slower, q_value=q_value),))
    (tmp_path / "trends.json").write_bytes(trend_report.dumps(report))
    arguments = ["--trend-report", "trends.json", "--threshold", "0.05"]
    output = tmp_path / "output"
    for environ in ({}, {"GITHUB_ACTIONS": "true", "GITHUB_OUTPUT": str(output)}):
        done = subprocess.run(
            [sys.executable, str(DOOR), *arguments],
            cwd=tmp_path,
            env={**ENVIRON, **environ},
            check=True,
            capture_output=True,
            text=True,
        )
        assert ("benchmark.x" in done.stdout) == (needed == "true")
    lines = output.read_text(encoding="utf-8").splitlines()
    for name in ("has_feedback", "action_needed"):
        place = next(at for at, line in enumerate(lines) if line.startswith(f"{name}<<"))
        assert lines[place + 1] == needed


def test_the_door_refuses_what_is_no_trend_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A damaged report, a report with a run, and a report without the comparison end with 2 and 3."""
    path = tmp_path / "trends.json"
    path.write_text("{", encoding="utf-8")
    assert call(["regressions", "--trend-report", str(path)]) == 2
    path.write_bytes(trend_report.dumps(TrendReport(unmeasured={"regressions": "no run"})))
    assert call(["regressions", "latest", "--trend-report", str(path)]) == 2
    assert call(["regressions", "--trend-report", str(path)]) == 3
    assert "regressions: no run" in capsys.readouterr().out
