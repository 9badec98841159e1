"""What the pipeline asks of the world, as protocols: adapters implement them, tests fake them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Protocol

from ratchetry.domain.command import Command, ToolOutcome
from ratchetry.domain.event import Event
from ratchetry.domain.record import RunRecord, StageResult


class SourceTree(Protocol):
    """The measured repository's files, read-only."""

    @property
    def root(self) -> str:
        """Return the absolute path of the repository."""
        ...

    def files(self) -> tuple[str, ...]:
        """Return every file that counts, relative to the root with /, sorted."""
        ...

    def read(self, path: str, limit: int = 5_000_000) -> bytes:
        """Return at most `limit` bytes of a file.

        Raises ReportError naming the file when it cannot be read, is no regular file, or is larger.
        """
        ...

    def exists(self, path: str) -> bool:
        """Tell whether a file or directory stands at a relative path inside the repository."""
        ...


class Fetch(Protocol):
    """A read from a service."""

    def __call__(self, url: str) -> bytes:
        """Return the body of a successful answer.

        Raises UnreachableError, naming the service, when there was none.
        """
        ...


class ToolRunner(Protocol):
    """Runs tools as processes of their own."""

    def __call__(self, command: Command, timeout: float) -> ToolOutcome:
        """Return how the command ended; never raises for what the tool does."""
        ...


class Progress(Protocol):
    """Hears what the pipeline is doing; every method may be called from several threads."""

    def preparing(self, what: str) -> None:
        """Hear that something is being set up before the stages start."""
        ...

    def planned(self, stages: Sequence[str]) -> None:
        """Hear which stages will run."""
        ...

    def started(self, stage: str, command: str) -> None:
        """Hear that a command of a stage has started."""
        ...

    def ended(self, stage: str, command: str, seconds: float) -> None:
        """Hear that a command of a stage has ended."""
        ...

    def finished(self, stage: str, result: StageResult) -> None:
        """Hear how a stage ended."""
        ...


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """Return the present moment, in UTC."""
        ...

    def monotonic(self) -> float:
        """Return seconds that never go back."""
        ...


class History(Protocol):
    """The runs and events that are kept; nothing in it is ever changed."""

    def add(self, record: RunRecord) -> bool:
        """Keep a run; return False when this attempt of it is there already, whatever it says then.

        Raises StateError when the record cannot be kept as it is, UsageError when nothing can be written.
        """
        ...

    def add_event(self, event: Event) -> bool:
        """Keep an event; return False when it is there already."""
        ...

    def records(self, since: str = "", until: str = "") -> Iterator[RunRecord]:
        """Yield the runs that started in [since, until), ISO 8601 in UTC, in order of their start.

        Raises StateError naming a file that cannot be read.
        """
        ...

    def events(self, since: str = "", until: str = "") -> Iterator[Event]:
        """Yield the events of [since, until), ISO 8601 in UTC, in order of their time."""
        ...
