"""Off-policy evaluation, held to its definitions and to the truth of made-up logs."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ratchetry.domain.bandit import ArmDecision, ArmOutcome, decision_event, outcome_event
from ratchetry.domain.event import Event
from ratchetry.domain.off_policy import Evaluated, Evaluation, NotEvaluated
from ratchetry.domain.weights import Arm, Parameters, Weights
from ratchetry.learn.bandit.choose import propensities
from ratchetry.learn.bandit.fold import fold
from ratchetry.learn.decision_log import read_log
from ratchetry.learn.off_policy import Logged, doubly_robust_terms, effective_size, evaluate, self_normalized
from ratchetry.learn.off_policy_log import fixed_log, learning_log

TRUTH: Mapping[tuple[str, str], float] = {("x", "a"): 0.7, ("x", "b"): 0.4, ("y", "a"): 0.3, ("y", "b"): 0.6}
TARGET: Mapping[str, Mapping[str, float]] = {"x": {"a": 0.9, "b": 0.1}, "y": {"a": 0.2, "b": 0.8}}
VALUE = 0.5 * (0.9 * 0.7 + 0.1 * 0.4) + 0.5 * (0.2 * 0.3 + 0.8 * 0.6)


def made(chance: Random, size: int) -> list[Logged]:
    """Return a log of a policy that prefers the worse arm."""
    rows = []
    for _ in range(size):
        context = chance.choice("xy")
        logged = {"a": 0.3, "b": 0.7} if context == "x" else {"a": 0.6, "b": 0.4}
        arm = "a" if chance.random() < logged["a"] else "b"
        reward = float(chance.random() < TRUTH[context, arm])
        rows.append(Logged(context=context, arm=arm, reward=reward, propensity=logged[arm], target=TARGET[context]))
    return rows


def done(found: Evaluation) -> Evaluated:
    """Return an evaluation that was possible."""
    assert isinstance(found, Evaluated)
    return found


WEIGHTED = st.lists(st.tuples(st.floats(0.01, 20), st.floats(0, 1)), min_size=1, max_size=30)


@given(WEIGHTED)
def test_the_self_normalized_mean_is_its_definition(rows: list[tuple[float, float]]) -> None:
    """By repeating each reward as its weight says, in the slow way."""
    weights, rewards = [row[0] for row in rows], [row[1] for row in rows]
    value, error = self_normalized(weights, rewards)
    slow = sum(w * r for w, r in rows) / sum(weights)
    assert value == pytest.approx(slow)
    assert error == pytest.approx(math.sqrt(sum(w * w * (r - slow) ** 2 for w, r in rows)) / sum(weights))
    assert effective_size(weights) == pytest.approx(sum(weights) ** 2 / sum(w * w for w in weights))
    assert min(rewards) - 1e-9 <= value <= max(rewards) + 1e-9


def test_doubly_robust_is_its_definition() -> None:
    """The model of each decision is worked out anew from those before it."""
    log = made(Random(5), 40)  # noqa: S311  # made-up data, no secret
    for at, term in enumerate(doubly_robust_terms(log)):
        row, before = log[at], log[:at]

        def expected(arm: str, row: Logged = row, before: Sequence[Logged] = before) -> float:
            own = [one.reward for one in before if one.arm == arm]
            cell = [one.reward for one in before if one.arm == arm and one.context == row.context]
            return (sum(cell) + 8.0 * (sum(own) + 1.0) / (len(own) + 2.0)) / (len(cell) + 8.0)

        direct = sum(share * expected(arm) for arm, share in row.target.items())
        assert term == pytest.approx(direct + row.weight * (row.reward - expected(row.arm)))


def test_intervals_hold_the_truth() -> None:
    """In 300 made-up logs, both 95 percent intervals hold the true value in 91 to 99 of 100, and are not biased."""
    chance = Random(11)  # noqa: S311  # made-up data, no secret
    found = [done(evaluate("t", made(chance, 300))) for _ in range(300)]
    for pick in ("value", "doubly_robust"):
        estimates = [getattr(one, pick) for one in found]
        inside = sum(one.interval[0] <= VALUE <= one.interval[1] for one in estimates) / len(estimates)
        assert 0.91 <= inside <= 0.99
        assert sum(one.value for one in estimates) / len(estimates) == pytest.approx(VALUE, abs=0.01)
    logged = 0.5 * (0.3 * 0.7 + 0.7 * 0.4) + 0.5 * (0.6 * 0.3 + 0.4 * 0.6)
    gains = [one.gain for one in found]
    assert 0.91 <= sum(one.interval[0] <= VALUE - logged <= one.interval[1] for one in gains) / len(gains) <= 0.99


def test_the_logging_policy_itself_is_the_mean() -> None:
    """With weights of 1 there is nothing to correct: no gain, and as many decisions as there are."""
    rows = [
        Logged(context="", arm="ab"[at % 2], reward=float(at % 3 == 0), propensity=0.5, target={"a": 0.5, "b": 0.5})
        for at in range(90)
    ]
    found = done(evaluate("same", rows))
    assert found.value.value == pytest.approx(found.logged.value) == pytest.approx(1 / 3)
    assert found.gain.value == pytest.approx(0.0)
    assert found.support.effective == pytest.approx(90.0)
    assert found.support.largest == 1.0


@pytest.mark.parametrize("size", [0, 20, 49])
def test_too_little_is_no_estimate(size: int) -> None:
    """Fewer than fifty decisions' worth is refused, and says so."""
    rows = [Logged(context="", arm="a", reward=1.0, propensity=0.5, target={"a": 1.0})] * size
    found = evaluate("p", rows)
    assert isinstance(found, NotEvaluated)
    assert f"effective sample size is {size}" in found.reason
    heavy = Logged(context="", arm="a", reward=1.0, propensity=0.001, target={"a": 1.0})
    assert isinstance(evaluate("p", [*rows, *rows, heavy]), NotEvaluated)


def events(size: int) -> list[Event]:
    """Return decisions among two arms, an hour apart, each with its reward three hours later."""
    chance = Random(3)  # noqa: S311  # made-up data, no secret
    kept = []
    for at in range(size):
        arm = "b" if chance.random() < 0.4 else "a"
        when, later = (f"2026-01-{1 + hour // 24:02d}T{hour % 24:02d}:00:00Z" for hour in (at, at + 3))
        kept.append(decision_event(ArmDecision(id=f"d{at}", time=when, arm=arm, propensities={"a": 0.6, "b": 0.4})))
        reward = float(chance.random() < (0.8 if arm == "b" else 0.4))
        kept.append(outcome_event(ArmOutcome(decision=f"d{at}", time=later, status="rewarded", reward=reward)))
    return kept


@pytest.mark.parametrize("parameters", [Parameters(), Parameters(policy="ucb1", cap=0.0, idle_decay=1.0)])
def test_a_policy_that_learns_knows_what_was_known_then(parameters: Parameters) -> None:
    """At each decision its probabilities are those of the weights that the events up to then fold into."""
    kept = events(60)
    log = read_log(kept, "2026-02-01T00:00:00Z")
    found = learning_log(log.decisions, {}, parameters)
    assert len(found.rows) == 60
    for at in (0, 1, 10, 59):
        now = f"2026-01-{1 + at // 24:02d}T{at % 24:02d}:00:00Z"
        known = [one for one in kept if one.time <= now]
        arms = (Arm(name="a"), Arm(name="b"))
        weights = fold(known, as_of=now, arms=arms, parameters=parameters).weights
        expected = propensities(weights, {}, ("a", "b"))
        assert found.rows[at].target == pytest.approx(expected, abs=2e-6)


def test_since_leaves_decisions_out_but_not_what_was_learned() -> None:
    """The policy has learned from all decisions before."""
    log = read_log(events(60), "2026-02-01T00:00:00Z")
    whole = learning_log(log.decisions, {}, Parameters())
    part = learning_log(log.decisions, {}, Parameters(), "2026-01-02T00:00:00Z")
    assert part.rows == whole.rows[24:]


def test_what_could_not_be_drawn_is_left_out() -> None:
    """A decision says nothing of a policy that takes an arm which was not among its own, or that had one arm only."""
    log = read_log(events(60), "2026-02-01T00:00:00Z")
    found = fixed_log(log.decisions, {}, lambda _context, _arms: {"c": 1.0})
    assert (len(found.rows), found.left_out) == (0, 60)
    renamed = fixed_log(log.decisions, {"a": "old", "b": "new"}, lambda _context, _arms: {"new": 1.0, "old": 0.0})
    assert (len(renamed.rows), renamed.left_out) == (60, 0)
    static = decision_event(ArmDecision(id="s", time="2026-01-01T00:00:00Z", arm="a", propensities={"a": 1.0}))
    only = outcome_event(ArmOutcome(decision="s", time="2026-01-01T01:00:00Z", status="rewarded", reward=1.0))
    assert fixed_log(read_log([static, only], "2026-02-01T00:00:00Z").decisions, {}, lambda *_: {"a": 1.0}).rows == ()


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.floats(0.001, 1), st.floats(0, 1), st.floats(0, 1)), max_size=80))
def test_whatever_the_log_there_is_an_answer(rows: list[tuple[float, float, float]]) -> None:
    """An estimate within the bounds of rewards, or the reason for none."""
    log = [
        Logged(context="", arm="a", reward=reward, propensity=share, target={"a": target, "b": 1.0 - target})
        for share, reward, target in rows
    ]
    found = evaluate("p", log)
    if isinstance(found, Evaluated):
        low, high = found.value.interval
        assert 0.0 <= low <= found.value.value <= high <= 1.0
    assert Weights().arms == ()
