"""The workflows that call ours, and what they are pinned to."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from ratchetry import __version__
from ratchetry.errors import UnreachableError, UsageError
from ratchetry.pipeline.stubs import HOME, STUBS, WORKFLOW, Pin, choose_pin, installed_pin, present_pin, stub

API = "https://api.example.org"
COMMIT, OTHER = "0123456789abcdef0123456789abcdef01234567", "f" * 40
PIN = Pin(repository="octocat/ratchetry", commit=COMMIT, label="v1.2.3")


@dataclass
class Answers:
    """A service that gives one answer, and remembers what it was asked."""

    answer: bytes | None = None
    asked: list[str] = field(default_factory=list)

    def __call__(self, url: str) -> bytes:
        """Return the answer, or fail like a service that is not there."""
        self.asked.append(url)
        if self.answer is None:
            msg = "api.example.org did not answer"
            raise UnreachableError(msg)
        return self.answer


def chosen(root: Path, fetch: Answers, *, ref: str = "", repository: str = "", installed: str = "") -> Pin:
    """Return the pin that is chosen."""
    return choose_pin(root, ref=ref, repository=repository, installed=installed, fetch=fetch, api=API)


def installation(url: str = "https://github.com/octocat/ratchetry.git", **info: str) -> str:
    """Return the direct_url.json of an installation from git."""
    return json.dumps({"url": url, "vcs_info": {"vcs": "git", "commit_id": COMMIT, **info}})


def written(root: Path, pin: Pin) -> None:
    """Write the workflows into a repository."""
    for path in STUBS:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(stub(path, pin, "main"), encoding="utf-8")


@pytest.mark.parametrize("path", STUBS)
def test_a_stub_calls_one_workflow_of_the_pinned_commit(path: str) -> None:
    """Nothing is left to fill in, and the label says which commit it is."""
    text = stub(path, PIN, "trunk")
    (job,) = yaml.safe_load(text)["jobs"].values()
    assert job["uses"].startswith("octocat/ratchetry/.github/workflows/")
    assert job["uses"].endswith(f"-main.yml@{COMMIT}")
    assert f"@{COMMIT} # v1.2.3\n" in text
    assert not any(name in text for name in ("@COMMIT@", "@LABEL@", "@REPOSITORY@", "@BRANCH@"))


def test_the_default_branch_is_the_one_that_is_measured() -> None:
    """The branch is text in the workflow whatever it is called; a name that could be more is not taken."""
    branches = [yaml.safe_load(stub(WORKFLOW, PIN, name))[True]["push"]["branches"] for name in ("1.x", 'a"]', "")]
    assert branches == [["1.x"], ["main"], ["main"]]


def test_a_commit_that_is_given_is_taken(tmp_path: Path) -> None:
    """Nobody is asked, and what stands in the repository already does not count."""
    written(tmp_path, PIN)
    fetch = Answers()
    assert chosen(tmp_path, fetch, ref=OTHER) == Pin(repository=HOME, commit=OTHER, label="given to ratchetry init")
    assert not fetch.asked


def test_what_stands_there_stays(tmp_path: Path) -> None:
    """A second time, and with a newer ratchetry, the workflows stay at the commit that was reviewed."""
    written(tmp_path, PIN)
    fetch = Answers()
    assert chosen(tmp_path, fetch, installed=installation()) == PIN
    assert chosen(tmp_path, fetch, repository="octocat/ratchetry") == PIN
    assert not fetch.asked
    with pytest.raises(UsageError):
        chosen(tmp_path, fetch, repository="somebody/ratchetry")


def test_an_installation_from_git_knows_its_commit(tmp_path: Path) -> None:
    """The installer keeps where a package came from: the commit, and the tag or branch that was asked for."""
    fetch = Answers()
    tagged = installation(requested_revision="v1.2.3")
    assert chosen(tmp_path, fetch, installed=tagged) == PIN
    assert chosen(tmp_path, fetch, installed=installation()) == replace(PIN, label="as installed")
    assert not fetch.asked


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "[]",
        '{"url": "file:///src", "dir_info": {"editable": true}}',
        installation(url="https://example.org/octocat/ratchetry"),
        installation(url="https://github.com/octocat"),
        installation(commit_id="main"),
    ],
)
def test_other_installations_know_none(text: str) -> None:
    """A directory, another host or a broken file names no commit on GitHub."""
    assert installed_pin(text) is None


@given(st.text() | st.recursive(st.none() | st.text(), lambda inner: st.dictionaries(st.text(), inner)).map(json.dumps))
def test_metadata_of_any_kind_is_read(text: str) -> None:
    """Whatever stands in the file, the answer is a pin or none."""
    assert installed_pin(text) is None


def test_a_tag_is_looked_up(tmp_path: Path) -> None:
    """The tag of this version, or the one that is given, is the commit that GitHub names."""
    fetch = Answers(json.dumps({"sha": COMMIT, "files": []}).encode())
    assert chosen(tmp_path, fetch) == Pin(repository=HOME, commit=COMMIT, label=f"v{__version__}")
    assert chosen(tmp_path, fetch, ref="v1.2.3", repository="octocat/ratchetry") == PIN
    assert fetch.asked == [
        f"{API}/repos/{HOME}/commits/v{__version__}",
        f"{API}/repos/octocat/ratchetry/commits/v1.2.3",
    ]


@pytest.mark.parametrize("answer", [None, b"", b"{", b"[]", b'{"sha": 1}', b'{"sha": "main"}', b"[" * 100_000, b"\xff"])
def test_a_commit_that_cannot_be_known_is_an_error(tmp_path: Path, answer: bytes | None) -> None:
    """No workflow is written with a placeholder: the message says how to name the commit or do without."""
    with pytest.raises(UsageError, match=r"--ref COMMIT.*--no-workflows"):
        chosen(tmp_path, Answers(answer))


@pytest.mark.parametrize(
    ("ref", "repository"),
    [("a b", ""), ("../x", ""), ("", "octocat"), ("", "octocat/x/y"), ("", "a/b?c"), ("v1\n", "")],
)
def test_names_that_are_none_are_refused(tmp_path: Path, ref: str, repository: str) -> None:
    """What goes into an address and a workflow is a name and nothing more."""
    with pytest.raises(UsageError, match="owner/name"):
        chosen(tmp_path, Answers(), ref=ref, repository=repository)


def test_a_workflow_of_another_kind_has_no_pin(tmp_path: Path) -> None:
    """Workflows that call something else, or by a tag, pin nothing."""
    (tmp_path / WORKFLOW).parent.mkdir(parents=True)
    (tmp_path / WORKFLOW).write_text("uses: octocat/ratchetry/.github/workflows/ci-main.yml@v1\n", encoding="utf-8")
    assert present_pin(tmp_path) is None
