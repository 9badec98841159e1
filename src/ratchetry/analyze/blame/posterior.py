"""Shared blame: for each thing that changes, the posterior of the chance that a change to it breaks something.

The model: when a run fails, exactly one of the things that changed, or something outside of them, is the culprit.
Each thing m breaks with a chance of its own, drawn from a beta distribution.  Who the culprits were is not known: the
exact posterior is a sum over all assignments of culprits to failures, exponential in their number.  It is approximated
by collapsed variational inference of order zero (Asuncion, Welling, Smyth and Teh, "On Smoothing and Inference for
Topic Models", UAI 2009): the share of m in a failure is proportional to the odds that all other runs give it,

    share(m) ~ (a + k) / (b + n - k),

with k the shares of m in the other failures and n the other runs that changed it, until the shares stay as they are.
A thing that also changed in many runs that passed so gets little blame, and one that never changed gets none.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ratchetry.analyze.beta import beta_quantile

OUTSIDE: Final = ""
"""What is not in the repository, such as a new release of a dependency: part of every run, whatever it changed."""
OUTSIDE_PRIOR: Final = (0.1, 9.9)
"""One run in a hundred, worth ten runs."""
STRENGTH: Final = 4.0
"""Runs that the prior of each thing is worth; its mean is the project's own rate of failures for each change."""
_SWEEPS: Final = 500
_CLOSE: Final = 1e-10


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """One observation: the things that changed, and whether something broke."""

    members: tuple[str, ...]
    failed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Blame:
    """What is known of one thing: its share of failures, the runs that changed it, and the posterior's mean."""

    failed: float
    """The expected number of failures that it caused."""
    changes: int
    alpha: float
    """The parameters of the beta distribution with the posterior's mean and variance."""
    beta: float

    @property
    def mean(self) -> float:
        """Return the mean of the chance that a change breaks something."""
        return self.alpha / (self.alpha + self.beta)

    def interval(self, share: float = 0.95) -> tuple[float, float]:
        """Return what holds so much of the posterior, with equal tails, and its mean, which may lie in a thin tail."""
        tail, mean = (1.0 - share) / 2.0, self.mean
        low, high = beta_quantile(tail, self.alpha, self.beta), beta_quantile(1.0 - tail, self.alpha, self.beta)
        return min(low, mean), max(high, mean)


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedBlame:
    """The blame of each thing, and how each observed failure is shared, in the order of the observations."""

    blames: Mapping[str, Blame]
    shares: tuple[Mapping[str, float], ...]
    """Empty for observations in which nothing broke."""


Prior = tuple[float, float]


def shared_blame(changes: Sequence[Changes], priors: Mapping[str, Prior] | None = None) -> SharedBlame:
    """Return the posteriors of all things that changed, and of what is outside of them.

    Things without a prior of their own get the common one.  The order of the observations does not matter.
    """
    common = common_prior(changes)
    known = {**dict.fromkeys(_things(changes), common), **(priors or {}), OUTSIDE: OUTSIDE_PRIOR}
    runs = Counter(thing for one in changes for thing in (*set(one.members), OUTSIDE))
    order = sorted((tuple(sorted(set(one.members))), at) for at, one in enumerate(changes) if one.failed)
    failures = [(*members, OUTSIDE) for members, _ in order]
    shares = _settled(failures, runs, known)
    spread: defaultdict[str, float] = defaultdict(float)
    caused: defaultdict[str, float] = defaultdict(float)
    for share in shares:
        for thing, part in share.items():
            caused[thing] += part
            spread[thing] += part * (1.0 - part)
    placed: list[Mapping[str, float]] = [{} for _ in changes]
    for (_, at), share in zip(order, shares, strict=True):
        placed[at] = share
    blames = {thing: _blame(known[thing], runs[thing], caused[thing], spread[thing]) for thing in sorted(runs)}
    return SharedBlame(blames=blames, shares=tuple(placed))


def common_prior(changes: Sequence[Changes]) -> Prior:
    """Return the prior of every thing: as many failures for each change as the project has, worth a few runs."""
    failures = sum(one.failed for one in changes)
    exposures = sum(len(set(one.members)) for one in changes)
    mean = min(0.5, (failures + 0.5) / (exposures + 10.0))
    return STRENGTH * mean, STRENGTH * (1.0 - mean)


def _things(changes: Sequence[Changes]) -> set[str]:
    """Return all things that ever changed."""
    return {thing for one in changes for thing in one.members}


def _settled(
    failures: Sequence[tuple[str, ...]], runs: Mapping[str, int], priors: Mapping[str, Prior]
) -> list[dict[str, float]]:
    """Return how the failures are shared once sharing them anew changes nothing; equally to begin with."""
    shares = [dict.fromkeys(things, 1.0 / len(things)) for things in failures]
    caused: defaultdict[str, float] = defaultdict(float)
    for share in shares:
        for thing, part in share.items():
            caused[thing] += part
    for _ in range(_SWEEPS):
        moved = 0.0
        for share in shares:
            odds = {thing: _odds(priors[thing], caused[thing] - part, runs[thing] - 1) for thing, part in share.items()}
            total = sum(odds.values())
            for thing, value in odds.items():
                new = value / total
                moved = max(moved, abs(new - share[thing]))
                caused[thing] += new - share[thing]
                share[thing] = new
        if moved < _CLOSE:
            break
    return shares


def _odds(prior: Prior, caused: float, runs: int) -> float:
    """Return the odds that a change breaks something, given the other runs that changed the thing."""
    caused = min(max(caused, 0.0), float(runs))
    return (prior[0] + caused) / (prior[1] + runs - caused)


def _blame(prior: Prior, runs: int, caused: float, spread: float) -> Blame:
    """Return the posterior of one thing as the beta distribution of its mean and variance.

    The number of failures that it caused is itself not known, but has the variance `spread`; the mixture of beta
    distributions over that number is wider than the one at its mean.
    """
    caused = min(caused, float(runs))
    alpha, beta = prior[0] + caused, prior[1] + runs - caused
    total = alpha + beta
    mean = alpha / total
    variance = (alpha * beta - spread) / (total * total * (total + 1.0)) + spread / (total * total)
    worth = max(mean * (1.0 - mean) / variance - 1.0, 1e-6)
    return Blame(failed=caused, changes=runs, alpha=worth * mean, beta=worth * (1.0 - mean))
