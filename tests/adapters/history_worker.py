"""A process that adds to a history, or compacts it, for the tests that disturb such processes.

usage: history_worker.py add DIRECTORY FIRST COUNT | compact DIRECTORY | limited DIRECTORY BYTES
"""

from __future__ import annotations

import resource
import signal
import sys
from pathlib import Path

from ratchetry.adapters.history_compaction import compact
from ratchetry.adapters.history_directory import HistoryDirectory
from ratchetry.errors import RatchetryError
from tests.adapters.history_runs import run


def main(arguments: list[str]) -> int:
    """Do what is asked, saying each run that has been kept on a line of its own; return the exit code."""
    what, directory, *numbers = arguments
    history = HistoryDirectory(Path(directory))
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    try:
        if what == "compact":
            compact(history, "2026-10")
        elif what == "limited":
            # a limit on the size of a file ends a write in its middle, as a full disk does
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (int(numbers[0]), int(numbers[0])))
            history.add(run(1))
        else:
            _add(history, int(numbers[0]), int(numbers[1]))
    except RatchetryError as error:
        sys.stdout.write(f"{type(error).__name__}: {error}\n")
        return error.exit_code
    return 0


def _add(history: HistoryDirectory, first: int, count: int) -> None:
    """Add runs, one after the other."""
    for number in range(first, first + count):
        added = history.add(run(number))
        sys.stdout.write(f"{number} {added}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
