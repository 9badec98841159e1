"""Tools to run and how they ended, as values: stages plan commands, adapters run them."""

from __future__ import annotations

import signal
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from ratchetry.errors import ReportError

Where = Literal["repository", "scratch"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One tool to run, and the report it leaves behind.

    `cwd` is the measured repository itself for tools that only read, or a scratch copy of it for tools
    that execute its code.  `report` is the absolute path of a file to read afterwards (None: standard output).
    `files` are written before the tool starts (absolute path to content).  `after` names a command of the same
    stage that must have ended first, whatever its exit code.  An `exclusive` command runs alone on the machine.
    """

    name: str
    argv: tuple[str, ...]
    cwd: Where = "repository"
    environment: Mapping[str, str] = field(default_factory=dict)
    report: str | None = None
    files: Mapping[str, str] = field(default_factory=dict)
    after: str | None = None
    exclusive: bool = False
    weight: int = 1
    """How long it is expected to take against the others: the heaviest start first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Skip:
    """A stage that has nothing to do here, because."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unable:
    """A stage that cannot measure here, because."""

    reason: str


Plan = tuple[Command, ...] | Skip | Unable


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolOutcome:
    """How a command ended; `exit_code` is None when it never started or was killed at its timeout.

    `stdout` is whole when the command has no report file (more than is kept is a `problem`), otherwise its last part.
    `stderr` is for people and is cut to its last part.
    """

    name: str
    exit_code: int | None
    stdout: bytes = b""
    stderr: str = ""
    report: bytes | None = None
    missing_report: str = ""
    """The report file that the tool was to write and did not."""
    duration: float = 0.0
    timed_out: bool = False
    problem: str = ""
    """Why there is no usable outcome: not installed, killed at the timeout, report unreadable or too large."""

    def require(self, *exit_codes: int) -> bytes:
        """Return the report (or standard output) of a command that ended with one of these exit codes.

        Raises ReportError with the reason when it did not.
        """
        if self.problem:
            raise ReportError(self.problem)
        if self.exit_code not in exit_codes:
            msg = f"{self.name} {self._ending()}: {self._last_line()}"
            raise ReportError(msg)
        if self.missing_report:
            msg = f"{self.name} {self._ending()} but wrote no report ({self.missing_report}): {self._last_line()}"
            raise ReportError(msg)
        return self.stdout if self.report is None else self.report

    def _ending(self) -> str:
        """Return how the command ended, in words."""
        if self.exit_code is None or self.exit_code >= 0:
            return f"ended with exit code {self.exit_code}"
        try:
            name = signal.Signals(-self.exit_code).name
        except ValueError:
            name = "unknown"
        hint = ", as systems do when memory runs out" if name == "SIGKILL" else ""
        return f"was ended by signal {-self.exit_code} ({name}{hint})"

    def _last_line(self) -> str:
        """Return the last line the command printed, errors preferred."""
        said = self.stderr.strip().splitlines() or self.stdout[-2000:].decode("utf-8", "replace").strip().splitlines()
        return said[-1][:300] if said else "it printed nothing"
