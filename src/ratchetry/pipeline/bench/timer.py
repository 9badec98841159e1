"""A timer for benchmarks on busy machines: it stands still while the code could run and no processor is free for it.

Linux counts how long a thread has waited for a processor (the second number of /proc/self/schedstat, see
https://docs.kernel.org/scheduler/sched-stats.html). The time of the wall without that is what the code would have
taken on a machine of its own. The time of the processor would leave out what waits for something else as well: files,
the network, other processes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from ratchetry.domain.command import Command

MODULE: Final = "ratchetry_timer"
"""The name of the module with the timer in the measured process."""
SOURCE: Final = '''\
"""The time of the wall without the time that the main thread has waited for a processor."""

import os
import time

_FILE = os.open("/proc/self/schedstat", os.O_RDONLY | os.O_CLOEXEC)


def timer(read=os.pread, file=_FILE, clock=time.perf_counter):
    """Return seconds; a wait between the two readings would count on one side only, so they are taken again."""
    waited = read(file, 100, 0).split()[1]
    while True:
        now, again = clock(), read(file, 100, 0).split()[1]
        if waited == again:
            return now - int(waited) * 1e-9
        waited = again
'''


def timed(command: Command, directory: str) -> Command:
    """Return a command of pytest-benchmark that takes its times with the timer, whose module lies in a directory."""
    path = ":".join(filter(None, (command.environment.get("PYTHONPATH", ""), directory)))
    environment: Mapping[str, str] = {**command.environment, "PYTHONPATH": path}
    files = {**command.files, f"{directory}/{MODULE}.py": SOURCE}
    return replace(
        command, argv=(*command.argv, f"--benchmark-timer={MODULE}.timer"), environment=environment, files=files
    )
