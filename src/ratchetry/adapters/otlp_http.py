"""Sending to a collector over OTLP/HTTP, within bounds of time and size.

https://opentelemetry.io/docs/specs/otlp/#otlphttp
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, urlsplit

from ratchetry import __version__
from ratchetry.errors import UnreachableError, UsageError

if TYPE_CHECKING:
    from requests import Response

HEADERS_VARIABLE: Final = "OTEL_EXPORTER_OTLP_HEADERS"
"""Holds headers as OpenTelemetry's own exporters read them: `name=value`, separated by commas, percent-encoded."""
_PASSING: Final = frozenset({0, 429, 502, 503, 504})
"""No answer, and what the protocol says to try again (https://opentelemetry.io/docs/specs/otlp/#retryable-response-codes)."""
_LONGEST_WAIT: Final = 10.0
_ANSWER: Final = 64 * 1024
_TOLD: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    """What came of sending: a status with the beginning of a body, or a problem; `wait` is what it asks for."""

    status: int = 0
    body: bytes = b""
    wait: float = 0.0
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OtlpSender:
    """Posts documents to a collector; `timeout` is for connecting and for each silence, in seconds."""

    endpoint: str
    headers: Mapping[str, str]
    timeout: float = 10.0
    tries: int = 3
    sleep: Callable[[float], None] = time.sleep

    def __call__(self, signal: str, data: bytes) -> str:
        """Send a document of traces or metrics, and return what the collector refused of it, or nothing.

        Raises UnreachableError naming the collector when it did not take the document.
        """
        url = f"{self.endpoint.rstrip('/')}/v1/{signal}"
        answer = _Answer()
        for turn in range(self.tries):
            answer = self._post(url, data)
            if 200 <= answer.status < 300:
                return _refused(answer.body)
            wait = max(0.5 * 2.0**turn, answer.wait)
            if answer.status not in _PASSING or wait > _LONGEST_WAIT or turn + 1 == self.tries:
                break
            self.sleep(wait)
        host = urlsplit(self.endpoint).netloc.rpartition("@")[2]
        reason = answer.problem or f"it answered with status {answer.status} to {signal}"
        msg = f"{host} did not take what was sent: {reason}"
        raise UnreachableError(msg)

    def _post(self, url: str, data: bytes) -> _Answer:
        """Return what came of sending a document once."""
        import requests

        headers = {**self.headers, "Content-Type": "application/json", "User-Agent": f"ratchetry/{__version__}"}
        try:
            with requests.post(
                url, data=data, headers=headers, timeout=self.timeout, allow_redirects=False, stream=True
            ) as response:
                return _Answer(status=response.status_code, body=self._body(response), wait=_wait(response))
        except requests.exceptions.Timeout:
            return _Answer(problem=f"no answer within {self.timeout:g} s")
        except (OSError, ValueError) as error:  # of requests, too, and for impossible names of hosts
            return _Answer(problem=f"no usable connection ({type(error).__name__})")

    def _body(self, response: Response) -> bytes:
        """Return the beginning of a body, as far as it comes in time: the status has said what counts."""
        import urllib3

        deadline = time.monotonic() + self.timeout
        body = bytearray()
        with contextlib.suppress(OSError, urllib3.exceptions.HTTPError):
            # read1 returns what has arrived; read would wait for all of it, however slowly it trickles in
            while len(body) < _ANSWER and time.monotonic() < deadline:
                chunk = response.raw.read1(_ANSWER, decode_content=True)
                if not chunk:
                    break
                body += chunk
        return bytes(body[:_ANSWER])


def sender(endpoint: str, environ: Mapping[str, str]) -> OtlpSender:
    """Return what sends to an endpoint, with the headers that the environment asks for.

    Raises UsageError when the endpoint is no address, or the headers are none.
    """
    try:
        parts = urlsplit(endpoint)
        wrong = parts.scheme not in {"http", "https"} or not parts.hostname or parts.port == 0
    except ValueError:
        wrong = True
    if wrong or "?" in endpoint or "#" in endpoint:
        msg = f"{endpoint[:_TOLD]!r} is no endpoint: name one like http://127.0.0.1:4318, without /v1/traces"
        raise UsageError(msg)
    return OtlpSender(endpoint=endpoint, headers=headers_of(environ.get(HEADERS_VARIABLE, "")))


def headers_of(text: str) -> Mapping[str, str]:
    """Return the headers that a variable names; raises UsageError, without its content, when it names none."""
    headers: dict[str, str] = {}
    for pair in filter(str.strip, text.split(",")):
        name, sign, value = (unquote(part).strip() for part in pair.partition("="))
        if not (sign and name.isascii() and name.replace("-", "").replace("_", "").isalnum() and value.isprintable()):
            msg = f"{HEADERS_VARIABLE}: must hold name=value, separated by commas, with values percent-encoded"
            raise UsageError(msg)
        headers[name] = value
    return headers


def _wait(response: Response) -> float:
    """Return the seconds that a collector asks to wait, 0 when it does not say."""
    told = response.headers.get("retry-after", "").strip()
    return float(told[:9]) if told.isascii() and told.isdigit() else 0.0


def _refused(body: bytes) -> str:
    """Return what an answer says was not taken (https://opentelemetry.io/docs/specs/otlp/#partial-success-1)."""
    import msgspec

    try:
        answer = msgspec.json.decode(body) if body.strip() else {}
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ""  # it took the document; what else it says is not ours to judge
    partial = answer.get("partialSuccess") if isinstance(answer, dict) else None
    if not isinstance(partial, dict):
        return ""
    rejected = next((partial[key] for key in ("rejectedSpans", "rejectedDataPoints") if partial.get(key)), 0)
    message = str(partial.get("errorMessage", ""))[:_TOLD]
    return f"{str(rejected)[:20]} were not taken: {message}" if rejected not in {0, "0"} or message else ""
