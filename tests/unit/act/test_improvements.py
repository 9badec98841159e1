"""Issues about improvements: opened, edited, closed, opened again, or left to the people who decided."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import Phase, given, settings

from ratchetry.act.improvements import Scene, improvements
from ratchetry.act.plan import gate_fingerprint
from ratchetry.domain.action import Action, CloseIssue, UpsertIssue
from ratchetry.domain.codeowners import parse_codeowners
from ratchetry.domain.improvement import LABEL, KnownIssue, Limits
from ratchetry.domain.record import RunRecord
from ratchetry.domain.suggestion import HitRate, Suggestion
from ratchetry.learn.suggestions.suggest import Evidence, suggested
from ratchetry.report.suggestions import markdown, terminal
from ratchetry.state.goal import goal_in
from ratchetry.state.suggestions import dumps, loads
from tests.unit.learn.suggestions.evidence import AS_OF, BUSY, record, suggestion, valued
from tests.unit.report import rendered
from tests.unit.report.hostile import HOSTILE_TEXTS, few, hostile
from tests.unit.report.test_suggestions import report_of

ONE = suggestion("a" * 16)
OPEN = KnownIssue(fingerprint=ONE.fingerprint, state="open", goal=ONE.goal)
CLOSED = replace(OPEN, state="closed", closed="2026-03-01T00:00:00Z")
OLD = replace(CLOSED, closed="2026-02-01T00:00:00Z")
SILENCED = replace(OPEN, state="silenced")
BAD = (valued(10, types_errors=5), valued(9, types_errors=5))
LUCKY = (valued(10, types_errors=0), valued(9, types_errors=5))
GOOD = (valued(10, types_errors=0), valued(9, types_errors=0))
UNSEEN = (record(10), record(9))


def scene(*known: KnownIssue, runs: tuple[RunRecord, ...] = BAD, **changes: object) -> Scene:
    """Return a scene with issues."""
    made = Scene(known={issue.fingerprint: issue for issue in known}, runs=runs, as_of=AS_OF)
    return replace(made, **changes)  # type: ignore[arg-type]  # a wrong field fails the test


@pytest.mark.parametrize(
    ("issue", "suggests", "runs", "kind"),
    [
        (None, True, BAD, UpsertIssue),
        (None, True, UNSEEN, UpsertIssue),
        (None, True, GOOD, None),
        (None, False, BAD, None),
        (OPEN, True, BAD, UpsertIssue),
        (OPEN, True, LUCKY, UpsertIssue),
        (OPEN, True, GOOD, CloseIssue),
        (OPEN, False, GOOD, CloseIssue),
        (OPEN, False, LUCKY, None),
        (OPEN, False, UNSEEN, None),
        (replace(OPEN, goal=None), False, GOOD, None),
        (CLOSED, True, BAD, None),
        (OLD, True, BAD, UpsertIssue),
        (OLD, True, GOOD, None),
        (replace(OLD, closed=""), True, BAD, UpsertIssue),
        (SILENCED, True, BAD, None),
        (SILENCED, False, GOOD, None),
    ],
)
def test_the_table(
    issue: KnownIssue | None,
    suggests: bool,  # noqa: FBT001  # a case of the table
    runs: tuple[RunRecord, ...],
    kind: type[Action] | None,
) -> None:
    """What is there, what is suggested and what the runs measured decide."""
    actions = improvements((ONE,) if suggests else (), scene(*([issue] if issue else []), runs=runs))
    assert [type(action) for action in actions] == ([kind] if kind else [])


def test_what_an_issue_says() -> None:
    """It says why, where, what to do, when it is done, what it rests on, and how often such advice worked."""
    rate = HitRate(kind="type-errors", hits=3, misses=1, mean=0.67, interval=(0.3, 0.9))
    owners = parse_codeowners(b"* @octocat\nsrc/ @alice @bob @carol @dave @acme/team\n")
    (action,) = improvements((ONE,), scene(owners=owners, rates={"type-errors": rate}))
    assert isinstance(action, UpsertIssue)
    assert (action.title, action.labels, action.assignees) == (
        "types.errors is bad",
        (LABEL,),
        ("alice", "bob", "carol"),
    )
    assert goal_in(action.body) == ONE.goal
    for part in ("`src/a.py`", "mypy src/a.py", "types.errors is at most 0 in 2 runs in a row", "3 of 4 cases", "10-1"):
        assert part in action.body, part


def test_the_last_comment_shows_why() -> None:
    """An issue is closed with the runs that reached its goal."""
    (action,) = improvements((ONE,), scene(OPEN, runs=GOOD))
    assert isinstance(action, CloseIssue)
    assert action.label == LABEL
    assert action.comment.startswith("This is done: types.errors is at most 0 in 2 runs.")
    assert "`10-1`" in action.comment
    assert "`9-1`" in action.comment


def test_the_goal_stays_as_it_was_set() -> None:
    """A goal does not run away from the metric: an open issue keeps the one that it was opened with."""
    moved = replace(ONE, goal=replace(ONE.goal, bound=-1.0))
    (action,) = improvements((moved,), scene(OPEN))
    assert isinstance(action, UpsertIssue)
    assert goal_in(action.body) == ONE.goal


def test_caps() -> None:
    """Few are opened at once, and few are open at all; those that are open are edited all the same."""
    many = tuple(suggestion(f"{n:016x}", score=9.0 - n / 10) for n in range(1, 9))
    assert len(improvements(many, scene())) == Limits().new
    known = tuple(KnownIssue(fingerprint=f"{n:016x}", state="open") for n in (6, 7, 8))
    actions = improvements(many, scene(*known, limits=Limits(new=3, total=4)))
    named = [action.fingerprint for action in actions if isinstance(action, UpsertIssue)]
    assert named == [f"{n:016x}" for n in (1, 6, 7, 8)]
    done = replace(OPEN, fingerprint="f" * 16)
    freed = improvements(many, scene(*known, done, runs=GOOD, limits=Limits(new=3, total=4)))
    assert [type(action) for action in freed][:1] == [CloseIssue]


def test_what_a_gate_has_an_issue_about_gets_no_second_one() -> None:
    """A metric whose gate fails is in one issue, not in two."""
    gates = {gate_fingerprint("types.errors")}
    assert improvements((ONE,), scene(gates=gates)) == ()
    assert len(improvements((ONE,), scene(OPEN, gates=gates))) == 1


@settings(few, max_examples=30, phases=(Phase.explicit, Phase.generate))
@given(record=hostile)
def test_hostile_names(record: RunRecord) -> None:
    """Nothing in a record becomes markup, a mention or a link, in an issue, a table or a terminal."""
    found = suggested(Evidence(report=replace(BUSY, run=HOSTILE_TEXTS[3]), record=record), {})
    for action in improvements(found, scene(limits=Limits(new=99, total=99))):
        assert isinstance(action, UpsertIssue)
        harmless(action.body)
        assert "\n" not in action.title
    harmless(markdown(report_of(*found)))
    assert terminal(report_of(*found)).isprintable() or "\n" in terminal(report_of(*found))
    assert len(loads(dumps(report_of(*found)), "x").suggestions) == len(found)


def harmless(text: str) -> None:
    """Hold Markdown to being only what it should be."""
    page = rendered.markdown(text)
    assert not {"a", "img", "script"} & {tag for tag, _ in page.tags}
    for mention in ("@octocat", "@acme", " #1", "GH-3", "https://evil"):
        assert mention not in page.prose


def a_hostile(one: Suggestion, text: str) -> Suggestion:
    """Return a suggestion whose every text is hostile."""
    return replace(one, title=text, why=text, files=(text,), rule=text, test=text, command=text, runs=(text,))


@pytest.mark.parametrize("text", HOSTILE_TEXTS)
def test_hostile_texts_everywhere(text: str) -> None:
    """Nothing breaks out, whatever stands in whichever place; an issue always fits."""
    one = a_hostile(replace(ONE, goal=replace(ONE.goal, metric=text, rule=text)), text)
    (action,) = improvements((one,), scene())
    assert isinstance(action, UpsertIssue)
    harmless(action.body)
    assert len(action.body) < 60_000
    known = replace(OPEN, goal=replace(one.goal, metric="types.errors", path=text))
    (closing,) = improvements((), scene(known, runs=GOOD))
    assert isinstance(closing, CloseIssue)
    harmless(closing.comment)
