"""One standing pull request, kept up to date in place."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ratchetry.adapters.github import GitHubClient
from ratchetry.adapters.github.commits import commit
from ratchetry.adapters.github.proposals import propose, withdraw
from ratchetry.domain.action import CommitFiles, ProposeChange, WithdrawChange
from ratchetry.errors import GitHubError, MissingPermissionError
from tests.github.backends import Backend
from tests.github.conftest import FakeTime, opened

BRANCH = "ratchetry/thresholds"
CHANGE = ProposeChange(
    branch=BRANCH,
    base="main",
    title="Raise the bounds",
    body="Coverage may not fall below 81%.",
    message="Raise the bounds to what was reached",
    files={"quality-thresholds.json": '{"minimum": 81}\n', "docs/bounds.md": "81\n"},
)
HIGHER = replace(CHANGE, files={**CHANGE.files, "quality-thresholds.json": '{"minimum": 82}\n'})


def test_opened_and_updated_in_place(backend: Backend, client: GitHubClient) -> None:
    """The first change opens a pull request, the same changes nothing, another one is added to it."""
    states = [propose(client, change).state for change in (CHANGE, CHANGE, HIGHER, HIGHER)]
    assert states == ["created", "unchanged", "updated", "unchanged"]
    (pull,) = backend.pulls()
    assert (pull.title, pull.branch, pull.state) == ("Raise the bounds", BRANCH, "open")
    assert pull.body.endswith("\nCoverage may not fall below 81%.")
    assert backend.text(BRANCH, "quality-thresholds.json") == '{"minimum": 82}\n'
    assert backend.text(BRANCH, "docs/bounds.md") == "81\n"
    assert backend.text(BRANCH, "README.md")
    assert backend.text("main", "quality-thresholds.json") is None


def test_new_words_for_the_same_change(backend: Backend, client: GitHubClient) -> None:
    """Another title or text is edited without another commit."""
    propose(client, CHANGE)
    head = backend.head(BRANCH)
    assert propose(client, replace(CHANGE, body="With more evidence.")).state == "updated"
    assert backend.head(BRANCH) == head
    assert backend.pulls()[0].body.endswith("With more evidence.")


def test_the_base_has_it_already(backend: Backend, client: GitHubClient) -> None:
    """What is on the base branch is not proposed."""
    backend.commit("main", CHANGE.files)
    done = propose(client, CHANGE)
    assert (done.state, done.note) == ("unchanged", "main has these files already")
    assert backend.pulls() == []


def test_refused_by_a_person(backend: Backend, client: GitHubClient) -> None:
    """A closed pull request silences exactly its change; another change is proposed in a new one."""
    propose(client, CHANGE)
    backend.close(1)
    assert propose(client, CHANGE).state == "silenced"
    assert propose(client, HIGHER).state == "created"
    assert [(pull.number, pull.state) for pull in backend.pulls()] == [(1, "closed"), (2, "open")]


def test_merged_and_taken_back(backend: Backend, client: GitHubClient) -> None:
    """A change that was merged is done; taken back on the base it is proposed again from the same branch."""
    propose(client, CHANGE)
    backend.merge(1)
    assert propose(client, CHANGE).state == "unchanged"
    backend.commit("main", {"quality-thresholds.json": "{}\n"})
    assert propose(client, CHANGE).state == "created"
    assert [pull.state for pull in backend.pulls()] == ["closed", "open"]


@pytest.mark.needs("commits needed")
def test_the_branch_is_left_over_from_a_merge(backend: Backend, client: GitHubClient) -> None:
    """A branch whose commits the base has gets a new one, for GitHub opens no pull request without any."""
    propose(client, CHANGE)
    backend.merge(1)
    backend.commit("main", {"docs/bounds.md": "80\n"})
    merged, base = backend.head(BRANCH), backend.head("main")
    assert propose(client, CHANGE).state == "created"
    assert backend.parents(backend.head(BRANCH)) == (merged, base)
    assert backend.text(BRANCH, "docs/bounds.md") == "81\n"


@pytest.mark.needs("conflicts")
def test_a_conflict_with_the_base(backend: Backend, client: GitHubClient) -> None:
    """A pull request that does not merge any more gets the base merged into its branch; nothing is lost."""
    propose(client, CHANGE)
    before = backend.head(BRANCH)
    backend.commit("main", {"quality-thresholds.json": '{"minimum": 79}\n', "new.py": "x = 1\n"})
    assert propose(client, CHANGE).state == "updated"
    assert backend.parents(backend.head(BRANCH)) == (before, backend.head("main"))
    assert backend.text(BRANCH, "quality-thresholds.json") == '{"minimum": 81}\n'
    assert backend.text(BRANCH, "new.py") == "x = 1\n"
    assert propose(client, CHANGE).state == "unchanged"


def test_no_base_branch(client: GitHubClient) -> None:
    """A base that is not there is named."""
    with pytest.raises(GitHubError, match="there is no branch 'release'"):
        propose(client, replace(CHANGE, base="release"))


@pytest.mark.needs("permissions")
def test_a_job_that_may_not_write(backend: Backend, time: FakeTime) -> None:
    """A missing permission is named, and nothing is left behind."""
    with (
        opened(backend.job(contents="read", pull_requests="read"), time) as client,
        pytest.raises(MissingPermissionError, match="add `contents: write`"),
    ):
        propose(client, CHANGE)
    assert backend.pulls() == []


def test_withdrawn_when_nothing_is_left(backend: Backend, client: GitHubClient) -> None:
    """Our open request is closed, once; what is proposed later gets a new one, also if it is the same again."""
    propose(client, CHANGE)
    gone = WithdrawChange(branch=BRANCH, base="main", comment="Nothing is left of it.")
    assert [withdraw(client, gone).state for _ in range(2)] == ["updated", "unchanged"]
    (pull,) = backend.pulls()
    assert (pull.state, pull.body) == ("closed", "Nothing is left of it.")
    assert propose(client, CHANGE).state == "created"


def test_the_base_has_moved_on(backend: Backend, client: GitHubClient) -> None:
    """A change that was made from other files than the base has by now would take them back, so it is not proposed."""
    backend.commit("main", {"quality-thresholds.json": '{"minimum": 90}\n'})
    stale = replace(CHANGE, expected={"quality-thresholds.json": '{"minimum": 80}\n', "docs/bounds.md": ""})
    done = propose(client, stale)
    assert done.state == "unchanged"
    assert "quality-thresholds.json has changed on main since" in done.note
    assert backend.pulls() == []
    fresh = replace(stale, expected={**stale.expected, "quality-thresholds.json": '{"minimum": 90}\n'})
    assert propose(client, fresh).state == "created"


def test_committed_where_the_branch_allows_it(backend: Backend, client: GitHubClient) -> None:
    """Asked for commits, the base gets one that follows what it has, and again nothing; no request is opened."""
    head = backend.head("main")
    gone = WithdrawChange(branch=BRANCH, base="main", comment="Nothing is left of it.")
    wanted = CommitFiles(change=CHANGE, besides=gone, otherwise=CHANGE)
    assert [commit(client, wanted).state for _ in range(2)] == ["updated", "unchanged"]
    assert backend.text("main", "quality-thresholds.json") == '{"minimum": 81}\n'
    assert backend.text("main", "README.md")
    assert backend.parents(backend.head("main")) == (head,)
    assert backend.pulls() == []
