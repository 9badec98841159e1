"""The analyses of single tests: they leave alone what never failed, in all results and in roll-ups alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ratchetry.fleet.frames import FAILING, ORDER, RUN, SKIPPED, known, number, ratio
from ratchetry.fleet.tables import ROLLED

if TYPE_CHECKING:
    from ratchetry.fleet.frames import Frame, Frames

MOST_STEPS: Final = 2
"""Changes of a test's outcome that a regression and its repair explain."""


def failures(frames: Frames) -> Frame:
    """Return the results of tests that failed at least once in their run."""
    import narwhals as nw

    return frames["failing"] if ROLLED in frames else frames["tests"].filter(nw.col("outcome").is_in(FAILING))


def _suspects(frames: Frames) -> Frame:
    """Return the decided results of the tests that ever failed: no other test can be flaky."""
    import narwhals as nw

    failing = failures(frames).select("repository", "test").unique()
    if ROLLED in frames:
        decided = _from_suites(frames, failing)
    else:
        decided = frames["tests"].filter(nw.col("outcome") != SKIPPED)
        decided = decided.join(failing, on=["repository", "test"], how="semi")
    return decided.with_columns(
        bad=number(nw.col("outcome").is_in(FAILING)),
        good=number(nw.col("outcome").is_in(("passed", "flaky"))),
    )


def _from_suites(frames: Frames, tests: Frame) -> Frame:
    """Return the decided results of some tests out of roll-ups: what a run decided and did not fail has passed."""
    import narwhals as nw

    members = frames[ROLLED].join(tests, on=["repository", "test"], how="semi").unique()
    decided = frames["suite_runs"].join(members, on=["repository", "suite"], how="inner")
    result = (*RUN, "test", "number")
    failed = frames["failing"].select(*result, "outcome")
    outcome = nw.when(nw.col("outcome").is_null()).then(nw.lit("passed")).otherwise(nw.col("outcome"))
    return decided.join(failed, on=list(result), how="left").with_columns(outcome=outcome)


def _flips(suspects: Frame) -> Frame:
    """Return results with whether the outcome differs from the one before on the branch, and whether there is one."""
    import narwhals as nw

    before = nw.col("bad").shift(1).over("repository", "branch", "test", order_by=(*ORDER, "bad"))
    flipped = nw.when(before.is_null()).then(nw.lit(0)).otherwise(number(before != nw.col("bad")))
    return suspects.with_columns(flips=flipped, pairs=known(before))


def _mixed(commits: Frame) -> Frame:
    """Return rows of test and commit with whether the test both passed and failed on it; on none that is known, not."""
    import narwhals as nw

    both = (nw.col("failures") > 0) & (nw.col("good") > 0) & ~nw.col("commit").is_null()
    return commits.with_columns(mixed=number(both))


def flaky(frames: Frames) -> Frame:
    """Return each test that both passed and failed on one commit, or went from one to the other and back.

    `flips` are changes of the outcome between results that follow each other on one branch, `flip_rate` is their
    share of all that could have been (Kowalczyk et al., "Modeling and Ranking Flaky Tests at Apple", ICSE-SEIP
    2020, https://doi.org/10.1145/3377813.3381370). Two changes are a regression and its repair: no flakiness yet.
    Results are added up by commit first, so that one pass over them serves both.
    """
    import narwhals as nw

    counted = ("results", "failures", "flips", "pairs")
    commits = (
        _flips(_suspects(frames))
        .group_by("repository", "test", "commit")
        .agg(
            nw.len().alias("results"),
            nw.col("bad").sum().cast(nw.Int64).alias("failures"),
            nw.col("good").sum().cast(nw.Int64),
            *(nw.col(name).sum().cast(nw.Int64) for name in ("flips", "pairs")),
        )
    )
    tests = (
        _mixed(commits)
        .group_by("repository", "test")
        .agg(*(nw.col(name).sum().cast(nw.Int64) for name in (*counted, "mixed")))
        .filter((nw.col("mixed") > 0) | (nw.col("flips") > MOST_STEPS))
    )
    return tests.select(
        *("repository", "test", "results", "failures"),
        nw.col("mixed").alias("flaky_commits"),
        "flips",
        ratio(nw.col("flips"), nw.col("pairs")).alias("flip_rate"),
    )


def flaky_weeks(frames: Frames) -> Frame:
    """Return how many tests of a repository both passed and failed on one commit, by the week it was last run."""
    import narwhals as nw

    commits = (
        _suspects(frames)
        .group_by("repository", "test", "commit")
        .agg(nw.col("bad").sum().alias("failures"), nw.col("good").sum(), nw.col("week").max())
    )
    found = _mixed(commits).filter(nw.col("mixed") > 0, ~nw.col("week").is_null())
    tests = found.select("repository", "week", "test").unique()
    return tests.group_by("repository", "week").agg(nw.len().alias("flaky_tests"))
