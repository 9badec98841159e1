"""Suggestions for people."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ratchetry.domain.suggestion import Goal, HitRate, Suggestion, SuggestionReport
from ratchetry.report.suggestions import done, markdown, rates_markdown, rates_terminal, terminal, wanted
from tests.unit.learn.suggestions.evidence import AS_OF, suggestion
from tests.unit.report import rendered

RATE = HitRate(kind="lint-rule", hits=3, misses=1, censored=2, waiting=1, mean=0.667, interval=(0.28, 0.95))


def report_of(*suggestions: Suggestion) -> SuggestionReport:
    """Return a report on some suggestions."""
    return SuggestionReport(
        branch="main",
        as_of=AS_OF,
        found=len(suggestions),
        suggestions=suggestions,
        unmeasured={"stage test": "no pytest"},
    )


def test_a_table_and_what_to_do() -> None:
    """Each has its place, kind and score, and below the table why, what next, when done and what was seen."""
    text = terminal(replace(report_of(suggestion()), found=3))
    assert text.splitlines()[0] == "3 suggestions on main as of 2026-03-10, the first 1 shown"
    for part in (
        "1  types.errors is bad  type-errors  10.0",
        "   next: mypy src/a.py",
        "   done: types.errors is at most 0 in 2 runs in a row",
        "   seen: run 10-1",
        "not looked at: stage test: no pytest",
    ):
        assert part in text, part


def test_markdown_is_one_table() -> None:
    """It has a row for each suggestion, and says what was not looked at."""
    page = rendered.markdown(markdown(report_of(suggestion(), suggestion("1" * 16))))
    assert page.rows == [[5, 5, 5]]
    assert "Not looked at: stage test: no pytest" in page.prose


def test_nothing_to_suggest() -> None:
    """An empty report says so."""
    assert terminal(SuggestionReport(branch="main")).startswith("nothing to suggest on main as of no run")


@pytest.mark.parametrize(
    ("goal", "text"),
    [
        (Goal(measure="metric", metric="a", kind="minimum", bound=3.0), "a is at least 3"),
        (Goal(measure="bound", metric="a", kind="maximum", bound=3.0), "the maximum of a is at most 3"),
        (Goal(measure="tests", metric="t", kind="maximum", bound=0.0, tests=("x",)), "x does not fail"),
        (Goal(measure="tests", metric="t", kind="maximum", bound=0.0, tests=("x", "y")), "x and 1 more do not fail"),
        (Goal(measure="findings", metric="m", kind="maximum", bound=0.0, tool="ruff", rule="E1"), "ruff finds no E1"),
        (
            Goal(measure="findings", metric="m", kind="maximum", bound=0.0, tool="mypy", path="a.py"),
            "mypy finds no error in a.py",
        ),
    ],
)
def test_goals_in_words(goal: Goal, text: str) -> None:
    """A goal says what has to be measured."""
    assert wanted(goal, "count") == text
    assert done(replace(suggestion(), goal=replace(goal, runs=1))).endswith(" in 1 run")


def test_hit_rates() -> None:
    """Rates stand with their counts and intervals, and where there is none, how one comes about."""
    assert "lint-rule  3       1        2            1     67%   28%-95%" in rates_terminal([RATE])
    assert "| `lint-rule` | 3 | 1 | 2 | 1 | 67% | 28%-95% |" in rates_markdown([RATE])
    assert rates_markdown([]) == ""
    assert rates_terminal([]).startswith("no advice has been given yet")
