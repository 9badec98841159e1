"""How well places of changes agree with those that people marked (van den Burg and Williams, arXiv 2003.06222)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import pairwise
from typing import Final

MARGIN: Final = 5
"""How far a place may be from the one that was marked."""


def f1(annotations: Sequence[Collection[int]], places: Collection[int]) -> float:
    """Return the harmonic mean of precision and recall, the beginning of a series counting as a change.

    Precision is against what any annotator marked, recall the mean over the annotators.
    """
    marked = [{0, *annotation} for annotation in annotations]
    found = {0, *places}
    precision = len(_hits(set().union(*marked), found)) / len(found)
    recall = sum(len(_hits(each, found)) / len(each) for each in marked) / len(marked)
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def _hits(marked: Collection[int], found: Collection[int]) -> list[int]:
    """Return which marked places were found, each found place standing for one of them at most."""
    left, hits = set(found), []
    for real in sorted(marked):
        near = [(abs(place - real), place) for place in left if abs(place - real) <= MARGIN]
        if near:
            left.remove(min(near)[1])
            hits.append(real)
    return hits


def covering(annotations: Sequence[Collection[int]], places: Collection[int], n: int) -> float:
    """Return how well the stretches found cover those marked, by the Jaccard index weighted by length, on average."""
    told = _stretches(places, n)
    return sum(_covered(_stretches(annotation, n), told) for annotation in annotations) / len(annotations) / n


def _stretches(places: Collection[int], n: int) -> list[tuple[int, int]]:
    """Return the stretches between places in a series of n points."""
    return list(pairwise(sorted({0, n, *(place for place in places if 0 < place < n)})))


def _covered(marked: Sequence[tuple[int, int]], told: Sequence[tuple[int, int]]) -> float:
    """Return the length of the marked stretches, each times its overlap with the best of those that were told."""
    return sum(
        (end - start)
        * max(max(0, min(end, stop) - max(start, begin)) / (max(end, stop) - min(start, begin)) for begin, stop in told)
        for start, end in marked
    )
