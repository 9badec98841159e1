"""Workers answer jobs one after the other, and end with the process that started them, however that ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from ratchetry.adapters.workers import Worker, ready
from tests.e2e.processes import alive

PARENT = """\
import time
from tests.adapters.test_workers import sleeping
from ratchetry.adapters.workers import Worker
if __name__ == "__main__":
    worker = Worker(sleeping, 0)
    worker.give(60.0)
    print(worker.process.pid, flush=True)
    time.sleep(60)
"""


def adding(setup: int) -> Callable[[int], int]:
    """Return a function that adds a number."""
    return lambda job: setup + job


def dying(setup: int) -> Callable[[int], int]:
    """Return a function that ends its process by a signal."""

    def die(job: int) -> int:
        os.kill(os.getpid(), setup)
        return job

    return die


def sleeping(setup: int) -> Callable[[float], float]:
    """Return a function that sleeps longer than it is asked to."""

    def sleep(job: float) -> float:
        time.sleep(setup + job)
        return job

    return sleep


def test_jobs_are_answered() -> None:
    """Each of several workers answers what it was given, with the setup that it was started with."""
    workers: list[Worker[int, int, int]] = [Worker(adding, 10), Worker(adding, 20)]
    for worker in workers:
        worker.give(1)
    answers: list[int | None] = []
    while len(answers) < 2:
        answers += [worker.answer() for worker in ready(workers, 30.0)]
    for worker in workers:
        worker.end()
    assert sorted(filter(None, answers)) == [11, 21]
    assert [worker.process.exitcode for worker in workers] == [0, 0]


def test_nothing_is_ready_before_it_is() -> None:
    """Waiting ends when the time is up, and ending a worker interrupts what it does."""
    worker: Worker[int, float, float] = Worker(sleeping, 1)
    worker.give(60.0)
    assert ready([worker], 0.1) == ()
    began = time.monotonic()
    worker.end()
    assert time.monotonic() - began < 20


@pytest.mark.parametrize(
    ("number", "ending"),
    [
        (signal.SIGKILL, "was ended by signal 9, as systems do when memory runs out"),
        (signal.SIGUSR1, "was ended by signal 10"),
    ],
)
def test_a_death_is_an_answer(number: int, ending: str) -> None:
    """A worker that dies over a job gives no answer, and how it ended can be told."""
    worker: Worker[int, int, int] = Worker(dying, number)
    worker.give(1)
    assert ready([worker], 30.0) == (worker,)
    assert worker.answer() is None
    assert worker.ending() == ending
    worker.give(2)
    worker.end()


def test_a_worker_ends_when_its_parent_is_killed() -> None:
    """Without its parent a worker interrupts what it does and ends."""
    command = (sys.executable, "-c", PARENT)
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]) as parent:
        assert parent.stdout
        worker = int(parent.stdout.readline())
        time.sleep(1.0)
        parent.kill()
        parent.wait()
        deadline = time.monotonic() + 20
        while alive(worker) and time.monotonic() < deadline:
            time.sleep(0.05)
    assert not alive(worker)
