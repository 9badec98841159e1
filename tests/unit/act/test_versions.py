"""Versions move by one pull request, with their evidence, and by nothing else."""

from __future__ import annotations

from ratchetry.act.versions import BRANCH, propose_versions
from ratchetry.domain.versions import ACTIVE_VERSIONS_FILE, ActiveVersion, ActiveVersions
from ratchetry.learn.experiment.definition import start_event
from ratchetry.report.version_moves import body
from ratchetry.state.active_versions import loads
from tests.unit.learn.experiment import made
from tests.unit.learn.experiment.made import experiment, units
from tests.unit.learn.watched import after, promoted, results, steady

WON = (start_event(experiment()), *units(experiment(), {"long": 0.5, "short": 0.8}, days=14, per_day=40))
FALLEN = (promoted("v1", "v0", -40), promoted("v2", "v1", 30), *results([steady("v1", 30, 0.7), steady("v2", 14, 0.3)]))
ACTIVE = ActiveVersions(slots={"review-prompt": ActiveVersion(version="v2", since=after(30), previous="v1")})
OTHER = ActiveVersion(version="a1", since=after(0))


def test_a_winner_is_proposed_with_its_evidence() -> None:
    """The file of the proposal has the winner, leaves other slots alone, and the text says why."""
    change = propose_versions(WON, ActiveVersions(slots={"agent": OTHER}), made.after(14.5), "main")
    assert change is not None
    assert (change.branch, change.base, change.title) == (BRANCH, "main", "Promote review-prompt to short")
    active = loads(change.files[ACTIVE_VERSIONS_FILE].encode(), "file")
    assert active.slots["agent"] == OTHER
    assert active.slots["review-prompt"].version == "short"
    assert "Promote `short` in `review-prompt`" in change.body
    assert "| units&#95;control |" in change.body or "units\\_control" in change.body


def test_the_same_events_give_the_same_proposal() -> None:
    """Asking again, in another order or later, proposes the very same bytes."""
    change = propose_versions(WON, ActiveVersions(), made.after(14.5), "main")
    assert propose_versions(reversed(WON), ActiveVersions(), made.after(14.5), "main") == change
    assert propose_versions(WON, ActiveVersions(), made.after(9), "main") == change


def test_a_degraded_version_is_taken_back() -> None:
    """The rollback names what it leaves, and how far it fell."""
    change = propose_versions(FALLEN, ACTIVE, after(44), "main")
    assert change is not None
    assert change.title == "Roll back review-prompt to v1"
    assert loads(change.files[ACTIVE_VERSIONS_FILE].encode(), "file").slots["review-prompt"].cause == "rollback"
    assert "Roll back to `v1` in `review-prompt`" in change.body
    assert "| drop |" in change.body


def test_nothing_to_move_proposes_nothing() -> None:
    """Without a winner or a fall, and once the move was made, there is no proposal."""
    assert propose_versions((), ActiveVersions(), after(1), "main") is None
    change = propose_versions(FALLEN, ACTIVE, after(44), "main")
    assert change is not None
    moved = loads(change.files[ACTIVE_VERSIONS_FILE].encode(), "file")
    assert propose_versions(FALLEN, moved, after(44), "main") is None


def test_hostile_names_and_reasons_are_harmless() -> None:
    """What stands in a reason becomes no markup, no mention and no second row."""
    one = ActiveVersion(version="v2", since=after(0), reason="@all | <img> \n::error::x", evidence={"a|b": "`x`|y"})
    text = body({"slot": one})
    assert "<img>" not in text
    assert "\n::error" not in text
    assert "@all" not in text
