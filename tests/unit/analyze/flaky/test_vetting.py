"""The verdict on a test that was run in shuffled orders and alone."""

from __future__ import annotations

from ratchetry.analyze.flaky.vetting import Round, doubtful, to_repeat, vetted
from ratchetry.domain.record import Outcome

GOOD: Outcome = "passed"
BAD: Outcome = "failed"


def ran(seed: int | None, *tests: tuple[str, Outcome]) -> Round:
    """Return a round."""
    return Round(seed=seed, outcomes=dict(tests))


AFTER = ran(1, ("polluter", GOOD), ("bystander", GOOD), ("victim", BAD))
BEFORE = ran(2, ("victim", GOOD), ("bystander", GOOD), ("polluter", GOOD))
ALONE = ran(None, ("victim", GOOD))


def test_a_test_that_always_passes_is_stable() -> None:
    """All rounds passed: there is nothing to repeat."""
    rounds = [AFTER, BEFORE]
    assert vetted("polluter", rounds).verdict == "stable"
    assert to_repeat(rounds, ["polluter"]) == ()
    assert doubtful(rounds, ["polluter", "victim"]) == ("victim",)


def test_a_test_that_depends_on_another_one_names_it() -> None:
    """Each order gives the same outcome again and again, and what ran before each failure is what does it."""
    rounds = [AFTER, BEFORE, ran(3, ("bystander", GOOD), ("victim", GOOD), ("polluter", GOOD))]
    assert to_repeat(rounds, ["victim"]) == (1, 2)
    found = vetted("victim", [*rounds, *[AFTER, BEFORE, ALONE] * 3])
    assert (found.verdict, found.seed, found.after, found.needs) == ("order-dependent", 1, ("polluter",), ())


def test_a_test_that_needs_another_one_names_it() -> None:
    """A test that fails alone and passes after some other test needs that one."""
    with_it = ran(1, ("setter", GOOD), ("brittle", GOOD))
    without = ran(2, ("brittle", BAD), ("setter", GOOD))
    found = vetted("brittle", [with_it, without, *[with_it, without, ran(None, ("brittle", BAD))] * 3])
    assert (found.verdict, found.needs) == ("order-dependent", ("setter",))


def test_an_order_that_gives_both_outcomes_makes_a_test_flaky() -> None:
    """What differs when the same order is repeated is no matter of the order."""
    found = vetted("victim", [AFTER, BEFORE, ran(1, ("victim", GOOD))])
    assert (found.verdict, found.runs, found.failures, found.seed) == ("flaky", 3, 1, 1)


def test_without_repetitions_nothing_is_put_down_to_the_order() -> None:
    """Two rounds that differ are not enough to tell the order from chance."""
    assert vetted("victim", [AFTER, BEFORE]).verdict == "flaky"


def test_passing_only_when_run_again_is_failing() -> None:
    """A test that its project tries again, and that passes then, is flaky."""
    assert vetted("one", [ran(1, ("one", "flaky")), ran(2, ("one", GOOD))]).verdict == "flaky"


def test_what_fails_each_time_or_never_runs() -> None:
    """Neither is flaky, and neither is stable."""
    rounds = [ran(1, ("one", BAD), ("two", "skipped")), ran(2, ("one", "error"), ("two", "skipped"))]
    assert vetted("one", rounds).verdict == "broken"
    assert vetted("two", rounds).verdict == "skipped"
    assert vetted("three", rounds).verdict == "not-run"
