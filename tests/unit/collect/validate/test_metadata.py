"""Metadata of pyproject.toml."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ratchetry.collect.validate.metadata import metadata_check

GOOD: Mapping[str, object] = {
    "build-system": {"requires": ["hatchling"], "build-backend": "hatchling.build"},
    "project": {
        "name": "a",
        "version": "1",
        "classifiers": ["Programming Language :: Python :: 3", "Private :: no upload"],
    },
    "dependency-groups": {"dev": ["pytest", {"include-group": "lint"}], "lint": ["ruff"]},
    "tool": {"ruff": {"an-option-from-the-future": 1}, "setuptools": {"packages": ["a"]}},
}


def test_good() -> None:
    """Valid metadata has no findings; other tools' tables are not judged."""
    assert metadata_check()("pyproject.toml", GOOD) == ()


@pytest.mark.parametrize(
    ("tables", "key"),
    [
        ({"project": {"name": "a"}}, "`project`"),
        ({"project": {"name": "a", "version": 1}}, "`project.version`"),
        ({"project": {"name": "a", "version": "1", "licence": "MIT"}}, "licence"),
        ({"project": {"name": "a", "version": "1", "dependencies": ["a => 1"]}}, "`project.dependencies[0]`"),
        ({"project": {"name": "a", "version": "1", "dynamic": ["version"]}}, "`project.version`"),
        ({"build-system": {}}, "`build-system`"),
        ({"dependency-groups": {"dev": [{"include-group": "none"}]}}, "`dependency-groups.dev`"),
        ({"tool": {"setuptools": {"packges": ["a"]}}}, "`tool.setuptools`"),
        ({"tool": 1}, "tool"),
        ({"projects": {}}, "projects"),
    ],
)
def test_invalid(tables: Mapping[str, object], key: str) -> None:
    """An invalid table is an error that names its key."""
    (finding,) = metadata_check()("pyproject.toml", tables)
    assert (finding.tool, finding.rule, finding.severity) == ("validate-pyproject", "invalid-metadata", "high")
    assert key in finding.message


def test_every_table() -> None:
    """One broken table does not hide another."""
    found = metadata_check()("pyproject.toml", {"build-system": {}, "project": {}})
    assert len(found) == 2


def test_classifiers() -> None:
    """Unknown classifiers are warnings: the list here may be older than the classifier."""
    project = {"name": "a", "version": "1", "classifiers": ["Programming Language :: Python :: 99", "Foo :: Bar"]}
    found = metadata_check()("pyproject.toml", {"project": project})
    assert [(finding.rule, finding.severity) for finding in found] == [("unknown-classifier", "low")] * 2


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)
PROJECTS = st.fixed_dictionaries(
    {},
    optional=dict.fromkeys(
        ("name", "version", "dynamic", "classifiers", "dependencies", "license", "import-names", "readme"), VALUES
    ),
)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(
    st.dictionaries(st.sampled_from(["project", "build-system", "dependency-groups", "tool", "x"]), VALUES | PROJECTS)
)
def test_any_tables(tables: Mapping[str, object]) -> None:
    """Any tables give findings, never an exception."""
    assert all(finding.message for finding in CHECK("pyproject.toml", tables))


CHECK = metadata_check()
