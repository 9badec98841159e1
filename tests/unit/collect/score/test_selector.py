"""The bandit's log of decisions is counted, or left out by name and line."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratchetry.collect.score.measure import LeftOut, Measure
from ratchetry.collect.score.selector import outcomes, selector_accuracy_at_1
from ratchetry.errors import ReportError
from ratchetry.settings import Settings
from tests.unit.collect.contexts import MemoryTree

LOG = ".ratchetry/decisions.jsonl"


def line(decision: str, outcome: str | None, **more: object) -> str:
    """Return a line of the log."""
    return json.dumps({"decision": decision, "arm": "a", "outcome": outcome, **more})


def accuracy(*lines: str, settings: Settings | None = None) -> Measure | LeftOut:
    """Return the accuracy of a log."""
    return selector_accuracy_at_1(MemoryTree({LOG: "\n".join(lines)}), settings or Settings())


def test_the_last_outcome_of_each_decision_counts() -> None:
    """Undecided decisions do not count; an outcome that comes later does."""
    log = (
        line("1", None),
        line("2", "failure", context={}),
        "",
        line("1", "success"),
        line("3", None),
        line("4", "success"),
    )
    assert accuracy(*log) == Measure(value=2 / 3, n=3)


def test_an_outcome_that_is_taken_back_does_not_count() -> None:
    """The last line of a decision is the one that holds."""
    assert accuracy(line("1", "success"), line("1", None), line("2", "failure")) == Measure(value=0.0, n=1)


@pytest.mark.parametrize("lines", [(), (line("1", None),)])
def test_without_decided_decisions_it_is_left_out(lines: tuple[str, ...]) -> None:
    """An empty log is no accuracy of 0."""
    assert accuracy(*lines) == LeftOut(reason=f"no decision in {LOG} has an outcome yet")


def test_without_a_log_it_is_left_out() -> None:
    """The reason names the file that was looked for."""
    outcome = selector_accuracy_at_1(MemoryTree({}), Settings())
    assert outcome == LeftOut(reason=f"there is no decision log at {LOG}")


@pytest.mark.parametrize("output_dir", ["/elsewhere", "../out", "/repository"])
def test_an_output_directory_outside_is_left_out(output_dir: str) -> None:
    """The log is only read through the repository."""
    outcome = accuracy(line("1", "success"), settings=replace(Settings(), output_dir=output_dir))
    assert outcome == LeftOut(reason=f"the output directory {output_dir} lies outside of the repository")


@pytest.mark.parametrize("output_dir", ["/repo/.ratchetry", "./.ratchetry/", "x/../.ratchetry"])
def test_an_output_directory_inside_is_found_however_written(output_dir: str) -> None:
    """Absolute and untidy paths lead to the same log."""
    outcome = accuracy(line("1", "success"), settings=replace(Settings(), output_dir=output_dir))
    assert outcome == Measure(value=1.0, n=1)


@pytest.mark.parametrize(
    "bad",
    [
        "{",
        "[]",
        "3",
        line("", "success"),
        line("1", "won"),
        '{"decision": "1"}',
        '{"decision": 1, "arm": "a"}',
        "[" * 9999,
    ],
)
def test_a_malformed_line_is_named(bad: str) -> None:
    """One wrong line leaves the metric out: a log that is damaged cannot be trusted in part."""
    outcome = accuracy(line("1", "success"), bad)
    assert isinstance(outcome, LeftOut)
    assert outcome.reason.startswith(f"{LOG}: line 2 is no decision: ")


@given(
    st.binary(max_size=200)
    | st.lists(st.sampled_from([line("1", "success"), line("2", None), "x"])).map(lambda rows: "\n".join(rows).encode())
)
def test_arbitrary_logs_are_read_or_refused(data: bytes) -> None:
    """No log raises anything but ReportError."""
    try:
        decided = outcomes(data, "log")
    except ReportError as error:
        assert str(error).startswith("log: line ")  # noqa: PT017  # both endings are right
    else:
        assert all(isinstance(won, bool) for won in decided.values())
