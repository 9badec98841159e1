"""Many writers and folders at once, some of them killed: nothing is lost, nothing is there twice, nothing is left."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Final

import pytest

from ratchetry.pipeline.sync import fold, pull, push
from tests.adapters.data_branch.remotes import DATA, Server, read, run, server, share
from tests.adapters.repositories import git

ROOT: Final = Path(__file__).parents[3]


@contextlib.contextmanager
def worker(*arguments: str | Path | int) -> Iterator[subprocess.Popen[str]]:
    """Yield a started worker, which is gone afterwards."""
    command = (sys.executable, "-m", "tests.adapters.data_branch.worker", *map(str, arguments))
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, cwd=ROOT, env=environ, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


@contextlib.contextmanager
def folders(remote: Server, root: Path) -> Iterator[Path]:
    """Yield the file that ends two racing folders when it is made."""
    stop = root / "stop"
    with contextlib.ExitStack() as stack:
        both = [stack.enter_context(worker("fold", remote.url, root / f"folder{n}", n, stop)) for n in (1, 2)]
        yield stop
        stop.touch()
        assert [process.wait(60) for process in both] == [0, 0]


def check(remote: Server, root: Path, numbers: set[int]) -> None:
    """Check that a remote has exactly these runs, once, in a sound repository, and nothing else."""
    last = share(root / "last", remote)
    fold(last)
    assert remote.refs().keys() == {DATA}
    assert remote.files() == {run(number): f'{{"run":{number}}}'.encode() for number in numbers}
    pull(last)
    assert read(last.history) == remote.files()
    git(remote.path, "fsck", "--strict")


@pytest.mark.parametrize("way", [(), ("fold",)])
def test_writers_and_racing_folders_lose_nothing(tmp_path: Path, way: tuple[str, ...]) -> None:
    """Eight writers at once, two folders that cut off the past now and then: each run is there once in the end."""
    writers, each = (8, 5) if not way else (4, 2)
    remote = server(tmp_path / "remote.git")
    with folders(remote, tmp_path), contextlib.ExitStack() as stack:
        processes = [
            stack.enter_context(worker("push", remote.url, tmp_path / f"writer{n}", n * 100, each, *way))
            for n in range(writers)
        ]
        assert [process.wait(120) for process in processes] == [0] * writers
    check(remote, tmp_path, {n * 100 + number for n in range(writers) for number in range(each)})


def test_killed_at_any_instant_a_push_can_be_done_again(tmp_path: Path) -> None:
    """Writers that fold, killed with all they have started, leave a sound remote; what they had said is there is there.

    Done again, all of it is there, once.
    """
    remote = server(tmp_path / "remote.git")
    chance = Random(7)  # noqa: S311  # a steady one is wanted
    said: set[int] = set()
    histories = [tmp_path / f"writer{n}" for n in range(6)]
    for number, history in enumerate(histories):
        with worker("push", remote.url, history, number * 100, 50, "fold") as process:
            assert process.stdout is not None
            if number % 2:
                said.add(int(process.stdout.readline()))
            time.sleep(chance.random() * 0.6)
            _kill_all(process.pid)
            said |= {int(line) for line in process.stdout.read().split() if line.strip()}
        git(remote.path, "fsck", "--strict")
    waiting = {int(path.split("/")[3].split("-")[0]) for ref in remote.refs() for path in remote.files(ref)}
    assert said <= waiting
    for history in histories:
        if (history / "layout.json").exists():
            push(share(history, remote))
    everything = {int(path.stem.split("-")[0]) for history in histories for path in history.rglob("runs/*/*/*-1.json")}
    check(remote, tmp_path, everything)
    assert said <= everything


def _kill_all(pid: int) -> None:
    """Kill a process and the gits that it has started, each of which leads a group of its own."""
    children = [
        int(child) for task in Path(f"/proc/{pid}/task").glob("*/children") for child in task.read_text().split()
    ]
    os.kill(pid, signal.SIGKILL)
    for child in children:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child, signal.SIGKILL)
