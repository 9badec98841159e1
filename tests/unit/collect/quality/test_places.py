"""Places: printed paths become paths of the repository."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratchetry.collect.quality.places import place, printed_root, relative_path

FILES = frozenset({"src/a.py", "a.py", "setup.py"})


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/repo/src/a.py", "src/a.py"),
        ("/repo/src/../src/a.py", "src/a.py"),
        ("src/./a.py", "src/a.py"),
        ("/repository/a.py", None),
        ("/repo/../etc/passwd", None),
        ("../a.py", None),
        ("src/../../a.py", None),
        ("/repo", None),
        ("", None),
    ],
)
def test_only_paths_below_the_root_are_relative(path: str, expected: str | None) -> None:
    """A path is relative to the root, or lies outside, whatever its dots say."""
    assert relative_path("/repo", path) == expected


def test_a_repository_at_the_root_of_the_file_system_has_paths() -> None:
    """The root directory itself may be the repository."""
    assert relative_path("/", "/src/a.py") == "src/a.py"


def test_the_root_is_what_the_tool_prints() -> None:
    """A repository opened through a symbolic link is found again in the real paths of a report."""
    printed = ("/real/place/src/a.py", "/real/place/pyproject.toml", "/usr/lib/setup.py")
    assert printed_root("/link", FILES, printed) == "/real/place"


@pytest.mark.parametrize("printed", [(), ("src/a.py",), ("/link/src/a.py", "/other/a.py"), ("/elsewhere/b.py",)])
def test_the_given_root_stands_unless_the_report_shows_another(printed: tuple[str, ...]) -> None:
    """Relative paths, paths below the root and unknown files do not move the root."""
    assert printed_root("/link", FILES, printed) == "/link"


def test_a_finding_outside_belongs_to_the_repository_and_names_the_file() -> None:
    """A type error in an installed library tells the library's file, not where it is installed."""
    path = "/env/lib/python3.11/site-packages/lib/core.pyi"
    assert place("/repo", path, "broken") == (".", "lib/core.pyi: broken")
    assert place("/repo", "/tmp/x.py", "broken") == (".", "x.py: broken")
    assert place("/repo", "", "broken") == (".", "broken")


@given(root=st.text(), path=st.text(), files=st.frozensets(st.text(), max_size=3))
def test_no_path_leads_outside(root: str, path: str, files: frozenset[str]) -> None:
    """Whatever a tool prints, the path of a finding never is absolute and never climbs."""
    inside, _ = place(printed_root(root, files, [path]), path, "")
    assert not inside.startswith(("/", "../"))
