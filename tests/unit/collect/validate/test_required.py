"""Files that must be there."""

from __future__ import annotations

import pytest

from ratchetry.collect.validate.required import check_required


@pytest.mark.parametrize("readme", ["README", "readme.rst", "README.md", "docs/README.md", ".github/README.md"])
@pytest.mark.parametrize("definition", ["pyproject.toml", "setup.cfg", "setup.py", "requirements-dev.txt"])
def test_usual_files(readme: str, definition: str) -> None:
    """A README and a definition of the project, wherever they usually are, are enough."""
    assert check_required((readme, definition), ()) == ()


def test_nothing_there() -> None:
    """Without settings, the usual files that are missing are warnings."""
    found = check_required(("src/README.md", "src/setup.py"), ())
    assert [(row.rule, row.severity, row.path) for row in found] == [
        ("missing-file", "low", "README.md"),
        ("missing-file", "low", "pyproject.toml"),
    ]


def test_required() -> None:
    """With settings, each glob that no file matches is an error, and nothing else is asked for."""
    (finding,) = check_required(("LICENSE", "docs/a.md"), ("LICENSE*", "docs/**/*.md", "CHANGELOG.md"))
    assert (finding.severity, finding.path) == ("high", "CHANGELOG.md")
    assert "required-files" in finding.message
