"""Which files are left alone."""

from __future__ import annotations

import pytest

from ratchetry.collect.validate.scope import is_binary_name, is_template, is_test_data, may_have_comments, suffix


@pytest.mark.parametrize(
    "path", ["tests/a.json", "a/test/b.json", "pkg/testdata/a", "src/a/fixtures/b", "integration-tests/a", "test_x/a"]
)
def test_test_data(path: str) -> None:
    """Files in directories for tests are test data."""
    assert is_test_data(path)


@pytest.mark.parametrize("path", ["test.json", "latest/a.json", "contest/a", "testament/a", "attestations/a", "data/a"])
def test_no_test_data(path: str) -> None:
    """Names that only sound like tests are not."""
    assert not is_test_data(path)


def test_templates() -> None:
    """Files below a directory of templates, or with a name to be filled in, are templates."""
    assert is_template("a/templates/b.yml")
    assert is_template("{{cookiecutter.name}}/b.yml")
    assert not is_template("a/template.yml")


def test_suffix() -> None:
    """A suffix is what follows the last dot of a name that does not begin with it."""
    assert [suffix(path) for path in ("a.MD", "a.b/c", ".json", "a.tar.gz")] == [".md", "", "", ".gz"]


def test_names() -> None:
    """Binary formats, and JSON that may have comments, are told by name."""
    assert is_binary_name("a/b.PNG")
    assert not is_binary_name("png")
    assert may_have_comments("a/tsconfig.json")
    assert not may_have_comments("package.json")
