"""The digest: one issue, the newest week on top, the weeks before folded, hostile names harmless."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ratchetry.act.digest import FINGERPRINT, LIMIT, MOST_WEEKS, digest, week_of, weeks_in
from ratchetry.domain.comparison import Comparison
from ratchetry.domain.event import Event, event
from ratchetry.domain.suggestion import HitRate
from ratchetry.learn.suggestions.advice import closed_event
from ratchetry.learn.suggestions.give import give
from ratchetry.report.digest import Week
from tests.unit.act.test_improvements import a_hostile, harmless
from tests.unit.learn.suggestions.evidence import AS_OF, BUSY, suggestion
from tests.unit.learn.suggestions.test_outcomes import drawn
from tests.unit.report.hostile import HOSTILE_TEXTS
from tests.unit.report.test_suggestions import report_of

ONE, TWO = suggestion("a" * 16), suggestion("b" * 16, "lint-rule", 9.0)
BETTER = Comparison(
    name="ci.duration",
    verdict="improved",
    base=90.0,
    head=60.0,
    difference=-0.3,
    interval=(-0.4, -0.2),
    relative=True,
    margin=0.05,
)
MOVE = event(
    "threshold_move",
    time="2026-03-08T00:00:00Z",
    subject="coverage.line",
    runs=("1-1",),
    data={"from": 70.0, "to": 71.0, "kind": "minimum", "value": 72.0, "margin": 1.0, "reason": "ratchet"},
)
EVENTS: tuple[Event, ...] = (
    *give((), drawn(ONE, TWO, at=AS_OF), (), AS_OF),
    closed_event("c" * 16, ONE.goal, 0.0, time=AS_OF, repository="", runs=("1-1",)),
    MOVE,
)
RATE = HitRate(kind="lint-rule", hits=3, misses=1, mean=0.667, interval=(0.28, 0.95))
WEEK = Week(
    name="2026-W11",
    trends=replace(BUSY, repository="octocat/hello", regressions=(BETTER,)),
    suggestions=replace(report_of(ONE), hit_rates=(RATE,)),
    events=EVENTS,
)


def test_all_that_a_week_tells() -> None:
    """Trends, wins, the worst, bounds, flaky tests, what the learner did and why, and hit rates."""
    action = digest(WEEK, "")
    assert (action.title, action.fingerprint) == ("Weekly digest of octocat/hello", FINGERPRINT)
    for part in (
        "## Week 2026-W11",
        "| `types.errors` | 5 |",
        "`types.errors` has recovered",
        "`ci.duration` went from 90 to 60",
        "types.errors is bad: `mypy src/a.py`",
        "2026-03-08: moved",
        "`tests/test_a.py::test_flaky`",
        "advised `types.errors is bad`",
        "drawn with probability 0.5",
        "| `lint-rule` | 3 | 1 |",
        "stage test: no pytest",
    ):
        assert part in action.body, part
    assert digest(WEEK, action.body) == action, "the same week again changes nothing"


def test_older_weeks_are_folded() -> None:
    """Each week stands once, the newest on top, and old ones leave in time."""
    text = ""
    for number in range(1, 14):
        text = digest(replace(WEEK, name=f"2026-W{number:02}"), text).body.replace("\n", "\r\n")
    weeks = list(weeks_in(text.replace("\r\n", "\n")))
    assert weeks == [f"2026-W{number:02}" for number in range(13, 13 - MOST_WEEKS, -1)]
    assert text.count("<details>") == text.count("</details>") == MOST_WEEKS - 1


@pytest.mark.parametrize("text", [*HOSTILE_TEXTS, "a\n<!-- ratchetry:end -->\n<!-- ratchetry:week=2026-W10 -->\n"])
def test_hostile_names(text: str) -> None:
    """Nothing that somebody named ends a week early, forges one, or becomes markup."""
    one = a_hostile(ONE, text)
    moved = replace(MOVE, subject=text)
    series = replace(BUSY.series[0], name=text)
    week = replace(
        WEEK,
        trends=replace(WEEK.trends, repository=text, series=(series,), flaky=None, unmeasured={"flaky": text}),
        suggestions=replace(report_of(one), unmeasured={text: text}),
        events=(*give((), drawn(one, at=AS_OF), (), AS_OF), moved),
    )
    first = digest(replace(week, name="2026-W09"), "")
    second = digest(week, first.body)
    assert list(weeks_in(second.body)) == ["2026-W11", "2026-W09"]
    assert len(second.body.encode()) <= LIMIT
    harmless(second.body)


def test_weeks_have_the_names_of_iso_8601() -> None:
    """The first days of a year may belong to the last week of the one before."""
    assert [week_of(f"{day}T10:00:00Z") for day in ("2026-01-01", "2027-01-01", "2026-03-10")] == [
        "2026-W01",
        "2026-W53",
        "2026-W11",
    ]
    assert week_of("soon") == ""
