"""From runs in a history to the series that detectors look at."""

from __future__ import annotations

from pathlib import Path

import pytest

from ratchetry.adapters.history_directory import HistoryDirectory
from ratchetry.analyze.change_point.detection import detect
from ratchetry.domain.record import Metric, RunInfo, Runner, RunRecord, StageResult
from ratchetry.domain.series import Series
from ratchetry.errors import UsageError
from ratchetry.pipeline.series import history_series

FAST = Runner(os="Linux", cpu_model="Fast CPU", cores=2, python="3.12.1")
TIMES = (1.0, 1.004, 0.997, 1.002, 1.001, 0.998, 1.003, 0.999)


def _record(
    number: int,
    time: float = 1.0,
    *,
    commit: str = "",
    event: str = "push",
    branch: str = "main",
    pull_request: int | None = None,
    dirty: bool = False,
    cached: bool = False,
) -> RunRecord:
    """Return the run of a commit with a benchmark, a coverage and the times that the run took."""
    return RunRecord(
        run=RunInfo(
            repository="acme/anvil",
            run_id=str(1000 + number),
            event=event,
            commit=commit or f"{number:040x}",
            branch=branch,
            pull_request=pull_request,
            dirty=dirty,
            started=f"2026-02-{1 + number // 20:02d}T{number % 20:02d}:00:00Z",
            runner=FAST,
        ),
        stages={
            "test": StageResult(status="passed", cached=cached),
            "benchmark": StageResult(status="passed"),
        },
        metrics={
            "benchmark.x": Metric(value=time, unit="seconds", better="lower", stage="benchmark", n=5, spread=0.1),
            "coverage.line": Metric(value=90.0, unit="percent", better="higher", stage="test"),
            "ci.duration": Metric(value=60.0, unit="seconds", better="lower", stage="run"),
            "ci.duration.test": Metric(value=40.0, unit="seconds", better="lower", stage="run"),
            "ci.duration.benchmark": Metric(value=20.0, unit="seconds", better="lower", stage="run"),
        },
    )


def _series(directory: Path, *records: RunRecord, branch: str = "main", metric: str = "") -> dict[str, Series]:
    """Return the series of a history with some runs, by name."""
    history = HistoryDirectory(directory)
    for record in records:
        history.add(record)
    found = history_series(history, root=str(directory), environ={}, branch=branch, metric=metric)
    return {each.name: each for each in found}


def test_each_metric_is_a_series_in_the_order_of_time(tmp_path: Path) -> None:
    """Points carry their value, time, commit, run and machine; a series its unit and which direction is better."""
    series = _series(tmp_path, _record(2, 3.0), _record(1, 2.0))
    assert sorted(series) == [
        "benchmark.x",
        "ci.duration",
        "ci.duration.benchmark",
        "ci.duration.test",
        "coverage.line",
    ]
    benchmark = series["benchmark.x"]
    assert (benchmark.unit, benchmark.better, benchmark.values) == ("seconds", "lower", (2.0, 3.0))
    point = benchmark.points[0]
    assert (point.commit, point.run, point.machine) == (f"{1:040x}", "1001-1", "Fast CPU")
    assert (point.time, point.n, point.spread, point.source) == ("2026-02-01T01:00:00Z", 5, 0.1, "")


def test_proposals_and_work_in_progress_are_left_out(tmp_path: Path) -> None:
    """Only what was measured of a commit of the branch counts."""
    proposal, dirty = _record(2, pull_request=7), _record(3, dirty=True)
    series = _series(tmp_path, _record(1), proposal, dirty, _record(4, branch="topic"))
    assert len(series["benchmark.x"].points) == 1
    assert len(_series(tmp_path, branch="topic")["benchmark.x"].points) == 1


def test_a_pattern_chooses_metrics(tmp_path: Path) -> None:
    """A name, or a pattern, leaves the others out; what matches nothing is refused."""
    assert list(_series(tmp_path, _record(1), metric="benchmark.*")) == ["benchmark.x"]
    assert list(_series(tmp_path, metric="coverage.line")) == ["coverage.line"]
    with pytest.raises(UsageError, match=r"no run of branch 'main' has a metric like 'size\.\*'"):
        _series(tmp_path, metric="size.*")


def test_reused_results_are_no_evidence(tmp_path: Path) -> None:
    """What a stage took over from an earlier run is no second observation, nor are the times that it saved."""
    series = _series(tmp_path, _record(1), _record(2, cached=True))
    reused = {name for name, each in series.items() if [point.reused for point in each.points] == [False, True]}
    assert reused == {"ci.duration", "ci.duration.test", "coverage.line"}
    detection = detect(series["coverage.line"])
    assert detection.n == 1
    assert detection.notes[0] == "1 results taken over from earlier runs are left out"


def test_reruns_of_a_commit_are_one_result(tmp_path: Path) -> None:
    """Five slow reruns of one commit, one of them later than the next commit, are one point and no change."""
    records = [_record(at, TIMES[at % 8]) for at in range(40)]
    reruns = [_record(40 + at, 2.0, commit=f"{38:040x}") for at in range(5)]
    detection = detect(_series(tmp_path, *records, *reruns)["benchmark.x"])
    assert (detection.n, detection.change_points) == (40, ())
    assert detection.notes == ("5 repeated results are one with those of their commit, by the median",)


def test_where_imported_values_end_nothing_has_changed(tmp_path: Path) -> None:
    """Means of another tool lie higher than medians: that is a break of definition, and a step after it is found."""
    imported = [_record(at, 1.2 * TIMES[at % 8], event="import") for at in range(30)]
    measured = [_record(at, TIMES[at % 8]) for at in range(30, 60)]
    series = _series(tmp_path, *imported, *measured)["benchmark.x"]
    assert {point.source for point in series.points} == {"import", ""}
    detection = detect(series)
    assert detection.change_points == ()
    assert any("another source" in note for note in detection.notes)
    slower = [_record(at, 1.3 * TIMES[at % 8]) for at in range(60, 80)]
    (point,) = detect(_series(tmp_path, *slower)["benchmark.x"]).change_points
    assert point.index == 60
    assert point.effect == pytest.approx(0.3, abs=0.02)
