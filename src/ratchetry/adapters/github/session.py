"""A conversation with GitHub's API: pages, conditional requests, patience, the pace of writes, the budget."""

from __future__ import annotations

import contextlib
import json
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, TypeVar

import msgspec

from ratchetry.adapters.github.budget import Budget
from ratchetry.adapters.github.refusals import refusal
from ratchetry.adapters.github.retries import TRIES, Accepted, Again, Refused, decide
from ratchetry.adapters.github.transport import Answer, Json, Method, Request, Silence, Transport
from ratchetry.errors import GitHubError, LostAnswerError, NotFoundError, RateLimitError
from ratchetry.ports import Clock

T = TypeVar("T")

PAGE: Final = 100
PATIENCE: Final = 300.0
"""Seconds that one command waits for GitHub altogether, beyond the time of the answers themselves."""

WRITE_SPACING: Final = 1.0
_MOST_PAGES: Final = 1000
_REMEMBERED: Final = 256
_LONGEST_REMEMBERED: Final = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The text of one page of a list, and whether another follows."""

    text: str
    more: bool


class Session:
    """Asks one API, one request after the other; remembers answers, in memory alone, to ask whether they still hold."""

    def __init__(
        self,
        transport: Transport,
        budget: Budget,
        *,
        clock: Clock,
        sleep: Callable[[float], None],
        jitter: Callable[[], float],
        patience: float = PATIENCE,
    ) -> None:
        self._transport = transport
        self._clock = clock
        self._sleep = sleep
        self._jitter = jitter
        self._patience = self._all_patience = patience
        self._last_write: float | None = None
        self._known: OrderedDict[str, Answer] = OrderedDict()
        self.budget = budget

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()

    def get(self, path: str, kind: type[T], query: Mapping[str, str] | None = None) -> T:
        """Return a document as values; raises GitHubError when it cannot be had or read."""
        return read(self._get(path, dict(query or {})).text, kind, path)

    def pages(self, path: str, query: Mapping[str, str] | None = None) -> Iterator[Page]:
        """Yield the pages of a list, by number: addresses in answers are not followed; raises GitHubError."""
        for number in range(1, _MOST_PAGES + 1):
            answer = self._get(path, {**(query or {}), "per_page": str(PAGE), "page": str(number)})
            more = 'rel="next"' in answer.headers.get("link", "")
            yield Page(text=answer.text, more=more)
            if not more:
                return
        msg = f"GitHub lists more than {_MOST_PAGES * PAGE:,} entries at {path}, which is more than is read"
        raise GitHubError(msg)

    def redirect(self, path: str) -> str:
        """Return the address that GitHub names for a download; raises GitHubError when there is none."""
        answer = self._send(Request(method="GET", path=path))
        if answer.status != 302 or not answer.headers.get("location"):
            msg = f"GitHub named no address to download {path} from (status {answer.status})"
            raise GitHubError(msg)
        return answer.headers["location"]

    def write(
        self,
        method: Method,
        path: str,
        kind: type[T],
        body: Mapping[str, Json] | None = None,
        *,
        harmless: bool = False,
    ) -> T:
        """Return what GitHub answers to a write.

        Raises LostAnswerError when it may have been done, another GitHubError when it was not.
        """
        answer = self._send(Request(method=method, path=path, body=body, harmless=harmless))
        try:
            return read(answer.text or "null", kind, path)
        except GitHubError as error:
            msg = f"GitHub's answer to {method} {path} cannot be read; it has been done all the same"
            raise LostAnswerError(msg) from error

    def delete(self, path: str) -> None:
        """Remove something; that it is gone already is as good. Raises GitHubError."""
        with contextlib.suppress(NotFoundError):
            self._send(Request(method="DELETE", path=path))

    def pause(self, seconds: float) -> None:
        """Wait, as long as patience lasts; raises GitHubError when it does not."""
        if seconds > self._patience:
            msg = f"GitHub keeps ratchetry waiting for more than {self._all_patience:g} s; run it again later"
            raise GitHubError(msg)
        self._patience -= seconds
        self._sleep(seconds)

    def _get(self, path: str, query: Mapping[str, str]) -> Answer:
        """Return an answer, from memory when GitHub says that it still holds."""
        key = json.dumps([path, query], sort_keys=True)
        known = self._known.get(key)
        headers = {"If-None-Match": known.headers["etag"]} if known else {}
        request = Request(method="GET", path=path, query=query, headers=headers)
        answer = self._send(request)
        if answer.status == 304 and known:
            self._known.move_to_end(key)
            return known
        if answer.status != 200:
            raise refusal(request, answer)
        if "etag" in answer.headers and len(answer.text) <= _LONGEST_REMEMBERED:
            self._known[key] = answer
            if len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
        return answer

    def _send(self, request: Request) -> Answer:
        """Return the answer to a request, made again where that is safe and promises something."""
        for turn in range(TRIES):
            decision = decide(request, self._once(request), turn=turn, now=self._clock.now())
            match decision:
                case Accepted():
                    return decision.answer
                case Refused():
                    raise decision.error
                case Again():
                    self._wait(decision, last=turn + 1 == TRIES)
        raise AssertionError  # the last turn returns or raises

    def _once(self, request: Request) -> Answer | Silence:
        """Return what came back from asking once; a JSON answer that breaks off counts as silence."""
        self.budget.spend(writes=request.writes)
        if request.writes:
            self._space()
        outcome = self._transport.send(request)
        if request.writes:
            self._last_write = self._clock.monotonic()
        if isinstance(outcome, Silence):
            return outcome
        self.budget.hear(outcome.status, outcome.headers)
        return outcome if outcome.status >= 300 or _is_whole(outcome) else Silence(reason="an answer that breaks off")

    def _space(self) -> None:
        """Keep a second between two writes, as GitHub asks."""
        if self._last_write is not None:
            rest = WRITE_SPACING - (self._clock.monotonic() - self._last_write)
            if rest > 0:
                self._sleep(rest)

    def _wait(self, again: Again, *, last: bool) -> None:
        """Wait before the next try; raises what the request ends with when that is no use or takes too long."""
        wait = again.wait + self._jitter() if again.limited else again.wait * (0.5 + self._jitter())
        if not last and wait <= self._patience:
            self.pause(wait)
            return
        if again.limited:
            msg = f"{again.otherwise}; GitHub asks to wait for {again.wait:.0f} s: run it again after that"
            raise RateLimitError(msg) from again.otherwise
        raise again.otherwise


def read(text: str, kind: type[T], path: str) -> T:
    """Return a JSON document as values; raises GitHubError naming the path when it has another shape."""
    try:
        return msgspec.json.decode(text.encode("utf-8", "replace"), type=kind, strict=True)
    except (msgspec.DecodeError, RecursionError) as error:
        msg = f"GitHub's answer for {path} cannot be read: {str(error)[:200]}"
        raise GitHubError(msg) from error


def _is_whole(answer: Answer) -> bool:
    """Tell whether an answer is JSON from beginning to end, or has no content."""
    if answer.status == 204 and not answer.text:
        return True
    try:
        msgspec.json.decode(answer.text.encode("utf-8", "replace"))
    except (msgspec.DecodeError, RecursionError):
        return False
    return True
