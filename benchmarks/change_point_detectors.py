"""The detectors that benchmarks/change_points.py compares, each a function from values to the places of changes.

Run with the name of a detector, it answers each series on standard input (JSON Lines) with a line: the places found
after every point from the first that is asked for on, and the CPU seconds of the last look.

    python benchmarks/change_point_detectors.py DETECTOR [--from-start] < series.jsonl
"""

from __future__ import annotations

import json
import math
import sys
import time
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Final

import numpy as np

FIRST: Final = 12
"""Points before the first look of a sequential test."""

Detector = Callable[[Sequence[float]], list[int]]


def ratchetry(values: Sequence[float]) -> list[int]:
    """Return what ratchetry finds."""
    detect = import_module("ratchetry.analyze.change_point.detection").detect
    series_of = import_module("ratchetry.domain.series").series_of
    return [point.index for point in detect(series_of(values)).change_points]


def otava(values: Sequence[float]) -> list[int]:
    """Return what apache-otava finds with its defaults."""
    compute_change_points = import_module("otava.analysis").compute_change_points

    return [int(point.index) for point in compute_change_points(list(values))[0]]


def otava_strict(values: Sequence[float]) -> list[int]:
    """Return what apache-otava finds at p 1e-6, the best of its settings on real series."""
    compute_change_points = import_module("otava.analysis").compute_change_points

    return [int(point.index) for point in compute_change_points(list(values), max_pvalue=1e-6)[0]]


def kernel(values: Sequence[float]) -> list[int]:
    """Return what ruptures' KernelCPD finds with a penalty of 3 log n for standardized values."""
    ruptures = import_module("ruptures")
    data = np.asarray(values)
    if len(data) < 6 or data.std() == 0:
        return []
    model = ruptures.KernelCPD(kernel="linear", min_size=3).fit((data - data.mean()) / data.std())
    return [int(place) for place in model.predict(pen=3 * math.log(len(data)))[:-1]]


def asv(values: Sequence[float]) -> list[int]:
    """Return where the steps begin that asv finds."""
    detect_steps = import_module("asv.step_detect").detect_steps
    return [int(step[0]) for step in detect_steps(list(values))[1:]]


def nothing(_values: Sequence[float]) -> list[int]:
    """Return no change, whatever the values."""
    return []


def percent_110(values: Sequence[float]) -> list[int]:
    """Return the points that are 10 percent above the one before."""
    return _above(values, 1.1)


def percent_200(values: Sequence[float]) -> list[int]:
    """Return the points that are twice the one before."""
    return _above(values, 2.0)


def _above(values: Sequence[float], factor: float) -> list[int]:
    """Return the points that exceed the one before by a factor."""
    return [at for at in range(1, len(values)) if values[at] > factor * values[at - 1]]


DETECTORS: Final[dict[str, Detector]] = {
    "ratchetry": ratchetry,
    "otava": otava,
    "otava p1e-6": otava_strict,
    "ruptures KernelCPD": kernel,
    "asv": asv,
    "nothing": nothing,
    "110 %": percent_110,
    "200 %": percent_200,
}


def main() -> int:
    """Answer each series on standard input."""
    detector = DETECTORS[sys.argv[1]]
    detector([1.0, 1.1] * 20)  # imports are not part of a look
    for line in sys.stdin:
        values = json.loads(line)
        looks = range(FIRST, len(values) + 1) if "--from-start" in sys.argv else ()
        found = [detector(values[:length]) for length in looks]
        before = time.process_time()
        found.append(detector(values))
        print(json.dumps([found, time.process_time() - before]), flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
