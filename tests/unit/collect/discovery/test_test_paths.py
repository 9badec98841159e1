"""Which paths count as tests where pytest is told to look at more than tests."""

from __future__ import annotations

from tests.unit.collect.discovery.trees import project


def test_a_package_is_no_test_for_being_searched_for_doctests() -> None:
    """Where testpaths name the package itself, only the tests inside it count as such."""
    files: dict[str, bytes | str] = {
        "setup.cfg": "[metadata]\nname = pkg\n[tool:pytest]\ntestpaths = pkg docs/checks\n",
        "pkg/__init__.py": "",
        "pkg/core.py": "",
        "pkg/tests/test_core.py": "",
        "docs/checks/test_docs.py": "",
    }
    assert project(files).test_paths == ("pkg/tests", "docs/checks")
