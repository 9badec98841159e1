"""The comment on a pull request from the command line to what stands on GitHub: when, beside which base, of whom."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from ratchetry.adapters.history_directory import HistoryDirectory
from ratchetry.cli.app import run as ratchetry
from ratchetry.domain.envelope import SummaryContext
from ratchetry.domain.record import Finding, Gate, Metric, RunRecord, StageResult, TestResult, Verdict
from ratchetry.pipeline.ci.feedback import comment_fingerprint
from tests.github.fake import FakeGitHub, Issue, Run, Token
from tests.github.test_ci_steps import comments, event_of, forked, measured
from tests.pipeline.ci.envelopes import record_of, summary

MARKER = f"<!-- ratchetry:fp={comment_fingerprint()} -->"
OLD = Finding(tool="ruff", rule="E1", severity="low", path="a.py", line=1, message="old", fingerprint="f1")
NEW = Finding(tool="ruff", rule="E2", severity="low", path="a.py", line=2, message="fresh", fingerprint="f2")


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A repository on GitHub with a pull request of a fork, the run that has measured it, and a history."""

    github: FakeGitHub
    place: Path
    pull: Issue
    run: Run

    def record(self, verdict: Verdict = "pass", *, lint: int = 3, run: Run | None = None, **more: object) -> RunRecord:
        """Return the record of a run of the pull request."""
        return replace(measured(run or self.run), verdict=verdict, **{"gates": (), **figures(lint), **more})  # type: ignore[arg-type]  # a wrong field fails the test

    def upload(self, record: RunRecord, run: Run | None = None, directory: str = "") -> None:
        """Give a run its summary."""
        of = run or self.run
        hints = SummaryContext(event="pull_request", pull_request=self.pull.number, directory=directory)
        self.github.state.add_artifact(
            self.github.repo, of, f"ci-metrics-summary-a{of.attempt}", summary(record, hints)
        )

    def remember(self, count: int = 12) -> None:
        """Keep runs of the default branch, the last of them of the pull request's base."""
        assert self.pull.pull
        history = HistoryDirectory(self.place / "shared")
        for number in range(count):
            sha = self.pull.pull.base_sha if number == count - 1 else f"{number:040x}"
            told = {"run_id": str(number + 1), "started": f"2026-01-{number + 1:02d}T00:00:00Z", "commit": sha}
            history.add(replace(record_of("pass", (), **told), **figures(3)))  # type: ignore[arg-type]  # as above

    def comment(self, *options: str, run: Run | None = None) -> int:
        """Return the exit code of the step that follows a run."""
        event = event_of(self.github, run or self.run, self.place)
        return ratchetry(["ci", "feedback", "--event", event, "--history", str(self.place / "shared"), *options])

    def body(self) -> str:
        """Return the one comment that is there, with GitHub's address in place of the one that is served here."""
        ((number, body),) = comments(self.github)
        assert number == self.pull.number
        return body.replace(self.github.url, "https://github.com")


def figures(lint: int) -> dict[str, object]:
    """Return what each run of the project measures."""
    return {
        "metrics": {"lint.findings": Metric(value=lint, unit="count", better="lower", stage="quality")},
        "stages": {
            "quality": StageResult(status="passed", tools={"ruff": "0.17.5"}),
            "test": StageResult(status="passed", tools={"pytest": "9.0"}),
        },
        "tests": (TestResult(id="test_a", outcome="passed"), TestResult(id="test_b", outcome="passed")),
        "findings": (OLD,),
    }


@pytest.fixture(name="project")
def _project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Project]:
    """Return a project in a job of GitHub's."""
    for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_SERVER_URL", "RATCHETRY_COMMENT_MODE"):
        monkeypatch.delenv(name, raising=False)
    with FakeGitHub() as fake:
        for name, value in fake.environ.items():
            monkeypatch.setenv(name, value)
        pull, run = forked(fake)
        yield Project(github=fake, place=tmp_path, pull=pull, run=run)


def test_a_run_is_shown_beside_its_base(project: Project) -> None:
    """What is worse than the base, fails newly and was newly found is told, and what was there before is not."""
    project.remember()
    tests = (TestResult(id="test_a", outcome="failed", signature="s"), TestResult(id="test_b", outcome="passed"))
    project.upload(project.record("fail", lint=5, tests=tests, findings=(OLD, NEW)))
    assert project.comment() == 0
    body = project.body()
    assert "**1 metric worse, 1 test newly failing, 1 finding new**, against" in body
    assert "| `lint.findings` | 3 → 5 | **+2**<br>exact |" in body
    assert "fresh" in body
    assert "`ruff E1`" not in body
    assert f"/mallory/hello/blob/{project.run.head_sha}/a.py#L2)" in body


def test_what_would_help_most_is_suggested(project: Project) -> None:
    """What the history gives rise to stands in the comment, as the suggestions on it would have it."""
    project.remember()
    project.upload(project.record("fail"))
    assert project.comment() == 0
    _, _, told = project.body().partition("### What would help the default branch most\n\n")
    assert 1 <= told.partition("\n\n")[0].count("\n- ") + told.startswith("- ") <= 3


@pytest.mark.parametrize(
    ("mode", "verdict", "lint", "written"),
    [
        ("always", "pass", 3, True),
        ("changes", "pass", 3, False),
        ("changes", "pass", 5, True),
        ("changes", "pass", 2, True),
        ("changes", "warn", 3, True),
        ("failures", "pass", 5, False),
        ("failures", "warn", 3, False),
        ("failures", "fail", 3, True),
        ("failures", "not_measured", 3, True),
        ("off", "fail", 5, False),
    ],
)
def test_when_there_is_a_comment(project: Project, mode: str, verdict: Verdict, lint: int, *, written: bool) -> None:
    """The mode decides whether a pull request gets a comment where it has none."""
    project.remember()
    project.upload(project.record(verdict, lint=lint))
    assert project.comment("--comment", mode) == 0
    assert bool(comments(project.github)) == written


@pytest.mark.parametrize("mode", ["changes", "failures"])
def test_a_comment_that_is_there_is_kept_up_to_date(project: Project, mode: str) -> None:
    """When all is well again the comment says so, though no new one would be written; again, nothing is."""
    project.remember()
    project.upload(project.record("fail", lint=5))
    assert project.comment("--comment", mode) == 0
    assert project.body().startswith(f"{MARKER}\n## ❌")
    project.run.attempt = 2
    project.upload(project.record("pass"))
    assert project.comment("--comment", mode) == 0
    assert project.body().startswith(f"{MARKER}\n## ✅ May be merged")
    assert "Nothing moved beyond its noise" in project.body()
    project.github.requests.clear()
    assert project.comment("--comment", mode) == 0
    assert {request.method for request in project.github.requests} == {"GET"}


def test_the_default_branch_decides(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    """The configuration is that of the default branch: the pull request's own says nothing."""
    state, repository = project.github.state, project.github.repo
    project.upload(project.record("fail"))
    state.add_commit(repository, "main", {"pyproject.toml": '[tool.ratchetry]\ncomment = "off"\n'})
    assert project.comment() == 0
    assert comments(project.github) == []
    assert "the setting comment of the default branch is off" in capsys.readouterr().out
    state.add_commit(repository, "main", {"ratchetry.toml": 'dashboard-url = "https://acme.example/d/"\n'})
    fork = state.repositories["mallory/hello"]
    state.add_commit(fork, "other", {"ratchetry.toml": 'comment = "off"\n'})
    assert project.comment() == 0
    assert "[dashboard](https://acme.example/d/)" in project.body()


def test_without_a_history_the_gates_are_told(project: Project) -> None:
    """Where there is no history one line says so, and what the gates say stands all the same."""
    gate = Gate(metric="lint.findings", kind="maximum", bound=1.0, value=3.0, margin=-2.0, verdict="fail")
    project.upload(project.record("fail", gates=(gate,)))
    assert project.comment() == 0
    assert "Not compared with a base: there is no shared history yet, so only the gates are judged." in project.body()
    assert "| ❌ `lint.findings` | 3 | ≤ 1 |" in project.body()


def test_a_base_that_was_not_measured_is_told(project: Project) -> None:
    """Where the base has no run, those before the run are the base, and the comment says so."""
    project.remember()
    assert project.pull.pull
    project.pull.pull.base_sha = "e" * 40
    project.upload(project.record("warn", lint=5))
    assert project.comment() == 0
    assert "against the runs of `main` before" in project.body()
    assert "the base eeeeeeeeeeee was not measured" in project.body()


def test_a_stacked_pull_request_is_told_what_it_is_compared_with(project: Project) -> None:
    """A pull request into another branch than the default one is told that this branch counts as well."""
    project.remember()
    assert project.pull.pull
    project.pull.pull.base_ref = "feature-a"
    project.pull.pull.base_sha = project.github.state.add_commit(project.github.repo, "feature-a", {"a.py": "a"})
    project.upload(project.record("warn"))
    assert project.comment() == 0
    assert "this pull request is to be merged into feature-a" in project.body()


def test_runs_of_packages_make_one_comment(project: Project) -> None:
    """Workflows that measure packages of one commit share the comment, whichever of them ends last."""
    state, repository = project.github.state, project.github.repo
    other = state.add_run(
        repository, path=".github/workflows/tools.yml", event="pull_request", branch="fix",
        sha=project.run.head_sha, head="mallory/hello",
    )  # fmt: skip
    project.upload(project.record("pass"), directory="packages/core")
    project.upload(project.record("fail", run=other), other, directory="packages/tools")
    assert project.comment() == 0
    first = project.body()
    assert first.index("### ❌ `packages/tools`") < first.index("### ✅ `packages/core`")
    assert project.comment(run=other) == 0
    assert project.body() == first
    other.status, other.conclusion, other.attempt = "in_progress", None, 2
    assert project.comment() == 0
    assert project.body() == first
    other.attempt = 1
    assert project.comment() == 0
    assert "packages/tools" not in project.body()


def test_a_poisoned_package_costs_the_others_nothing(project: Project) -> None:
    """A summary of another workflow that is made to harm is left out."""
    state, repository = project.github.state, project.github.repo
    other = state.add_run(
        repository, path=".github/workflows/tools.yml", event="pull_request", branch="fix",
        sha=project.run.head_sha, head="mallory/hello",
    )  # fmt: skip
    state.add_artifact(repository, other, "ci-metrics-summary-a1", b"PK no archive")
    project.upload(project.record("fail"))
    assert project.comment() == 0
    assert "## ❌" in project.body()


def test_the_comment_of_another_account_is_left_alone(project: Project) -> None:
    """A comment with our marker that somebody else wrote is neither edited nor taken for ours."""
    theirs = f"{MARKER}\n## ✅ May be merged"
    project.github.state.add_comment(project.github.repo, project.pull.number, theirs, author="mallory")
    project.upload(project.record("fail"))
    assert project.comment() == 0
    written = [body for _, body in comments(project.github)]
    assert len(written) == 2
    assert written[0] == theirs
    assert "## ❌" in written[1]


def test_numbers_that_no_statistic_takes_end_nothing(project: Project) -> None:
    """A record with absurd numbers gets a comment with what can be said."""
    project.remember()
    absurd = {"lint.findings": Metric(value=1.7e308, unit="count", better="lower", stage="quality")}
    project.upload(project.record("fail", metrics=absurd))
    assert project.comment() == 0
    assert "## ❌" in project.body()


def test_a_configuration_that_may_not_be_read_is_a_warning(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without `contents: read` nobody knows whether a comment is wanted, so the permission is asked for."""
    project.upload(project.record("fail"))
    everything = project.github.state.tokens["ghs_test"].permissions
    project.github.state.tokens["ghs_test"] = Token(permissions={**everything, "contents": "none"})
    assert project.comment() == 0
    assert comments(project.github) == []
    assert "contents" in capsys.readouterr().err
