"""The series of a history: each metric and benchmark over the commits of one branch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase

from ratchetry.adapters.default_branch import default_branch
from ratchetry.adapters.history_directory import HistoryDirectory
from ratchetry.domain.catalog import DETERMINISTIC, definition
from ratchetry.domain.series import Point, Series
from ratchetry.errors import UsageError
from ratchetry.history.columns import MetricPart, RunColumns
from ratchetry.history.imports.entries import EVENT as IMPORT


def history_series(
    history: HistoryDirectory,
    *,
    root: str,
    environ: Mapping[str, str],
    branch: str = "",
    metric: str = "",
    since: str = "",
) -> tuple[Series, ...]:
    """Return the series of a history by name, of all metrics or of those whose name matches a pattern.

    Runs of pull requests and of changes that are not committed are left out.  The branch is by default the one that
    the others are merged into, or that of most runs where the history has none of that one.
    Raises UsageError when there is no run of the branch, or none with such a metric; StateError for a damaged file.
    """
    runs = [run for run in history.columns(since) if _counts(run)]
    chosen = branch or _branch(runs, default_branch(root, environ))
    found: dict[str, tuple[str, list[Point]]] = {}
    for run in runs:
        if run.run.branch == chosen:
            for name, unit, point in _points(run, history):
                if not metric or name == metric or fnmatchcase(name, metric):
                    found.setdefault(name, (unit, []))[1].append(point)
    if not found:
        what = f"no run of branch {chosen!r} has a metric like {metric!r}" if metric else f"no run of branch {chosen!r}"
        msg = (
            f"{history.root}: {what}; `ratchetry run` keeps runs there, `ratchetry history backfill` measures old ones"
        )
        raise UsageError(msg)
    return tuple(_series(name, unit, points) for name, (unit, points) in sorted(found.items()))


def _counts(run: RunColumns) -> bool:
    """Tell whether a run measured a commit of a branch, rather than a proposal or work in progress."""
    return run.run.pull_request is None and not run.run.dirty


def _branch(runs: list[RunColumns], default: str) -> str:
    """Return the branch that the series are of."""
    counts = Counter(run.run.branch for run in runs)
    return default if default in counts or not counts else counts.most_common(1)[0][0]


def _points(run: RunColumns, history: HistoryDirectory) -> Iterator[tuple[str, str, Point]]:
    """Yield the name, unit and point of each metric of a run."""
    info = run.run
    source = info.event if info.event == IMPORT else ""
    for part in run.metrics:
        for at, name in enumerate(history.names(part.chunk)):
            point = Point(
                value=part.values[at],
                time=info.started,
                commit=info.commit,
                run=f"{info.run_id}-{info.attempt}",
                machine=info.runner.cpu_model,
                source=source,
                reused=_is_reused(name[0], name[3], run.reused),
                n=_n(part, at),
                spread=part.spread[at] if part.spread else None,
            )
            yield name[0], name[1], point


def _is_reused(name: str, stage: str, reused: tuple[str, ...]) -> bool:
    """Tell whether a value was taken over from an earlier run, or is a time that was shorter for that."""
    if name == "ci.duration" or name.startswith("ci.duration."):
        return bool(reused) if name == "ci.duration" else name.removeprefix("ci.duration.") in reused
    return stage in reused


def _n(part: MetricPart, at: int) -> int:
    """Return how many observations a metric rests on."""
    return part.n[at] if part.n else 1


def _series(name: str, unit: str, points: list[Point]) -> Series:
    """Return the series of a metric."""
    known = definition(name)
    return Series(
        name=name,
        unit=unit,
        better=known.better if known else None,
        points=tuple(points),
        deterministic=name.startswith(DETERMINISTIC),
    )
