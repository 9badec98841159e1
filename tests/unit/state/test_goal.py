"""Goals in the text of issues come back as they were, and nothing else does."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ratchetry.domain.suggestion import Goal
from ratchetry.state.goal import goal_in, goal_line
from tests.unit.report.hostile import HOSTILE_TEXTS, few

TEXTS = st.one_of(
    st.sampled_from([text[:500].encode("utf-8", "replace").decode() for text in HOSTILE_TEXTS]),
    st.text(st.characters(codec="utf-8"), max_size=40),
)


@few
@given(
    goal=st.builds(
        Goal,
        measure=st.sampled_from(("metric", "findings", "tests", "bound")),
        metric=TEXTS,
        kind=st.sampled_from(("minimum", "maximum")),
        bound=st.floats(-1e12, 1e12),
        runs=st.integers(1, 1000),
        tool=TEXTS,
        rule=TEXTS,
        path=TEXTS,
        tests=st.lists(TEXTS, max_size=20).map(tuple),
    )
)
def test_there_and_back(goal: Goal) -> None:
    """A goal with any names survives, its comment is one line, and it ends where it should."""
    line = goal_line(goal)
    assert line.count("\n") == 1
    assert line.count("-->") == 1
    assert goal_in(f"<!-- ratchetry:fp=0123456789abcdef -->\r\n{line}\nIt is so.") == goal


@few
@given(text=st.text(max_size=60))
def test_anything_else(text: str) -> None:
    """What is no goal is none, and does no harm."""
    assert goal_in(text) is None
    assert goal_in(f"<!-- ratchetry:goal {{{text}}} -->") is None


def test_a_goal_of_the_wrong_shape() -> None:
    """JSON that is no goal is none."""
    for text in ("{}", '{"measure":"metric"}', "{" * 20_000, '{"measure":"metric","metric":"a","kind":"x","bound":1}'):
        assert goal_in(f"<!-- ratchetry:goal {text} -->") is None
