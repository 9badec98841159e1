"""Actions and what becomes of them."""

from __future__ import annotations

from ratchetry.adapters.apply import apply
from ratchetry.adapters.github import GitHubClient
from ratchetry.domain.action import Action, CloseIssue, ProposeChange, UpsertComment, UpsertIssue
from tests.github.conftest import FakeTime, opened
from tests.github.fake import TOKEN, FakeGitHub, Fault

COMMENT = UpsertComment(number=1, fingerprint="0" * 16, body="x")
ISSUE = UpsertIssue(fingerprint="1" * 16, title="Coverage fell", body="x")
CLOSE = CloseIssue(fingerprint="1" * 16, comment="It rose again.")
PROPOSAL = ProposeChange(
    branch="ratchetry/thresholds", base="main", title="t", body="b", message="m", files={"a.json": "{}\n"}
)
ALL: tuple[Action, ...] = (COMMENT, ISSUE, CLOSE, PROPOSAL)


def test_each_kind_of_action(fake: FakeGitHub, client: GitHubClient) -> None:
    """Every action is carried out in order, and again changes nothing but what it must."""
    fake.state.add_issue(fake.repo, "anything")
    effects = apply(ALL, client)
    assert [effect.action for effect in effects] == list(ALL)
    assert [effect.state for effect in effects] == ["created", "created", "updated", "created"]
    assert all(effect.url.startswith(fake.url) for effect in effects)
    again = apply((COMMENT, CLOSE, PROPOSAL), client)
    assert [effect.state for effect in again] == ["unchanged", "unchanged", "unchanged"]


def test_what_fails_is_said(fake: FakeGitHub, time: FakeTime) -> None:
    """An action that is refused fails alone, and says what is missing; the others are carried out."""
    fake.state.add_issue(fake.repo, "anything")
    fake.state.add_token("ghs_issues", issues="write")
    with opened({**fake.environ, "GITHUB_TOKEN": "ghs_issues"}, time) as client:
        effects = apply((PROPOSAL, COMMENT, UpsertIssue(fingerprint="odd", title="t", body="b")), client)
    assert [effect.state for effect in effects] == ["failed", "created", "failed"]
    assert "add `contents: read` under `permissions:`" in effects[0].problem
    assert "is no fingerprint" in effects[2].problem


def test_github_is_away(fake: FakeGitHub, client: GitHubClient) -> None:
    """When GitHub does not answer every action fails, and nothing is raised."""
    fake.faults.append(Fault(kind="drop", times=999))
    effects = apply(ALL, client)
    assert [effect.state for effect in effects] == ["failed"] * 4
    assert all("GitHub" in effect.problem for effect in effects)


def test_nothing_is_begun_that_does_not_fit(fake: FakeGitHub, client: GitHubClient) -> None:
    """An action that takes more requests than are left is not begun; a smaller one is carried out."""
    fake.state.add_issue(fake.repo, "anything")
    fake.state.tokens[TOKEN].limit = 60
    client.default_branch()
    effects = apply((PROPOSAL, COMMENT), client)
    assert [effect.state for effect in effects] == ["failed", "created"]
    assert "a pull request takes about 14 requests to GitHub, and 9 of this hour's 60" in effects[0].problem
    assert "ratchetry/thresholds" not in str(fake.repo.refs)
