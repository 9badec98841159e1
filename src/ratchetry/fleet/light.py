"""The analyses of `ratchetry.fleet.expressions` in Python alone, for one repository or a few, and to check engines by.

Rows come as mappings with the columns of the expressions, in no order that means anything.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Final

from ratchetry.fleet.expressions import LONG, SHORT
from ratchetry.fleet.light_tests import failing_modules, flaky, flaky_weeks
from ratchetry.fleet.results import GAUGES, RunResults
from ratchetry.fleet.rows import Cell, week_of

Rows = list[dict[str, Cell]]


def ordered(runs: Iterable[RunResults]) -> list[RunResults]:
    """Return the runs that have a start in their order: by start, then run, then attempt."""
    dated = [run for run in runs if run.started is not None]
    return sorted(dated, key=lambda run: (run.started or date.min, run.run_id, run.attempt))


def main_runs(runs: Iterable[RunResults]) -> list[RunResults]:
    """Return the runs of each repository's main branch, in their order: that of most runs outside of pull requests."""
    pushed = [run for run in ordered(runs) if run.pull_request is None]
    counts = Counter((run.repository, run.branch) for run in pushed)
    main: dict[str, str] = {}
    for (repository, branch), count in sorted(counts.items(), key=lambda row: (-row[1], row[0])):
        del count
        main.setdefault(repository, branch)
    return [run for run in pushed if main[run.repository] == run.branch]


def _ratio(above: float, below: float) -> float | None:
    """Return a ratio, None when there is nothing below."""
    return above / below if below > 0 else None


def _sums(run: RunResults) -> tuple[float, ...]:
    """Return what a run adds to a trend: itself, passed and decided tests, coverage and whether it was measured."""
    passed, failed = run.tests_passed, run.tests_failed
    tests = (0, 0) if passed is None or failed is None else (passed, passed + failed)
    coverage = run.gauges[0]
    return (1, *tests, 0.0 if coverage is None else coverage, coverage is not None)


def _added(rows: Iterable[Sequence[float]], width: int) -> list[float]:
    """Return the sums of columns."""
    return [math.fsum(column) for column in zip(*rows, strict=True)] or [0.0] * width


def trend(runs: Iterable[RunResults]) -> Rows:
    """Return pass rate and coverage of each day with a run on the main branch, over the last 7 and 30 days."""
    daily: defaultdict[str, defaultdict[date, list[tuple[float, ...]]]] = defaultdict(lambda: defaultdict(list))
    for run in main_runs(runs):
        if run.day is not None:
            daily[run.repository][run.day].append(_sums(run))
    rows: Rows = []
    for repository, days in daily.items():
        added = {day: _added(sums, 5) for day, sums in days.items()}
        rows += [{"repository": repository, "day": day, **_windows(added, day)} for day in added]
    return rows


def _windows(added: Mapping[date, Sequence[float]], day: date) -> dict[str, Cell]:
    """Return a day's row of a trend from the sums of each day."""
    row: dict[str, Cell] = {}
    for length in (SHORT, LONG):
        window = (day - timedelta(days=back) for back in range(min(length, day.toordinal())))
        runs, passed, decided, covered, measured = _added((added[then] for then in window if then in added), 5)
        row[f"runs_{length}"] = int(runs)
        row[f"pass_rate_{length}"] = _ratio(passed, decided)
        row[f"coverage_{length}"] = _ratio(covered, measured)
    return row


def blame(runs: Iterable[RunResults]) -> Rows:
    """Return how often tests of a module failed in runs that change a file, against how often they failed at all."""
    ran = [run for run in runs if (run.tests_passed or 0) + (run.tests_failed or 0) > 0]
    ran = [run for run in ran if run.changed and run.tests_passed is not None and run.tests_failed is not None]
    totals = Counter(run.repository for run in ran)
    of_path: Counter[tuple[str, str]] = Counter()
    of_module: Counter[tuple[str, str]] = Counter()
    pairs: Counter[tuple[str, str, str]] = Counter()
    for run in ran:
        modules = failing_modules(run)
        of_path.update((run.repository, path) for path in run.changed)
        of_module.update((run.repository, module) for module in modules)
        pairs.update((run.repository, path, module) for path in run.changed for module in modules)
    return [
        {
            "repository": repository,
            "path": path,
            "module": module,
            **_posterior(of_path[repository, path], k, of_module[repository, module] / totals[repository]),
        }
        for (repository, path, module), k in pairs.items()
    ]


def _posterior(n: int, k: int, base: float) -> dict[str, Cell]:
    """Return the posterior of failing given a change, and its lift over the share of all runs."""
    alpha, beta = k + 1.0, n - k + 1.0
    total = alpha + beta
    spread = math.sqrt(alpha * beta / (total * total * (total + 1)))
    return {"n": n, "k": k, "mean": alpha / total, "sd": spread, "lift": k / n / base}


def weekly(runs: Iterable[RunResults]) -> Rows:
    """Return what the weeks of repositories add up to: all runs for the cost, the main branch's for the rest."""
    kept = ordered(runs)
    cost: defaultdict[tuple[str, date | None], list[float]] = defaultdict(list)
    for run in kept:
        cost[run.repository, week_of(run.day)].append(run.duration)
    main: defaultdict[tuple[str, date | None], list[RunResults]] = defaultdict(list)
    for run in main_runs(kept):
        main[run.repository, week_of(run.day)].append(run)
    return [
        {
            "repository": repository,
            "week": week,
            "runs": len(seconds),
            "seconds": math.fsum(seconds),
            **_week_of_main(main.get((repository, week), [])),
        }
        for (repository, week), seconds in cost.items()
    ]


def _week_of_main(runs: Sequence[RunResults]) -> dict[str, Cell]:
    """Return what the runs of one week of a main branch add up to."""
    _, passed, decided, _, _ = _added(map(_sums, runs), 5)
    row: dict[str, Cell] = {
        "main_runs": len(runs),
        "passing": sum(run.verdict in {"pass", "warn"} for run in runs),
        "judged": sum(run.verdict in {"pass", "warn", "fail"} for run in runs),
        "passed": int(passed),
        "decided": int(decided),
    }
    for index, name in enumerate(GAUGES):
        values = [value for run in runs if (value := run.gauges[index]) is not None]
        row[name] = math.fsum(values)
        row[f"{name}_n"] = len(values)
    return row


def regressions(runs: Iterable[RunResults]) -> Rows:
    """Return each time that a main branch began to fail, and when it first passed again (None: not yet)."""
    rows: Rows = []
    failing: dict[str, dict[str, Cell]] = {}
    for run in main_runs(runs):
        if run.verdict == "fail" and run.repository not in failing:
            row: dict[str, Cell] = {"repository": run.repository, "began": run.started, "ended": None}
            failing[run.repository] = row
            rows.append(row)
        elif run.verdict in {"pass", "warn"} and run.repository in failing:
            failing.pop(run.repository)["ended"] = run.started
    return rows


ANALYSES: Final[Mapping[str, Callable[[Sequence[RunResults]], Rows]]] = {
    "trend": trend,
    "flaky": flaky,
    "blame": blame,
    "weekly": weekly,
    "flaky_weeks": flaky_weeks,
    "regressions": regressions,
}
