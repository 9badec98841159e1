"""The variables and payloads of Actions' events become facts; malformed ones are left out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratchetry.adapters.github_event import EventFacts, read_event, run_facts

SHA, BASE, HEAD = "1" * 40, "2" * 40, "3" * 40

ENVIRON = {
    "GITHUB_ACTIONS": "true",
    "GITHUB_REPOSITORY": "octo/hello.py",
    "GITHUB_RUN_ID": "123456",
    "GITHUB_RUN_ATTEMPT": "2",
    "GITHUB_EVENT_NAME": "push",
    "GITHUB_WORKFLOW_REF": "octo/hello.py/.github/workflows/ci.yml@refs/heads/main",
    "GITHUB_SHA": SHA,
    "GITHUB_REF": "refs/heads/main",
    "GITHUB_REF_NAME": "main",
    "GITHUB_REF_TYPE": "branch",
}


def test_push() -> None:
    """A push is compared with the commit before it."""
    assert run_facts(ENVIRON, {"before": BASE}) == EventFacts(
        repository="octo/hello.py",
        run_id="123456",
        attempt=2,
        event="push",
        workflow=".github/workflows/ci.yml",
        commit=SHA,
        head=SHA,
        base_commit=BASE,
        branch="main",
    )


def test_a_new_branch_has_no_commit_before() -> None:
    """The name of zeros that stands for no commit is none."""
    assert run_facts(ENVIRON, {"before": "0" * 40}).base_commit == ""


def test_pull_request() -> None:
    """A pull request gives its number, its branch, its base and its head beside the merge that is checked out."""
    environ = {
        **ENVIRON,
        "GITHUB_EVENT_NAME": "pull_request",
        "GITHUB_HEAD_REF": "feature/é",
        "GITHUB_REF": "refs/pull/7/merge",
        "GITHUB_REF_NAME": "7/merge",
    }
    payload = {"number": 7, "pull_request": {"number": 7, "base": {"sha": BASE}, "head": {"sha": HEAD}}}
    found = run_facts(environ, payload)
    assert (found.pull_request, found.branch) == (7, "feature/é")
    assert (found.commit, found.head, found.base_commit) == (SHA, HEAD, BASE)


def test_merge_group() -> None:
    """A merge queue's run belongs to the branch that is merged into."""
    ref = f"gh-readonly-queue/main/pr-7-{BASE}"
    environ = {**ENVIRON, "GITHUB_EVENT_NAME": "merge_group", "GITHUB_REF": f"refs/heads/{ref}", "GITHUB_REF_NAME": ref}
    payload = {"merge_group": {"base_sha": BASE, "head_sha": HEAD, "base_ref": "refs/heads/main"}}
    found = run_facts(environ, payload)
    assert (found.branch, found.base_commit, found.head, found.pull_request) == ("main", BASE, HEAD, None)
    assert run_facts(environ, {}).branch == "main"


def test_tags_are_no_branches() -> None:
    """A run for a tag has no branch."""
    assert run_facts({**ENVIRON, "GITHUB_REF_TYPE": "tag", "GITHUB_REF_NAME": "v1"}, {}).branch == ""


def test_outside_of_actions() -> None:
    """Without Actions nothing is known, even if single variables are set."""
    assert run_facts({"GITHUB_SHA": SHA, "GITHUB_RUN_ID": "1"}, {"before": BASE}) == EventFacts()


@pytest.mark.parametrize("number", [True, 0, -1, 1.5, "7; rm", None, [7], 10**400])
def test_numbers_that_are_none(number: object) -> None:
    """A pull request's number is a positive whole number or missing."""
    environ = {**ENVIRON, "GITHUB_EVENT_NAME": "pull_request"}
    assert run_facts(environ, {"pull_request": {"number": number}}).pull_request is None


def test_the_payload_file(tmp_path: Path) -> None:
    """The payload is read from the file that Actions names; one that is none tells nothing."""
    path = tmp_path / "event.json"
    path.write_text(json.dumps({"before": BASE}), encoding="utf-8")
    environ = {**ENVIRON, "GITHUB_EVENT_PATH": str(path)}
    assert read_event(environ).base_commit == BASE
    for content in (b"", b"[]", b"\xff", b'{"before": ' + b"[" * 100_000, b" " * 30_000_001):
        path.write_bytes(content)
        assert read_event(environ).base_commit == ""
    assert read_event(ENVIRON).base_commit == ""


KEYS = st.sampled_from(["pull_request", "number", "base", "head", "sha", "merge_group", "base_ref", "before"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=10,
)


@given(
    payload=st.dictionaries(KEYS, JSON, max_size=4),
    environ=st.dictionaries(st.sampled_from(sorted(ENVIRON)), st.text(max_size=20)),
    event=st.sampled_from(["push", "pull_request", "merge_group", "schedule"]),
)
def test_any_payload(payload: dict[str, object], environ: dict[str, str], event: str) -> None:
    """Any payload and any variables give facts of the right types."""
    found = run_facts({**ENVIRON, **environ, "GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": event}, payload)
    assert found.attempt >= 1
    assert found.pull_request is None or found.pull_request > 0
    assert all(character.isprintable() for character in found.branch)
