"""What the machine adds to each value: from the machines that are recorded, or told from how the series goes.

Two kinds of runners that are not recorded show as two levels between which a series keeps going to and fro.  A model
with two levels is believed when it describes the series in less than steps do (J. Rissanen, "Modeling by shortest data
description", Automatica 14 (1978), https://doi.org/10.1016/0005-1098(78)90005-5).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from ratchetry.analyze.change_point.sums import Floats, Places

SWITCHES: Final = 4
"""How often a series goes to and fro at least before two machines are told from it."""
STAY: Final = 25
"""Points between two switches at most, on average."""
SHARE: Final = 0.12
"""The share of points on the rarer machine at least."""
LEAST_EACH: Final = 6
"""Points on each machine at least: a few spikes are no machine."""
_STILLNESS: Final = 4.0
"""What a switch costs, in variances of the differences."""
_SAME: Final = 0.1
_ALIAS: Final = 0.5
_BEYOND: Final = 1.5
_CLEAR: Final = 10.5
_WINDOW: Final = 5
_WIDE_WINDOW: Final = 20
_QUANTILES: Final = (1.0, 0.97, 0.93)
"""The shares of the differences to look at: spikes are the largest of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Classes:
    """Two machines told from a series: 1 where the higher is, how much higher, and what it takes to describe that."""

    states: Places
    gap: float

    @property
    def offsets(self) -> Floats:
        """Return what the machine adds to each value."""
        import numpy as np

        return np.asarray(self.states * self.gap, dtype=float)

    @property
    def longest_stay(self) -> int:
        """Return for how many points the series stayed on one machine at most, the last stay left out."""
        stays = [len(list(points)) for _, points in groupby(self.states.tolist())]
        return max(stays[:-1], default=0)

    @property
    def description(self) -> float:
        """Return twice the nats that say which machine each point was measured on, and how far apart they are."""
        return _switching(self.states) + 2 * math.log(len(self.states))


def recorded_offsets(values: Floats, machines: Sequence[int]) -> Floats:
    """Return what the machine adds to each value, against machine 0.

    That is the median of the jumps where the machine changes, each between the points next to it on either side.
    """
    import numpy as np

    jumps: dict[tuple[int, int], list[float]] = {}
    for one, other, jump in _jumps(values, machines):
        jumps.setdefault((one, other), []).append(jump)
        jumps.setdefault((other, one), []).append(-jump)
    offsets = {0: 0.0} if 0 in machines else {machines[0]: 0.0}
    while len(offsets) < len(set(machines)):
        links = {
            new: [offsets[known] + jump for known in offsets for jump in jumps.get((known, new), [])]
            for new in set(machines) - set(offsets)
        }
        best = max(sorted(links), key=lambda new: len(links[new]))
        offsets[best] = float(np.median(links[best]))
    return np.array([offsets[machine] for machine in machines])


def _jumps(values: Floats, machines: Sequence[int]) -> Iterator[tuple[int, int, float]]:
    """Yield each change of machine: from which to which, and by how much the values jump."""
    import numpy as np

    stays: list[tuple[int, int, int]] = []
    for machine, group in groupby(enumerate(machines), key=lambda pair: pair[1]):
        places = [place for place, _ in group]
        stays.append((machine, places[0], places[-1] + 1))
    window = _WINDOW if len(stays) > SWITCHES else _WIDE_WINDOW
    for (one, start, cut), (other, _, end) in pairwise(stays):
        before = values[max(start, cut - window) : cut]
        after = values[cut : min(end, cut + window)]
        yield one, other, float(np.median(after) - np.median(before))


def refined_offsets(offsets: Floats, residuals: Floats, machines: Sequence[int]) -> Floats:
    """Return offsets made better by what is left of each machine's values around the levels of the series."""
    import numpy as np

    numbers = np.array(machines)
    better = offsets.copy()
    base = float(np.median(residuals[numbers == numbers.min()]))
    for machine in np.unique(numbers)[1:]:
        better[numbers == machine] += float(np.median(residuals[numbers == machine])) - base
    return better


def told_classes(values: Floats, changes: Sequence[int]) -> Classes | None:
    """Return the two machines that a series seems to go to and fro between, given where it may change; None if none."""
    import numpy as np

    steps = np.diff(values)
    found: list[tuple[Classes, float]] = []
    for gap in _gaps(values, steps, changes):
        small = steps[np.abs(steps) < gap / 2]
        like = steps[np.abs(np.abs(steps) - gap) < gap / 2]
        if len(small) < 2 * SWITCHES or any(abs(gap - known.gap) < _SAME * gap for known, _ in found):
            continue
        if len(like) < SWITCHES or len(values) > STAY * len(like):
            continue
        noise = float((small * small).mean())
        classes = Classes(states=_by_steps(steps, gap, _STILLNESS * noise), gap=gap)
        if _plausible(classes.states):
            found.append((classes, noise))
    if not found:
        return None
    most = 9 * max(noise for _, noise in found)
    return min((classes for classes, _ in found), key=lambda classes: _price(steps, classes, most))


def refined_classes(values: Floats, base: Floats, classes: Classes) -> Classes | None:
    """Return two machines told anew, now that the levels of the series without them are known; None if none."""
    import numpy as np

    left = values - base
    high = classes.states == 1
    gap = float(np.median(left[high]) - np.median(left[~high]))
    if gap <= 0:
        return None
    steps = np.diff(values)
    small = steps[np.abs(steps) < gap / 2]
    noise = float((small * small).mean()) if len(small) else 0.0
    states = _by_levels(left, gap, _STILLNESS * noise / 2)
    return Classes(states=states, gap=gap) if _plausible(states) else None


def consistent_classes(levelled: Floats, changes: Sequence[int], classes: Classes) -> Classes:
    """Return classes without changes of level that only undo a change of which machine is taken for which.

    Where the level falls by what lies between the machines while their share rises by as much, what was measured has
    not changed: the states after it are named anew.  The same classes are returned when there is no such place.
    """
    import numpy as np

    bounds = [0, *changes, len(levelled)]
    levels = [float(np.median(levelled[start:end])) for start, end in pairwise(bounds)]
    shares = [float(classes.states[start:end].mean()) for start, end in pairwise(bounds)]
    states = classes.states
    for at, change in enumerate(changes):
        step = (levels[at + 1] - levels[at]) / classes.gap
        renamed = math.copysign(1, step)
        if abs(step - renamed) < _ALIAS and abs(step + shares[at + 1] - shares[at]) < _ALIAS:
            states = np.concatenate([states[:change], states[change:] + int(renamed)])
    return classes if states is classes.states else Classes(states=states, gap=classes.gap)


def _gaps(values: Floats, steps: Floats, changes: Sequence[int]) -> Iterator[float]:
    """Yield how far two machines may be apart: what large differences, or the changes, have in common."""
    import numpy as np

    sizes = np.sort(np.abs(steps))
    for share in _QUANTILES:
        considered = sizes[: max(0, math.ceil(share * len(sizes)))]
        count = len(considered)
        if count < 3 * SWITCHES:
            continue
        small = np.arange(1, count)
        sums = np.cumsum(considered)
        # Otsu's threshold: the split into small and large that separates their means most
        contrast = sums[:-1] / small - (sums[-1] - sums[:-1]) / (count - small)
        cut = int((small * (count - small) * contrast * contrast).argmax()) + 1
        large = considered[cut:]
        if cut < SWITCHES or len(large) < SWITCHES:
            continue
        low, gap, high = (float(large[round(share * (len(large) - 1))]) for share in (0.25, 0.5, 0.75))
        if high - low <= 0.5 * gap and gap * gap >= _CLEAR * float((considered[:cut] ** 2).mean()):
            yield gap
    if len(changes) >= SWITCHES - 1:
        bounds = [0, *changes, len(values)]
        levels = [float(np.median(values[start:end])) for start, end in pairwise(bounds)]
        jumps = np.abs(np.diff(levels))
        gap = float(np.median(jumps))
        if (np.abs(jumps - gap) <= 0.35 * gap).mean() >= 0.6:
            yield gap


def _plausible(states: Places) -> bool:
    """Tell whether states go to and fro as machines do."""
    import numpy as np

    switches = int(np.count_nonzero(np.diff(states)))
    n, high = len(states), int(states.sum())
    rarer = min(high, n - high)
    return switches >= SWITCHES and n <= STAY * switches and rarer >= max(LEAST_EACH, SHARE * n)


def _switching(states: Places) -> float:
    """Return twice the nats that say where states switch."""
    import numpy as np

    n = len(states)
    rate = int(np.count_nonzero(np.diff(states))) / n
    if not 0 < rate < 1:
        return 0.0
    return -2 * n * (rate * math.log(rate) + (1 - rate) * math.log1p(-rate))


def _price(steps: Floats, classes: Classes, most: float) -> float:
    """Return how long a description of the differences is with two machines, each cut at a most."""
    import numpy as np

    left = steps - classes.gap * np.diff(classes.states)
    squares = float(np.minimum(left * left, most).sum())
    return len(steps) * math.log(max(squares, 1e-300) / len(steps)) + _switching(classes.states)


def _by_steps(steps: Floats, gap: float, switch: float) -> Places:
    """Return the states that explain the differences of a series best, each switch at a price."""
    stay = _costs(steps, gap).tolist()
    up = (_costs(steps - gap, gap) + switch).tolist()
    down = (_costs(steps + gap, gap) + switch).tolist()
    return _cheapest(stay, stay, up, down)


def _by_levels(left: Floats, gap: float, switch: float) -> Places:
    """Return the states that explain what is left around the levels of a series best, each switch at a price."""
    low, high = _costs(left, gap)[1:], _costs(left - gap, gap)[1:]
    return _cheapest(low.tolist(), high.tolist(), (high + switch).tolist(), (low + switch).tolist())


def _costs(distances: Floats, gap: float) -> Floats:
    """Return squares, those far beyond a gap cut: a spike is no other machine."""
    import numpy as np

    return np.asarray(np.minimum(distances * distances, (_BEYOND * gap) ** 2))


def _cheapest(low: list[float], high: list[float], up: list[float], down: list[float]) -> Places:
    """Return the cheapest path through two states (Viterbi), given what it costs to stay in each and to switch."""
    import numpy as np

    lower = higher = 0.0
    into_low: list[int] = []
    into_high: list[int] = []
    for stay_low, stay_high, rise, fall in zip(low, high, up, down, strict=True):
        stays, falls = lower + stay_low, higher + fall
        remains, rises = higher + stay_high, lower + rise
        into_low.append(0 if stays <= falls else 1)
        into_high.append(1 if remains <= rises else 0)
        lower, higher = min(stays, falls), min(remains, rises)
    state = 0 if lower <= higher else 1
    states = [state]
    for from_low, from_high in zip(reversed(into_low), reversed(into_high), strict=True):
        state = from_high if state else from_low
        states.append(state)
    return np.array(states[::-1])
