"""Compares detectors of change points: how soon, how surely and how fast they find what really changed.

A generator of our own makes series as CI has them, some with a step: log-normal noise, heavy-tailed noise with spikes,
bursts of noise, two kinds of runners, drift, and rounded values.  Every detector looks again after each new commit.  A
step counts as found when an alarm within 5 of its place is raised; every other alarm is false.  Offline, the last look
is scored by F1 (margin 5) and covering (van den Burg and Williams, https://arxiv.org/abs/2003.06222).
Peers are installed into an environment of their own.

    python benchmarks/change_points.py [--seeds N] [--first N] [--peers] [--json FILE]

Ends with exit code 1 when ratchetry raises more than 1.5 false alarms per 1,000 runs, finds less than 90 percent of the
steps of 10 percent within 20 commits, or takes more than 5 ms for 1,000 points.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.change_point_scores import MARGIN, covering, f1

FIRST: Final = 12
KINDS: Final = ("even", "spiky", "bursts", "runners", "drift", "rounded")
EFFECTS: Final = (0.0, 0.05, 0.1, 0.2)
OURS: Final = ("ratchetry", "110 %", "200 %")
PEERS: Final = ("otava", "otava p1e-6", "ruptures KernelCPD", "asv")
LENGTHS: Final = (200, 1_000, 10_000)
_WORKER: Final = Path(__file__).with_name("change_point_detectors.py")


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A series that was made, and where it really changed."""

    kind: str
    effect: float
    values: tuple[float, ...]
    step: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """What a detector came to: shares found within 5 and 20 commits by effect, alarms by kind, and the rest."""

    detector: str
    within_5: dict[str, float]
    within_20: dict[str, float]
    false_alarms: dict[str, float]
    all_false_alarms: float
    median_delay: float | None
    f1: float
    covering: float
    milliseconds: dict[str, float]


def make(seed: int, kind: str, effect: float, length: int = 0) -> Made:
    """Return a series of one kind with a step of one size, up or down, in its middle three fifths."""
    generator = random.Random(f"{seed} {kind} {effect} {length}")  # noqa: S311  # made-up data, no secret
    n = length or round(math.exp(generator.uniform(math.log(45), math.log(400))))
    step = generator.randrange(max(FIRST, n // 5), n - 21) if effect else None
    factor = (1 + effect) ** generator.choice((1, -1))
    cv = generator.uniform(0.003, 0.02)
    gap, slow = generator.uniform(0.05, 0.3), False
    slope = generator.uniform(-0.15, 0.15)
    values = []
    for at in range(n):
        level = 20.0 * (factor if step is not None and at >= step else 1.0)
        noise = cv * generator.gauss(0, 1)
        if kind == "spiky":
            noise = 0.6 * cv * generator.gauss(0, 1) / math.sqrt(max(generator.gammavariate(2, 0.5), 0.05))
            level *= 1 + (generator.expovariate(4) if generator.random() < 0.015 else 0)
        elif kind == "bursts":
            noise *= 2.5 if (at // 17) % 3 == 1 else 0.7
        elif kind == "runners":
            slow = generator.random() < (0.65 if slow else 0.2)
            level *= 1 + gap * slow
        elif kind == "drift":
            level *= 1 + slope * at / n
        value = level * math.exp(noise)
        values.append(round(level) if kind == "rounded" else value)
    return Made(kind=kind, effect=effect, values=tuple(map(float, values)), step=step)


def looks(
    python: str, detector: str, series: Sequence[Sequence[float]], *, sequential: bool = False
) -> list[tuple[list[list[int]], float]]:
    """Return what a detector found in each series at each look, and the CPU seconds of the last."""
    command = [python, str(_WORKER), detector, *(["--from-start"] if sequential else [])]
    lines = "".join(f"{json.dumps(values)}\n" for values in series)
    result = subprocess.run(command, input=lines, capture_output=True, text=True, check=True)
    return [(found, seconds) for found, seconds in map(json.loads, result.stdout.splitlines())]


def alarms(made: Made, found: Sequence[Sequence[int]]) -> tuple[int | None, int]:
    """Return after how many commits the step was found, None if never, and how many other alarms there were."""
    seen: list[int] = []
    delay, false = None, 0
    for newest, places in enumerate(found, FIRST - 1):
        for place in places:
            if place <= 0 or any(abs(place - known) <= MARGIN for known in seen):
                continue
            seen.append(place)
            if made.step is not None and abs(place - made.step) <= MARGIN and newest >= made.step:
                delay = delay or newest - made.step + 1
            else:
                false += 1
    return delay, false


def score(python: str, detector: str, series: Sequence[Made]) -> Score:
    """Return what a detector comes to on some series."""
    answers = looks(python, detector, [made.values for made in series], sequential=True)
    results = [(made, *alarms(made, found[:-1]), found[-1]) for made, (found, _) in zip(series, answers, strict=True)]
    runs = {kind: sum(len(made.values) - FIRST + 1 for made in series if made.kind == kind) for kind in KINDS}
    false = {kind: sum(false for made, _, false, _ in results if made.kind == kind) for kind in KINDS}
    delays = [delay for _, delay, _, _ in results if delay is not None]
    return Score(
        detector=detector,
        within_5={f"{effect:.0%}": _share(results, effect, 5) for effect in EFFECTS[1:]},
        within_20={f"{effect:.0%}": _share(results, effect, 20) for effect in EFFECTS[1:]},
        false_alarms={kind: 1000 * false[kind] / runs[kind] for kind in KINDS},
        all_false_alarms=1000 * sum(false.values()) / sum(runs.values()),
        median_delay=statistics.median(delays) if delays else None,
        f1=statistics.mean(f1(_marked(made), places) for made, _, _, places in results),
        covering=statistics.mean(covering(_marked(made), places, len(made.values)) for made, _, _, places in results),
        milliseconds={str(length): _milliseconds(python, detector, length) for length in LENGTHS},
    )


def _marked(made: Made) -> list[list[int]]:
    """Return the truth as the one annotation there is."""
    return [[made.step] if made.step is not None else []]


def _share(results: Sequence[tuple[Made, int | None, int, list[int]]], effect: float, within: int) -> float:
    """Return the share of steps of one size that were found within some commits."""
    delays = [delay for made, delay, _, _ in results if made.effect == effect]
    return sum(delay is not None and delay <= within for delay in delays) / len(delays)


def _milliseconds(python: str, detector: str, length: int) -> float:
    """Return the median CPU time of one look at a series of some length, over the kinds."""
    series = [make(seed, kind, 0.1, length).values for kind in KINDS for seed in range(3)]
    return 1000 * statistics.median(seconds for _, seconds in looks(python, detector, series))


def table(scores: Sequence[Score]) -> str:
    """Return scores as a table in Markdown."""
    lines = [
        "| detector | 5 %: 5/20 | 10 %: 5/20 | 20 %: 5/20 | false per 1,000 | delay | F1 | covering | ms |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for one in scores:
        found = [f"{one.within_5[key]:.2f}/{one.within_20[key]:.2f}" for key in one.within_5]
        speed = "/".join(f"{value:.2g}" for value in one.milliseconds.values())
        rest = [f"{one.all_false_alarms:.2f}", str(one.median_delay), f"{one.f1:.3f}", f"{one.covering:.3f}", speed]
        lines.append(f"| {' | '.join([one.detector, *found, *rest])} |")
    return "\n".join(lines)


def main() -> int:
    """Return the exit code: 0 when ratchetry keeps its bounds."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=6)
    parser.add_argument("--first", type=int, default=0, help="first seed")
    parser.add_argument("--peers", action="store_true", help="install and compare apache-otava, ruptures and asv")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    seeds = range(options.first, options.first + options.seeds)
    series = [make(seed, kind, effect) for kind in KINDS for effect in EFFECTS for seed in seeds]
    scores = [score(sys.executable, detector, series) for detector in OURS]
    if options.peers:
        with tempfile.TemporaryDirectory() as directory:
            scores += [score(environment(directory), detector, series) for detector in PEERS]
    print(table(scores))
    if options.json:
        options.json.write_text(json.dumps([asdict(one) for one in scores], indent=2), encoding="utf-8")
    ours = scores[0]
    kept = ours.all_false_alarms <= 1.5 and ours.within_20["10%"] >= 0.9 and ours.milliseconds["1000"] <= 5
    return 0 if kept else 1


def environment(directory: str) -> str:
    """Return the interpreter of an environment with the peers in it."""
    python = Path(directory, "bin", "python")
    uv = [sys.executable, "-m", "uv"]
    if not python.exists():
        subprocess.run([*uv, "venv", "--quiet", directory, "--python", sys.executable], check=True)
        peers = ["apache-otava>=0.7", "ruptures>=1.1.9", "asv>=0.6.4", "numpy>=2.0"]
        subprocess.run([*uv, "pip", "install", "--quiet", "--python", str(python), *peers], check=True)
    return str(python)


if __name__ == "__main__":
    raise SystemExit(main())
