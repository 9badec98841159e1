"""How a backfill goes, on standard error: a bar with the time left on a terminal, a line for each commit elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

from ratchetry.pipeline.backfill.execute import Listener
from ratchetry.pipeline.backfill.plan import Task
from ratchetry.pipeline.backfill.report import Row, outcome
from ratchetry.report.text import clip, duration, encodable, neutralize

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

_LINE = 300


@contextmanager
def listener_for(stream: TextIO, environ: Mapping[str, str], total: int) -> Iterator[Listener]:
    """Yield what shows a backfill of so many commits on a stream."""
    if not stream.isatty() or environ.get("TERM", "") in {"dumb", "unknown"}:
        yield Lines(stream, total)
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[left]}"))
    with Progress(*columns, console=Console(file=stream), transient=True) as progress:
        yield Bar(progress, progress.add_task("backfill", total=total, left=""))


class Lines:
    """Writes one line for each commit that ended, for logs."""

    def __init__(self, stream: TextIO, total: int) -> None:
        self._stream = stream
        self._total = total

    def waiting(self, what: str) -> None:
        """Write what is waited for."""
        self._write(f"ratchetry: waiting for {what}")

    def started(self, task: Task) -> None:
        """Write nothing: the line comes when the commit has ended."""

    def finished(self, row: Row, done: int, left: float) -> None:
        """Write how a commit ended and how long the rest will take."""
        rest = f"; about {duration(left)} left" if done < self._total else ""
        self._write(f"[{done}/{self._total}] {told(row)}{rest}")

    def _write(self, text: str) -> None:
        """Write a line that a job's log cannot take for a command; a closed stream ends no backfill."""
        line = clip(neutralize(text), _LINE)
        try:
            self._stream.write(f"{encodable(line, self._stream.encoding)}\n")
            self._stream.flush()
        except (OSError, ValueError):
            return


class Bar:
    """Moves a bar on, and shows above it what could not be measured."""

    def __init__(self, progress: Progress, task: TaskID) -> None:
        self._progress = progress
        self._task = task

    def waiting(self, what: str) -> None:
        """Show what is waited for."""
        self._progress.update(self._task, left=f"waiting for {what}")

    def started(self, task: Task) -> None:
        """Show which commit was begun last."""
        self._progress.update(self._task, description=f"{task.commit.sha[:12]} of {task.started[:10]}")

    def finished(self, row: Row, done: int, left: float) -> None:
        """Move the bar on, with the time left."""
        from rich.text import Text

        if row.reason:
            self._progress.console.print(Text(clip(neutralize(told(row)), _LINE)))
        self._progress.update(self._task, completed=done, left=f"about {duration(left)} left")


def told(row: Row) -> str:
    """Return how a commit ended, in a line."""
    stages = ", ".join(f"{name} {outcome(row, name)}" for name in row.stages)
    reason = f" ({row.reason})" if row.reason else ""
    return f"{row.commit[:12]} of {row.started[:10]}: {stages} in {duration(row.seconds)}{reason}"
