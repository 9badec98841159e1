"""How long the bandit takes: a choice from a cold start, folding 100,000 events, and the propensities of one choice.

`ratchetry bandit choose` starts beside `ratchetry --version` in turn, both as processes of their own; the median of the
wall times counts.

    python benchmarks/bandit_speed.py [--rounds N] [--events N] [--format table|json]

Ends with exit code 1 when a choice takes more than 3 times as long as the bare start, or the fold more than 2 s of CPU.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).parents[1]))

from ratchetry.domain.bandit import ArmDecision, ArmOutcome, decision_event, outcome_event
from ratchetry.domain.event import Event
from ratchetry.domain.weights import Arm, Parameters
from ratchetry.learn.bandit.fold import fold
from ratchetry.learn.bandit.propensity import best_probabilities
from ratchetry.state.weights import dumps

START: Final = datetime(2026, 1, 1, tzinfo=UTC)
LATER: Final = "2027-06-01T00:00:00Z"
ARMS: Final = ("a", "b", "c", "d", "e")
KINDS: Final = ("api", "cli", "core", "docs", "io", "ui")


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """What was measured, in which unit, and the bound where there is one."""

    what: str
    value: float
    unit: str
    bound: float | None = None


def events(count: int) -> list[Event]:
    """Return so many events: decisions in six contexts with their outcomes, in no order."""
    chance = random.Random(1)  # noqa: S311  # made-up data, no secret
    found: list[Event] = []
    for number in range(count // 2):
        moment, name = START + timedelta(minutes=5 * number), f"D{number:025d}"
        decision = ArmDecision(
            id=name,
            time=f"{moment:%Y-%m-%dT%H:%M:%SZ}",
            arm=chance.choice(ARMS),
            propensities=dict.fromkeys(ARMS, 0.2),
            context={"code_type": chance.choice(KINDS)},
            unit=f"pr:{number}",
        )
        outcome = ArmOutcome(
            decision=name,
            time=f"{moment + timedelta(hours=3):%Y-%m-%dT%H:%M:%SZ}",
            status="rewarded",
            reward=float(chance.random() < 0.7),
            runs=(f"{number}-1",),
        )
        found += [decision_event(decision), outcome_event(outcome)]
    chance.shuffle(found)
    return found


def fold_seconds(count: int, rounds: int) -> tuple[float, bytes]:
    """Return the CPU seconds of folding so many events, the median of some rounds, and the file that they give."""
    made = events(count)
    times: list[float] = []
    data = b""
    for _ in range(rounds):
        began = time.process_time()
        folded = fold(made, as_of=LATER, arms=[Arm(name=name) for name in ARMS], parameters=Parameters())
        data = dumps(folded.weights)
        times.append(time.process_time() - began)
    return statistics.median(times), data


def start_ratio(weights: bytes, rounds: int) -> tuple[float, float, float]:
    """Return the median wall seconds of `ratchetry --version` and of a choice, and their ratio."""
    times: dict[str, list[float]] = {"bare": [], "choose": []}
    with tempfile.TemporaryDirectory() as directory:
        Path(directory, "bandit_weights.json").write_bytes(weights)
        for number in range(rounds + 1):
            for name, arguments in (
                ("bare", ["--version"]),
                ("choose", ["bandit", "choose", "--context", "code_type=api"]),
            ):
                began = time.perf_counter()
                command = [sys.executable, "-m", "ratchetry", *arguments]
                subprocess.run(command, check=True, cwd=directory, stdout=subprocess.DEVNULL)
                if number:  # the first round warms the file cache up
                    times[name].append(time.perf_counter() - began)
    bare, choose = (statistics.median(times[name]) for name in ("bare", "choose"))
    return bare, choose, choose / bare


def propensity_milliseconds(arms: int, rounds: int = 20) -> float:
    """Return the CPU milliseconds that the propensities of so many arms take, as evidence stands after a while."""
    chance = random.Random(2)  # noqa: S311  # made-up data, no secret
    shapes = [(4 * chance.uniform(1, 120), 4 * chance.uniform(1, 40)) for _ in range(arms)]
    began = time.process_time()
    for _ in range(rounds):
        best_probabilities(shapes)
    return 1000 * (time.process_time() - began) / rounds


def measured(rounds: int, count: int) -> list[Measure]:
    """Return all measures."""
    seconds, data = fold_seconds(count, 3)
    bare, choose, ratio = start_ratio(data, rounds)
    return [
        Measure(what=f"folding {count:,} events", value=seconds, unit="s of CPU", bound=2.0),
        Measure(what="`ratchetry --version`", value=1000 * bare, unit="ms"),
        Measure(what="`ratchetry bandit choose`", value=1000 * choose, unit="ms"),
        Measure(what="a choice beside the bare start", value=ratio, unit="times", bound=3.0),
        *(
            Measure(what=f"propensities of {arms} arms", value=propensity_milliseconds(arms), unit="ms of CPU")
            for arms in (3, 5, 10)
        ),
    ]


def table(rows: Sequence[Measure]) -> str:
    """Return measures as Markdown."""
    lines = ["| what | measured | goal |", "| --- | --- | --- |"]
    lines += [
        f"| {row.what} | {row.value:.3g} {row.unit} | {f'at most {row.bound:g}' if row.bound else ''} |" for row in rows
    ]
    return "\n".join(lines)


def main() -> int:
    """Print the measures; return 1 when a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=20, help="starts of each command")
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--format", choices=("table", "json"), default="table")
    options = parser.parse_args()
    rows = measured(options.rounds, options.events)
    print(table(rows) if options.format == "table" else json.dumps([asdict(row) for row in rows], indent=2))
    return int(any(row.bound is not None and row.value > row.bound for row in rows))


if __name__ == "__main__":
    sys.exit(main())
