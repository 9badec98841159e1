"""What ratchetry does on GitHub from beginning to end, each flow with what must be there when it has succeeded."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tempfile import mkdtemp
from typing import Final

from ratchetry.act.improvements import Scene, improvements
from ratchetry.act.plan import LABEL
from ratchetry.adapters.apply import apply
from ratchetry.adapters.github import GitHubClient
from ratchetry.adapters.github.known_issues import known_issues
from ratchetry.adapters.github.open_issues import open_fingerprints
from ratchetry.adapters.history_directory import HistoryDirectory
from ratchetry.adapters.workflow_run_event import read_ended_run
from ratchetry.cli.progress import SilentProgress
from ratchetry.domain.action import Action, ProposeChange
from ratchetry.domain.improvement import LABEL as IMPROVEMENT
from ratchetry.domain.record import RunRecord
from ratchetry.domain.suggestion import Suggestion
from ratchetry.pipeline.ci.base_runs import BaseRuns
from ratchetry.pipeline.ci.batch import keep, read_batch, read_cursor, write_batch, write_cursor
from ratchetry.pipeline.ci.feedback import Silence, Trusted, feedback
from ratchetry.pipeline.ci.ingest import from_github
from ratchetry.pipeline.ci.report import planned
from ratchetry.pipeline.ci.shared import persist, shared_history
from ratchetry.pipeline.ci.trusted import branch_of, existing
from ratchetry.settings import Settings
from tests.adapters.repositories import git
from tests.github.conftest import FakeTime, opened
from tests.github.fake import FakeGitHub
from tests.github.test_ci_steps import event_of, forked, measured, taught, uploaded
from tests.pipeline.ci.envelopes import record_of
from tests.unit.act.test_improvements import BAD, GOOD, ONE
from tests.unit.act.test_plan import gate
from tests.unit.learn.suggestions.evidence import AS_OF

BRANCH: Final = "ratchetry/thresholds"
NOW: Final = datetime(2026, 11, 20, tzinfo=UTC)
PROPOSAL: Final = ProposeChange(
    branch=BRANCH,
    base="main",
    title="Raise the bounds",
    body="81",
    message="Raise",
    files={"a.json": '{"minimum": 81}\n'},
)
WORKFLOW: Final = ".github/workflows/ci.yml"
RUNS: Final = 3
_ENVIRON: Final = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """One flow: how the world is before, what is done, and what must hold in the end."""

    name: str
    arrange: Callable[[FakeGitHub, Path], None]
    act: Callable[[GitHubClient, Path], tuple[str, ...]]
    """Does it, and returns what could not be done; raises GitHubError as well."""
    settled: Callable[[FakeGitHub, Path], None]
    """Raises AssertionError unless everything is there, once."""


def carried_out(actions: tuple[Action, ...], client: GitHubClient) -> tuple[str, ...]:
    """Return what could not be done of some actions."""
    return tuple(effect.problem for effect in apply(actions, client) if effect.state == "failed")


def a_pull_request(fake: FakeGitHub, place: Path) -> None:
    """Let a fork's pull request be measured."""
    pull, run = forked(fake)
    uploaded(fake, run, measured(run), pull.number)
    event_of(fake, run, place)


def a_pull_request_with_a_comment(fake: FakeGitHub, place: Path) -> None:
    """Let a fork's pull request be measured again, with another verdict."""
    pull, run = forked(fake)
    uploaded(fake, run, replace(measured(run), verdict="pass", gates=()), pull.number)
    event_of(fake, run, place)
    with opened(fake.environ, FakeTime()) as client:
        assert comment(client, place) == ()
    run.attempt = 2
    uploaded(fake, run, measured(run), pull.number)
    event_of(fake, run, place)


def comment(client: GitHubClient, place: Path) -> tuple[str, ...]:
    """Do what `ratchetry ci feedback` does."""
    run, settings = read_ended_run(str(place / "event.json")), Settings(comment="always")
    base = BaseRuns(open=partial(existing, place / "history", settings), now=NOW, root=str(place), environ={})
    decided = feedback(run, client, Trusted(default_branch=branch_of(run, client), settings=settings, base=base))
    return (decided.reason,) if isinstance(decided, Silence) else carried_out((decided,), client)


def one_comment(fake: FakeGitHub, _: Path) -> None:
    """Hold when there is one comment, which says what the last run found."""
    (row,) = fake.repo.comments.values()
    assert "## ❌ Should not be merged yet" in row.body


def nothing(_: FakeGitHub, __: Path) -> None:
    """Leave everything as it is."""


def an_improvement(fake: FakeGitHub, place: Path) -> None:
    """Let there be an issue about an improvement already."""
    with opened(fake.environ, FakeTime()) as client:
        assert improved(BAD, ONE)(client, place) == ()


def an_issue(fake: FakeGitHub, place: Path) -> None:
    """Let there be an issue already."""
    with opened(fake.environ, FakeTime()) as client:
        assert reported("fail")(client, place) == ()


def reported(*verdicts: str) -> Callable[[GitHubClient, Path], tuple[str, ...]]:
    """Return what does what `ratchetry ci report` does after some runs."""

    def report(client: GitHubClient, _: Path) -> tuple[str, ...]:
        known = open_fingerprints(client, LABEL)
        actions = planned(
            list(map(_run, range(len(verdicts)), verdicts)), known.keys(), branch="main", server="https://x"
        )
        return carried_out(actions, client)

    return report


def _run(day: int, verdict: str) -> RunRecord:
    """Return a run of a day in which a gate passed or failed."""
    told = {"run_id": str(day + 1), "started": f"2026-01-0{day + 1}T00:00:00Z"}
    return record_of("pass", (gate("fail" if verdict == "fail" else "pass"),), **told)


def one_issue(*, says: str) -> Callable[[FakeGitHub, Path], None]:
    """Return what holds when there is one open issue that says something."""

    def holds(fake: FakeGitHub, _: Path) -> None:
        (row,) = [row for row in fake.repo.issues.values() if row.state == "open"]
        assert says in row.body
        assert row.labels == [LABEL]
        assert {row.state_reason for row in fake.repo.issues.values() if row.state != "open"} <= {"duplicate"}

    return holds


def improved(runs: tuple[RunRecord, ...], *suggestions: Suggestion) -> Callable[[GitHubClient, Path], tuple[str, ...]]:
    """Return what does what `ratchetry ci report` does about an improvement after some runs."""

    def report(client: GitHubClient, _: Path) -> tuple[str, ...]:
        scene = Scene(known=known_issues(client, IMPROVEMENT), runs=runs, as_of=AS_OF)
        return carried_out(improvements(suggestions, scene), client)

    return report


def one_closed_issue(fake: FakeGitHub, _: Path) -> None:
    """Hold when the one issue is closed and says why."""
    (row,) = fake.repo.issues.values()
    assert (row.state, row.state_reason) == ("closed", "completed")
    assert len({comment.body for comment in fake.repo.comments.values()}) == 1


def a_proposal(fake: FakeGitHub, _: Path) -> None:
    """Let something be proposed already."""
    with opened(fake.environ, FakeTime()) as client:
        earlier = replace(PROPOSAL, files={"a.json": '{"minimum": 80}\n'}, body="80")
        assert carried_out((earlier,), client) == ()


def propose(client: GitHubClient, _: Path) -> tuple[str, ...]:
    """Propose a change of bounds."""
    return carried_out((PROPOSAL,), client)


def one_proposal(fake: FakeGitHub, _: Path) -> None:
    """Hold when there is one pull request with the right files, and nothing else was touched."""
    (row,) = fake.repo.pulls.values()
    assert row.state == "open"
    assert row.body.endswith("\n81")
    objects, refs = fake.repo.objects, fake.repo.refs
    assert set(refs) == {"refs/heads/main", f"refs/heads/{BRANCH}"}
    files = objects.files(objects.commits[refs[f"refs/heads/{BRANCH}"]].tree)
    assert objects.blobs[files["a.json"].sha] == b'{"minimum": 81}\n'
    assert set(files) == {"a.json", "README.md"}
    assert not fake.repo.issues.keys() - fake.repo.pulls.keys()


def some_runs(fake: FakeGitHub, _: Path) -> None:
    """Let there be runs that teach."""
    taught(fake, RUNS)


def ingest(client: GitHubClient, place: Path) -> tuple[str, ...]:
    """Do what `ratchetry ci ingest` does and, with its batch, what `ratchetry ci persist` does before it pushes."""
    history, batch = place / "history", place / "batch"
    write_batch(batch, from_github(client, read_cursor(history), now=FakeTime().now(), workflow=WORKFLOW))
    found = read_batch(batch)
    keep(found, HistoryDirectory(history))
    write_cursor(history, found.manifest.cursor)
    return tuple(row.reason for row in found.manifest.decisions if row.fate != "accepted")


def all_runs(fake: FakeGitHub, place: Path) -> None:
    """Hold when every run is in the history, once."""
    kept = sorted(record.run.run_id for record in HistoryDirectory(place / "history").records())
    assert kept == sorted(str(number) for number in fake.repo.runs)


def some_runs_and_a_remote(fake: FakeGitHub, place: Path) -> None:
    """Let there be runs that teach, and a remote for the history, with nothing in it yet."""
    some_runs(fake, place)
    git(place, "init", "-q", "--bare", "remote.git")
    git(place, "init", "-q", "checkout")
    git(place / "checkout", "remote", "add", "origin", str(place / "remote.git"))


def ingest_and_persist(client: GitHubClient, place: Path) -> tuple[str, ...]:
    """Do what the jobs of the learning workflow do, each on a machine of its own."""
    job = Path(mkdtemp(dir=place))
    cursor = read_cursor(pulled(place, job / "first"))
    batch = from_github(client, cursor, now=FakeTime().now(), workflow=WORKFLOW)
    write_batch(job / "batch", batch)
    persist(
        str(place / "checkout"),
        Settings(),
        read_batch(job / "batch"),
        environ=_ENVIRON,
        progress=SilentProgress(),
        history=str(job / "second"),
    )
    return tuple(row.reason for row in batch.manifest.decisions if row.fate != "accepted")


def pulled(place: Path, history: Path) -> Path:
    """Return the directory of a history after everything that the remote has was brought in."""
    return shared_history(str(place / "checkout"), Settings(), _ENVIRON, SilentProgress(), str(history))


def all_runs_on_the_remote(fake: FakeGitHub, place: Path) -> None:
    """Hold when every run is in the history that whoever pulls gets, once."""
    kept = sorted(record.run.run_id for record in HistoryDirectory(pulled(place, place / "fresh")).records())
    assert kept == sorted(str(number) for number in fake.repo.runs)


SHARED: Final = Flow(
    name="ingest and persist",
    arrange=some_runs_and_a_remote,
    act=ingest_and_persist,
    settled=all_runs_on_the_remote,
)
FLOWS: Final = (
    Flow(name="comment", arrange=a_pull_request, act=comment, settled=one_comment),
    Flow(name="comment again", arrange=a_pull_request_with_a_comment, act=comment, settled=one_comment),
    Flow(name="open an issue", arrange=nothing, act=reported("fail"), settled=one_issue(says="/runs/1")),
    Flow(name="edit an issue", arrange=an_issue, act=reported("fail", "fail"), settled=one_issue(says="/runs/2")),
    Flow(name="close an issue", arrange=an_issue, act=reported("fail", "pass", "pass"), settled=one_closed_issue),
    Flow(name="close an improvement", arrange=an_improvement, act=improved(GOOD), settled=one_closed_issue),
    Flow(name="propose", arrange=nothing, act=propose, settled=one_proposal),
    Flow(name="propose more", arrange=a_proposal, act=propose, settled=one_proposal),
    Flow(name="ingest", arrange=some_runs, act=ingest, settled=all_runs),
)
