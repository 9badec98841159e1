"""From runs to what commits showed, and where failures began."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from ratchetry.analyze.blame.observations import observations
from ratchetry.analyze.blame.onset import failure_onset, run_onset, step_onset
from ratchetry.domain.change_point import ChangePoint
from ratchetry.domain.run_evidence import RunEvidence


def run(number: int, *broken: str, missing: bool = False, commit: str = "", attempt: int = 1) -> RunEvidence:
    """Return the run of a commit that changed one file."""
    return RunEvidence(
        run_id=str(number),
        attempt=attempt,
        started=f"2026-01-{number:02d}T0{attempt}:00:00Z",
        commit=commit or f"{number:040x}",
        ending="missing" if missing else "failed" if broken else "passed",
        broken=broken,
        changed=(f"f{number}.py",),
    )


def shown(*runs: RunEvidence) -> list[tuple[str, bool, tuple[str, ...]]]:
    """Return the observations as run, failure and changed files."""
    return [(row.run, row.failed, row.changed) for row in observations(runs)]


def test_a_failure_that_goes_on_is_one_event() -> None:
    """It is blamed where it began; commits that show old failures alone say nothing of their change."""
    rows = shown(run(1), run(2, "t"), run(3, "t"), run(4, "t", "u"), run(5))
    assert rows == [
        ("1-1", False, ("f1.py",)),
        ("2-1", True, ("f2.py",)),
        ("4-1", True, ("f4.py",)),
        ("5-1", False, ("f5.py",)),
    ]


def test_what_nobody_saw_joins_what_came_next() -> None:
    """Changes of a run that says nothing are suspects of the next failure."""
    assert shown(run(1), run(2, missing=True), run(3, "t"))[1] == ("3-1", True, ("f2.py", "f3.py"))


def test_a_commit_that_passed_once_was_not_broken() -> None:
    """Red and green on one commit, in whatever order, is no failure of the change."""
    again = run(2, commit=f"{2:040x}", attempt=2)
    assert shown(run(1), run(2, "t"), again) == [("1-1", False, ("f1.py",)), ("2-1", False, ("f2.py",))]


def test_what_fails_in_the_first_run_began_nobody_knows_where() -> None:
    """It is no evidence against what that run happens to have changed."""
    assert shown(run(1, "t"), run(2, "t"), run(3)) == [("3-1", False, ("f3.py",))]


def test_a_test_that_breaks_again_is_a_new_event() -> None:
    """After it passed, the next failure is another one."""
    assert [row[1] for row in shown(run(1), run(2, "t"), run(3), run(4, "t"))] == [False, True, False, True]


ROWS = st.lists(st.tuples(st.sets(st.sampled_from("tuv")), st.booleans()), max_size=12)


@settings(max_examples=50, deadline=None)
@given(ROWS, st.randoms(use_true_random=False))
def test_the_order_does_not_matter(rows: list[tuple[set[str], bool]], chance: Random) -> None:
    """Shuffled and doubled runs show the same."""
    runs = [run(at + 1, *sorted(broken), missing=missing) for at, (broken, missing) in enumerate(rows)]
    mixed = [*runs, *runs]
    chance.shuffle(mixed)
    assert observations(mixed) == observations(runs)


def test_where_the_newest_failure_began() -> None:
    """The last good commit is the one measured before, and what broke with it is named."""
    runs = [run(1), run(2, "t", "u"), run(3, "t"), run(4, missing=True), run(5, "t")]
    found = failure_onset(runs)
    assert found is not None
    assert (found.subject, found.run, found.also) == ("t", "2-1", ("u",))
    assert (found.last_good, found.first_bad) == (f"{1:040x}", f"{2:040x}")
    assert found.told == "fails since 2026-01-02T01:00:00Z, in 3 measured commits in a row"
    assert failure_onset(runs, "v") is None
    assert failure_onset([run(1)]) is None


def test_of_several_failures_the_one_that_began_last() -> None:
    """What broke last is explained when nothing is named, another one when it is."""
    runs = [run(1), run(2, "a"), run(3, "a", "b")]
    assert (failure_onset(runs) or run_onset(runs, "x")) is not None
    newest, named = failure_onset(runs), failure_onset(runs, "a")
    assert newest is not None
    assert named is not None
    assert (newest.subject, newest.run, named.run) == ("b", "3-1", "2-1")


def test_a_run_by_its_name() -> None:
    """A run is found with and without its attempt; a green one has nothing to explain."""
    runs = [run(1), run(2, "t"), run(3, "t", "u")]
    for name in ("3", "3-1"):
        found = run_onset(runs, name)
        assert found is not None
        assert (found.subject, found.last_good) == ("u", f"{2:040x}")
    assert run_onset(runs, "1") is None
    assert run_onset(runs, "9") is None
    old = run_onset([run(1, "t")], "1")
    assert old is not None
    assert old.last_good == ""


def test_a_step_tells_how_far_it_went() -> None:
    """Shares are in percent, absolute effects in the unit."""
    point = ChangePoint(
        index=5,
        newest=4,
        direction="up",
        effect=0.123,
        interval=(0.1, 0.2),
        relative=True,
        p_value=0.0,
        before=1.0,
        after=1.123,
        last_good="a",
        first_bad="b",
    )
    assert step_onset("benchmark.x", point).told == "went up by 12.3%, from 1 to 1.123"
    assert "by 0.123," in step_onset("x", replace(point, relative=False)).told
