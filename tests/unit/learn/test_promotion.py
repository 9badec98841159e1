"""Winners become active by a file that somebody accepts, and the history learns of it."""

from __future__ import annotations

from dataclasses import replace

from ratchetry.domain.experiment import Experiment, ExperimentStatus, MetricResult, TreatmentStatus
from ratchetry.domain.versions import ActiveVersion, ActiveVersions
from ratchetry.learn.decision_log import read_log
from ratchetry.learn.promotion import moved, observed, promotion_event, timeline, winners
from tests.unit.learn.experiment.made import experiment
from tests.unit.learn.watched import after, promoted

EMPTY = read_log((), after(50))


def won(one: Experiment, day: float, arm: str = "short") -> ExperimentStatus:
    """Return the status of an experiment that was won."""
    result = MetricResult(
        metric="reward", better="higher", n_control=300, n_treatment=310, lift=0.2345678, low=0.05, e_value=44.0
    )
    treatment = TreatmentStatus(arm=arm, state="winner", reason="it is better", metrics=(result,))
    return ExperimentStatus(
        experiment=one,
        state="winner",
        reason="it is better",
        winner=arm,
        newest=after(day),
        days=9,
        treatments=(treatment,),
    )


def test_a_winner_is_to_be_promoted_with_its_evidence() -> None:
    """It replaces the active version, or the control where none is known."""
    move = winners([won(experiment(), 9)], ActiveVersions(), EMPTY)["review-prompt"]
    assert (move.version, move.previous, move.cause, move.since) == ("short", "long", "experiment", after(9))
    assert move.evidence["lift"] == 0.234568
    assert move.evidence["units_control"] == 300


def test_what_is_active_already_or_newer_is_left_alone() -> None:
    """A winner from before the present version, or which is the present version, is no news."""
    newer = ActiveVersions(slots={"review-prompt": ActiveVersion(version="v9", since=after(20))})
    same = ActiveVersions(slots={"review-prompt": ActiveVersion(version="short", since=after(2))})
    assert winners([won(experiment(), 9)], newer, EMPTY) == {}
    assert winners([won(experiment(), 9)], same, EMPTY) == {}
    rolled = read_log((promoted("long", "short", 12, cause="rollback"),), after(50))
    assert winners([won(experiment(), 9)], ActiveVersions(), rolled) == {}
    assert winners([replace(won(experiment(), 9), state="futile")], ActiveVersions(), EMPTY) == {}


def test_of_several_winners_the_newest_counts() -> None:
    """Experiments in one slot follow each other."""
    found = winners(
        [won(experiment(), 9), won(experiment(), 30, "blunt"), won(experiment(), 20)], ActiveVersions(), EMPTY
    )
    assert found["review-prompt"].version == "blunt"


def test_an_accepted_proposal_becomes_an_event_once() -> None:
    """The file shows a version that no event tells of: the event follows, and no second one."""
    active = moved(ActiveVersions(), winners([won(experiment(), 9)], ActiveVersions(), EMPTY))
    (found,) = observed(active, EMPTY)
    assert (found.subject, found.time, found.data["version"]) == ("review-prompt", after(9), "short")
    known = read_log((found,), after(50))
    assert observed(active, known) == ()
    assert [period.promotion.version for period in timeline(known).slots["review-prompt"]] == ["long", "short"]


def test_an_old_file_promotes_nothing() -> None:
    """A version from before the newest promotion, or from the future, is not observed."""
    known = read_log((promoted("v2", "v1", 30),), after(50))
    old = ActiveVersions(slots={"review-prompt": ActiveVersion(version="v1", since=after(3))})
    late = ActiveVersions(slots={"review-prompt": ActiveVersion(version="v3", since=after(90))})
    assert observed(old, known) == ()
    assert observed(late, known) == ()


def test_promoting_what_is_active_changes_nothing() -> None:
    """Two events of one version are one period."""
    again = promotion_event("review-prompt", ActiveVersion(version="v2", since=after(33), previous="v2"))
    log = read_log((promoted("v2", "v1", 30), again), after(50))
    assert [period.promotion.version for period in timeline(log).slots["review-prompt"]] == ["v1", "v2"]
