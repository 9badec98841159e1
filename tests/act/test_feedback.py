"""A pull request from a fork through both of its workflows: measured without rights, commented on without its code."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from markdown_it import MarkdownIt

from ratchetry.adapters.history_directory import HistoryDirectory
from ratchetry.domain.record import RunRecord
from ratchetry.state.record import loads
from tests.act import payloads
from tests.act.conftest import MakeWorld
from tests.act.driver import ActRun, Trigger, run_workflow
from tests.act.repositories import CI, measured
from tests.act.summaries import archive, bomb, renamed, summary
from tests.act.world import World, adopt
from tests.adapters.repositories import git
from tests.e2e.commands import ratchetry
from tests.github.fake import Issue

pytestmark = pytest.mark.e2e

FEEDBACK = ".github/workflows/pr-feedback.yml"
RUN = 201
OTHER = 1
"""The number of somebody else's pull request."""
FAILS = "from pkg import sign\n\n\ndef test_sign():\n    assert sign(1) == -1\n"
HOSTILE = (
    "tests/test_a.py::test_a[@octocat]",
    "tests/test_a.py::test_b[](https://evil.example) ![x](https://evil.example/x.png)",
    "tests/test_a.py::test_c\n::error::obeyed\n::add-mask::a",
    "tests/test_a.py::test_d --> <script>alert(1)</script> <!-- ratchetry:fp=0000000000000000 -->",
    "tests/test_a.py::test_e`@octocat`",
)


@pytest.fixture(scope="module")
def fork(make_world: MakeWorld, tmp_path_factory: pytest.TempPathFactory) -> tuple[World, Path, Issue, ActRun]:
    """Return what came of the first run of a fork's pull request, which fails, and the base's checkout."""
    world = make_world("octo/tiny")
    base, head = tmp_path_factory.mktemp("base"), tmp_path_factory.mktemp("head")
    state, repository = world.github.state, world.repository
    state.add_commit(repository, "other", {"a": "b"})
    state.add_pull(repository, "other")
    adopt(repository, measured(base))
    stranger = state.add_repository("stranger/tiny", fork=True)
    sha = adopt(stranger, measured(head, files={"tests/test_sign.py": FAILS}), "feature")
    pull = state.add_pull(repository, "feature", head=stranger, author="stranger")
    state.add_run(
        repository, run_id=RUN, event="pull_request", branch="feature", sha=sha, head="stranger/tiny",
        status="in_progress", conclusion=None,
    )  # fmt: skip
    ref = f"refs/pull/{pull.number}/merge"
    trigger = Trigger(event="pull_request", run_id=RUN, payload=payloads.pull_request(repository, pull), ref=ref)
    run = run_workflow(world, head, CI, trigger, source=world.flat)
    repository.runs[RUN].status, repository.runs[RUN].conclusion = "completed", "failure"
    return world, base, pull, run


def commented(world: World, base: Path, *, attempt: int = 1) -> ActRun:
    """Return what came of the workflow that comments, after an attempt of the fork's run has ended."""
    ended = world.run(RUN)
    ended.attempt = attempt
    own = world.github.state.add_run(world.repository, path=FEEDBACK, name="PR feedback", event="workflow_run")
    trigger = Trigger(event="workflow_run", run_id=own.id, payload=payloads.workflow_run(world.repository, ended))
    environ = {"RATCHETRY_HISTORY_REMOTE": str(shared(world))}
    return run_workflow(world, base, FEEDBACK, trigger, environ=environ)


def shared(world: World) -> Path:
    """Return the repository that keeps the shared history, which begins without one."""
    remote = world.scratch / "remote.git"
    if not remote.is_dir():
        git(world.scratch, "init", "-q", "--bare", str(remote))
    return remote


def remember(world: World, record: RunRecord) -> None:
    """Keep a run of the default branch, of the commit that the pull request is to be merged into, and share it."""
    (pull,) = [row.pull for row in world.repository.issues.values() if row.pull and row.pull.head_ref == "feature"]
    place = world.scratch / "learner"
    git(world.scratch, "init", "-q", str(place))
    run = replace(
        record.run, run_id="100", attempt=1, event="push", branch="main", commit=pull.base_sha, pull_request=None,
        started="2026-01-01T00:00:00Z",
    )  # fmt: skip
    passed = tuple(replace(test, outcome="passed", signature="") for test in record.tests)
    HistoryDirectory(place / ".ratchetry").add(replace(record, run=run, tests=passed, failures=()))
    pushed = ratchetry(place, "history", "push", "--remote", str(shared(world)))
    assert pushed.code == 0, pushed.err


def bodies(world: World) -> Mapping[int, str]:
    """Return every comment by the number that it stands under; two under one fail."""
    comments = world.repository.comments.values()
    found = {comment.number: comment.body for comment in comments}
    assert len(found) == len(comments)
    return found


def uploaded(world: World, attempt: int, data: bytes) -> None:
    """Give the fork's run the summary of an attempt."""
    world.github.state.add_artifact(world.repository, world.run(RUN), f"ci-metrics-summary-a{attempt}", data)


def honest(run: ActRun, attempt: int) -> RunRecord:
    """Return the record of the fork's run as that of another attempt."""
    record = loads(run.artifact("ci-metrics-summary-a1")["record.json"], "record.json")
    return replace(record, run=replace(record.run, attempt=attempt))


def rendered(body: str) -> str:
    """Return what Markdown makes of a body, without code, where nothing has a meaning."""
    made = MarkdownIt("gfm-like", {"html": True, "linkify": False}).render(body)
    return re.sub(r"<(code|pre)>.*?</\1>", "", made, flags=re.DOTALL)


def written(run: ActRun) -> list[tuple[str, str]]:
    """Return the requests that change something."""
    return [(request.method, request.path) for request in run.requests if request.method != "GET"]


def test_fork_is_measured_without_rights(fork: tuple[World, Path, Issue, ActRun]) -> None:
    """A run of a fork's pull request is judged, and asks GitHub for nothing."""
    _, _, pull, run = fork
    assert run.code == 1
    assert run.job("score").outputs["verdict"] == "fail"
    assert run.requests == ()
    context = json.loads(run.artifact("ci-metrics-summary-a1")["context.json"])
    assert (context["pull_request"], context["event"]) == (pull.number, "pull_request")


def test_one_comment_is_written_then_kept_then_edited(fork: tuple[World, Path, Issue, ActRun]) -> None:
    """The first run of a pull request gets the one comment; the same again changes nothing; a rerun edits it."""
    world, base, pull, run = fork
    first = commented(world, base)
    assert first.code == 0, first.log
    assert written(first) == [("POST", f"/repos/octo/tiny/issues/{pull.number}/comments")]
    assert len(first.requests) <= 10
    assert "test_sign" in bodies(world)[pull.number]
    assert "there is no shared history yet" in bodies(world)[pull.number]

    again = commented(world, base)
    assert (again.code, written(again)) == (0, [])

    passing = replace(honest(run, 2), verdict="pass", tests=(), failures=())
    uploaded(world, 2, summary(passing, pull_request=pull.number))
    before = bodies(world)[pull.number]
    edited = commented(world, base, attempt=2)
    (change,) = written(edited)
    assert change[0] == "PATCH"
    assert len(edited.requests) <= 10
    assert bodies(world).keys() == {pull.number}
    assert bodies(world)[pull.number] != before

    remember(world, honest(run, 1))
    uploaded(world, 8, summary(honest(run, 8), pull_request=pull.number))
    beside = commented(world, base, attempt=8)
    assert beside.code == 0, beside.log
    assert "1 test newly failing" in bodies(world)[pull.number]


@pytest.mark.parametrize(
    ("attempt", "what"), [(3, "path traversal"), (4, "ten gigabytes of zeros"), (5, "another schema")]
)
def test_poisoned_summary_changes_nothing(fork: tuple[World, Path, Issue, ActRun], attempt: int, what: str) -> None:
    """A summary that was made to harm is refused with a warning, and nothing on GitHub or the disk changes."""
    world, base, _, run = fork
    record = summary_files(honest(run, attempt))
    poison = {
        "path traversal": lambda: archive({**record, "../../../../evil.json": b"{}"}),
        "ten gigabytes of zeros": lambda: bomb("record.json", 10),
        "another schema": lambda: archive({**record, "record.json": b'{"schema_version": 1, "run": []}'}),
    }
    uploaded(world, attempt, poison[what]())
    before = bodies(world)
    refused = commented(world, base, attempt=attempt)
    assert refused.code == 0
    assert "warning" in refused.job("comment").commands
    assert (written(refused), bodies(world)) == ([], before)
    assert not list(world.scratch.rglob("evil.json"))


def summary_files(record: RunRecord) -> dict[str, bytes]:
    """Return the files of an honest summary."""
    with ZipFile(BytesIO(summary(record))) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def test_missing_permission_is_named(fork: tuple[World, Path, Issue, ActRun]) -> None:
    """Without the permission to write, GitHub refuses, and the warning says which line the workflow lacks."""
    world, base, pull, run = fork
    token = "ghs_pr_feedback_main_comment"
    stated = world.github.state.tokens[token].permissions
    world.github.state.add_token(token, actions="read", contents="read", pull_requests="read")
    uploaded(world, 7, summary(replace(honest(run, 7), metrics={}), pull_request=pull.number))
    before = bodies(world)
    refused = commented(world, base, attempt=7)
    world.github.state.add_token(token, **stated)
    assert (refused.code, bodies(world)) == (0, before)
    assert 403 in {request.status for request in refused.requests}
    assert "pull-requests: write" in refused.log


def test_another_number_and_hostile_names_stay_text(fork: tuple[World, Path, Issue, ActRun]) -> None:
    """A summary that names another's pull request is shown on its own, its tests' names neither obeyed nor rendered."""
    world, base, pull, run = fork
    uploaded(world, 6, summary(renamed(honest(run, 6), HOSTILE), pull_request=OTHER))
    shown = commented(world, base, attempt=6)
    assert shown.code == 0, shown.log
    assert bodies(world).keys() == {pull.number}
    assert "test_d" in bodies(world)[pull.number]
    seen = rendered(bodies(world)[pull.number])
    assert not [word for word in ("@octocat", "<script", "evil.example") if word in seen]
    assert "error" not in shown.job("comment").commands
    assert "add-mask" not in shown.job("comment").commands
