"""The command line of a backfill: what contradicts itself is refused, and progress is readable without a terminal."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from ratchetry.cli.app import run
from ratchetry.cli.backfill_progress import Lines, listener_for
from ratchetry.pipeline.backfill.report import Row
from tests.adapters.repositories import commit, repository


def row(**changes: str) -> Row:
    """Return how a commit ended of which nothing could be measured."""
    reason = changes.get("reason", "it cannot be checked out")
    return Row(
        run="backfill-1-1",
        commit="7f5546a5b0c1d2e3",
        started="2024-01-02T03:04:05Z",
        stages={"quality": "passed", "test": "not_measured"},
        blank=("test",),
        reused=(),
        reason=reason,
        seconds=1.0,
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--since", "2025-01-01", "--tags", "v*"), "--since and --tags exclude each other"),
        (("--sample", "5", "--every", "2"), "--sample excludes --commits and --every"),
        (("--since", "yesterday"), "is no date in ISO 8601, such as 2025-01-31"),
        (("--branch", "nowhere"), "nowhere: no such branch or commit here"),
        (("--python", "no-such-python"), "there is no interpreter 'no-such-python'"),
        (("--timeout", "-1"), "timeout"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], said: str
) -> None:
    """Exit code 2, a message that says what to mend, and nothing written."""
    root = repository(tmp_path / "repo")
    commit(root, a__py="a = 1\n")
    assert run(["history", "backfill", str(root), *arguments]) == 2
    assert said in capsys.readouterr().err
    assert not (root / ".ratchetry").exists()


def test_a_line_tells_how_a_commit_ended_and_what_is_left() -> None:
    """In logs, each commit has a line, which no code of the repository can turn into a command of the job."""
    stream = io.StringIO()
    with listener_for(stream, {}, 2) as listener:
        listener.finished(row(), 1, 65.0)
        listener.finished(row(reason="\n::error::x\x1b[31m"), 2, 0.0)
        listener.waiting("the end of a backfill that was killed")
    lines = stream.getvalue().splitlines()
    assert lines[0] == (
        "[1/2] 7f5546a5b0c1 of 2024-01-02: quality passed, test not measured in 1.00 s (it cannot be checked out); "
        "about 1 min 5 s left"
    )
    assert len(lines) == 3
    assert not any(line.startswith("::") or "\x1b" in line for line in lines)


def test_a_closed_stream_ends_nothing() -> None:
    """Whoever reads the log may go away."""
    stream = io.StringIO()
    stream.close()
    Lines(stream, 1).finished(row(), 1, 0.0)
