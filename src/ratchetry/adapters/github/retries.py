"""Whether a request is made again: one pure decision for whatever came back.

| what came back                                   | read, or a write that may be repeated | any other write      |
|--------------------------------------------------|---------------------------------------|----------------------|
| an answer that was wanted                        | accepted                              | accepted             |
| no connection was made                           | again                                 | again                |
| silence, a broken answer, status 500 and above   | again, not before GitHub says         | lost: it may be done |
| 403 or 429 for a rate limit: it was not done     | again when GitHub says                | again when it says   |
| any other refusal                                | refused                               | refused              |
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

from ratchetry.adapters.github.budget import number
from ratchetry.adapters.github.refusals import message, refusal
from ratchetry.adapters.github.transport import Answer, Request, Silence
from ratchetry.errors import GitHubError, LostAnswerError

TRIES: Final = 5
_OUT_OF_ORDER: Final = 500
_SECONDARY_WAIT: Final = 60.0
"""GitHub asks for a minute at least, and more each time, when it does not say how long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """The answer is what was asked for."""

    answer: Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """The request may be made again after `wait` seconds, and is refused with `otherwise` when that is too late.

    `limited` says that GitHub itself has asked for the wait, so that no shorter one will do.
    """

    wait: float
    limited: bool
    otherwise: GitHubError


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Asking again would not help."""

    error: GitHubError


Decision = Accepted | Again | Refused


def decide(request: Request, outcome: Answer | Silence, *, turn: int, now: datetime) -> Decision:
    """Return what to do about the outcome of the `turn`-th try, counted from 0; see the table above."""
    if isinstance(outcome, Silence):
        return _unanswered(request, outcome.reason, wait=2.0**turn, unsent=outcome.unsent)
    if outcome.status >= _OUT_OF_ORDER:
        return _unanswered(request, f"status {outcome.status}", wait=2.0**turn, stated=_stated(outcome, now))
    if outcome.status < 300 or outcome.status in {302, 304}:
        return Accepted(answer=outcome)
    if is_rate_limit(outcome):
        wait = _asked_to_wait(outcome, turn, now)
        return Again(wait=wait, limited=True, otherwise=refusal(request, outcome))
    return Refused(error=refusal(request, outcome))


def is_rate_limit(answer: Answer) -> bool:
    """Tell whether a refusal is about how much was asked, so that nothing was done."""
    if answer.status not in {403, 429}:
        return False
    said = message(answer).lower()
    told = "rate limit" in said or "abuse detection" in said
    return answer.status == 429 or told or "retry-after" in answer.headers or _used_up(answer)


def _unanswered(
    request: Request, reason: str, *, wait: float, unsent: bool = False, stated: float | None = None
) -> Decision:
    """Return what to do when no whole answer came; `stated` is how long GitHub wants to be left alone."""
    what = f"GitHub did not answer {request.method} {request.path}: {reason}"
    if unsent or request.repeatable:
        later = GitHubError(f"{what}; run it again later")
        return Again(wait=wait if stated is None else stated, limited=stated is not None, otherwise=later)
    return Refused(error=LostAnswerError(f"{what}; it may have been done all the same"))


def _asked_to_wait(answer: Answer, turn: int, now: datetime) -> float:
    """Return for how many seconds GitHub wants to be left alone after a rate limit."""
    stated = _stated(answer, now)
    if stated is not None:
        return stated
    reset = number(answer.headers, "x-ratelimit-reset")
    if _used_up(answer) and reset is not None:
        return max(1.0, reset - now.timestamp())
    return _SECONDARY_WAIT * 2.0**turn


def _stated(answer: Answer, now: datetime) -> float | None:
    """Return the seconds that a Retry-After header asks for, None when there is none."""
    seconds = number(answer.headers, "retry-after")
    if seconds is not None:
        return float(seconds)
    stated = answer.headers.get("retry-after", "").strip()
    return _until(stated, now) if stated else None


def _until(stated: str, now: datetime) -> float:
    """Return the seconds until a date of a Retry-After header (RFC 9110, 10.2.3), a minute when it is none."""
    try:
        moment = parsedate_to_datetime(stated)
    except (ValueError, IndexError, TypeError, OverflowError):
        return _SECONDARY_WAIT
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(1.0, (moment - now).total_seconds())


def _used_up(answer: Answer) -> bool:
    """Tell whether an answer says that no requests are left."""
    return number(answer.headers, "x-ratelimit-remaining") == 0
