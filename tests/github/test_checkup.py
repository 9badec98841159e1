"""What silently breaks a setup on GitHub is found, said plainly, and mended by what is advised."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from ratchetry.adapters.github.doctor import setup_facts
from ratchetry.cli.app import run
from ratchetry.pipeline.checkup import Check
from ratchetry.pipeline.github_checkup import Setup, check_github
from ratchetry.pipeline.github_workflows import callers, callers_in, lacking, needed
from ratchetry.pipeline.stubs import STUBS, Pin, stub
from tests.github.conftest import FakeTime, opened
from tests.github.fake import FakeGitHub
from tests.github.fake.state import Repository

PIN = Pin(repository="octocat/ratchetry", commit="0123456789abcdef0123456789abcdef01234567", label="v1.2.3")
MEASURING, COMMENT, LEARNING = STUBS
NAMES = dict(zip(STUBS, ("ratchetry", "ratchetry feedback", "ratchetry learning"), strict=True))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a checkout with the three workflows that init writes."""
    for path in STUBS:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(stub(path, PIN, "main"), encoding="utf-8")
    return tmp_path


@pytest.fixture
def sound(fake: FakeGitHub) -> Repository:
    """Return a repository on GitHub in which everything is as it should be."""
    for path, name in NAMES.items():
        fake.state.add_workflow(fake.repo, path, name)
    fake.state.add_commit(fake.repo, "ratchetry-data", {"layout.json": "{}"})
    fake.state.add_run(fake.repo, path=LEARNING, name=NAMES[LEARNING], event="schedule")
    fake.repo.protected.add("main")
    return fake.repo


def checks(root: Path, fake: FakeGitHub, time: FakeTime, *, branch: str = "ratchetry-data") -> dict[str, Check]:
    """Return the checks that are not all well, by what they look at."""
    with opened(fake.environ, time) as client:
        facts = setup_facts(client, data_branch=branch, learning=LEARNING)
        setup = Setup(facts=facts, callers=callers(root), data_branch=branch, now=time.now())
    return {check.what: check for check in check_github(setup) if check.health != "ok"}


def edited(path: str, before: str, after: str) -> Callable[[Repository, Path], None]:
    """Return a change of a workflow in the checkout."""

    def edit(_: Repository, root: Path) -> None:
        text = (root / path).read_text(encoding="utf-8")
        assert before in text
        (root / path).write_text(text.replace(before, after), encoding="utf-8")

    return edit


def told(**settings: object) -> Callable[[Repository, Path], None]:
    """Return a change of settings of the repository."""

    def change(repo: Repository, _: Path) -> None:
        for name, value in settings.items():
            setattr(repo, name, value)

    return change


def state(path: str, value: str) -> Callable[[Repository, Path], None]:
    """Return a change of a workflow's state."""

    def change(repo: Repository, _: Path) -> None:
        for workflow in repo.workflows.values():
            workflow.state = value if workflow.path == path else workflow.state

    return change


def unknown(path: str) -> Callable[[Repository, Path], None]:
    """Return the change after which a workflow was never merged."""

    def change(repo: Repository, _: Path) -> None:
        for number, workflow in list(repo.workflows.items()):
            if workflow.path == path:
                del repo.workflows[number]

    return change


def ruled(*rules: str) -> Callable[[Repository, Path], None]:
    """Return the change after which rules hold the data branch."""
    return lambda repo, _: repo.rules.update({"ratchetry-data": rules})


def ended(conclusion: str) -> Callable[[Repository, Path], None]:
    """Return the change after which the last learning run ended in some way."""

    def change(repo: Repository, _: Path) -> None:
        for row in repo.runs.values():
            row.conclusion = conclusion

    return change


def without_data(repo: Repository, _: Path) -> None:
    """Remove the data branch."""
    del repo.refs["refs/heads/ratchetry-data"]


def without_data_or_runs(repo: Repository, root: Path) -> None:
    """Be as right after the workflows were merged."""
    without_data(repo, root)
    repo.runs.clear()


def test_all_is_well(root: Path, fake: FakeGitHub, sound: Repository, time: FakeTime) -> None:
    """A sound setup has nothing to be told of, and takes nine requests."""
    assert sound.workflows
    assert checks(root, fake, time) == {}
    assert len(fake.requests) == 9


@pytest.mark.parametrize(
    ("change", "what", "health", "says"),
    [
        (told(archived=True), "repository", "wrong", "archived"),
        (told(fork=True), "repository", "note", "schedules are off"),
        (told(has_issues=False), "issues", "wrong", "turned off"),
        (told(actions_enabled=False), "actions", "wrong", "nothing runs"),
        (told(allowed_actions="local_only"), "actions", "wrong", "refused"),
        (told(allowed_actions="selected"), "actions", "note", "list"),
        (told(actions_may_propose=False), "pull requests by Actions", "wrong", "cannot be proposed"),
        (state(LEARNING, "disabled_inactivity"), "learning workflow", "wrong", "60 days"),
        (state(COMMENT, "disabled_manually"), "comment workflow", "wrong", "somebody"),
        (unknown(COMMENT), "comment workflow", "wrong", "does not know"),
        (lambda _, root: (root / MEASURING).unlink(), "measuring workflow", "missing", "nothing is measured"),
        (lambda _, root: (root / COMMENT).unlink(), "comment workflow", "note", "no comment"),
        (edited(LEARNING, "contents: write", "contents: read"), "learning workflow", "wrong", "contents: write"),
        (edited(COMMENT, "      actions: read", "      # none"), "comment workflow", "wrong", "actions: read"),
        (edited(MEASURING, "name: ratchetry", "name: Tests"), "learning follows", "wrong", "called Tests"),
        (edited(COMMENT, "[ratchetry]", "[CI]"), "comment follows", "wrong", "follows CI"),
        (lambda repo, _: repo.protected.clear(), "default branch", "note", "keeps nobody out"),
        (lambda repo, _: repo.protected.add("ratchetry-data"), "data branch", "wrong", "protected"),
        (ruled("pull_request", "non_fast_forward"), "data branch rules", "wrong", "pull_request hold"),
        (ruled("required_signatures"), "data branch rules", "wrong", "cannot push"),
        (without_data, "data branch", "wrong", "no run is kept"),
        (without_data_or_runs, "data branch", "note", "no run is kept"),
        (without_data_or_runs, "last learning run", "note", "none yet"),
        (ended("failure"), "last learning run", "wrong", "ended as failure"),
    ],
)
def test_what_is_broken_is_told_with_what_mends_it(
    *,
    root: Path,
    fake: FakeGitHub,
    sound: Repository,
    time: FakeTime,
    change: Callable[[Repository, Path], None],
    what: str,
    health: str,
    says: str,
) -> None:
    """One thing that is wrong is one thing that is told, with what it means and what to do."""
    change(sound, root)
    found = checks(root, fake, time)
    assert (found[what].health, says in found[what].found) == (health, True), found
    assert found[what].advice or what == "repository"


def test_rules_that_let_pushes_through_are_well(
    root: Path, fake: FakeGitHub, sound: Repository, time: FakeTime
) -> None:
    """Nothing is ever rewritten or deleted on the data branch: rules against that do no harm."""
    sound.rules["ratchetry-data"] = ("deletion", "non_fast_forward")
    assert checks(root, fake, time) == {}


def test_a_branch_that_may_not_be_created(root: Path, fake: FakeGitHub, sound: Repository, time: FakeTime) -> None:
    """Before there is a data branch, a rule against new branches keeps it from ever being there."""
    sound.rules["ratchetry-data"] = ("creation",)
    assert checks(root, fake, time) == {}
    without_data_or_runs(sound, root)
    assert checks(root, fake, time)["data branch rules"].health == "wrong"


@pytest.mark.parametrize(("days", "health"), [(7, ""), (9, "wrong")])
def test_learning_that_fell_silent(
    *, root: Path, fake: FakeGitHub, sound: Repository, time: FakeTime, days: int, health: str
) -> None:
    """The schedule starts a run every week: after eight days without one something is off."""
    assert sound.runs
    time.seconds += timedelta(days=days).total_seconds()
    found = checks(root, fake, time)
    assert (found["last learning run"].health if found else "") == health


def test_what_the_token_may_not_see_is_not_taken_for_well(
    root: Path, fake: FakeGitHub, sound: Repository, time: FakeTime
) -> None:
    """A token of a job cannot read the settings: they are not known, and the reason names the permission."""
    assert sound.workflows
    fake.state.add_token("ghs_test", contents="read", actions="read")
    found = checks(root, fake, time)
    assert set(found) == {"actions", "pull requests by Actions"}
    assert all("administration" in check.found and check.health == "note" for check in found.values())


def test_a_history_that_is_no_branch(root: Path, fake: FakeGitHub, sound: Repository, time: FakeTime) -> None:
    """A reference of another kind is held by no rule for branches, and there is no branch to look for."""
    assert sound.workflows
    (check,) = checks(root, fake, time, branch="refs/ratchetry/data").values()
    assert (check.what, check.health) == ("data branch", "note")


def test_the_command_tells_and_fails(
    root: Path,
    fake: FakeGitHub,
    sound: Repository,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """`doctor --github` adds these checks to the others, as text and as JSON, and ends with 2 for what is wrong."""
    for name, value in fake.environ.items():
        monkeypatch.setenv(name, value)
    sound.actions_may_propose = False
    monkeypatch.setenv("RATCHETRY_OSV_URL", f"{fake.url}/nowhere")
    assert run(["doctor", str(root), "--github", "--repository", fake.repo.full_name, "--format", "json"]) == 2
    rows = [row for row in json.loads(capsys.readouterr().out) if row["area"] == "github"]
    assert {row["what"]: row["health"] for row in rows}["pull requests by Actions"] == "wrong"
    assert all(set(row) == {"area", "what", "health", "found", "advice"} for row in rows)
    monkeypatch.delenv("GITHUB_TOKEN")
    assert run(["doctor", str(root), "--github"]) == 2
    assert "GITHUB_TOKEN is not set" in capsys.readouterr().err
    assert run(["doctor", str(root), "--github", "--offline"]) == 2


def test_what_a_caller_must_grant_is_what_init_writes() -> None:
    """The needed permissions come from the templates, and a job that states none has what the repository gives."""
    assert needed("learning") == {
        "actions": "read",
        "contents": "write",
        "issues": "write",
        "pull-requests": "write",
    }
    text = "on: push\njobs: {a: {uses: o/r/.github/workflows/learning-main.yml@main%s}}"
    (default,) = callers_in("a.yml", text % "")
    assert lacking(default, "write") == lacking(default, "") == ()
    assert "contents: write" in lacking(default, "read")
    (all_of_it,) = callers_in("a.yml", text % ", permissions: write-all")
    assert lacking(all_of_it, "read") == ()


@pytest.mark.parametrize(
    "text", ["", "[", "- 1", "jobs: 3", "jobs: {a: 3}", "jobs: {a: {uses: [x]}}", "on: {workflow_run: 3}", "[" * 5000]
)
def test_other_files_call_nothing(text: str) -> None:
    """Whatever stands among the workflows, it is read without harm."""
    assert list(callers_in("a.yml", text)) == []
