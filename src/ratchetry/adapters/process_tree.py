"""One tool's process with everything that it starts: hearing of its end, and ending all of it.

Every tool leads a process group of its own.  Descendants that leave the group (setsid, double fork) are known by a
variable of their environment whose name is unique to the tool, as Jenkins' ProcessTreeKiller does; on Linux /proc
shows it.  Elsewhere, and for a descendant that also empties its environment, only the group is reached.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

_SWEEPS: Final = 20
"""A descendant may fork between being found and being killed: /proc is read again until nobody is left."""
_REAP: Final = 30.0
"""Seconds that a killed process may stay, for example in a system call on a dead network disk."""

if sys.platform == "win32":
    _CREATION_FLAGS: Final = subprocess.CREATE_NEW_PROCESS_GROUP
else:
    _CREATION_FLAGS: Final = 0


class ProcessTree:
    """A started tool and its descendants.

    Raises OSError or ValueError when the tool cannot be started.
    """

    def __init__(self, argv: tuple[str, ...], *, cwd: str, environ: Mapping[str, str]) -> None:
        if not argv:
            msg = "the command names no program"
            raise ValueError(msg)
        mark = f"RATCHETRY_TOOL_{secrets.token_hex(8)}"
        self._mark = f"{mark}=".encode()
        self._reaped = False
        self.process: Final = subprocess.Popen(
            argv,
            cwd=cwd,
            env={**environ, mark: "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            start_new_session=True,
            creationflags=_CREATION_FLAGS,
        )

    def wait(self, timeout: float) -> bool:
        """Tell whether the tool itself has ended within some seconds.

        Where the system can, the ended process is not reaped yet: so its number, which is also that of its group,
        cannot be given to a stranger before `kill` is called.
        """
        if sys.platform == "linux" and hasattr(os, "pidfd_open") and self.process.returncode is None:
            with contextlib.suppress(OSError):  # forbidden in some containers
                return _await_end(self.process.pid, timeout)
        try:
            self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            return False
        return True

    def terminate(self) -> None:
        """Ask the tool and its descendants to end."""
        self._signal_group(signal.SIGTERM)
        for pid in _marked(self._mark):
            _signal(pid, signal.SIGTERM)

    def kill(self) -> None:
        """End the tool and every descendant that can be found, at once."""
        self.kill_group()
        _kill_marked(self._mark)

    def kill_group(self) -> None:
        """End the tool and the descendants that stayed in its group; cheaper than `kill`."""
        if sys.platform == "win32":
            if self.process.poll() is None:
                argv = ("taskkill", "/T", "/F", "/PID", str(self.process.pid))
                subprocess.run(argv, capture_output=True, check=False)
        else:
            self._signal_group(signal.SIGKILL)

    def reap(self) -> int | None:
        """Return the exit code of a tool that has ended, None when even the kernel cannot end it."""
        try:
            code = self.process.wait(_REAP)
        except subprocess.TimeoutExpired:
            return None
        self._reaped = True
        return code

    def _signal_group(self, number: signal.Signals) -> None:
        """Send a signal to the tool's process group, if anyone is left in it."""
        if self._reaped:  # the number may be a stranger's by now
            return
        if sys.platform == "win32":
            self.process.terminate()
        else:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, number)


def kill_left_behind(variable: str) -> None:
    """End every process that has inherited a variable of this name: tools of a run that was killed itself."""
    _kill_marked(f"{variable}=".encode())


def _kill_marked(mark: bytes) -> None:
    """End every process that has inherited a mark, at once."""
    for _ in range(_SWEEPS):
        survivors = tuple(_marked(mark))
        if not survivors:
            return
        for pid in survivors:
            _signal(pid, signal.SIGKILL)
        time.sleep(0.005)


def _marked(mark: bytes) -> Iterator[int]:
    """Yield the processes that have inherited a mark; zombies and strangers' show no environment."""
    if sys.platform != "linux":
        return
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            with contextlib.suppress(OSError):
                if mark in (entry / "environ").read_bytes():
                    yield int(entry.name)


def _signal(pid: int, number: signal.Signals) -> None:
    """Send a signal to a process that may be gone by now."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, number)


if sys.platform == "linux":

    def _await_end(pid: int, timeout: float) -> bool:
        """Tell whether a child has ended within some seconds, without polling and without reaping it."""
        descriptor = os.pidfd_open(pid)
        try:
            end = select.poll()
            end.register(descriptor, select.POLLIN)
            return bool(end.poll(max(0.0, timeout) * 1000))
        finally:
            os.close(descriptor)
