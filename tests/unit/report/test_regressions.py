"""Comparisons of a run with its base, for people and programs."""

from __future__ import annotations

import json

import pytest

from ratchetry.domain.attribution import Attribution, Bisection, Suspect, SuspectCommit
from ratchetry.domain.comparison import Comparison
from ratchetry.domain.feedback import Feedback
from ratchetry.domain.regression import BaseFound, NewFailure, RegressionReport
from ratchetry.domain.series import series_of
from ratchetry.report import feedback, regressions

HOSTILE = "benchmark.<img>|`x`\x1b[2J"
SLOWER = Comparison(
    name=HOSTILE,
    unit="seconds",
    verdict="regressed",
    base=1.0,
    head=1.2,
    difference=0.2,
    interval=(0.15, 0.25),
    relative=True,
    margin=0.03,
    p_value=0.001,
    q_value=0.02,
    n_base=30,
    reason="rounds +19%",
)
REPORT = RegressionReport(
    run="7-1",
    commit="c0ffee1" * 5,
    branch="main",
    base=BaseFound(commit="abcdef1" * 5, measured="abcdef1" * 5),
    rate=0.05,
    comparisons=(
        SLOWER,
        Comparison(
            name="lint.findings",
            unit="count",
            verdict="unchanged",
            base=1,
            head=1,
            difference=0,
            interval=(0, 0),
            relative=False,
            margin=0,
        ),
    ),
    failures=(NewFailure(test="tests/test_a.py::test_b", passed="6-1"), NewFailure(test="test_c", flaky=True)),
    new=("coverage.line",),
    unmeasured=(("types.errors", "mypy crashed"), ("score.total", "")),
    causes=(
        Attribution(
            kind="step",
            subject=HOSTILE,
            told="differs by +20%",
            outside=0.1,
            files=(Suspect(name="src/pkg/slow.py", probability=0.8, risk=0.2, changes=4),),
            commits=tuple(
                SuspectCommit(sha=sha * 20, time="", probability=0.45, files=1, lines=2) for sha in ("ab", "cd")
            ),
            bisection=Bisection(
                good="ab",
                bad="cd",
                commits=2,
                first="ab",
                steps=1.0,
                plain_steps=1.0,
                commands=("git bisect start cd ab", "git bisect run check"),
            ),
        ),
    ),
    notes=("the run is of a change that is not committed",),
    series=(series_of([1.0, 1.0, 1.2], HOSTILE),),
)


@pytest.mark.parametrize("form", ["table", "markdown"])
def test_a_report_says_all_there_is_to_say(form: str) -> None:
    """What is unchanged is only counted, everything else is there, and nothing hostile is."""
    text = regressions.RENDERERS[form](REPORT)
    for part in ("1 regressed, 1 unchanged of 2 metrics; 1 test newly failing", "+20%", "+15% to +25%", "1 / 30"):
        assert part in text
    for part in (
        "passed in run 6-1",
        "mypy crashed",
        "abababababab (45%)",
        "slow.py",
        "(80%)",
        "changes: 10%",
        "git bisect start",
        "rounds +19%",
        "▁▁█",
    ):
        assert part in text
    assert "\x1b" not in text
    if form == "markdown":
        assert "<img>" not in text.replace("<code>", "")
        assert "lint.findings" not in text


def test_the_document_has_everything_but_the_drawing() -> None:
    """JSON holds all comparisons with their fields."""
    document = json.loads(regressions.render_json(REPORT))
    assert document["comparisons"][0]["verdict"] == "regressed"
    assert document["comparisons"][1]["interval"] == [0, 0]
    assert document["failures"][1]["flaky"] is True
    assert "series" not in document


@pytest.mark.parametrize("form", ["table", "markdown", "json"])
def test_feedback_is_told_in_parts(form: str) -> None:
    """Each part that says something has a title; without any there is a sentence."""
    text = feedback.RENDERERS[form](Feedback(regressed=("benchmark.x: +20%",), flaky=("test_<a>",)))
    assert "20%" in text
    assert ("Improved" in text) is False
    if form == "json":
        assert json.loads(text)["action_needed"] is True
        assert json.loads(feedback.RENDERERS[form](Feedback()))["has_feedback"] is False
    else:
        assert "Nothing worth telling" in feedback.RENDERERS[form](Feedback())
