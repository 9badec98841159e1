"""Scores detectors of change points, with their defaults, on series in which several people marked the changes.

The series are made: of eight kinds, from test suites and databases to boreholes and economies, with the marks of five
people who differ as people do (annotated_series.py).  The flow of the Nile stands beside them.  F1 (margin 5) and
covering are those of van den Burg and Williams, https://arxiv.org/abs/2003.06222.  Doing nothing scores high: most
series hardly change.  Peers are installed into an environment of their own.

    python benchmarks/change_points_annotated.py [--seeds N] [--first N] [--peers] [--format table|json]

Ends with exit code 1 when ratchetry does not beat doing nothing in both, or does not find what changed in the Nile.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.annotated_series import NILE, VOICES, Annotated, annotated
from benchmarks.change_point_scores import covering, f1
from benchmarks.change_points import PEERS, environment, looks

NOTHING: Final = "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """What a detector comes to: over all series, by voice, and how many changes it reports for a series."""

    detector: str
    f1: float
    covering: float
    voices: dict[str, float]
    reported: float
    nile: list[int]


def score(python: str, detector: str, series: Sequence[Annotated]) -> Score:
    """Return what a detector comes to."""
    answers = [found[-1] for found, _ in looks(python, detector, [NILE, *(each.values for each in series)])]
    found = list(zip(series, answers[1:], strict=True))
    by_voice = {
        voice: statistics.mean(f1(each.annotations, places) for each, places in found if each.voice == voice)
        for voice in VOICES
    }
    return Score(
        detector=detector,
        f1=statistics.mean(by_voice.values()),
        covering=statistics.mean(covering(each.annotations, places, len(each.values)) for each, places in found),
        voices=by_voice,
        reported=statistics.mean(len(places) for _, places in found),
        nile=answers[0],
    )


def table(scores: Sequence[Score]) -> str:
    """Return scores as a table in Markdown."""
    lines = [
        f"| detector | F1 | covering | changes | Nile | {' | '.join(VOICES)} |",
        "| --- " * (5 + len(VOICES)) + "|",
    ]
    for one in scores:
        cells = [one.detector, f"{one.f1:.3f}", f"{one.covering:.3f}", f"{one.reported:.1f}", str(one.nile)]
        lines.append(f"| {' | '.join([*cells, *(f'{value:.3f}' for value in one.voices.values())])} |")
    return "\n".join(lines)


def main() -> int:
    """Return the exit code: 0 when ratchetry is better than doing nothing."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=40)
    parser.add_argument("--first", type=int, default=0, help="first seed")
    parser.add_argument("--peers", action="store_true", help="install and compare apache-otava, ruptures and asv")
    parser.add_argument("--format", choices=["table", "json"], default="table")
    options = parser.parse_args()
    seeds = range(options.first, options.first + options.seeds)
    series = [annotated(voice, seed) for voice in VOICES for seed in seeds]
    scores = [score(sys.executable, detector, series) for detector in ("ratchetry", NOTHING)]
    if options.peers:
        with tempfile.TemporaryDirectory() as directory:
            scores += [score(environment(directory), detector, series) for detector in PEERS]
    print(table(scores) if options.format == "table" else json.dumps([asdict(each) for each in scores], indent=2))
    ours, nothing = scores[:2]
    better = ours.f1 > nothing.f1 and ours.covering > nothing.covering
    return 0 if better and ours.nile == [28] else 1


if __name__ == "__main__":
    raise SystemExit(main())
