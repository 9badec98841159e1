"""Cutting GitHub's description down."""

from __future__ import annotations

import pytest

from scripts.trim_openapi import PATHS, trimmed


def described(**components: object) -> dict[str, object]:
    """Return a description whose every path refers to the schema a."""
    answer = {"description": "long", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/a"}}}}
    return {
        "openapi": "3.0.3",
        "info": {"title": "x", "version": "1"},
        "paths": {path: {"get": {"summary": "s", "responses": {"200": answer}}} for path in (*PATHS, "/other")},
        "components": {"schemas": components},
    }


def test_only_what_is_asked_stays() -> None:
    """Other paths, and components that no path needs, go; what a kept component needs stays."""
    kept = trimmed(described(a={"items": {"$ref": "#/components/schemas/b"}}, b={"type": "string"}, c={}))
    assert isinstance(kept["paths"], dict)
    assert set(kept["paths"]) == set(PATHS)
    assert kept["components"] == {
        "schemas": {"a": {"items": {"$ref": "#/components/schemas/b"}}, "b": {"type": "string"}}
    }


def test_texts_go_and_fields_of_their_names_stay() -> None:
    """Examples and extensions are dropped and descriptions emptied, but a field that is called so is kept."""
    fields = {"description": {"type": "string", "description": "long"}, "example": {"x-y": 1, "example": "e"}}
    kept = trimmed(described(a={"type": "object", "properties": fields, "x-more": 1, "example": {}}))
    assert kept["components"] == {
        "schemas": {
            "a": {
                "type": "object",
                "properties": {"description": {"type": "string", "description": ""}, "example": {}},
            }
        }
    }


def test_a_path_that_github_no_longer_has() -> None:
    """A path that is gone from the description is an error, not a smaller description."""
    whole = described(a={})
    assert isinstance(whole["paths"], dict)
    del whole["paths"]["/user"]
    with pytest.raises(KeyError, match="/user"):
        trimmed(whole)
