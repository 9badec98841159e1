"""The proposal to take over what was learned."""

from __future__ import annotations

from ratchetry.domain.weights import Weights
from ratchetry.learn.bandit.proposal import MOST_CONTEXTS, propose_weights
from ratchetry.state.weights import loads
from tests.unit.learn.bandit.events import NOW, seeded, tried


def test_it_holds_the_new_file_and_what_changed() -> None:
    """The text is the file, the words tell how likely each arm was and is, and on which evidence."""
    events = list(tried([("a", 1.0), ("b", 0.0)] * 10))
    found = propose_weights(Weights(), events, as_of=NOW, declared=("a", "b"))
    assert found.changed
    assert loads(found.text.encode(), "file") == found.folded.weights
    assert "40 events up to 2026-03-" in found.body
    assert "#### Context `any`" in found.body
    row = next(line for line in found.body.splitlines() if line.startswith("| `a` |"))
    assert "| 10 | 0.5000 | 0.9" in row


def test_once_it_is_taken_over_there_is_none() -> None:
    """The same events propose nothing to who has the file already."""
    events = seeded(40, "ab", seed=2)
    first = propose_weights(Weights(), events, as_of=NOW, declared=("a", "b"))
    again = propose_weights(loads(first.text.encode(), "file"), events[::-1], as_of=NOW, declared=("a", "b"))
    assert (again.changed, again.text) == (False, first.text)
    assert "#### Context" not in again.body


def test_many_contexts_are_told_of_in_part() -> None:
    """The words stay short, and say how many contexts they leave out."""
    events = seeded(200, "ab", seed=3, contexts=[f"c{number}" for number in range(30)])
    body = propose_weights(Weights(), events, as_of=NOW, declared=("a", "b")).body
    assert body.count("#### Context") == MOST_CONTEXTS
    assert f"{30 - MOST_CONTEXTS} more contexts changed" in body


def test_events_that_make_no_sense_are_told_of() -> None:
    """Decisions for an arm that nobody declared are counted as left out."""
    body = propose_weights(Weights(), tried([("x", 1.0)]), as_of=NOW, declared=("a",)).body
    assert "1 event made no sense" in body
