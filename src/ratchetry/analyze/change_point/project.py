"""Change points over all series of a project, with the many looks at it taken into account."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from ratchetry.analyze.change_point.detection import detect
from ratchetry.analyze.multiplicity import false_discovery_rate
from ratchetry.domain.change_point import Detection
from ratchetry.domain.series import Series

RATE: Final = 0.01
"""The expected share of false ones among all change points of a project."""


def detect_all(series: Sequence[Series]) -> tuple[Detection, ...]:
    """Return what is found in each series, each change point with its p-value adjusted for all of them.

    A series without a change point counts as a test that found nothing; what does not stand up is left out.
    """
    detections = [detect(each) for each in series]
    p_values = [point.p_value for each in detections for point in each.change_points]
    silent = sum(not each.change_points for each in detections)
    adjusted = iter(false_discovery_rate([*p_values, *[1.0] * silent])[: len(p_values)])
    found = []
    for each in detections:
        points = tuple(replace(point, q_value=q) for point in each.change_points if (q := next(adjusted)) <= RATE)
        found.append(replace(each, change_points=points))
    return tuple(found)
