"""Causes as people read them: hostile names are text, drawings are SVG for light and dark grounds."""

from __future__ import annotations

from dataclasses import replace

import pytest
from defusedxml import ElementTree

from ratchetry.domain.attribution import Attribution, AttributionReport, Bisection, Suspect, SuspectCommit
from ratchetry.domain.off_policy import Estimate, Evaluated, Evaluation, NotEvaluated, Support
from ratchetry.domain.trend_report import ModuleEvidence
from ratchetry.domain.weights import CiFeedback, ModuleFeedback, Weights
from ratchetry.report import off_policy, priorities
from ratchetry.report.attribution import markdown, percent, terminal
from ratchetry.report.attribution_plot import plot
from tests.unit.report import rendered
from tests.unit.report.hostile import HOSTILE_TEXTS

NAME = "tests/test_a.py::test_x"


def report(name: str = NAME) -> AttributionReport:
    """Return a report in which everything is called by one name."""
    found = Attribution(
        kind="failure",
        subject=name,
        told="fails since 2026-01-01T00:00:00Z, in 3 measured commits in a row",
        last_good="a" * 40,
        first_bad="b" * 40,
        outside=0.1,
        modules=(Suspect(name=name, probability=0.9, risk=0.2, changes=3),),
        files=(Suspect(name=name, probability=0.9, risk=0.2, changes=3, why="its name"),),
        commits=(
            SuspectCommit(
                sha="b" * 40, time="2026-01-01T00:00:00Z", probability=0.9, files=1, lines=4, modules=(name,)
            ),
        ),
        bisection=Bisection(
            good="a" * 40,
            bad="b" * 40,
            commits=4,
            first="c" * 40,
            steps=1.23,
            plain_steps=2.0,
            commands=("git bisect start", f"git bisect run {name[:100]}"),
        ),
        notes=("only 2 earlier failures are known",),
    )
    module = ModuleEvidence(module=name, passed=3, failed=1, blame_mean=0.2, interval=(0.05, 0.5))
    return AttributionReport(branch="main", runs=9, failures=3, attribution=found, modules=(module,), notes=("so",))


def test_a_terminal_shows_all_of_it() -> None:
    """Suspects, probabilities, how to make sure and what to know."""
    text = terminal(report())
    for part in (
        f"{NAME} fails since",
        "bbbbbbbbbbbb",
        "90.0%",
        "5.0%-50.0%",
        "test cccccccccccc first of 4 commits",
        "1.2 tests on average",
        "git bisect start",
        "outside of the repository",
    ):
        assert part in text


def test_nothing_to_explain_is_said() -> None:
    """Without a failure the modules are shown all the same."""
    text = terminal(replace(report(), attribution=None))
    assert text.startswith("no failure and no step to explain: 9 runs of main, 3 failures that began there")
    assert "how often changes break something" in text


@pytest.mark.parametrize("name", HOSTILE_TEXTS)
def test_hostile_names_are_only_text(name: str) -> None:
    """No markup, no control characters, and a drawing that is one document."""
    shown = terminal(report(name))
    assert "\x1b" not in shown
    page = rendered.markdown(markdown(report(name)))
    assert {tag for tag, _ in page.tags} <= {
        "h3",
        "p",
        "strong",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "code",
        "pre",
        "ul",
        "li",
    }
    assert not page.unbalanced
    assert [set(row) for row in page.rows] == [{6}, {5}, {5}, {5}]
    ElementTree.fromstring(plot(report(name)))


def test_the_drawing_has_a_row_for_each_module() -> None:
    """Suspects are red; every row tells its numbers."""
    drawn = plot(report())
    assert drawn.count("<circle") == 1
    assert 'class="h"' in drawn
    assert "20.0%: in 1 failures, 3 passes" in drawn
    assert "prefers-color-scheme:dark" in drawn
    ElementTree.fromstring(plot(AttributionReport(branch="", runs=0, failures=0)))


def test_small_probabilities_are_not_zero() -> None:
    """What is possible is not shown as impossible."""
    assert (percent(0.0), percent(0.0004), percent(0.5)) == ("0.0%", "<0.1%", "50.0%")


SUPPORT = Support(decisions=90, left_out=1, effective=70.0, largest=3.5)
ESTIMATE = Estimate(estimator="snips", value=0.5, interval=(0.4, 0.6))
EVALUATED = Evaluated(
    policy="p|*", support=SUPPORT, value=ESTIMATE, doubly_robust=ESTIMATE, logged=ESTIMATE, gain=ESTIMATE
)


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (
            EVALUATED,
            "90 decisions with a reward, worth 70 of the policy's own, largest weight 3.5, 1 decision left out",
        ),
        (NotEvaluated(policy="p|*", support=SUPPORT, reason="there is too little"), "because there is too little"),
    ],
)
def test_evaluations(found: Evaluation, said: str) -> None:
    """An estimate tells what it rests on, and none why."""
    assert said in off_policy.terminal(found)
    assert said.replace("'", "") in off_policy.markdown(found).replace("'", "").replace("\\", "")


def test_priorities() -> None:
    """The highest first, with what was set and what CI recommends."""
    feedback = CiFeedback(
        modules={"auth": ModuleFeedback(passed=7, failed=3, mean=0.7, low=0.5, high=0.9)},
        recommended_priorities={"auth": 1.0},
        base={"docs": 0.25},
    )
    text = priorities.terminal(Weights(priorities={"docs": 0.25, "auth": 0.6}, ci_feedback=feedback))
    assert text.splitlines()[2].split() == ["auth", "0.600", "1.000", "10.0%-50.0%"]
    assert text.splitlines()[3].split() == ["docs", "0.250", "0.250"]
    assert priorities.terminal(Weights()).startswith("no priorities")
