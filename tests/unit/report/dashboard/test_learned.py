"""Issues, choices and modules as documents, of events that may say anything."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ratchetry.domain.bandit import ArmDecision, ArmOutcome
from ratchetry.domain.event import Event, Value, event
from ratchetry.domain.trend_report import ModuleEvidence
from ratchetry.report.dashboard.data import safe_json
from ratchetry.report.dashboard.learned import (
    bandit_document,
    is_open,
    issues_document,
    marks_of,
    module_package,
    modules_document,
)


def seconds(time: str) -> int:
    """Return the digits of a time."""
    return int(time or "0")


def told(time: int, **data: Value) -> Event:
    """Return an event about an issue."""
    return event("issue", time=str(time), subject="f", data=data)


OPENED = told(1, phase="opened", title="t", advice="flaky-test", metric="tests.flaky", value=3, bound=0, decision="d")
CLOSED = told(2, phase="closed", value=0.0)


def test_an_issue_that_was_closed_tells_its_effect() -> None:
    """Before, after, goal and reward come from its own events and the outcome of its decision."""
    outcome = event("outcome", time="3", subject="d", data={"reward": 0.75, "status": "rewarded"})
    (row,) = issues_document((OPENED, CLOSED, outcome), seconds).rows
    assert (row.state, row.before, row.after, row.goal, row.reward) == ("closed", 3, 0, 0, 0.75)
    assert (row.title, row.advice, row.metric) == ("t", "flaky-test", "tests.flaky")
    assert not is_open(row)


def test_an_issue_that_came_back_is_open_again() -> None:
    """What was measured when it was closed no longer counts."""
    (row,) = issues_document((OPENED, CLOSED, told(5, phase="opened", value=7)), seconds).rows
    assert (row.before, row.after, row.reward) == (7, None, None)
    assert is_open(row)
    assert [one.state for one in row.events] == ["opened", "closed", "opened"]


@pytest.mark.parametrize("value", [None, True, "x", (1, 2), {"a": 1}, float("nan"), 1e300])
def test_events_that_make_no_sense_are_shown_as_far_as_they_do(value: Value) -> None:
    """Any value in any field of an event gives a document."""
    names = ("phase", "state", "title", "number", "metric", "value", "bound", "decision", "advice")
    found = issues_document((told(1, **dict.fromkeys(names, value)),), seconds)
    assert len(found.rows) == 1
    assert safe_json(found)


def test_choices_are_columns_whatever_their_context() -> None:
    """A decision without an outcome waits, and a context that the bandit would refuse has a mark of its own."""
    first = ArmDecision(id="1", time="1", arm="a", propensities={"a": 0.25, "b": 0.75}, context={"module": "auth"})
    other = replace(first, id="2", time="2", arm="b", context={"\n": ""})
    outcome = ArmOutcome(decision="1", time="3", status="rewarded", reward=1.0)
    found = bandit_document((), ((first, outcome), (other, None)), "thompson", seconds).choices
    assert (found.status, found.reward, found.propensity) == ("RW", (1, None), (0.25, 0.75))
    assert [found.contexts[at] for at in found.context] == ["module=auth", "?"]
    assert [found.arms[at] for at in found.arm] == ["a", "b"]


def test_modules_are_columns_with_their_packages() -> None:
    """The package of a dotted module is its first part, that of another file its directory."""
    rows = [
        ModuleEvidence(module=name, passed=1, failed=2, blame_mean=0.123456, interval=(0.0, 1.0))
        for name in ("anvil.forge.heat", "docs/guide", "setup.py")
    ]
    packages = {"anvil": 0, "docs": 1, "setup": 2}
    found = modules_document(rows, packages)
    assert found.package == (0, 1, 2)
    assert found.blame == (0.1235,) * 3
    assert module_package("one") == "one"


def test_notes_are_marks() -> None:
    """Only what people noted is a mark."""
    note = event("log", time="9", subject="s", data={"kind": "k", "message": ("no text",)})
    (mark,) = marks_of((OPENED, note), seconds)
    assert (mark.time, mark.kind, mark.subject, mark.message) == (9, "k", "s", "")
