"""Running the commands of all stages at the same time, within the slots the machine has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from threading import Lock

from ratchetry.domain.command import Command, ToolOutcome
from ratchetry.ports import Clock, Progress, ToolRunner

Chain = tuple[Command, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StageOutcomes:
    """How every command of one stage ended, and the seconds from the first start to the last end."""

    stage: str
    outcomes: Mapping[str, ToolOutcome]
    duration: float


@dataclass(slots=True, kw_only=True)
class _Ledger:
    """What is known of one stage while its commands run."""

    left: int
    outcomes: dict[str, ToolOutcome] = field(default_factory=dict)
    began: float | None = None
    ended: float = 0.0


@dataclass(slots=True, kw_only=True)
class Scheduler:
    """Runs commands on `slots` threads: the heaviest first, successors in order, exclusive ones alone at the end.

    Heaviest first is Graham's longest-processing-time rule (https://doi.org/10.1137/0117039).  `timeout` is what
    all commands of one stage may take together, in seconds.
    """

    runner: ToolRunner
    progress: Progress
    clock: Clock
    slots: int
    timeout: float
    _lock: Lock = field(default_factory=Lock)
    _ledgers: dict[str, _Ledger] = field(default_factory=dict)

    def execute(self, work: Mapping[str, tuple[Command, ...]]) -> Iterator[StageOutcomes]:
        """Yield the outcomes of each stage as soon as its last command has ended; every stage exactly once."""
        chains = [(stage, chain) for stage, commands in work.items() for chain in chains_of(commands)]
        self._ledgers = {stage: _Ledger(left=sum(owner == stage for owner, _ in chains)) for stage in work}
        for stage, ledger in self._ledgers.items():
            if not ledger.left:
                yield StageOutcomes(stage=stage, outcomes={}, duration=0.0)
        chains.sort(key=lambda entry: -sum(command.weight for command in entry[1]))
        shared = [entry for entry in chains if not _is_exclusive(entry[1])]
        yield from self._in_parallel(shared, self.slots)
        yield from self._in_parallel([entry for entry in chains if _is_exclusive(entry[1])], 1)

    def _in_parallel(self, chains: list[tuple[str, Chain]], slots: int) -> Iterator[StageOutcomes]:
        """Yield the outcomes of each stage that ends while these chains run."""
        pool = ThreadPoolExecutor(max_workers=slots, thread_name_prefix="ratchetry-tool")
        try:
            waiting: set[Future[str]] = {pool.submit(self._run_chain, stage, chain) for stage, chain in chains}
            while waiting:
                done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                for stage in sorted(future.result() for future in done):
                    yield from self._account(stage)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)

    def _account(self, stage: str) -> Iterator[StageOutcomes]:
        """Yield the outcomes of a stage if the chain that has just ended was its last."""
        ledger = self._ledgers[stage]
        ledger.left -= 1
        if not ledger.left:
            seconds = max(0.0, ledger.ended - (ledger.began or 0.0))
            yield StageOutcomes(stage=stage, outcomes=ledger.outcomes, duration=seconds)

    def _run_chain(self, stage: str, chain: Chain) -> str:
        """Run the commands of a chain one after the other and return their stage's name."""
        ledger = self._ledgers[stage]
        for command in chain:
            with self._lock:
                now = self.clock.monotonic()
                ledger.began = now if ledger.began is None else ledger.began
                left = ledger.began + self.timeout - now
            self.progress.started(stage, command.name)
            outcome = self._run(command, left)
            self.progress.ended(stage, command.name, outcome.duration)
            with self._lock:
                ledger.outcomes[command.name] = outcome
                ledger.ended = max(ledger.ended, self.clock.monotonic())
        return stage

    def _run(self, command: Command, seconds: float) -> ToolOutcome:
        """Return how a command ended, or that its stage had no time left for it."""
        if seconds <= 0:
            problem = f"{command.name} was not started: its stage had used up its {self.timeout:g} s"
            return ToolOutcome(name=command.name, exit_code=None, timed_out=True, problem=problem)
        return self.runner(command, seconds)


def chains_of(commands: tuple[Command, ...]) -> tuple[Chain, ...]:
    """Return the commands grouped so that each stands behind the one it must run after."""
    successors: dict[str | None, list[Command]] = {}
    for command in commands:
        successors.setdefault(command.after, []).append(command)
    return tuple(_with_successors(first, successors) for first in successors.get(None, ()))


def _with_successors(command: Command, successors: Mapping[str | None, list[Command]]) -> Chain:
    """Return a command followed by all that must run after it."""
    followers = successors.get(command.name, ())
    return (command, *(link for follower in followers for link in _with_successors(follower, successors)))


def _is_exclusive(chain: Chain) -> bool:
    """Tell whether a chain must have the machine to itself."""
    return any(command.exclusive for command in chain)
