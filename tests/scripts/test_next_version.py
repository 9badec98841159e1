"""How the next version follows from the commits, by the real git-cliff on real repositories, without a network."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from scripts.ci.next_version import ROOT, bumped, main, next_version


def git(repository: Path, *arguments: str) -> None:
    """Run git as somebody."""
    who = ("-c", "user.name=Someone", "-c", "user.email=someone@example.org", "-c", "commit.gpgsign=false")
    subprocess.run((shutil.which("git") or "git", *who, *arguments), cwd=repository, check=True, capture_output=True)


@pytest.fixture
def released(tmp_path: Path) -> Path:
    """Return a repository whose only commit is the release 0.3.1."""
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "commit", "--allow-empty", "-m", "feat: begin")
    git(tmp_path, "tag", "v0.3.1")
    return tmp_path


@pytest.mark.parametrize(
    ("messages", "version"),
    [
        (["fix: mend"], "0.3.2"),
        (["perf(collect): hurry"], "0.3.2"),
        (["fix: mend", "feat(ci): add"], "0.4.0"),
        (["feat!: change"], "0.4.0"),
        (["docs: tell", "chore: tidy"], ""),
        (["Say plainly what this does"], ""),
        (["Say it", "fix: mend", "Say more"], "0.3.2"),
        ([], ""),
    ],
)
def test_conventional_commits_decide(released: Path, messages: list[str], version: str) -> None:
    """Features and what breaks raise the minor number before 1.0.0, fixes the patch; other commits decide nothing."""
    for message in messages:
        git(released, "commit", "--allow-empty", "-m", message)
    assert next_version(released, "auto") == version


@pytest.mark.parametrize(
    ("message", "version"),
    [("feat!: change", "2.0.0"), ("chore: drop\n\nBREAKING CHANGE: all of it", "2.0.0"), ("feat: add", "1.1.0")],
)
def test_what_breaks_is_a_major_release_after_the_first(released: Path, message: str, version: str) -> None:
    """From 1.0.0 on a breaking change, marked in the subject or the body, raises the major number."""
    git(released, "tag", "v1.0.0")
    git(released, "tag", "v1")  # the tag of the major moves, and is no release
    git(released, "commit", "--allow-empty", "-m", message)
    assert next_version(released, "auto") == version


def test_a_person_decides_what_plain_sentences_are(released: Path) -> None:
    """A bump that is asked for applies to the last release, if there is any commit since."""
    assert next_version(released, "minor") == ""
    git(released, "commit", "--allow-empty", "-m", "Say plainly what this does")
    assert [next_version(released, bump) for bump in ("patch", "minor", "major")] == ["0.3.2", "0.4.0", "1.0.0"]


def test_versions_are_numbers_not_text(released: Path) -> None:
    """0.10.0 comes after 0.9.0, and a tag that is no version is passed over."""
    for tag in ("v0.9.0", "v0.10.0", "v0.10.0-rc1", "vivid"):
        git(released, "tag", tag)
    git(released, "commit", "--allow-empty", "-m", "Say it")
    assert next_version(released, "patch") == "0.10.1"


def test_the_first_release(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without a release the first is the one of the configuration; there is nothing yet to bump."""
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "commit", "--allow-empty", "-m", "Begin")
    assert next_version(tmp_path, "auto") == "0.1.0"
    assert main(["--bump", "minor", "--repository", str(tmp_path)]) == 2
    assert "no release yet" in capsys.readouterr().err


def test_this_repository(tmp_path: Path) -> None:
    """The commits of this repository can be read, whatever they say, and a fix after them makes a release."""
    if not (ROOT / ".git").exists():
        pytest.skip("the tests run outside of a git checkout")
    git(tmp_path, "clone", "--quiet", "--no-tags", str(ROOT), "clone")
    clone = tmp_path / "clone"
    assert next_version(clone, "auto") == "0.1.0"
    git(clone, "tag", "v0.1.0")
    assert next_version(clone, "auto") == ""
    git(clone, "commit", "--allow-empty", "-m", "fix: mend")
    assert next_version(clone, "auto") == "0.1.1"


def test_the_step_output(released: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """The version is printed and set as an output; an empty one says that there is nothing to release."""
    output = released / "output"
    monkeypatch.setenv("GITHUB_OUTPUT", str(output))
    assert main(["--repository", str(released)]) == 0
    assert "nothing to release" in capsys.readouterr().err
    git(released, "commit", "--allow-empty", "-m", "feat: add")
    assert main(["--repository", str(released)]) == 0
    assert capsys.readouterr().out == "0.4.0\n"
    assert output.read_text(encoding="utf-8") == "version=\nversion=0.4.0\n"


def test_a_tag_that_is_no_version() -> None:
    """Such a tag is named."""
    with pytest.raises(ValueError, match="'v1' is no version"):
        bumped("v1", "patch")
