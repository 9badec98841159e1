"""Running tools as processes: nothing they do (hang, fork, flood, lie about their report) harms the run."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import stat
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ratchetry.adapters.files import open_for_reading
from ratchetry.adapters.output import Pump, last_words
from ratchetry.adapters.process_tree import ProcessTree
from ratchetry.domain.command import Command, ToolOutcome, Where

MIB: Final = 1024 * 1024
_DRAIN: Final = 0.5
_DRAIN_LONGEST: Final = 10.0
_SILENCE: Final = 1.0


class _NotStartedError(Exception):
    """A command that could not be started; its text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ending:
    """How a tool's process ended and what it had printed by then."""

    exit_code: int | None
    timed_out: bool
    out: Pump
    err: Pump


class ProcessRunner:
    """Runs commands without a shell, each in a session of its own (`ports.ToolRunner`); may be shared by threads.

    `directories` are the working directories that commands name; `environ` is what their environments start from.
    `grace` is how many seconds a tool has to end after it was asked to.
    """

    def __init__(
        self,
        *,
        directories: Mapping[Where, str],
        environ: Mapping[str, str],
        report_limit: int = 256 * MIB,
        output_limit: int = 64 * MIB,
        grace: float = 5.0,
    ) -> None:
        self._directories = directories
        self._environ = environ
        self._report_limit = report_limit
        self._output_limit = output_limit
        self._grace = grace
        self._change = threading.Condition()
        self._running: set[ProcessTree] = set()
        self._cancelled = False

    def __call__(self, command: Command, timeout: float) -> ToolOutcome:
        """Return how a command ended; what the tool does never raises, an interrupt ends the tool and goes on."""
        began = time.monotonic()
        try:
            _prepare(command)
            with self._started(command) as tree:
                ending = self._watch(tree, timeout, self._output_limit if command.report is None else 0)
        except _NotStartedError as error:
            return ToolOutcome(name=command.name, exit_code=None, problem=str(error), duration=time.monotonic() - began)
        return self._outcome(command, ending, timeout, time.monotonic() - began)

    def cancel(self) -> None:
        """End every running tool and start no more; returns when all are gone."""
        with self._change:
            self._cancelled = True
            trees = tuple(self._running)
        try:
            for tree in trees:
                tree.terminate()
            with self._change:
                self._change.wait_for(lambda: not self._running, self._grace)
        finally:
            with self._change:
                trees = tuple(self._running)
            for tree in trees:
                tree.kill()
        with self._change:
            self._change.wait_for(lambda: not self._running, self._grace)

    @contextlib.contextmanager
    def _started(self, command: Command) -> Iterator[ProcessTree]:
        """Start a command and list it as running for as long as the body lasts."""
        cwd = self._directories[command.cwd]
        if not Path(cwd).is_dir():
            msg = f"{command.name} was not started: its working directory {cwd} does not exist"
            raise _NotStartedError(msg)
        with self._change:
            if self._cancelled:
                msg = f"{command.name} was not started: the run was interrupted"
                raise _NotStartedError(msg)
            try:
                tree = ProcessTree(command.argv, cwd=cwd, environ={**self._environ, **command.environment})
            except (OSError, ValueError) as error:
                raise _NotStartedError(_why_not_started(command, error)) from error
            self._running.add(tree)
        try:
            yield tree
        except BaseException:
            tree.kill()
            tree.reap()
            raise
        finally:
            with self._change:
                self._running.discard(tree)
                self._change.notify_all()

    def _watch(self, tree: ProcessTree, timeout: float, limit: int) -> _Ending:
        """Return how a tool ended: by itself, or because its time was up; none of its group survives."""
        stdout, stderr = tree.process.stdout, tree.process.stderr
        if stdout is None or stderr is None:  # pragma: no cover - both are pipes
            raise AssertionError
        out, err = Pump(stdout, limit=limit), Pump(stderr)
        timed_out = not tree.wait(timeout)
        if timed_out:
            tree.terminate()
            tree.wait(self._grace)
        if timed_out or self._cancelled:
            tree.kill()
        else:
            tree.kill_group()
        exit_code = tree.reap()
        _drain(tree, out, err)
        return _Ending(exit_code=exit_code, timed_out=timed_out, out=out, err=err)

    def _outcome(self, command: Command, ending: _Ending, timeout: float, duration: float) -> ToolOutcome:
        """Return the outcome of a tool that has ended, with its report."""
        report, problem = (None, "") if command.report is None else _read_report(command, self._report_limit)
        stderr = ending.err.tail().decode("utf-8", "replace")
        stopped = ending.timed_out or self._cancelled
        if ending.timed_out:
            problem = _timeout_problem(command.name, timeout, ending)
        elif self._cancelled:
            problem = f"{command.name} was ended because the run was interrupted"
        elif command.report is None and ending.out.exceeded:
            problem = f"{command.name} printed more than the {self._output_limit // MIB} MiB that are read"
        elif ending.exit_code == 1 and _module_is_missing(command.argv, stderr):
            problem = _not_installed(command.name, stderr.strip().splitlines()[-1])
        return ToolOutcome(
            name=command.name,
            exit_code=None if stopped else ending.exit_code,
            stdout=ending.out.everything(),
            stderr=stderr,
            report=report,
            missing_report=command.report if command.report is not None and report is None else "",
            duration=duration,
            timed_out=ending.timed_out,
            problem=problem,
        )


def _prepare(command: Command) -> None:
    """Write a command's files and remove the report of an earlier run; raises _NotStartedError."""
    try:
        for name, content in command.files.items():
            path = Path(name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.unlink(missing_ok=True)
            path.write_text(content, encoding="utf-8")
        if command.report is not None:
            path = Path(command.report)
            path.parent.mkdir(parents=True, exist_ok=True)
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            path.unlink(missing_ok=True)
    except (OSError, ValueError) as error:
        msg = f"{command.name} was not started: its files cannot be prepared: {error}"
        raise _NotStartedError(msg) from error


def _drain(tree: ProcessTree, *pumps: Pump) -> None:
    """Wait until all that a tool printed is taken in; who holds its pipes open after its end is ended or left.

    A pump is left only when it has taken in nothing for a while, so that a busy machine costs no output.
    """
    if all(pump.ended(_DRAIN) for pump in pumps):
        return
    tree.kill()
    began = time.monotonic()
    for pump in pumps:
        while not pump.ended(0.1):
            now = time.monotonic()
            if now - began > _DRAIN_LONGEST or now - max(began, pump.heard) > _SILENCE:
                pump.abandon()
                break


def _read_report(command: Command, limit: int) -> tuple[bytes | None, str]:
    """Return the report a tool left behind and an empty problem, or no report and what is wrong with it.

    A report that is not there is no problem yet: the exit code may tell more.
    """
    path = command.report or ""
    try:
        # A suite may have put a link or a named pipe in the report's place.
        descriptor = open_for_reading(path)
    except FileNotFoundError:
        return None, ""
    except OSError as error:
        return None, f"the report of {command.name} cannot be read: {error.strerror}: {path}"
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            return None, f"the report of {command.name} is no regular file: {path}"
        if status.st_size > limit:
            sizes = f"{status.st_size / MIB:.1f} MiB, more than the {limit / MIB:g} MiB that are read"
            return None, f"the report of {command.name} has {sizes}: {path}"
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            return file.read(limit), ""
    finally:
        os.close(descriptor)


def _why_not_started(command: Command, error: OSError | ValueError) -> str:
    """Return why the system refused to start a command."""
    program = command.argv[0] if command.argv else ""
    # For a bare name, a closed directory of PATH looks like a program that may not be run.
    nowhere = bool(program) and os.sep not in program and "\0" not in program and shutil.which(program) is None
    if isinstance(error, OSError) and (nowhere or error.errno in {errno.ENOENT, errno.ENOTDIR}):
        return _not_installed(command.name, f"{program} does not exist")
    if isinstance(error, OSError) and error.errno in {errno.EACCES, errno.ENOEXEC}:
        return f"{command.name} cannot be run: {error.filename or program}: {error.strerror}; reinstall it"
    return f"{command.name} could not be started: {error}"


def _not_installed(name: str, evidence: str) -> str:
    """Return that a tool is not there, how that was seen, and what to do."""
    return f"{name} is not installed ({evidence[:300]}); `ratchetry doctor` shows what is missing"


def _module_is_missing(argv: tuple[str, ...], stderr: str) -> bool:
    """Tell whether `python -m module` ended because there is no such module.

    Its exit code 1 is also what many tools mean by "findings": with empty output it would look like none.
    """
    if "-m" not in argv[:-1]:
        return False
    module = argv[argv.index("-m") + 1]
    lines = stderr.strip().splitlines()
    return bool(lines) and lines[-1].startswith(argv[0]) and f": No module named {module}" in lines[-1]


def _timeout_problem(name: str, timeout: float, ending: _Ending) -> str:
    """Return that a tool's time was up, with the last it said."""
    said = last_words(ending.out, ending.err)
    last = f"last output: {said}" if said else "it had printed nothing"
    return f"{name} was killed after {timeout:g} s with its whole process group; {last}"
