"""The issue about an improvement over its whole life: opened, edited, closed, opened again, silenced."""

from __future__ import annotations

from dataclasses import replace

from ratchetry.act.digest import FINGERPRINT, digest
from ratchetry.act.improvements import Scene, improvements
from ratchetry.adapters.apply import apply
from ratchetry.adapters.github import GitHubClient
from ratchetry.adapters.github.known_issues import known_issues
from ratchetry.domain.improvement import DIGEST_LABEL, LABEL, Limits
from ratchetry.domain.record import RunRecord
from ratchetry.domain.suggestion import Suggestion
from tests.github.backends import OTHER, Backend
from tests.unit.act.test_digest import WEEK
from tests.unit.act.test_improvements import BAD, GOOD, LUCKY, ONE
from tests.unit.learn.suggestions.evidence import suggestion

LATER = "2030-01-01T00:00:00Z"
"""After any cool-down of what is closed now."""


def turn(
    client: GitHubClient, runs: tuple[RunRecord, ...], *suggestions: Suggestion, as_of: str = LATER, most: int = 9
) -> list[str]:
    """Return what becomes of the issues when a step of the learning workflow looks at them."""
    known = known_issues(client, LABEL)
    scene = Scene(known=known, runs=runs, as_of=as_of, limits=Limits(new=most, total=most))
    return [effect.state for effect in apply(improvements(suggestions, scene), client)]


def test_the_whole_life(backend: Backend, client: GitHubClient) -> None:
    """There is one issue, which follows the metric; one good run changes nothing, two close it."""
    states = [
        turn(client, BAD, ONE),
        turn(client, BAD, ONE),
        turn(client, BAD, replace(ONE, why="It is worse.")),
        turn(client, LUCKY),
        turn(client, GOOD),
        turn(client, GOOD, ONE),
        turn(client, BAD, ONE),
    ]
    assert states == [["created"], ["unchanged"], ["updated"], [], ["updated"], [], ["updated"]]
    (issue,) = backend.issues()
    assert (issue.state, issue.labels) == ("open", (LABEL,))
    (comment,) = backend.comments(issue.number)
    assert "This is done" in comment.body


def test_what_a_person_does_not_want(backend: Backend, client: GitHubClient) -> None:
    """Closed as not planned, it is silent for good, whatever the metric does."""
    turn(client, BAD, ONE)
    backend.close(1, "not_planned")
    assert turn(client, BAD, ONE) == turn(client, GOOD) == []
    assert [issue.state for issue in backend.issues()] == ["closed"]


def test_a_forged_issue_is_not_ours(backend: Backend, client: GitHubClient) -> None:
    """What somebody else writes, with our marker and label, neither counts nor is closed."""
    body = f"<!-- ratchetry:fp={ONE.fingerprint} -->\nIt is mine."
    backend.write_issue("Forged", body, labels=(LABEL,), author=OTHER)
    assert turn(client, BAD, ONE) == ["created"]
    assert len(backend.issues()) == 2


def test_the_cap_counts_what_is_open(backend: Backend, client: GitHubClient) -> None:
    """No more than the limit is open at once; when one is done, the next takes its place."""
    many = tuple(suggestion(f"{n:016x}") for n in range(1, 4))
    assert turn(client, BAD, *many, most=2) == ["created", "created"]
    assert turn(client, BAD, *many, most=2) == ["unchanged", "unchanged"]
    backend.close(1, "not_planned")
    assert turn(client, BAD, *many, most=2) == ["unchanged", "created"]


def test_the_digest_is_one_issue(backend: Backend, client: GitHubClient) -> None:
    """Each week edits the same issue, and keeps the week before."""
    for name in ("2026-W10", "2026-W11"):
        before = known_issues(client, DIGEST_LABEL).get(FINGERPRINT)
        (effect,) = apply((digest(replace(WEEK, name=name), before.body if before else ""),), client)
        assert effect.state in {"created", "updated"}
    (issue,) = backend.issues()
    assert issue.labels == (DIGEST_LABEL,)
    assert "## Week 2026-W11" in issue.body
    assert "<summary>Week 2026-W10</summary>" in issue.body
