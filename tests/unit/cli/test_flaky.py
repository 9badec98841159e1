"""`ratchetry flaky` as it is called: the list, and the quarantine."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from ratchetry.adapters.history_directory import HistoryDirectory
from ratchetry.cli.app import cli
from ratchetry.domain.record import RunRecord
from ratchetry.errors import RatchetryError, UsageError
from tests.adapters.repositories import git
from tests.histories import Shape, history

SHAPE = Shape(runs=150, tests=60, flaky=0.1, seed=4)


def call(*words: str) -> str:
    """Return what a command prints that ends well; raises what it raises."""
    result = CliRunner().invoke(cli, ["flaky", *words])
    if isinstance(result.exception, RatchetryError):
        raise result.exception
    assert result.exit_code == 0, (result.output, result.exception)
    return result.stdout


def kept(root: Path, records: Iterator[RunRecord]) -> Path:
    """Return a repository with runs in its history."""
    (root / "README.md").write_text("x\n", encoding="utf-8")
    git(root, "init", "-q", "-b", "main")
    git(root, "add", "README.md")
    git(root, "commit", "-q", "-m", "x")
    place = HistoryDirectory(root / ".ratchetry")
    for record in records:
        place.add(record)
    return root


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a repository with a history."""
    return kept(tmp_path_factory.mktemp("repository"), history(SHAPE))


def test_without_a_command_it_lists(repository: Path) -> None:
    """`ratchetry flaky`, with or without options, is the list."""
    where = ("--path", str(repository))
    assert call(*where) == call("list", *where)
    assert "flaky tests" in call(*where).splitlines()[0]
    assert call("--format", "markdown", *where).startswith("### Flaky tests")


def test_the_list_as_json_and_as_a_drawing(repository: Path, tmp_path: Path) -> None:
    """JSON has all that is known of each test, the drawing one row for each."""
    drawing = tmp_path / "flaky.svg"
    found = json.loads(call("--format", "json", "--plot", str(drawing), "--path", str(repository)))
    active = [test for test in found["flaky"] if test["status"] == "active"]
    assert active
    assert {"test", "rate", "low", "high", "first_failed", "last_failed", "lost", "cause"} <= active[0].keys()
    assert drawing.read_text(encoding="utf-8").startswith("<svg")


def test_pull_requests_are_no_evidence_unless_asked_for(repository: Path) -> None:
    """Runs of pull requests move nothing; with a flag they count."""
    where = ("--format", "json", "--path", str(repository))
    runs = sum(record.run.pull_request is None and not record.run.dirty for record in history(SHAPE))
    assert json.loads(call(*where))["runs"] == runs
    assert json.loads(call("--pull-requests", *where))["runs"] > runs


def test_only_the_newest_days_count(repository: Path) -> None:
    """Runs before --days are left out: of a history of last winter, all."""
    assert json.loads(call("--days", "1", "--format", "json", "--path", str(repository)))["runs"] == 0


def test_a_branch_without_runs_is_an_error_that_names_the_others(repository: Path) -> None:
    """The message tells which branches there are."""
    with pytest.raises(UsageError, match=r"no run of the branch 'nope' counts; there are \d+ of 'main'"):
        call("--branch", "nope", "--path", str(repository))


def test_an_empty_history_says_so(tmp_path: Path) -> None:
    """Nothing is known yet."""
    assert call("--path", str(tmp_path)).startswith("no run with tests")


def test_the_quarantine(tmp_path: Path) -> None:
    """A test is put in, listed until its day, shown in the list of flaky tests, and taken out again."""
    root = kept(tmp_path, history(SHAPE))
    where = ("--path", str(root))
    name = json.loads(call("--format", "json", *where))["flaky"][0]["test"]
    until = f"{datetime.now(UTC) + timedelta(days=9):%Y-%m-%d}"
    assert call("quarantine", "list", *where) == "no test is in quarantine\n"
    said = call("quarantine", "add", name, "--reason", "waits", "--until", until, *where)
    assert said == f"in quarantine until {until}: {name}\n"
    assert name in call("quarantine", "list", *where)
    (listed,) = json.loads(call("quarantine", "list", "--format", "json", *where))
    assert (listed["test"], listed["until"], listed["reason"]) == (name, until, "waits")
    found = json.loads(call("--format", "json", *where))
    assert found["flaky"][0]["quarantine"]["until"] == until
    assert found["quarantined"] == [listed]
    with pytest.raises(UsageError, match="not in quarantine; there is tests/"):
        call("quarantine", "drop", "tests/other.py::test", *where)
    assert call("quarantine", "drop", name, *where) == f"out of quarantine: {name}\n"
    assert call("quarantine", "list", *where) == "no test is in quarantine\n"


def test_a_quarantine_without_an_end_is_refused(tmp_path: Path) -> None:
    """It needs a day that is not too far away."""
    with pytest.raises(UsageError, match="at most 180 days away"):
        call("quarantine", "add", "a", "--reason", "x", "--until", "2999-01-01", "--path", str(tmp_path))


def test_reused_results_are_no_evidence(tmp_path: Path) -> None:
    """A run that took its tests from the cache has observed nothing."""

    def reused(record: RunRecord) -> RunRecord:
        return replace(record, stages={"test": replace(record.stages["test"], cached=True)})

    root = kept(tmp_path, map(reused, history(Shape(runs=5, tests=4))))
    assert call("--path", str(root)).startswith("no run with tests")


def test_runs_of_changed_code_are_no_evidence(tmp_path: Path) -> None:
    """A run with uncommitted changes says nothing of a commit."""
    records = (replace(record, run=replace(record.run, dirty=True)) for record in history(Shape(runs=5, tests=4)))
    assert call("--path", str(kept(tmp_path, records))).startswith("no run with tests")
