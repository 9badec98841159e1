"""Processes that work through tasks, one each at a time, and end with the process that started them.

However that one ends: its end of the pipe closes then, and the worker treats this like a request to end.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterable
from multiprocessing.connection import Connection, wait
from queue import SimpleQueue
from types import FrameType
from typing import Final, Generic, TypeVar

_PATIENCE: Final = 20.0
"""Seconds that a worker may take to end its tools."""

Setup = TypeVar("Setup")
Job = TypeVar("Job")
Answer = TypeVar("Answer")


class Worker(Generic[Setup, Job, Answer]):
    """One process: `start` makes, from a setup, the function that it answers each job with."""

    def __init__(self, start: Callable[[Setup], Callable[[Job], Answer]], setup: Setup) -> None:
        context = multiprocessing.get_context("spawn")
        self.connection, theirs = context.Pipe()
        self.process = context.Process(target=_serve, args=(theirs, start, setup), name="ratchetry-worker")
        self.process.start()
        theirs.close()

    def give(self, job: Job) -> None:
        """Hand over a job; a worker that has died meanwhile answers with its end."""
        with contextlib.suppress(OSError):
            self.connection.send(job)

    def answer(self) -> Answer | None:
        """Return the answer to the last job, None when the worker has died over it."""
        try:
            answer: Answer = self.connection.recv()
        except (EOFError, OSError):
            return None
        return answer

    def ending(self) -> str:
        """Return how a worker that has died ended, in words."""
        self.process.join(_PATIENCE)
        code = self.process.exitcode
        if code is not None and code < 0:
            hint = ", as systems do when memory runs out" if code == -signal.SIGKILL else ""
            return f"was ended by signal {-code}{hint}"
        return f"ended with exit code {code}"

    def stop(self) -> None:
        """Ask the worker to end its tools and itself."""
        self.connection.close()

    def end(self, seconds: float = _PATIENCE) -> None:
        """End the worker, by force when it takes longer than it may."""
        self.stop()
        self.process.join(seconds)
        if self.process.exitcode is None:
            self.process.kill()
            self.process.join()


def ready(
    workers: Iterable[Worker[Setup, Job, Answer]], seconds: float | None
) -> tuple[Worker[Setup, Job, Answer], ...]:
    """Return the workers that have answered or died, after some seconds at most."""
    by_connection = {worker.connection: worker for worker in workers}
    answered = wait(by_connection, seconds)
    return tuple(worker for connection, worker in by_connection.items() if connection in answered)


def _serve(connection: Connection, start: Callable[[Setup], Callable[[Job], Answer]], setup: Setup) -> None:
    """Answer jobs until the other end of the pipe closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends it to the whole group: the parent decides
    signal.signal(signal.SIGTERM, _interrupt)
    inbox: SimpleQueue[Job] = SimpleQueue()
    threading.Thread(target=_listen, args=(connection, inbox), daemon=True, name="ratchetry-inbox").start()
    with contextlib.suppress(KeyboardInterrupt, BrokenPipeError):
        answer = start(setup)
        while True:
            connection.send(answer(inbox.get()))


def _listen(connection: Connection, inbox: SimpleQueue[Job]) -> None:
    """Take in jobs; when there will be no more, interrupt what is being done, and insist on it."""
    with contextlib.suppress(EOFError, OSError):
        while True:
            inbox.put(connection.recv())
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(_PATIENCE)
    os._exit(1)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    """Treat a request to end like an interrupt from the keyboard."""
    raise KeyboardInterrupt
