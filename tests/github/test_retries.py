"""Whether a request is made again: the table, row by row."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratchetry.adapters.github.retries import Accepted, Again, Refused, decide
from ratchetry.adapters.github.transport import Answer, Request, Silence
from ratchetry.errors import LostAnswerError

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
READ = Request(method="GET", path="/repos/o/r")
CREATE = Request(method="POST", path="/repos/o/r/issues")
EDIT = Request(method="PATCH", path="/repos/o/r/issues/1")
TREE = Request(method="POST", path="/repos/o/r/git/trees", harmless=True)
LIMITED = Answer(status=403, text='{"message": "You have exceeded a secondary rate limit."}')


@pytest.mark.parametrize("status", [200, 201, 204, 302, 304])
@pytest.mark.parametrize("request_", [READ, CREATE])
def test_wanted_answers(request_: Request, status: int) -> None:
    """An answer that says that all went well is accepted."""
    assert decide(request_, Answer(status=status), turn=0, now=NOW) == Accepted(answer=Answer(status=status))


@pytest.mark.parametrize(
    "outcome",
    [Silence(reason="no answer within 20 s"), *(Answer(status=status) for status in (500, 502, 503, 504, 520))],
)
def test_no_answer(outcome: Answer | Silence) -> None:
    """A read, an edit and a git object are asked for again, longer each time; what makes something new may be done."""
    for request in (READ, EDIT, TREE):
        decisions = [decide(request, outcome, turn=turn, now=NOW) for turn in range(3)]
        assert [row.wait for row in decisions if isinstance(row, Again)] == [1, 2, 4]
    refused = decide(CREATE, outcome, turn=0, now=NOW)
    assert isinstance(refused, Refused)
    assert isinstance(refused.error, LostAnswerError)


def test_a_server_that_is_down_for_a_while() -> None:
    """What may be repeated waits for as long as the server says; what makes something new may be done all the same."""
    down = Answer(status=503, headers={"retry-after": "30"})
    for request in (READ, EDIT, TREE):
        decision = decide(request, down, turn=0, now=NOW)
        assert isinstance(decision, Again)
        assert (decision.wait, decision.limited) == (30, True)
    assert isinstance(decide(CREATE, down, turn=0, now=NOW), Refused)


def test_never_connected() -> None:
    """What cannot have arrived is sent again, whatever it is."""
    for request in (READ, CREATE, EDIT):
        assert isinstance(decide(request, Silence(reason="x", unsent=True), turn=0, now=NOW), Again)


@pytest.mark.parametrize(
    ("headers", "turn", "wait"),
    [
        ({"retry-after": "7"}, 0, 7),
        ({"retry-after": "Sun, 01 Mar 2026 12:00:30 GMT"}, 0, 30),
        ({"retry-after": "Sun, 01 Mar 2020 12:00:30 GMT"}, 0, 1),
        ({"retry-after": "soon"}, 0, 60),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int(NOW.timestamp()) + 90)}, 0, 90),
        ({"x-ratelimit-remaining": "0"}, 0, 60),
        ({}, 0, 60),
        ({}, 2, 240),
    ],
)
def test_rate_limits(headers: dict[str, str], turn: int, wait: float) -> None:
    """A request that was refused for its number is made again when GitHub says, writes too: it was not carried out."""
    answer = Answer(status=403, headers=headers, text=LIMITED.text)
    for request in (READ, CREATE):
        decision = decide(request, answer, turn=turn, now=NOW)
        assert isinstance(decision, Again)
        assert (decision.wait, decision.limited) == (wait, True)


@pytest.mark.parametrize(
    "answer",
    [
        Answer(status=429),
        Answer(status=403, headers={"retry-after": "1"}),
        Answer(status=403, headers={"x-ratelimit-remaining": "0"}),
        Answer(status=403, text='{"message": "You have triggered an abuse detection mechanism."}'),
    ],
)
def test_forms_of_rate_limits(answer: Answer) -> None:
    """GitHub says in several ways that it was too much."""
    decision = decide(CREATE, answer, turn=0, now=NOW)
    assert isinstance(decision, Again)
    assert decision.limited


@given(
    st.sampled_from([READ, CREATE, EDIT, TREE]),
    st.builds(
        Answer,
        status=st.integers(100, 599),
        headers=st.dictionaries(
            st.sampled_from(["retry-after", "x-ratelimit-remaining", "x-ratelimit-reset"]), st.text(max_size=20)
        ),
        text=st.text() | st.sampled_from(['{"message": 3}', "[]", "null", '{"message": "rate limit"}', "[" * 10_000]),
    ),
    st.integers(0, 5),
)
def test_any_answer_leads_to_a_decision(request: Request, answer: Answer, turn: int) -> None:
    """Whatever comes back, something is decided, and what makes something new is never repeated in doubt."""
    decision = decide(request, answer, turn=turn, now=NOW)
    if isinstance(decision, Again):
        assert decision.wait >= 0
        assert request.repeatable or decision.limited
