"""The command line as a user runs it: a process of its own, in an environment of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ratchetry.domain.record import Gate, RunRecord
from ratchetry.state.record import loads

OWN: Final = ("--python", sys.executable)
"""Tests run with the Python of these tests: nothing needs to be installed."""
TESTS: Final = ("--stage", "test", *OWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a command ended and what it left behind."""

    code: int
    out: str
    err: str
    output: Path

    @property
    def record(self) -> RunRecord:
        """Return the record that a run wrote."""
        return loads((self.output / "record.json").read_bytes(), "record.json")

    def values(self, *names: str) -> tuple[float, ...]:
        """Return the values of metrics."""
        return tuple(self.record.metrics[name].value for name in names)

    def gate(self, metric: str) -> Gate:
        """Return the gate of a metric."""
        return next(gate for gate in self.record.gates if gate.metric == metric)

    def outcomes(self) -> dict[str, str]:
        """Return how each test ended, by its name without the file."""
        return {test.id.rpartition("::")[2]: test.outcome for test in self.record.tests}

    def status(self, stage: str) -> str:
        """Return how a stage ended."""
        return self.record.stages[stage].status


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return what a login shell would give, without what the runner of these tests has added, and some more."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    return {**kept, "LC_ALL": "C.UTF-8", "GIT_CONFIG_GLOBAL": os.devnull, **(extra or {})}


def argv(*arguments: str, python: str = sys.executable) -> tuple[str, ...]:
    """Return the command line of ratchetry."""
    return (python, "-m", "ratchetry", *arguments)


def ratchetry(
    root: Path, *arguments: str, extra: Mapping[str, str] | None = None, python: str = sys.executable
) -> Ended:
    """Return how a command ended that was started in a directory; one that takes minutes fails the test."""
    done = subprocess.run(
        argv(*arguments, python=python), cwd=root, env=environment(extra), capture_output=True, timeout=170, check=False
    )
    return Ended(
        code=done.returncode,
        out=done.stdout.decode("utf-8", "replace"),
        err=done.stderr.decode("utf-8", "replace"),
        output=root / ".ratchetry",
    )


def run_in(root: Path, *arguments: str, extra: Mapping[str, str] | None = None) -> Ended:
    """Return how `ratchetry run` ended in a directory."""
    return ratchetry(root, "run", *arguments, extra=extra)
