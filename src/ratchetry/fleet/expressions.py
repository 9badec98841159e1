"""The analyses of many runs, each written once, for every engine that narwhals speaks to: DuckDB, Apache Spark.

They take the views (ratchetry.fleet.tables) as lazy frames, roll-ups in the place of `tests` where there are any, and
return one. The same answers come from `ratchetry.fleet.light` without any library; tests hold all of them against each
other. What keeps them equal: conditions are counted as integers, nothing is divided by what may be 0, sums of counts
are cast before dividing, orders are total (start, run, attempt), and no literal decides on a type (a decimal one would,
on Spark).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Final

from ratchetry.fleet.flaky_expressions import failures, flaky, flaky_weeks
from ratchetry.fleet.frames import ORDER, RUN, known, number, ratio
from ratchetry.fleet.tables import ROLLED

if TYPE_CHECKING:
    from ratchetry.fleet.frames import Frame, Frames

SHORT: Final = 7
LONG: Final = 30
"""The days of the two windows of a trend."""


def main_runs(frames: Frames) -> Frame:
    """Return the runs of each repository's main branch that have a start.

    That is the branch of most runs outside of pull requests; of several, the first by name.
    """
    import narwhals as nw

    pushed = frames["runs"].filter(nw.col("pull_request").is_null(), ~nw.col("started").is_null())
    counts = pushed.group_by("repository", "branch").agg(nw.len().alias("runs_on"))
    most = counts.group_by("repository").agg(nw.col("runs_on").max())
    tied = counts.join(most, on=["repository", "runs_on"], how="inner")
    main = tied.group_by("repository").agg(nw.col("branch").min())
    return pushed.join(main, on=["repository", "branch"], how="semi")


def _with_decided(runs: Frame) -> Frame:
    """Return runs with how many tests passed and how many were decided, both NULL where one is not known."""
    import narwhals as nw

    decided = nw.col("tests_passed") + nw.col("tests_failed")
    return runs.with_columns(decided=decided).with_columns(passed=nw.col("decided") - nw.col("tests_failed"))


def since(frames: Frames, day: date) -> Frames:
    """Return the views of runs without those of runs that started before a day, or have no start."""
    import narwhals as nw

    return {
        name: frame if name == ROLLED else frame.filter(nw.col("day") >= nw.lit(day)) for name, frame in frames.items()
    }


def trend(frames: Frames) -> Frame:
    """Return pass rate and coverage of each day with a run on the main branch, over the last 7 and 30 days.

    Passed and decided tests, and measured coverage, are added up over the days before they are divided.
    """
    import narwhals as nw

    counted = ("runs", "passed", "decided", "covered", "measured")
    daily = (
        _with_decided(main_runs(frames))
        .with_columns(known=known(nw.col("coverage")))
        .group_by("repository", "day")
        .agg(
            nw.len().alias("runs"),
            nw.col("passed").sum().cast(nw.Float64),
            nw.col("decided").sum().cast(nw.Float64),
            nw.col("coverage").sum().alias("covered"),
            nw.col("known").sum().cast(nw.Int64).alias("measured"),
        )
    )
    earlier = daily.rename({"day": "then"})
    days = daily.select("repository", "day").join(earlier, on="repository", how="inner")
    within = days.filter(
        nw.col("then") <= nw.col("day"), nw.col("then") > nw.col("day").dt.offset_by(f"-{LONG}d").cast(nw.Date)
    )
    short = number(nw.col("then") > nw.col("day").dt.offset_by(f"-{SHORT}d").cast(nw.Date))
    windows = (
        within.with_columns(short=short)
        .with_columns(*((nw.col(name) * nw.col("short")).alias(f"{name}_short") for name in counted))
        .group_by("repository", "day")
        .agg(*(nw.col(name + end).sum() for name in counted for end in ("", "_short")))
    )
    return windows.select(
        "repository",
        "day",
        nw.col("runs_short").cast(nw.Int64).alias("runs_7"),
        nw.col("runs").cast(nw.Int64).alias("runs_30"),
        ratio(nw.col("passed_short"), nw.col("decided_short")).alias("pass_rate_7"),
        ratio(nw.col("passed"), nw.col("decided")).alias("pass_rate_30"),
        ratio(nw.col("covered_short"), nw.col("measured_short")).alias("coverage_7"),
        ratio(nw.col("covered"), nw.col("measured")).alias("coverage_30"),
    )


def blame(frames: Frames) -> Frame:
    """Return how often tests of a module failed in runs that change a file, against how often they failed at all.

    `mean` and `sd` are those of the Beta(k + 1, n - k + 1) posterior of failing given the change, from a uniform
    prior; `lift` is the share k / n over the module's share of all runs that change something and ran tests.
    """
    import narwhals as nw

    ran = frames["runs"].filter(nw.col("tests_passed") + nw.col("tests_failed") > 0)
    changes = frames["changes"].select(*RUN, "path").join(ran.select(*RUN), on=list(RUN), how="semi")
    changing = changes.select(*RUN).unique()
    failing = failures(frames).select(*RUN, "module").unique()
    failed = failing.join(changing, on=list(RUN), how="semi")
    totals = changing.group_by("repository").agg(nw.len().alias("all_runs"))
    of_module = failed.group_by("repository", "module").agg(nw.len().alias("all_failed"))
    of_path = changes.group_by("repository", "path").agg(nw.len().alias("n"))
    pairs = changes.join(failed, on=list(RUN), how="inner").group_by("repository", "path", "module")
    joined = (
        pairs.agg(nw.len().alias("k"))
        .join(of_path, on=["repository", "path"], how="inner")
        .join(of_module, on=["repository", "module"], how="inner")
        .join(totals, on="repository", how="inner")
    )
    k, n = nw.col("k").cast(nw.Float64), nw.col("n").cast(nw.Float64)
    alpha, beta = k + 1, n - k + 1
    base = nw.col("all_failed").cast(nw.Float64) / nw.col("all_runs").cast(nw.Float64)
    return joined.select(
        *("repository", "path", "module", "n", "k"),
        (alpha / (alpha + beta)).alias("mean"),
        (alpha * beta / ((alpha + beta) * (alpha + beta) * (alpha + beta + 1))).sqrt().alias("sd"),
        (k / n / base).alias("lift"),
    )


_GAUGES: Final = ("coverage", "lint_findings", "type_errors", "complexity", "score")


def weekly(frames: Frames) -> Frame:
    """Return what the weeks of repositories add up to: all runs for the cost, those of the main branch for the rest.

    Sums and how many values they have, so that owners and whole fleets can be added up from them.
    """
    import narwhals as nw

    dated = frames["runs"].filter(~nw.col("week").is_null())
    cost = dated.group_by("repository", "week").agg(nw.len().alias("runs"), nw.col("duration").sum().alias("seconds"))
    main = (
        _with_decided(main_runs(frames))
        .with_columns(
            passing=number(nw.col("verdict").is_in(("pass", "warn"))),
            judged=number(nw.col("verdict").is_in(("pass", "warn", "fail"))),
            **{f"{name}_n": known(nw.col(name)) for name in _GAUGES},
        )
        .group_by("repository", "week")
        .agg(
            nw.len().alias("main_runs"),
            *(nw.col(name).sum().cast(nw.Int64) for name in ("passing", "judged", "passed", "decided")),
            *(nw.col(name).sum().cast(nw.Float64) for name in _GAUGES),
            *(nw.col(f"{name}_n").sum().cast(nw.Int64) for name in _GAUGES),
        )
    )
    return cost.join(main, on=["repository", "week"], how="left").select(
        "repository",
        "week",
        "runs",
        "seconds",
        *(nw.col(name).fill_null(0) for name in ("main_runs", "passing", "judged", "passed", "decided")),
        *(nw.col(name).fill_null(0) for name in _GAUGES),
        *(nw.col(f"{name}_n").fill_null(0) for name in _GAUGES),
    )


def regressions(frames: Frames) -> Frame:
    """Return each time that a main branch began to fail, and when it first passed again (NULL: not yet).

    Runs that were not measured say neither.
    """
    import narwhals as nw

    judged = (
        main_runs(frames)
        .filter(nw.col("verdict").is_in(("pass", "warn", "fail")))
        .with_columns(bad=number(nw.col("verdict").is_in(("fail",))))
        .select(*RUN, "started", "bad")
    )
    before = nw.col("bad").shift(1).over("repository", order_by=ORDER)
    turns = (
        judged.with_columns(before=before)
        .with_columns(before=nw.col("before").fill_null(0))
        .filter(nw.col("before") != nw.col("bad"))
    )
    turn = nw.col("bad").cum_sum().over("repository", order_by=ORDER)
    numbered = turns.with_columns(number=turn)
    ends = numbered.filter(nw.col("bad") == 0).select("repository", "number", nw.col("started").alias("ended"))
    begins = numbered.filter(nw.col("bad") == 1).select("repository", "number", nw.col("started").alias("began"))
    return begins.join(ends, on=["repository", "number"], how="left").select("repository", "began", "ended")


ANALYSES: Final[Mapping[str, Callable[[Frames], Frame]]] = {
    "trend": trend,
    "flaky": flaky,
    "blame": blame,
    "weekly": weekly,
    "flaky_weeks": flaky_weeks,
    "regressions": regressions,
}
