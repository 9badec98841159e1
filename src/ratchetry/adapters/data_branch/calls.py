"""Calling git with an input, a time limit and a bound on what it prints; none of its group survives the call."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from ratchetry.adapters.output import Pump
from ratchetry.errors import UnreachableError, UsageError

MOST_OUTPUT: Final = 64 * 1024 * 1024
_POLL: Final = 0.5
_OPTIONS: Final = (
    "--no-pager",
    *("-c", "core.hooksPath=/dev/null"),
    *("-c", "core.fsmonitor=false"),
    *("-c", "push.gpgSign=false"),
    *("-c", "push.followTags=false"),
    *("-c", "push.recurseSubmodules=no"),
    *("-c", "fetch.recurseSubmodules=false"),
    *("-c", "fetch.writeCommitGraph=false"),
    # Nothing in our repository is worth telling the server of, and it must not leave out what we lack after all.
    *("-c", "fetch.negotiationAlgorithm=noop"),
    *("-c", "gc.auto=0"),
    *("-c", "maintenance.auto=false"),
    *("-c", "advice.detachedHead=false"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """How a call of git ended: its exit code, what it printed, and the end of what it complained."""

    code: int
    out: bytes
    err: str


class Git:
    """Calls git in one directory; `timeout` is for one call, in seconds.

    A call raises UnreachableError when the time is up, UsageError when git is not there or prints without end.
    """

    def __init__(self, directory: Path, environ: Mapping[str, str], *, timeout: float) -> None:
        self._directory = directory
        self._environ = dict(environ)
        self._timeout = timeout

    def __call__(self, *arguments: str, feed: Iterable[bytes] = (), limit: int = MOST_OUTPUT) -> Answer:
        """Return how git ended; `feed` is its input, and what raises there is raised here after git is gone."""
        process = self._start(arguments)
        if process.stdin is None or process.stdout is None or process.stderr is None:  # pragma: no cover - pipes
            raise AssertionError
        feeder = _Feeder(process.stdin, feed)
        out, err = Pump(process.stdout, limit=limit), Pump(process.stderr)
        try:
            self._await(arguments[0], out)
            code = process.wait(self._timeout)
        finally:
            _kill(process)
        feeder.join()
        if not err.ended(_POLL):  # a connection that ssh keeps for later calls may hold it open
            err.abandon()
        return Answer(code=code, out=out.everything(), err=err.tail().decode("utf-8", "replace"))

    def _start(self, arguments: tuple[str, ...]) -> subprocess.Popen[bytes]:
        """Return the started process, which leads a group of its own; raises UsageError when it cannot be started."""
        command = ("git", *_OPTIONS, *arguments)
        try:
            return subprocess.Popen(
                command,
                cwd=self._directory,
                env=self._environ,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
        except OSError as error:
            msg = f"git cannot be started ({error.strerror}); sharing a history needs git 2.31 or newer"
            raise UsageError(msg) from error

    def _await(self, what: str, out: Pump) -> None:
        """Return when git has closed its output; raises when it takes too long or prints too much."""
        deadline = time.monotonic() + self._timeout
        while not out.ended(_POLL):
            if out.exceeded:
                break
            if time.monotonic() > deadline:
                msg = f"git {what} was ended after {self._timeout:g} s; check the network and the remote, and try again"
                raise UnreachableError(msg)
        if out.exceeded:
            msg = f"git {what} printed more than is read: the remote's branch has more files than a history may have"
            raise UsageError(msg)


class _Feeder:
    """Writes the input of a process from a thread, so that neither waits for the other."""

    def __init__(self, pipe: IO[bytes], feed: Iterable[bytes]) -> None:
        self._pipe = pipe
        self._feed = feed
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, daemon=True, name="ratchetry-git-input")
        self._thread.start()

    def join(self) -> None:
        """Wait for the end, and raise what the input raised."""
        self._thread.join()
        if self._failure is not None:
            raise self._failure

    def _run(self) -> None:
        """Write all of the input; a process that reads no more has said why elsewhere."""
        try:
            with contextlib.suppress(BrokenPipeError), self._pipe:
                for chunk in self._feed:
                    self._pipe.write(chunk)
        except Exception as error:  # noqa: BLE001  # raised again by `join`
            self._failure = error


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End what is left of a process and its group."""
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
