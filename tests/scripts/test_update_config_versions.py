"""One version everywhere: written, checked, and told of in the notes of a release."""

from __future__ import annotations

from pathlib import Path

import pytest

from ratchetry import __version__
from scripts.ci.update_config_versions import CHANGELOG, ROOT, SOURCE, found, main, notes, problems, write

COMMIT = "0123456789abcdef0123456789abcdef01234567"
GUIDE = f"""\
pip install ratchetry==1.0.0
uses: ratchetry/ratchetry/.github/workflows/ci-main.yml@v1.0.0
uses: ratchetry/ratchetry/.github/workflows/ci-main.yml@{COMMIT} # v1.0.0
ratchetry-version: "1.0.0"
uses: actions/checkout@{COMMIT} # v1.0.0
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a repository at version 1.0.0."""
    files = {
        SOURCE: '"""It."""\n\n__version__ = "1.0.0"\n',
        CHANGELOG: "# Changelog\n\n## [Unreleased]\n\n### Added\n\n- More.\n\n## [1.0.0] - 2026-01-02\n\n- It.\n",
        "README.md": "Version 1.0.0 of something else: spam==1.0.0\n",
        "docs/github.md": GUIDE,
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_a_version_is_written_everywhere_it_stands(root: Path) -> None:
    """Source, pins and changelog agree afterwards; what has other versions keeps them."""
    assert set(write(root, "1.1.0", "2026-02-03")) == {SOURCE, CHANGELOG, "docs/github.md"}
    assert problems(root) == ()
    guide = (root / "docs" / "github.md").read_text(encoding="utf-8")
    assert guide.count("1.1.0") == 4
    assert f"actions/checkout@{COMMIT} # v1.0.0" in guide
    assert "## [Unreleased]\n\n## [1.1.0] - 2026-02-03\n\n### Added" in (root / CHANGELOG).read_text(encoding="utf-8")


def test_a_second_time_changes_nothing(root: Path) -> None:
    """The jobs that build and that tag write the same."""
    write(root, "1.1.0", "2026-02-03")
    assert write(root, "1.1.0", "2026-02-04") == ()


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("docs/github.md", "ratchetry==1.0.0", "ratchetry==0.9.0"),
        ("docs/github.md", "# v1.0.0\nratchetry-version", "# v0.9.0\nratchetry-version"),
        (CHANGELOG, "## [1.0.0]", "## [1.0.1]"),
        (SOURCE, "1.0.0", "1.0.1"),
    ],
)
def test_versions_that_differ_are_found(
    root: Path, name: str, before: str, after: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """--check names each place that says something else than the source."""
    assert main(["--check"], root) == 0
    file = root / name
    text = file.read_text(encoding="utf-8")
    assert before in text
    file.write_text(text.replace(before, after), encoding="utf-8")
    capsys.readouterr()
    assert main(["--check"], root) == 1
    assert name in capsys.readouterr().out


@pytest.mark.parametrize("version", ["1.1", "v1.1.0", "1.1.0rc1", "01.1.0", "1.1.0\n", "1.1.0; rm"])
def test_what_is_no_version_is_refused(root: Path, version: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Only three plain numbers are written anywhere."""
    assert main([version], root) == 2
    assert "is no version" in capsys.readouterr().err
    assert problems(root) == ()


def test_a_source_without_a_version_is_an_error(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is written when the version does not stand where it must."""
    (root / SOURCE).write_text("", encoding="utf-8")
    assert main(["1.1.0"], root) == 2
    assert SOURCE in capsys.readouterr().err


def test_a_changelog_without_news_is_an_error(root: Path) -> None:
    """A release needs the part of what is unreleased to head."""
    (root / CHANGELOG).write_text("# Changelog\n", encoding="utf-8")
    with pytest.raises(ValueError, match="must have one heading"):
        write(root, "1.1.0", "2026-02-03")


def test_the_notes_are_what_the_changelog_says_of_the_release(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """From the heading of the version to the next; a version of which nothing is said is an error."""
    write(root, "1.1.0", "2026-02-03")
    assert main(["--notes", "1.1.0"], root) == 0
    assert capsys.readouterr().out == "### Added\n\n- More.\n"
    assert notes((root / CHANGELOG).read_text(encoding="utf-8"), "1.0.0") == "- It."
    assert main(["--notes", "2.0.0"], root) == 2


def test_this_repository_agrees_with_itself() -> None:
    """Every version that stands in this repository is that of the package."""
    assert problems(ROOT) == ()
    assert {row.version for row in found(ROOT)} == {__version__}
