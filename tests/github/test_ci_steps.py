"""The steps that talk to GitHub, from the command line to what is there afterwards, and how much they ask."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ratchetry.adapters.github.budget import RESERVE
from ratchetry.adapters.history_directory import HistoryDirectory
from ratchetry.cli.app import run as ratchetry
from ratchetry.domain.bandit import TRAILER
from ratchetry.domain.envelope import SummaryContext
from ratchetry.domain.record import Change, Failure, RunRecord, TestResult
from ratchetry.errors import UsageError
from ratchetry.pipeline.ci.batch import read_batch, read_cursor
from ratchetry.pipeline.flaky import Selection
from ratchetry.pipeline.series import history_series
from ratchetry.state.cursor import CURSOR_FILE
from tests.builders import metric
from tests.github.fake import ALL, FakeGitHub, Fault, Issue, Response, Run, Token
from tests.pipeline.ci.envelopes import record_of, summary, zipped
from tests.unit.act.test_plan import gate

MOST_REQUESTS = 10
"""Of the step behind a comment."""


@pytest.fixture(name="job")
def _job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeGitHub]:
    """Serve a GitHub whose clock is the machine's, with the variables of one of its jobs set."""
    for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_EVENT_PATH", "RATCHETRY_BATCH", "RATCHETRY_WORKFLOW"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    monkeypatch.chdir(tmp_path)
    with FakeGitHub() as fake:
        for name, value in fake.environ.items():
            monkeypatch.setenv(name, value)
        yield fake


def forked(fake: FakeGitHub, *, branch: str = "fix") -> tuple[Issue, Run]:
    """Return a pull request of a fork, and the run that has measured its head."""
    fork = fake.state.repositories.get("mallory/hello") or fake.state.add_repository("mallory/hello", fork=True)
    sha = fake.state.add_commit(fork, branch, {"a.py": branch})
    pull = fake.state.add_pull(fake.repo, branch, head=fork, author="mallory")
    return pull, fake.state.add_run(fake.repo, event="pull_request", branch=branch, sha=sha, head="mallory/hello")


def event_of(fake: FakeGitHub, run: Run, tmp_path: Path) -> str:
    """Return the file of the payload that a run's end makes."""
    owner = (run.head_repository or "").partition("/")[0]
    head = {"full_name": run.head_repository, "owner": {"login": owner}} if run.head_repository else None
    payload = {
        "action": "completed",
        "repository": {"full_name": fake.repo.full_name, "owner": {"login": "octocat"}},
        "workflow_run": {
            "id": run.id,
            "run_attempt": run.attempt,
            "event": run.event,
            "head_sha": run.head_sha,
            "head_branch": run.head_branch,
            "head_repository": head,
            "path": run.path,
            "name": run.name,
            "html_url": f"https://github.com/{fake.repo.full_name}/actions/runs/{run.id}",
            "pull_requests": [{"number": number} for number in run.pull_requests],
        },
    }
    path = tmp_path / "event.json"
    path.write_text(json.dumps(payload))
    return str(path)


def measured(run: Run, **changes: object) -> RunRecord:
    """Return the record that a run of a pull request uploads."""
    told = {"run_id": str(run.id), "attempt": run.attempt, "event": run.event, "branch": run.head_branch}
    return record_of("fail", (gate("fail"),), **{**told, "commit": "9" * 40, **changes})


def uploaded(fake: FakeGitHub, run: Run, record: RunRecord, number: int | None) -> None:
    """Upload a summary that claims to be of a pull request."""
    data = summary(record, SummaryContext(event="pull_request", pull_request=number, head_sha=run.head_sha))
    fake.state.add_artifact(fake.repo, run, f"ci-metrics-summary-a{run.attempt}", data)


def comments(fake: FakeGitHub) -> list[tuple[int, str]]:
    """Return the comments that are there."""
    return [(row.number, row.body) for row in fake.repo.comments.values()]


def feedback(fake: FakeGitHub, run: Run, tmp_path: Path) -> int:
    """Return the exit code of the step that follows a run."""
    history = ["--history", str(tmp_path / "shared")]
    return ratchetry(["ci", "feedback", "--event", event_of(fake, run, tmp_path), *history])


def test_one_comment_for_a_fork(job: FakeGitHub, tmp_path: Path) -> None:
    """A pull request of a fork gets one comment, which is edited in place, and not written when nothing is new."""
    pull, run = forked(job)
    uploaded(job, run, measured(run), pull.number)
    assert feedback(job, run, tmp_path) == 0
    ((number, body),) = comments(job)
    assert number == pull.number
    assert "## ❌ Should not be merged yet" in body
    assert f"/actions/runs/{run.id})" in body
    assert len(job.requests) <= MOST_REQUESTS
    job.requests.clear()
    assert feedback(job, run, tmp_path) == 0
    assert comments(job) == [(number, body)]
    assert {request.method for request in job.requests} == {"GET"}
    run.attempt = 2
    uploaded(job, run, replace(measured(run), verdict="pass", gates=()), pull.number)
    assert feedback(job, run, tmp_path) == 0
    assert len(comments(job)) == 1
    assert "## ✅ May be merged" in comments(job)[0][1]


@pytest.mark.parametrize("hint", [None, 9999])
def test_without_a_hint_that_holds_github_is_asked(job: FakeGitHub, tmp_path: Path, hint: int | None) -> None:
    """The pull request is found by the head's branch, still within six requests."""
    pull, run = forked(job)
    uploaded(job, run, measured(run), hint)
    assert feedback(job, run, tmp_path) == 0
    assert [number for number, _ in comments(job)] == [pull.number]
    assert len([request for request in job.requests if request.path.startswith("/repos")]) <= MOST_REQUESTS


def test_another_pull_request_is_never_commented_on(job: FakeGitHub, tmp_path: Path) -> None:
    """A summary that names the number of somebody else's pull request changes nothing there."""
    victim, _ = forked(job, branch="victim")
    pull, run = forked(job)
    uploaded(job, run, measured(run), victim.number)
    assert feedback(job, run, tmp_path) == 0
    assert [number for number, _ in comments(job)] == [pull.number]


def test_a_pull_request_that_has_moved_on_gets_no_comment(job: FakeGitHub, tmp_path: Path) -> None:
    """What was measured is no longer what would be merged; the next run will comment."""
    pull, run = forked(job)
    uploaded(job, run, measured(run), pull.number)
    assert pull.pull
    pull.pull.head_sha = "a" * 40
    assert feedback(job, run, tmp_path) == 0
    pull.pull.head_sha = run.head_sha
    pull.state = "closed"
    assert feedback(job, run, tmp_path) == 0
    assert comments(job) == []


HOSTILE = "](https://evil.example) @octocat #1 <img src=x> ::error::x"


@pytest.mark.parametrize(
    "poison",
    [
        pytest.param(lambda _: zipped({"../../.bashrc": b"x"}), id="path traversal"),
        pytest.param(lambda _: zipped({"record.json": bytes(60_000_000)}), id="zeros"),
        pytest.param(lambda _: b"PK\x05\x06 no archive", id="no archive"),
        pytest.param(lambda _: zipped({"record.json": b'{"run": 3}'}), id="schema"),
        pytest.param(lambda _: zipped({"record.json": b"[" * 1_000_000}), id="depth"),
        pytest.param(lambda _: zipped({"other.json": b"{}"}), id="no record"),
        pytest.param(lambda run: summary(measured(run, run_id="1")), id="another run"),
        pytest.param(lambda run: summary(measured(run, repository="evil/evil")), id="another repository"),
        pytest.param(lambda run: summary(measured(run, event="push")), id="another event"),
        pytest.param(lambda _: zipped({"record.json": b"{}", "context.json": b"[]"}), id="context"),
    ],
)
def test_a_poisoned_summary_changes_nothing(
    job: FakeGitHub, tmp_path: Path, poison: object, capsys: pytest.CaptureFixture[str]
) -> None:
    """Archives and documents that are made to harm end in one warning."""
    _, run = forked(job)
    assert callable(poison)
    job.state.add_artifact(job.repo, run, "ci-metrics-summary-a1", poison(run))
    assert feedback(job, run, tmp_path) == 0
    assert comments(job) == []
    assert capsys.readouterr().err.count("::warning title=ratchetry::no comment was written") == 1
    assert {request.method for request in job.requests} == {"GET"}


def test_hostile_names_are_only_text(job: FakeGitHub, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Names of tests make no links or mentions in the comment, and no commands in the log."""
    pull, run = forked(job)
    tests = (TestResult(id=HOSTILE, outcome="failed", signature="s"),)
    failures = (Failure(signature="s", category=HOSTILE, evidence=HOSTILE),)
    uploaded(job, run, replace(measured(run), tests=tests, failures=failures), pull.number)
    assert feedback(job, run, tmp_path) == 0
    ((_, body),) = comments(job)
    assert "<img" not in body.replace("`", "").replace("](https://evil.example) @octocat #1 <img src=x>", "")
    assert "::error::" not in capsys.readouterr().out


@pytest.mark.parametrize("event", ["push", "pull_request_target", "schedule"])
def test_other_events_are_not_even_asked_about(job: FakeGitHub, tmp_path: Path, event: str) -> None:
    """Only runs of pull requests get a comment; nothing is asked about others."""
    _, run = forked(job)
    run.event = event
    assert feedback(job, run, tmp_path) == 0
    assert job.requests == []


def test_no_summary_is_no_error(job: FakeGitHub, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A run whose score job died gets no comment, and neither does one whose summary has expired."""
    _, run = forked(job)
    assert feedback(job, run, tmp_path) == 0
    assert "uploaded no ci-metrics-summary-a1" in capsys.readouterr().out
    uploaded(job, run, measured(run), None)
    next(iter(job.repo.artifacts.values())).expired = True
    assert feedback(job, run, tmp_path) == 0
    assert comments(job) == []


def test_a_missing_permission_is_a_warning(job: FakeGitHub, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What GitHub refuses is said with the permission that is missing, and fails nothing."""
    pull, run = forked(job)
    uploaded(job, run, measured(run), pull.number)
    job.state.tokens["ghs_test"] = Token(permissions={**ALL, "pull_requests": "read", "issues": "read"})
    assert feedback(job, run, tmp_path) == 0
    assert comments(job) == []
    assert "write" in capsys.readouterr().err


@pytest.mark.parametrize("payload", ["", "{}", "[]", '{"workflow_run": {"id": "x"}}', "[" * 100_000])
def test_a_step_that_was_set_up_wrongly(job: FakeGitHub, tmp_path: Path, payload: str) -> None:
    """A payload that is not that of a workflow_run is an error of whoever wrote the workflow."""
    (tmp_path / "event.json").write_text(payload)
    assert ratchetry(["ci", "feedback", "--event", str(tmp_path / "event.json")]) == 2
    assert ratchetry(["ci", "feedback", "--event", str(tmp_path / "gone.json")]) == 2
    assert job.requests == []


def taught(fake: FakeGitHub, count: int, **changes: object) -> list[Run]:
    """Return runs of the default branch, each with its summary."""
    runs = []
    for _ in range(count):
        run = fake.state.add_run(fake.repo, sha="1" * 40)
        told = {"run_id": str(run.id), "started": run.created_at, **changes}
        record = record_of("fail", (gate("fail"),), **told)
        fake.state.add_artifact(fake.repo, run, "ci-metrics-summary-a1", summary(record))
        runs.append(run)
    return runs


def test_ingesting_and_keeping(job: FakeGitHub, tmp_path: Path) -> None:
    """What may teach is collected into a batch; again, there is nothing new."""
    job.state.add_workflow(job.repo, ".github/workflows/ci.yml", "CI")
    taught(job, 3)
    history = tmp_path / "history"
    arguments = ["ci", "ingest", "--output", "batch", "--history", str(history)]
    assert ratchetry(arguments) == 0
    batch = read_batch(tmp_path / "batch")
    assert [row.fate for row in batch.manifest.decisions] == ["accepted"] * 3
    assert len(batch.records) == 3
    assert "3 accepted, 0 rejected" in (tmp_path / "summary.md").read_text()
    aggregate = ["ci", "aggregate", "--from-github", "--history", str(history)]
    assert ratchetry([*aggregate, "--dry-run"]) == 0
    assert not history.exists()
    assert ratchetry(aggregate) == 0
    assert len(list(HistoryDirectory(history).records())) == 3
    assert read_cursor(history) == batch.manifest.cursor
    before = (history / CURSOR_FILE).read_bytes()
    job.requests.clear()
    assert ratchetry(aggregate) == 0
    assert (history / CURSOR_FILE).read_bytes() == before
    assert not [request for request in job.requests if request.path.endswith("/zip")]


def test_what_is_asked_for_a_backlog(job: FakeGitHub, tmp_path: Path) -> None:
    """Beyond one request for each summary, runs and artifacts are listed a hundred at a time."""
    job.state.add_workflow(job.repo, ".github/workflows/ci.yml", "CI")
    taught(job, 150)
    assert ratchetry(["ci", "ingest", "--output", "batch", "--history", "none"]) == 0
    asked = [request for request in job.requests if request.path.startswith("/repos")]
    assert len([request for request in asked if request.path.endswith("/zip")]) == 150
    assert len(asked) - 150 <= 6
    assert len(read_batch(tmp_path / "batch").records) == 150


def test_a_backlog_that_does_not_fit_into_the_hour(job: FakeGitHub, tmp_path: Path) -> None:
    """Fetching leaves requests to other jobs; the rest is fetched in the next hour, and every run is kept once."""
    job.state.add_workflow(job.repo, ".github/workflows/ci.yml", "CI")
    taught(job, 30)
    token = job.state.tokens["ghs_test"]
    token.limit = RESERVE + 20
    aggregate = ["ci", "aggregate", "--from-github", "--history", str(tmp_path / "history")]
    assert ratchetry(aggregate) == 0
    kept = len(list(HistoryDirectory(tmp_path / "history").records()))
    assert 10 < kept < 20
    assert token.limit - token.used == RESERVE
    token.reset = 0.0
    assert ratchetry(aggregate) == 0
    assert len(list(HistoryDirectory(tmp_path / "history").records())) == 30


def test_strangers_teach_nothing(job: FakeGitHub, tmp_path: Path) -> None:
    """Runs of forks on a branch of the same name, and records that claim to be other runs, are rejected."""
    job.state.add_workflow(job.repo, ".github/workflows/ci.yml", "CI")
    job.state.add_repository("mallory/hello", fork=True)
    (liar,) = taught(job, 1, run_id="1")
    (wrong,) = taught(job, 1, commit="2" * 40)
    stranger = job.state.add_run(job.repo, head="mallory/hello", event="pull_request", sha="1" * 40)
    (honest,) = taught(job, 1)
    assert ratchetry(["ci", "ingest", "--output", "batch", "--history", "none"]) == 0
    batch = read_batch(tmp_path / "batch")
    fates = {row.name: (row.fate, row.reason) for row in batch.manifest.decisions}
    assert fates[f"{honest.id}-1"] == ("accepted", "")
    assert "its run is '1'" in fates[f"{liar.id}-1"][1]
    assert "its commit is" in fates[f"{wrong.id}-1"][1]
    assert "its code is from mallory/hello" in fates[f"{stranger.id}-1"][1]
    assert [record.run.run_id for record in batch.records] == [str(honest.id)]


def test_own_pull_requests_are_kept_for_rewards(
    job: FakeGitHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the setting, runs of the repository's own pull requests are kept as what GitHub says they are; no forks."""
    fake = job.state
    taught(job, 1)
    fake.add_repository("mallory/hello", fork=True)
    fake.add_commit(job.repo, "fix", {"a.py": "fix"})
    number = fake.add_pull(job.repo, "fix").number
    own, fork, nameless = (
        fake.add_run(job.repo, event="pull_request", branch="fix", head=head, sha="1" * 40, pull_requests=numbers)
        for head, numbers in (("", (number,)), ("mallory/hello", ()), ("", ()))
    )
    named = Change(trailers={TRAILER: ("01DECISION",)})
    uploaded(
        job, own, replace(measured(own, branch="main"), change=named, metrics={"tests.total": metric(9.0)}), number
    )
    uploaded(job, fork, measured(fork, pull_request=5), 5)
    uploaded(job, nameless, measured(nameless), None)
    ingest = ["ci", "ingest", "--output", "batch", "--history", "none"]
    assert ratchetry(ingest) == 0
    assert len(read_batch(tmp_path / "batch").records) == 1
    monkeypatch.setenv("RATCHETRY_LEARN_FROM_PULL_REQUESTS", "true")
    assert ratchetry(ingest) == 0
    batch = read_batch(tmp_path / "batch")
    rejected = {row.name: row.reason for row in batch.manifest.decisions if row.fate == "rejected"}
    assert rejected == {f"{nameless.id}-1": "it is of a pull request, and does not say of which"}
    history = HistoryDirectory(tmp_path / "kept")
    assert [history.add(record) for record in batch.records] == [True, True]
    (kept,) = [run for run in history.columns() if run.run.pull_request]
    assert (kept.run.run_id, kept.run.pull_request, kept.run.branch) == (str(own.id), number, "fix")
    assert kept.trailers == {TRAILER: ("01DECISION",)}
    assert not any(Selection(branch=branch).takes(kept) for branch in ("main", "fix", ""))
    with pytest.raises(UsageError, match="no run of branch 'fix'"):
        history_series(history, root=str(tmp_path), environ={}, branch="fix")


def test_github_out_of_order_loses_nothing(job: FakeGitHub, tmp_path: Path) -> None:
    """A download that fails is left for the next learning run; listing that fails ends with 3."""
    job.state.add_workflow(job.repo, ".github/workflows/ci.yml", "CI")
    taught(job, 2)
    gone = Response(status=404, body={"message": "Not Found"})
    job.faults.append(Fault(kind="answer", path="/zip$", response=gone))
    assert ratchetry(["ci", "ingest", "--output", "batch", "--history", "none"]) == 0
    assert read_batch(tmp_path / "batch").manifest.count("lost") == 1
    refused = Response(status=403, body={"message": "Resource not accessible by integration"})
    job.faults.append(Fault(kind="answer", path="/runs$", times=9, response=refused))
    assert ratchetry(["ci", "ingest", "--output", "batch2", "--history", "none"]) == 3
    assert not (tmp_path / "batch2").exists()
    job.faults.clear()


def test_issues_about_the_default_branch(job: FakeGitHub, tmp_path: Path) -> None:
    """A failing gate has one issue, however often it is reported, and it is closed after two passes."""
    history = HistoryDirectory(tmp_path / "history")
    arguments = ["ci", "report", "--history", "history", "--branch", "main"]
    for day, verdict in enumerate(("fail", "fail", "pass", "pass"), start=1):
        told = {"run_id": str(day), "started": f"2026-01-0{day}T00:00:00Z"}
        history.add(record_of("pass", (gate("fail" if verdict == "fail" else "pass"),), **told))
        assert ratchetry(arguments) == 0
        assert ratchetry(arguments) == 0
        (issue,) = job.repo.issues.values()
        assert issue.state == ("closed" if day == 4 else "open")
    assert issue.title == "coverage.line misses its bound on main"
    assert issue.labels == ["ratchetry"]
    assert "closed" not in (tmp_path / "summary.md").read_text().partition("close the issue")[0]


def test_the_list_of_tasks(job: FakeGitHub, tmp_path: Path) -> None:
    """The open issues are written into the file, or proposed in one pull request."""
    job.state.add_issue(job.repo, "Coverage fell", "<!-- ratchetry:fp=0123456789abcdef -->\nx", labels=("ratchetry",))
    job.state.add_issue(job.repo, "Not ours", labels=("bug",))
    forged = job.state.add_issue(job.repo, "Forged", "<!-- ratchetry:fp=aaaaaaaaaaaaaaaa -->", author="mallory")
    forged.labels.append("ratchetry")
    assert ratchetry(["ci", "tasks", "--file", "TASKS.md", "--write"]) == 0
    text = (tmp_path / "TASKS.md").read_text()
    assert "Coverage fell `0123456789abcdef`" in text
    assert "Not ours" not in text
    assert "aaaaaaaaaaaaaaaa" not in text
    assert ratchetry(["ci", "tasks", "--file", "../TASKS.md", "--write"]) == 2
    (tmp_path / "TASKS.md").unlink()
    for _ in range(2):
        assert ratchetry(["ci", "tasks", "--file", "TASKS.md"]) == 0
    assert [pull.title for pull in job.repo.pulls.values()] == ["Bring the improvement tasks up to date"]
