"""What is left of the hour's requests."""

from __future__ import annotations

import pytest

from ratchetry.adapters.github.budget import HOURLY, MOST_WRITES, Budget
from ratchetry.errors import RateLimitError
from tests.github.conftest import FakeTime


def headers(time: FakeTime, remaining: int, *, seconds: int = 600, resource: str = "core") -> dict[str, str]:
    """Return what an answer says about the rate."""
    reset = int(time.now().timestamp()) + seconds
    return {
        "x-ratelimit-remaining": str(remaining),
        "x-ratelimit-limit": "1000",
        "x-ratelimit-reset": str(reset),
        "x-ratelimit-resource": resource,
    }


def test_before_the_first_answer(time: FakeTime) -> None:
    """Nothing is known, so the thousand of GITHUB_TOKEN is assumed, less what is kept for other jobs."""
    budget = Budget(time, reserve=50)
    assert (budget.remaining, budget.room) == (HOURLY, 950)
    budget.require(950, "ingest")
    with pytest.raises(RateLimitError, match=r"ingest takes about 951 requests .* run it again in an hour"):
        budget.require(951, "ingest")


def test_what_github_says_counts(time: FakeTime) -> None:
    """Other jobs use the same token's limit, so GitHub's figure is taken, until the hour is over."""
    budget = Budget(time, reserve=50)
    budget.spend(writes=False)
    budget.hear(200, headers(time, 60))
    budget.require(10, "a comment")
    with pytest.raises(RateLimitError, match=r"10 of this hour's 1,000 may be used .* after 12:10 UTC"):
        budget.require(11, "a comment")
    time.sleep(600)
    assert budget.remaining == 1000


def test_a_request_that_would_be_refused_is_not_made(time: FakeTime) -> None:
    """At nothing left a request is an error before it is sent; after the hour it is made."""
    budget = Budget(time)
    budget.hear(200, headers(time, 0))
    with pytest.raises(RateLimitError, match="used up; run it again after 12:10 UTC"):
        budget.spend(writes=False)
    assert budget.used == 0
    time.sleep(601)
    budget.spend(writes=False)


def test_an_answer_that_nothing_has_changed_is_free(time: FakeTime) -> None:
    """What is not charged is not counted against the limit."""
    budget = Budget(time)
    budget.spend(writes=False)
    budget.hear(304, {})
    assert (budget.used, budget.charged, budget.remaining) == (1, 0, HOURLY)


@pytest.mark.parametrize(
    "said",
    [
        {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "9999999999", "x-ratelimit-resource": "search"},
        {"x-ratelimit-remaining": "0"},
        {"x-ratelimit-remaining": "-5", "x-ratelimit-reset": "x"},
        {"x-ratelimit-remaining": "٣", "x-ratelimit-reset": "9" * 40},
    ],
)
def test_figures_that_say_nothing(time: FakeTime, said: dict[str, str]) -> None:
    """The limits of other services, and figures that are none, are ignored."""
    budget = Budget(time)
    budget.hear(200, said)
    assert budget.remaining == HOURLY


def test_writes_have_a_limit_of_their_own(time: FakeTime) -> None:
    """GitHub allows 500 writes that make content an hour, so one command stops before."""
    budget = Budget(time)
    for _ in range(MOST_WRITES):
        budget.spend(writes=True)
    with pytest.raises(RateLimitError, match="400 writes"):
        budget.spend(writes=True)
    budget.spend(writes=False)
