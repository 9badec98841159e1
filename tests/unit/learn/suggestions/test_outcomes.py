"""Advice over its life: given, measured, closed, learned from; the same for every learner that sees the same runs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ratchetry.domain.bandit import ArmOutcome, outcome_of
from ratchetry.domain.event import Event
from ratchetry.domain.improvement import Limits
from ratchetry.domain.record import RunRecord
from ratchetry.domain.suggestion import Ranked, Suggestion
from ratchetry.learn.bandit.fold import fold
from ratchetry.learn.decision_log import read_log
from ratchetry.learn.reward import rewards
from ratchetry.learn.suggestions.advice import advice_in, opened_event
from ratchetry.learn.suggestions.choice import Draw, ordered
from ratchetry.learn.suggestions.give import give, open_advice
from ratchetry.learn.suggestions.outcomes import hit_rates, learn, weights_of, works
from tests.unit.learn.suggestions.evidence import record, suggestion, valued

DAY = "2026-03-{:02}T00:00:00Z"
START = DAY.format(1)
FIRST = suggestion("a" * 16)


def drawn(*suggestions: Suggestion, at: str = START) -> tuple[Ranked, ...]:
    """Return suggestions in their order."""
    return ordered(suggestions, Draw(run=f"run at {at}", time=at, repository="octocat/hello"))


def runs(*values: float | None) -> list[RunRecord]:
    """Return runs from the second of March on, newest first; None did not measure the metric."""
    made = [record(day) if value is None else valued(day, types_errors=value) for day, value in enumerate(values, 2)]
    return made[::-1]


def given(one: Suggestion = FIRST) -> tuple[Event, ...]:
    """Return the events that advice was given on the first of March."""
    return give((), drawn(one), (), START)


@pytest.mark.parametrize(
    ("values", "reward", "last"),
    [
        ((5.0,) * 3, None, 0),
        ((5.0, 4.0), None, 0),
        ((5.0, 4.0, 4.0), 1.0, 4),
        ((4.0, None, 4.0), 1.0, 4),
        ((4.0, 5.0, 4.0), None, 0),
        ((None,) * 25, None, 0),
        ((5.0,) * 20, 0.0, 21),
        ((5.0,) * 19 + (4.0,), 0.0, 21),
        ((4.0, 4.0, 9.0, 9.0), 1.0, 3),
    ],
)
def test_the_table_of_outcomes(values: tuple[float | None, ...], reward: float | None, last: int) -> None:
    """Twice in a row better is a hit, twenty runs without are a miss, and anything less is still open."""
    found = learn(given(), runs(*values), DAY.format(28))
    assert [outcome_of(one).reward for one in found] == ([] if reward is None else [reward])
    if found:
        assert found[0].time == DAY.format(last)
        assert learn((*given(), *found), runs(*values), DAY.format(28)) == ()
        assert learn(given()[::-1], runs(*values)[::-1], DAY.format(28)) == found


def test_noise_is_no_improvement() -> None:
    """A metric has to move further than it moves by itself."""
    noisy = given(replace(FIRST, noise=2.0))
    assert learn(noisy, runs(4.0, 4.0, 3.5), DAY.format(9)) == ()
    assert outcome_of(learn(noisy, runs(4.0, 2.9, 2.9), DAY.format(9))[0]).reward == 1.0


def test_what_nobody_measured_is_censored() -> None:
    """After ninety days without enough runs, nothing is learned either way."""
    (found,) = learn(given(), runs(5.0, None), "2026-06-15T00:00:00Z")
    outcome: ArmOutcome = outcome_of(found)
    assert (outcome.status, outcome.reward, outcome.time) == ("censored", None, "2026-05-30T00:00:00Z")


def test_a_life_in_events() -> None:
    """Given once, closed when its goal is reached in two runs, given again only after the cool-down."""
    events = given()
    assert [one.kind for one in events] == ["decision", "issue"]
    assert give(events, drawn(FIRST), runs(5.0), START) == ()
    assert give(events, drawn(FIRST), runs(0.0), DAY.format(2)) == (), "one good run may be luck"
    closed = give(events, drawn(FIRST), runs(0.0, 0.0), DAY.format(3))
    assert [(one.data["phase"], one.time, one.runs) for one in closed] == [("closed", DAY.format(3), ("3-1", "2-1"))]
    events = (*events, *closed)
    assert open_advice(events, DAY.format(3)) == {}
    back = runs(0.0, 0.0, 5.0)
    assert give(events, drawn(FIRST, at=DAY.format(10)), back, DAY.format(10)) == (), "it cools down"
    again = give(events, drawn(FIRST, at=DAY.format(20)), back, DAY.format(20))
    assert [one.kind for one in again] == ["decision", "issue"]
    assert list(open_advice((*events, *again), DAY.format(20))) == [FIRST.fingerprint]


def test_caps_hold_at_once_and_in_total() -> None:
    """No more is given at one look, at the same run again, or in total, than the limits say."""
    many = [replace(suggestion(f"{n:016x}"), score=10.0 - n / 10) for n in range(9)]
    limits = Limits(new=2, total=3)
    first = give((), drawn(*many), (), START, limits)
    assert len(open_advice(first, START)) == 2
    assert give(first, drawn(*many), (), START, limits) == ()
    second = give(first, drawn(*many, at=DAY.format(2)), (), DAY.format(2), limits)
    assert len(open_advice((*first, *second), DAY.format(2))) == 3
    assert give((*first, *second), drawn(*many, at=DAY.format(3)), (), DAY.format(3), limits) == ()


def test_learning_from_it() -> None:
    """Hits and misses move the rates and the bandit of advice, and nothing else's."""
    events = given()
    events = (*events, *learn(events, runs(4.0, 4.0), DAY.format(9)))
    (rate,) = hit_rates(events, DAY.format(9))
    assert (rate.kind, rate.hits, rate.misses, rate.waiting) == ("type-errors", 1, 0, 0)
    assert rate.mean == pytest.approx(2 / 3)
    assert list(rate.interval) == pytest.approx([0.158, 0.987], abs=0.001)
    assert works([rate]) == {"type-errors": rate.mean}
    learned = weights_of(events, DAY.format(9))
    assert learned.contexts["code_type=source"]["type-errors"].reward == 1.0
    assert weights_of(events[::-1] * 2, DAY.format(9)) == learned
    others = fold(events, as_of=DAY.format(9), arms=(), parameters=learned.parameters)
    assert (others.refused, others.weights.fold.events) == ((), 0)
    assert read_log(events, DAY.format(9)).decisions == ()
    assert rewards(events, (), "2026-05-01T00:00:00Z").outcomes == (), "runs never carry a trailer of advice"


def test_events_that_make_no_sense_are_named() -> None:
    """Wrong fields and times that lie ahead are refused one by one."""
    good = opened_event(FIRST, decision="", time=START, repository="")
    for name, value in (
        ("advice", "magic"),
        ("value", "many"),
        ("value", True),
        ("kept_runs", 0),
        ("tests", "x"),
        ("measure", 7),
        ("decision", "01ARZ3NDEKTSV4RRFFQ69G5FAV"),
    ):
        found, refused = advice_in([good, replace(good, id="f" * 16, data={**good.data, name: value})], START)
        assert len(found) == len(refused) == 1
        assert name in refused[0].reason
    late = replace(good, time="2026-04-01T00:00:00Z")
    assert [row.reason[:8] for row in advice_in([late], START)[1]] == ["its time"]
    assert advice_in([replace(good, time="soon")], START)[0] == ()
