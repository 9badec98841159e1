"""Running commands on the slots there are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Barrier, Lock

import pytest

from ratchetry.adapters.scheduler import Scheduler, chains_of
from ratchetry.domain.command import Command, ToolOutcome
from ratchetry.domain.record import StageResult


@dataclass
class Ticks:
    """A clock that moves by one second at each look."""

    seconds: float = 0.0
    lock: Lock = field(default_factory=Lock)

    def now(self) -> datetime:
        """Return a fixed moment."""
        return datetime(2026, 1, 2, tzinfo=UTC)

    def monotonic(self) -> float:
        """Return one second more than the last time."""
        with self.lock:
            self.seconds += 1
            return self.seconds


@dataclass
class Recorder:
    """A runner and a progress that write down what happens."""

    events: list[str] = field(default_factory=list)
    barrier: Barrier | None = None
    timeouts: dict[str, float] = field(default_factory=dict)

    def __call__(self, command: Command, timeout: float) -> ToolOutcome:
        """Return success, after meeting the other commands at the barrier."""
        self.events.append(f"start {command.name}")
        self.timeouts[command.name] = timeout
        if self.barrier:
            self.barrier.wait(timeout=10)
        self.events.append(f"end {command.name}")
        return ToolOutcome(name=command.name, exit_code=0)

    def preparing(self, what: str) -> None:
        """Ignore it."""

    def planned(self, stages: Sequence[str]) -> None:
        """Ignore it."""

    def started(self, stage: str, command: str) -> None:
        """Ignore it."""

    def ended(self, stage: str, command: str, seconds: float) -> None:
        """Ignore it."""

    def finished(self, stage: str, result: StageResult) -> None:
        """Ignore it."""


def _command(name: str, *, weight: int = 1, after: str | None = None, exclusive: bool = False) -> Command:
    """Return a command that does nothing."""
    return Command(name=name, argv=("true",), weight=weight, after=after, exclusive=exclusive)


def _execute(
    work: Mapping[str, tuple[Command, ...]], recorder: Recorder, *, slots: int = 1, timeout: float = 1000
) -> dict[str, Mapping[str, ToolOutcome]]:
    """Return the outcomes of every stage."""
    scheduler = Scheduler(runner=recorder, progress=recorder, clock=Ticks(), slots=slots, timeout=timeout)
    ended = list(scheduler.execute(work))
    assert len({stage.stage for stage in ended}) == len(ended), "every stage is told of once"
    return {stage.stage: stage.outcomes for stage in ended}


def test_every_stage_gets_the_outcome_of_each_of_its_commands() -> None:
    """Commands of several stages run mixed, their outcomes arrive sorted by stage."""
    work = {"a": (_command("one"), _command("two")), "b": (_command("three"),), "c": ()}
    outcomes = _execute(work, Recorder(), slots=2)
    assert {stage: sorted(names) for stage, names in outcomes.items()} == {"a": ["one", "two"], "b": ["three"], "c": []}


def test_the_heaviest_starts_first() -> None:
    """With one slot, the order is that of the weights, whatever the stage."""
    recorder = Recorder()
    _execute({"a": (_command("light"),), "b": (_command("heavy", weight=9), _command("middle", weight=5))}, recorder)
    assert [event for event in recorder.events if event.startswith("start")] == [
        "start heavy",
        "start middle",
        "start light",
    ]


def test_slots_are_used_at_the_same_time() -> None:
    """Two commands that wait for each other can only end when both run at once."""
    recorder = Recorder(barrier=Barrier(2))
    outcomes = _execute({"a": (_command("one"),), "b": (_command("two"),)}, recorder, slots=2)
    assert set(outcomes) == {"a", "b"}


def test_a_successor_waits_for_its_predecessor() -> None:
    """A command that must run after another starts when that one has ended, also with free slots."""
    recorder = Recorder()
    _execute({"a": (_command("report", after="suite", weight=9), _command("suite"))}, recorder, slots=4)
    assert recorder.events == ["start suite", "end suite", "start report", "end report"]


def test_an_exclusive_command_runs_alone_at_the_end() -> None:
    """A benchmark shares the machine with nothing."""
    recorder = Recorder()
    work = {"bench": (_command("timing", exclusive=True, weight=99),), "a": (_command("one"), _command("two"))}
    _execute(work, recorder, slots=3)
    assert recorder.events[-2:] == ["start timing", "end timing"]


def test_the_time_of_a_stage_is_shared_by_its_commands() -> None:
    """A command gets what is left of its stage's time, and does not start when nothing is."""
    recorder = Recorder()
    work = {"a": (_command("one"), _command("two", after="one"), _command("three", after="two"))}
    outcomes = _execute(work, recorder, timeout=3)["a"]
    assert recorder.timeouts["one"] == 3
    assert 0 < recorder.timeouts["two"] < 3
    assert outcomes["three"].timed_out
    assert outcomes["three"].problem == "three was not started: its stage had used up its 3 s"


def test_commands_are_chained_behind_what_they_follow() -> None:
    """A chain holds a command and everything that must run after it, however deep."""
    commands = (_command("c", after="b"), _command("a"), _command("b", after="a"), _command("d"))
    assert [[link.name for link in chain] for chain in chains_of(commands)] == [["a", "b", "c"], ["d"]]


def test_an_error_of_the_runner_is_not_swallowed() -> None:
    """What breaks while a command is run reaches the caller."""

    class Broken(Recorder):
        def __call__(self, command: Command, timeout: float) -> ToolOutcome:
            raise OSError(command.name, timeout)

    with pytest.raises(OSError, match="one"):
        _execute({"a": (_command("one"),)}, Broken())
