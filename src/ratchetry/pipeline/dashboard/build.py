"""From a history and its repository to the files of a dashboard."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from ratchetry import __version__
from ratchetry.adapters.dashboard_files import DashboardFiles, Written
from ratchetry.adapters.history_directory import HistoryDirectory
from ratchetry.domain.event import Event
from ratchetry.domain.moment import days_of
from ratchetry.domain.record import Gate
from ratchetry.pipeline.bounds import load_thresholds
from ratchetry.pipeline.dashboard.learning import Place, bandit_part, bounds_part, experiments_part
from ratchetry.pipeline.dashboard.reading import read, seconds_of
from ratchetry.pipeline.trends import Wish, trends
from ratchetry.report.badge import BADGES, Facts, badge, endpoint, svg
from ratchetry.report.dashboard.data import chunk_script, tag_of
from ratchetry.report.dashboard.documents import absent_parts, documents, packages_of
from ratchetry.report.dashboard.gathered import Absent, Gathered
from ratchetry.report.dashboard.overview import overview, ranked
from ratchetry.report.dashboard.runs import RunLine
from ratchetry.report.dashboard.shell import bundled_shell, rendered_page
from ratchetry.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a dashboard is asked of: a repository, and the runs of a branch (empty: the default one) since a day."""

    root: Path
    settings: Settings
    environ: Mapping[str, str]
    branch: str = ""
    since: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """What was written: files and bytes in all, those of the page, and what could not be shown."""

    index: Path
    files: int
    bytes: int
    page_bytes: int
    counts: Mapping[str, int] = field(default_factory=dict)
    absent: Mapping[str, str] = field(default_factory=dict)


def build(history: HistoryDirectory, asked: Asked, target: Path) -> Built:
    """Write the dashboard of a history into a directory, and return what was written.

    The same history gives the same bytes.  Raises UsageError when there is no run of the branch or the directory holds
    something else, StateError or ConfigError for a damaged history or wrong thresholds.
    """
    files = DashboardFiles(target)
    found = gather(history, asked)
    rows = ranked(found, seconds_of)
    packages = packages_of(found)
    written: dict[str, str] = {}
    for name, document in documents(found, rows, packages, seconds_of):
        script = chunk_script(name, document)
        written[name] = tag_of(script)
        files.add_script(name, written[name], script)
    for name in BADGES:
        one = badge(name, _facts(found))
        files.add(f"badges/{name}.svg", svg(one))
        files.add(f"badges/{name}.json", endpoint(one))
    absent = absent_parts(found)
    first = overview(found, rows, seconds_of, packages=packages, absent=absent, files=written)
    page = rendered_page(bundled_shell(), f"{found.report.repository or 'ratchetry'}: dashboard", first)
    kept = files.finish(page)
    return _built(kept, page, first.counts, absent)


def gather(history: HistoryDirectory, asked: Asked) -> Gathered:
    """Return all that a dashboard of a history is made of; raises UsageError when there is no run of the branch."""
    known = trends(
        history,
        Wish(branch=asked.branch, since=asked.since),
        root=asked.root,
        settings=asked.settings,
        environ=asked.environ,
    )
    report = known.report
    everything = read(history, asked.since)
    events = tuple(history.events())
    thresholds = load_thresholds(asked.root, asked.settings)
    newest = next(line for line in reversed(everything.runs) if line.name == report.run)
    place = Place(
        root=asked.root,
        settings=asked.settings,
        history=history,
        branch=report.branch,
        now=_now(report.as_of, events),
    )
    return Gathered(
        ratchetry=__version__,
        report=report,
        series=known.series,
        read=everything,
        newest=newest,
        gates=_gates(history, newest),
        thresholds={row.metric: row for row in thresholds.bounds},
        events=events,
        flaky=known.flaky or Absent(reason=report.unmeasured.get("flaky", "no run has results of tests")),
        bandit=bandit_part(place, events),
        trials=experiments_part(place),
        bounds=bounds_part(place, thresholds),
    )


def _facts(found: Gathered) -> Facts:
    """Return what badges tell of the newest run of the branch."""
    newest = next(at for at in reversed(range(len(found.read.runs))) if found.read.runs[at] is found.newest)
    places = {name: bisect_left(columns.run, newest) for name, columns in found.read.metrics.items()}
    measured = {
        name: columns.value[places[name]]
        for name, columns in found.read.metrics.items()
        if places[name] < len(columns.run) and columns.run[places[name]] == newest
    }
    return Facts(metrics=measured, flaky=found.report.flaky.active if found.report.flaky else None)


def _now(as_of: str, events: Iterable[Event]) -> datetime:
    """Return the newest moment that the history knows: that of its newest run, or of an event after it."""
    known = [days for time in (as_of, *(one.time for one in events)) if (days := days_of(time)) is not None]
    return datetime.fromtimestamp(max(known, default=0.0) * 86_400, UTC)


def _gates(history: HistoryDirectory, newest: RunLine) -> tuple[Gate, ...]:
    """Return the gates of a run."""
    found: Iterator[tuple[Gate, ...]] = (
        record.gates
        for record in history.records(newest.run.started)
        if (record.run.run_id, record.run.attempt) == (newest.run.run_id, newest.run.attempt)
    )
    return next(found, ())


def _built(written: Written, page: bytes, counts: Mapping[str, int], absent: Mapping[str, str]) -> Built:
    """Return what there is to say of what was written."""
    return Built(
        index=written.index,
        files=written.files,
        bytes=written.bytes,
        page_bytes=len(page),
        counts=counts,
        absent=absent,
    )
