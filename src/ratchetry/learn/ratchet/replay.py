"""What a policy would have done: the history run by run, each held to the bounds that the runs before it had earned."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from ratchetry.domain.event import Event
from ratchetry.domain.thresholds import Threshold, Thresholds, Wish, looser
from ratchetry.learn.ratchet.fold import fold
from ratchetry.learn.ratchet.moves import learn
from ratchetry.learn.ratchet.observations import Observation, honest, in_order
from ratchetry.learn.ratchet.policy import Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """The runs that are evidence for one metric, the bound that each was held to, and the moves."""

    metric: str
    runs: tuple[Observation, ...]
    bounds: tuple[float | None, ...]
    """None where there was no bound yet."""
    moves: tuple[Event, ...]
    final: Threshold | None

    @property
    def values(self) -> tuple[float, ...]:
        """Return the values of the metric."""
        return tuple(run.values[self.metric] for run in self.runs)

    @property
    def blocked(self) -> tuple[int, ...]:
        """Return the places of the runs that were beyond their bound."""
        if self.final is None:
            return ()
        kind = self.final.kind
        pairs = enumerate(zip(self.values, self.bounds, strict=True))
        return tuple(at for at, (value, bound) in pairs if bound is not None and looser(kind, value, bound))


def replay(thresholds: Thresholds, observations: Iterable[Observation], policy: Policy) -> tuple[Replayed, ...]:
    """Return what the ratchet would have done with each metric, had it learned after every run."""
    runs = in_order(observations)
    return tuple(_replayed(row.metric, _alone(thresholds, row.metric), runs, policy) for row in thresholds.rows)


def _replayed(metric: str, thresholds: Thresholds, observations: Sequence[Observation], policy: Policy) -> Replayed:
    """Return what the ratchet would have done with the one metric of some thresholds."""
    runs = honest(observations, metric)
    remembered = max(policy.memory, policy.runs)
    events: list[Event] = []
    bounds: list[float | None] = []
    held = thresholds
    for at, run in enumerate(runs):
        bounds.append(held.bounds[0].bound if held.bounds else None)
        # only what the ratchet remembers is shown to it: the rest changes nothing
        news = learn(thresholds, runs[max(0, at + 1 - remembered) : at + 1], events, run.time, policy)
        if news:
            events += news
            held = fold(thresholds, events, run.time).thresholds
    return Replayed(
        metric=metric,
        runs=runs,
        bounds=tuple(bounds),
        moves=tuple(events),
        final=held.bounds[0] if held.bounds else None,
    )


def _alone(thresholds: Thresholds, metric: str) -> Thresholds:
    """Return thresholds with one metric alone, and without a past."""
    return replace(
        thresholds,
        bounds=tuple(row for row in thresholds.bounds if row.metric == metric),
        wishes=tuple(row for row in thresholds.wishes if row.metric == metric),
        waivers=(),
        history=(),
    )


def reopened(thresholds: Thresholds) -> Thresholds:
    """Return thresholds whose bounds have to be earned from the beginning, those that never move left out."""
    wishes = tuple(
        Wish(
            metric=row.metric,
            kind=row.kind,
            increment=row.increment,
            target=row.target,
            tolerance=row.tolerance,
            weight=row.weight,
        )
        for row in thresholds.rows
        if row.increment
    )
    return replace(thresholds, bounds=(), wishes=wishes, waivers=(), history=())
