"""Progress on standard error: a live display on a terminal, plain lines in CI, otherwise nothing."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING, Final, TextIO

from ratchetry.domain.record import StageResult, Status
from ratchetry.ports import Progress
from ratchetry.report.text import clip, duration, encodable, listed, neutralize

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.spinner import Spinner
    from rich.text import Text

_REFRESHES: Final = 8
_REASON: Final = 300
_MARKS: Final[Mapping[Status, tuple[str, str]]] = {
    "passed": ("ok", "green"),
    "failed": ("x", "red"),
    "not_measured": ("?", "magenta"),
    "skipped": ("-", "dim"),
}


@contextmanager
def progress_for(stream: TextIO, environ: Mapping[str, str]) -> Iterator[Progress]:
    """Yield what shows progress on a stream: live on a terminal, line by line in a GitHub job, nothing elsewhere."""
    if stream.isatty() and environ.get("TERM", "") not in {"dumb", "unknown"}:
        with _live(stream) as progress:
            yield progress
    elif environ.get("GITHUB_ACTIONS") == "true":
        yield PlainProgress(stream)
    else:
        yield SilentProgress()


class SilentProgress:
    """Shows nothing."""

    def preparing(self, what: str) -> None:
        """Ignore it."""

    def planned(self, stages: Sequence[str]) -> None:
        """Ignore it."""

    def started(self, stage: str, command: str) -> None:
        """Ignore it."""

    def ended(self, stage: str, command: str, seconds: float) -> None:
        """Ignore it."""

    def finished(self, stage: str, result: StageResult) -> None:
        """Ignore it."""


class PlainProgress:
    """Writes one line for each thing that happens, for logs."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._lock = Lock()

    def preparing(self, what: str) -> None:
        """Write what is being set up."""
        self._write(f"ratchetry: {what}")

    def planned(self, stages: Sequence[str]) -> None:
        """Write which stages will run."""
        self._write(f"ratchetry: measuring {listed(stages, most=len(stages))}")

    def started(self, stage: str, command: str) -> None:
        """Write that a command has started: when a log ends here, this is what hung."""
        self._write(f"{stage}: {command} started")

    def ended(self, stage: str, command: str, seconds: float) -> None:
        """Write that a command has ended."""
        self._write(f"{stage}: {command} ended after {duration(seconds)}")

    def finished(self, stage: str, result: StageResult) -> None:
        """Write how a stage ended, and why."""
        self._write(f"{stage}: {_summary(result)}")

    def _write(self, text: str) -> None:
        """Write a line that the runner cannot take for a command; a closed stream ends no run."""
        line = clip(neutralize(text), 2 * _REASON)
        with self._lock:
            try:
                self._stream.write(f"{encodable(line, self._stream.encoding)}\n")
                self._stream.flush()
            except (OSError, ValueError):
                return


class LiveProgress:
    """Shows each stage on a line of its own: what runs, since when, how it ended."""

    def __init__(self, monotonic: Callable[[], float], encoding: str | None = None) -> None:
        self._monotonic = monotonic
        self._encoding = encoding
        self._lock = Lock()
        self._preparing = ""
        self._begun = monotonic()
        self._running: dict[str, dict[str, float]] = {}
        self._finished: dict[str, StageResult] = {}
        self._spinner: Spinner | None = None

    def preparing(self, what: str) -> None:
        """Show what is being set up."""
        with self._lock:
            self._preparing = what

    def planned(self, stages: Sequence[str]) -> None:
        """Show a line for each stage, and no longer what was set up."""
        with self._lock:
            self._preparing = ""
            self._running = {stage: {} for stage in stages}

    def started(self, stage: str, command: str) -> None:
        """Show a command among those that run."""
        with self._lock:
            self._running.setdefault(stage, {})[command] = self._monotonic()

    def ended(self, stage: str, command: str, seconds: float) -> None:  # noqa: ARG002 -- lines show what still runs
        """Show a command no longer."""
        with self._lock:
            self._running.setdefault(stage, {}).pop(command, None)

    def finished(self, stage: str, result: StageResult) -> None:
        """Show how a stage ended."""
        with self._lock:
            self._running.setdefault(stage, {}).clear()
            self._finished[stage] = result

    def renderable(self) -> RenderableType:
        """Return the display as it is now."""
        from rich.spinner import Spinner
        from rich.table import Table

        if self._spinner is None:
            self._spinner = Spinner("line", style="cyan")
        now = self._monotonic()
        table = Table.grid(padding=(0, 1), expand=True)
        for _ in range(3):
            table.add_column(no_wrap=True, overflow="ellipsis")
        table.columns[2].ratio = 1
        with self._lock:
            if self._preparing or not self._running:
                what = f"{self._preparing or 'looking around'}  {duration(int(now - self._begun))}"
                table.add_row(self._spinner, self._text("ratchetry"), self._text(what))
            for stage, commands in self._running.items():
                table.add_row(*self._row(stage, commands, now))
        return table

    def _row(self, stage: str, commands: Mapping[str, float], now: float) -> tuple[RenderableType, ...]:
        """Return the line of one stage."""
        if stage in self._finished:
            mark, style = _MARKS[self._finished[stage].status]
            told = _summary(self._finished[stage])
            return (self._text(mark, style), self._text(stage), self._text(told, style))
        if not commands:
            return (self._text(".", "dim"), self._text(stage), self._text("waiting", "dim"))
        told = ", ".join(f"{row} {duration(int(now - since))}" for row, since in commands.items())
        return (self._spinner or "", self._text(stage), self._text(told))

    def _text(self, text: str, style: str = "") -> Text:
        """Return neutralized text that the stream can write: an error in the drawing thread would end the display."""
        from rich.text import Text

        return Text(encodable(neutralize(text), self._encoding), style=style)


@contextmanager
def _live(stream: TextIO) -> Iterator[Progress]:
    """Yield a live display that leaves the terminal as it found it."""
    from rich.console import Console
    from rich.live import Live

    progress = LiveProgress(time.monotonic, stream.encoding)
    console = Console(file=stream)
    with Live(
        console=console,
        get_renderable=progress.renderable,
        refresh_per_second=_REFRESHES,
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
    ):
        yield progress


def _summary(result: StageResult) -> str:
    """Return how a stage ended, on one line."""
    status = result.status.replace("_", " ")
    took = "reused" if result.cached else f"in {duration(result.duration)}" if result.duration else ""
    why = clip(neutralize(result.reason), _REASON)
    return " ".join(part for part in (status, took, f"({why})" if why else "") if part)
