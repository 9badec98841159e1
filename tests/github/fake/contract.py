"""Whether requests and answers are as GitHub's own OpenAPI description says."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

from openapi_core import Config, OpenAPI
from openapi_core.exceptions import OpenAPIError
from openapi_core.templating.datatypes import TemplateResult
from openapi_core.templating.paths.datatypes import PathOperationServer
from openapi_core.templating.paths.finders import BasePathFinder
from openapi_core.testing.requests import MockRequest
from openapi_core.testing.responses import MockResponse

DESCRIPTION: Final = Path(__file__).parents[2] / "data" / "github-openapi-23.0.2" / "api.json.gz"
_UNDOCUMENTED: Final = frozenset({401, 403, 404, 410, 429, 500, 502, 503, 504})
"""Refusals that any operation may answer with, though few say so."""


_GONE: Final = (("workflow-run", "head_repository"), ("pull-request", "repo"), ("pull-request-simple", "repo"))
"""Repositories that are null when a fork was deleted, though the description does not say so."""


class _ByTemplate(BasePathFinder):
    """Finds an operation by the template that was matched already, for openapi-core takes no slashes in a value."""

    def find(self, method: str, name: str) -> PathOperationServer:
        """Return the operation of a name that holds its template and its parameters."""
        template, values = json.loads(name[name.index("[") :])
        path = self.spec / "paths" / template
        server = self.spec / "servers" / 0
        return PathOperationServer(
            path, path / method, server, TemplateResult(template, values), TemplateResult("", {})
        )


@cache
def description() -> OpenAPI:
    """Return GitHub's description, read once."""
    with gzip.open(DESCRIPTION) as file:
        document = json.load(file, object_hook=_mended)
    schemas = document["components"]["schemas"]
    for owner, name in _GONE:
        properties = schemas[owner]["properties"]
        holder = properties["head"]["properties"] if name == "repo" else properties
        holder[name] = {"anyOf": [holder[name], {"nullable": True, "enum": [None]}]}
    return OpenAPI.from_dict(document, config=Config(path_finder_cls=_ByTemplate))


def _mended(part: dict[str, object]) -> dict[str, object]:
    """Return a part of the description without what contradicts GitHub's own documentation.

    An enum without null forbids it, even where `nullable` is set (OpenAPI 3.0.3, 4.7.24.1). The time of creation to
    search for is described as one moment, and is a range (https://docs.github.com/en/rest/actions/workflow-runs).
    """
    if part.get("name") == "created" and part.get("in") == "query":
        return {**part, "schema": {"type": "string"}}
    values = part.get("enum")
    if part.get("nullable") is True and isinstance(values, list) and None not in values:
        return {**part, "enum": [*values, None]}
    return part


@cache
def documented(template: str, method: str) -> frozenset[int]:
    """Return the statuses that an operation may answer with."""
    responses = description().spec / "paths" / template / method.lower() / "responses"
    return frozenset(int(status) for status in responses.str_keys())


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """What is asked: an operation with the values in its path."""

    method: str
    template: str
    params: tuple[tuple[str, str], ...]

    def request(self, query: tuple[tuple[str, str], ...] = (), body: bytes = b"") -> MockRequest:
        """Return a request as openapi-core takes it."""
        path = json.dumps([self.template, dict(self.params)])
        return MockRequest("", self.method, path, args=dict(query), view_args=dict(self.params), data=body)


@lru_cache(maxsize=4096)
def request_problem(operation: Operation, query: tuple[tuple[str, str], ...], body: bytes) -> str:
    """Return what GitHub's description has against a request, empty when nothing."""
    try:
        description().validate_request(operation.request(query, body))
    except OpenAPIError as error:
        return _told(error)
    return ""


@lru_cache(maxsize=4096)
def response_problem(operation: Operation, status: int, body: bytes) -> str:
    """Return what GitHub's description has against an answer, empty when nothing."""
    if status not in documented(operation.template, operation.method):
        return "" if status in _UNDOCUMENTED else f"status {status} is not documented"
    try:
        description().validate_response(operation.request(), MockResponse(body, status))
    except OpenAPIError as error:
        return _told(error)
    return ""


def _told(error: BaseException | None) -> str:
    """Return an error with its causes, and every schema error under it."""
    parts = []
    while error is not None:
        parts.append(f"{type(error).__name__}: {error}"[:300])
        parts += [str(row.message)[:300] for row in getattr(error, "schema_errors", None) or ()]
        error = error.__cause__
    return "; ".join(parts)
