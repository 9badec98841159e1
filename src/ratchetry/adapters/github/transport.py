"""One request to GitHub and its answer, without judging it: the only place that sends the token."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

Method = Literal["GET", "POST", "PATCH", "PUT", "DELETE"]
Json = str | int | float | bool | None | list["Json"] | dict[str, "Json"]

TIMEOUT: Final = 20
_HEADERS: Final = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is asked: a path below the API's address, its query, and the document that goes with it."""

    method: Method
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Json] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    harmless: bool = False
    """Whether a POST makes the same thing each time, such as a git object, which is named by its content."""

    @property
    def repeatable(self) -> bool:
        """Tell whether doing it twice leaves what doing it once leaves."""
        return self.harmless or self.method != "POST"

    @property
    def writes(self) -> bool:
        """Tell whether it changes something."""
        return self.method != "GET"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What GitHub answered; the names of headers are lower-case."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """Why no whole answer came; `unsent` when the request cannot have arrived."""

    reason: str
    unsent: bool = False


class Transport:
    """Sends requests to one address, each once and over kept connections."""

    def __init__(self, base: str, token: str) -> None:
        from github import Auth, Github

        self._base = base
        self._github = Github(
            base_url=base,
            auth=Auth.Token(token),
            timeout=TIMEOUT,
            retry=None,
            seconds_between_requests=None,
            seconds_between_writes=None,
            user_agent="ratchetry",
            lazy=True,
        )

    def close(self) -> None:
        """Close the connections."""
        self._github.close()

    def send(self, request: Request) -> Answer | Silence:
        """Return the answer to one request, or why there is none; never raises for what happens on the way."""
        import requests

        try:
            status, headers, text = self._github.requester.requestJson(
                request.method,
                request.path,
                parameters=dict(request.query),
                headers={**_HEADERS, **request.headers},
                input=dict(request.body) if request.body is not None else None,
            )
        except requests.exceptions.ConnectTimeout:
            return Silence(reason="no connection in time", unsent=True)
        except requests.exceptions.Timeout:
            return Silence(reason=f"no answer within {TIMEOUT} s")
        except requests.exceptions.SSLError:
            return Silence(reason="no trustworthy connection", unsent=True)
        except requests.exceptions.ConnectionError as error:
            return Silence(reason="the connection failed", unsent=_never_connected(error))
        except (requests.RequestException, OSError, RuntimeError, ValueError) as error:
            # a body that breaks off, a redirect elsewhere, bytes that are no text
            return Silence(reason=f"no usable answer ({type(error).__name__})")
        return Answer(status=status, headers={str(name): str(value) for name, value in headers.items()}, text=text)


def _never_connected(error: BaseException) -> bool:
    """Tell whether a connection was refused, or its host not found, before anything was sent."""
    import urllib3

    cause = error.args[0] if error.args else None
    reason = getattr(cause, "reason", cause)
    return isinstance(reason, urllib3.exceptions.NewConnectionError)
