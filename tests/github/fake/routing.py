"""From requests to the functions that answer them, by the templates of GitHub's description."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote

from tests.github.fake.state import Issue, Repository, State, Token

_SLASHED: Final = frozenset({"ref", "path", "branch", "basehead"})
"""Parameters at the end of a path in which slashes may stand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """An answer; `body` is JSON unless it is bytes."""

    status: int = 200
    body: object = None
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def data(self) -> bytes:
        """Return the bytes that are sent."""
        if isinstance(self.body, bytes):
            return self.body
        return b"" if self.body is None else json.dumps(self.body).encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request to one operation."""

    state: State
    token: Token
    base: str
    """The address of the API."""
    params: Mapping[str, str]
    query: Mapping[str, str]
    body: Mapping[str, object]

    @property
    def repo(self) -> Repository:
        """Return the repository that the request is about; raises Refusal when there is none."""
        name = f"{self.params['owner']}/{self.params['repo']}"
        if name not in self.state.repositories:
            raise Refusal(404, "Not Found")
        return self.state.repositories[name]

    def issue(self, name: str = "issue_number") -> Issue:
        """Return the issue or pull request that the request is about."""
        number = self.params[name]
        if not number.isdigit() or int(number) not in self.repo.issues:
            raise Refusal(404, "Not Found")
        return self.repo.issues[int(number)]

    def text(self, name: str) -> str | None:
        """Return a text of the request's document."""
        value = self.body.get(name)
        return value if isinstance(value, str) else None

    def texts(self, name: str) -> list[str] | None:
        """Return a list of texts of the request's document."""
        value = self.body.get(name)
        return [str(row) for row in value] if isinstance(value, list) else None

    def page(self, rows: Sequence[object]) -> tuple[Sequence[object], dict[str, str]]:
        """Return the part of a list that was asked for, and the header that leads to the next."""
        size = min(100, int(self.query.get("per_page", "30")))
        number = int(self.query.get("page", "1"))
        part = rows[(number - 1) * size : number * size]
        if number * size >= len(rows):
            return part, {}
        # an address that nobody may follow: pages are asked for by number
        return part, {"Link": f'<https://elsewhere.invalid/?page={number + 1}>; rel="next"'}


class Refusal(Exception):  # noqa: N818  # it is an answer, not an error
    """An answer that refuses."""

    def __init__(self, status: int, message: str, **more: object) -> None:
        super().__init__(message)
        document = {"message": message, "documentation_url": "https://docs.github.com/rest", "status": str(status)}
        self.response = Response(status=status, body={**document, **more})


Handler = Callable[[Call], Response]
Needs = Callable[[Call], Mapping[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One operation: its template, the function that answers it, and the permissions of which one is needed."""

    method: str
    template: str
    handler: Handler
    needs: Needs
    pattern: re.Pattern[str]


ROUTES: Final[list[Route]] = []


def route(method: str, path: str, **needs: str) -> Callable[[Handler], Handler]:
    """Return a decorator that makes a function answer an operation, for tokens with any of these permissions."""
    return conditional(method, path, lambda _: needs)


def conditional(method: str, path: str, needs: Needs) -> Callable[[Handler], Handler]:
    """Return the same for an operation whose permissions depend on what it is about."""
    template = path if path.startswith("/user") else f"/repos/{{owner}}/{{repo}}{path}"
    expression = re.sub(
        r"\\{(\w+)\\}",
        lambda found: f"(?P<{found[1]}>{'.+' if found[1] in _SLASHED else '[^/]+'})",
        re.escape(template),
    )

    def keep(handler: Handler) -> Handler:
        ROUTES.append(
            Route(method=method, template=template, handler=handler, needs=needs, pattern=re.compile(expression))
        )
        return handler

    return keep


def match(method: str, path: str) -> tuple[Route, dict[str, str]] | None:
    """Return the operation that a request is for, with its parameters; the most concrete template wins."""
    found = [(row, row.pattern.fullmatch(path)) for row in ROUTES if row.method == method]
    hits = [(row, hit) for row, hit in found if hit]
    if not hits:
        return None
    row, hit = min(hits, key=lambda pair: pair[0].template.count("{"))
    return row, {name: unquote(value) for name, value in hit.groupdict().items()}
