"""One process that runs the benchmarks of a side: its command, and the times that it leaves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from ratchetry.domain.command import Command, ToolOutcome
from ratchetry.pipeline.bench.plan import Effort, WarmUp

if TYPE_CHECKING:
    from ratchetry.collect.stage import Context

LEAST_ROUND: Final = 0.001
"""Seconds that a round takes at least: quicker functions are called several times in each."""
MOST_BENCHMARKS: Final = 5000
_NOTHING_SELECTED: Final = 5
"""https://docs.pytest.org/en/stable/reference/exit-codes.html"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one process measured: the rounds of each benchmark, which failed and why; `problem` when nothing was."""

    rounds: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    failures: tuple[str, ...] = ()
    problem: str = ""
    seconds: float = 0.0
    load: tuple[float, ...] = ()
    """The machine's load average afterwards, nothing where the system does not tell."""

    def warm_up(self, names: Iterable[str]) -> WarmUp:
        """Return what the process took, and one call of each of these benchmarks."""
        return WarmUp(seconds=self.seconds, calls=tuple(min(self.rounds[name]) for name in names))


def process_command(
    command: Command, targets: Iterable[str], effort: Effort, hash_seed: int, *, expression: str = ""
) -> Command:
    """Return the command that runs some files or benchmarks once, as thoroughly as is asked for.

    The options come last, because pytest takes the last one.
    """
    options = (
        f"--benchmark-max-time={effort.seconds:g}",
        f"--benchmark-min-rounds={effort.rounds}",
        f"--benchmark-min-time={LEAST_ROUND:g}",
        "--benchmark-warmup=off",
        *((f"-k{expression}",) if expression else ()),
    )
    # neither an option nor, as for @, a file with further arguments
    paths = (f"./{target}" for target in targets)
    environment = {**command.environment, "PYTHONHASHSEED": str(hash_seed)}
    return replace(command, argv=(*command.argv, *options, *paths), environment=environment)


def read(context: Context, outcome: ToolOutcome) -> Reading:
    """Return what a process measured, or why that is not known."""
    if outcome.exit_code == _NOTHING_SELECTED and not outcome.problem:
        return Reading(problem="pytest selected no benchmark; -k may name none", seconds=outcome.duration)
    from ratchetry.adapters.machine import load
    from ratchetry.collect.benchmark import STAGE

    fragment = STAGE.interpret(context, {outcome.name: outcome})
    result = fragment.stages[STAGE.name]
    rounds = {benchmark.name: benchmark.rounds for benchmark in fragment.benchmarks}
    if len(rounds) > MOST_BENCHMARKS:
        problem = (
            f"there are {len(rounds)} benchmarks, more than the {MOST_BENCHMARKS} that are compared; choose with -k"
        )
        return Reading(problem=problem, seconds=outcome.duration)
    failures = tuple(finding.message for finding in fragment.findings)
    problem = "" if rounds else "; ".join(filter(None, (*failures[:1], result.reason))) or "no benchmark ran"
    return Reading(rounds=rounds, failures=failures, problem=problem, seconds=outcome.duration, load=load())
