"""Reading from services over HTTP, within bounds of time and size (`ports.Fetch`)."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Final
from urllib.parse import urljoin, urlsplit

from ratchetry import __version__
from ratchetry.errors import UnreachableError

if TYPE_CHECKING:
    from requests import Response, Session

_REDIRECTS: Final = 5
_LONGEST_WAIT: Final = 10.0
_CHUNK: Final = 64 * 1024
_ADVICE: Final = "check the network and the proxy settings (HTTPS_PROXY), or configure the address of a mirror"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Failure:
    """Why one try gave no body; `passing` when another may, `wait` how long the service asks to be left alone."""

    reason: str
    passing: bool = False
    wait: float | None = None


class HttpFetch:
    """Gets documents; a host that has failed once is not asked again, so that one dead service costs one wait.

    `timeout` is for connecting and for each silence while reading, `total` for one whole answer, both in seconds.
    May be shared by threads.
    """

    def __init__(
        self,
        *,
        timeout: float = 10.0,
        total: float = 60.0,
        tries: int = 3,
        limit: int = 5_000_000,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._timeout = timeout
        self._total = total
        self._tries = tries
        self._limit = limit
        self._sleep = sleep
        self._lock = threading.Lock()
        self._dead: dict[str, str] = {}

    def __call__(self, url: str) -> bytes:
        """Return the body of a successful answer.

        Raises UnreachableError naming the host, what went wrong and what to do.
        """
        host = _host_of(url)
        failure = _Failure(reason="it was not asked")
        for turn in range(self._tries):
            self._refuse_dead(host)
            answer = self._attempt(url)
            if isinstance(answer, bytes):
                return answer
            failure = answer
            if not failure.passing:
                msg = f"{host}: {failure.reason}"
                raise UnreachableError(msg)
            wait = _backoff(turn) if failure.wait is None else failure.wait
            if wait > _LONGEST_WAIT:
                break
            if turn + 1 < self._tries:
                self._sleep(wait)
        with self._lock:
            self._dead[host] = failure.reason
        msg = f"{host} could not be reached: {failure.reason}; {_ADVICE}"
        raise UnreachableError(msg)

    def _refuse_dead(self, host: str) -> None:
        """Raise UnreachableError when a host has failed before."""
        with self._lock:
            reason = self._dead.get(host)
        if reason is not None:
            msg = f"{host} could not be reached earlier in this run and is not asked again: {reason}; {_ADVICE}"
            raise UnreachableError(msg)

    def _attempt(self, url: str) -> bytes | _Failure:
        """Return the body of one answer, or why there is none."""
        import requests
        import urllib3

        try:
            with requests.Session() as session:
                return self._follow(session, url)
        except requests.exceptions.SSLError as error:
            return _Failure(reason=f"no trustworthy connection: {_cause(error)}")
        except requests.exceptions.Timeout:
            return _Failure(reason=f"no answer within {self._timeout:g} s", passing=True)
        except (requests.ConnectionError, urllib3.exceptions.HTTPError, OSError) as error:
            if isinstance(error, (ValueError, requests.exceptions.InvalidSchema)):
                return _Failure(reason=f"not an address that can be asked: {_cause(error)}")
            return _Failure(reason=f"no usable connection: {_cause(error)}", passing=True)
        except ValueError as error:  # UnicodeError among them, for impossible names of hosts
            return _Failure(reason=f"not an address that can be asked: {_cause(error)}")

    def _follow(self, session: Session, url: str) -> bytes | _Failure:
        """Return the body at an address or at the one that it leads to; a redirect's own body is never read."""
        headers = {"User-Agent": f"ratchetry/{__version__}", "Accept": "application/json, */*;q=0.5"}
        for _ in range(_REDIRECTS + 1):
            with session.get(
                url, headers=headers, timeout=self._timeout, stream=True, allow_redirects=False
            ) as response:
                if not response.is_redirect:
                    return self._body(response)
                following = urljoin(url, response.headers["location"])
            schemes = urlsplit(url).scheme, urlsplit(following).scheme
            if schemes not in {("http", "http"), ("http", "https"), ("https", "https")}:
                return _Failure(
                    reason=f"it leads from {schemes[0]} to {schemes[1] or 'nowhere'}, which is not followed"
                )
            url = following
        return _Failure(reason=f"it leads on more than {_REDIRECTS} times")

    def _body(self, response: Response) -> bytes | _Failure:
        """Return the body of an answer that says that all went well."""
        status = response.status_code
        if status == 429 or status >= 500:
            return _Failure(
                reason=f"it answered with status {status}", passing=True, wait=_retry_after(response.headers)
            )
        if status != 200:
            return _Failure(reason=f"it answered with status {status} to {response.request.path_url[:200]}")
        deadline = time.monotonic() + self._total
        body = bytearray()
        # read1 returns what has arrived; read would wait for a whole chunk, however slowly it trickles in.
        while chunk := response.raw.read1(_CHUNK, decode_content=True):
            body += chunk
            if len(body) > self._limit:
                return _Failure(reason=f"its answer is larger than the {self._limit} bytes that are read")
            if time.monotonic() > deadline:
                return _Failure(reason=f"its answer took longer than {self._total:g} s", passing=True)
        return bytes(body)


def _host_of(url: str) -> str:
    """Return host and port of an address without its credentials; raises UnreachableError when it is not HTTP."""
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
    except ValueError as error:
        msg = f"{url[:200]!r} is not an address: {error}"
        raise UnreachableError(msg) from error
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        msg = f"{url[:200]!r} is not an address that can be asked: it must begin with https:// or http://"
        raise UnreachableError(msg)
    return f"{parts.hostname}{port}"


def _backoff(turn: int) -> float:
    """Return the seconds to wait after a failed try: doubled each time, and never the same for two callers."""
    return 0.5 * 2.0**turn * (0.5 + secrets.randbelow(1000) / 1000)


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Return the seconds that a service asks to wait (RFC 9110, 10.2.3), None when it does not say."""
    text = headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, IndexError, TypeError, OverflowError):
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())


def _cause(error: BaseException) -> str:
    """Return what lies at the bottom of a chain of errors, in one short line."""
    while error.__cause__ or error.__context__:
        error = error.__cause__ or error.__context__ or error
    return f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"
