"""Compares policies of bandits by regret: what they lose to whoever knows the best arm at each step.

Environments are seeded: 3, 5 and 10 arms with small, medium and large gaps; outcomes one at a time and in batches of 25
and 50; the best arm drops, another rises, all drift; contexts with and without effect.  All policies see the same
random numbers.  For two arms with uniform priors the least possible regret is known exactly.  Peers are MABWiser and
river, when they are installed (`uv pip install "mabwiser>=2.7" "river>=0.21"` into an environment of their own); they
are slow, and run over fewer seeds (--peer-seeds).

    python benchmarks/regret.py [--seeds N] [--first N] [--peer-seeds N] [--format table|json] [--plot FILE]

Ends with exit code 1 when ratchetry, floor included, has more than 1.15 times the regret of plain Thompson sampling
where nothing changes, more than 0.55 times after the best arm drops, more than 10 percent more in batches of 25, or
more than 1.35 times the least regret over 50 and 200 steps.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.regret_drawing import drawing  # the repository is no package
from benchmarks.regret_environments import (
    BATCHES,
    TRAFFIC,
    Array,
    Environment,
    changing,
    context_means,
    in_contexts,
    optimal_regret,
    stationary,
)
from benchmarks.regret_peers import PEERS, peer_path
from benchmarks.regret_policies import NAMES, PARAMETERS, Policy, Whole

OURS, PLAIN = NAMES[:2]
PEER_ENVIRONMENTS: Final = (
    Environment(kind="stationary", arms=5, gap=0.10),
    Environment(kind="best arm drops", arms=5, gap=0.15),
)
Course = tuple[str, str, Array]
"""An environment, a policy, and its mean regret over time."""
Test = Callable[["Result"], bool]
HORIZONS: Final = (50, 200)
PROBLEMS: Final = 100
"""Problems for each seed where the least regret is known: each is short."""
GOALS: Final[Mapping[str, float]] = {
    "nothing changes, beside plain Thompson": 1.15,
    "after the best arm drops, beside plain Thompson": 0.55,
    "batches of 25, beside one at a time": 1.10,
    "two arms, 50 steps, beside the least possible": 1.35,
    "two arms, 200 steps, beside the least possible": 1.35,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """The mean regret of a policy in an environment, with its standard error, and of its second half."""

    environment: str
    kind: str
    batch: int
    policy: str
    regret: float
    error: float
    second_half: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """A goal, what was measured, and the worst environment of those that it is measured over."""

    what: str
    bound: float
    measured: float
    worst: float


def path_of(policy: Policy, means: Array, contexts: Whole, *, batch: int, seed: int) -> Array:
    """Return the regret so far of each seed after each step.

    The means are by step, seed, context and arm; an axis of length 1 is the same for all.
    """
    steps, seeds = contexts.shape
    rng, luck = np.random.default_rng([seed, 1]), np.random.default_rng([seed, 2])
    everybody = np.arange(seeds)
    lost = np.zeros((steps, seeds))
    for start in range(0, steps, batch):
        arms = [policy.choose(contexts[step], rng) for step in range(start, min(start + batch, steps))]
        for step, arm in enumerate(arms, start=start):
            here = means[step % len(means), everybody % means.shape[1], contexts[step]]
            mean = here[everybody, arm]
            lost[step] = here.max(axis=1) - mean
            policy.learn(contexts[step], arm, (luck.random(seeds) < mean).astype(float))
    return np.asarray(np.cumsum(lost, axis=0))


def over_time(environments: Iterable[Environment], *, seeds: int, first: int) -> tuple[list[Result], list[Course]]:
    """Return the results of all policies in environments without contexts, with their mean regret over time."""
    found: list[Result] = []
    paths: list[Course] = []
    for environment in environments:
        means = environment.means()[:, None, None, :]
        contexts = np.zeros((environment.steps, seeds), dtype=np.int64)
        for batch in BATCHES:
            for name in NAMES:
                policy = Policy(PARAMETERS[name], seeds=seeds, arms=environment.arms)
                path = path_of(policy, means, contexts, batch=batch, seed=first)
                found.append(result(environment.name, environment.kind, batch, name, path))
                if batch == 1:
                    paths.append((environment.name, name, path.mean(axis=1)))
    return found, paths


def by_context(*, seeds: int, first: int) -> list[Result]:
    """Return the results of ratchetry and of plain Thompson sampling, each with contexts and without."""
    found: list[Result] = []
    for environment in in_contexts():
        rng = np.random.default_rng([first, 3])
        means = context_means(environment, seeds, rng)[None]
        contexts = rng.choice(len(TRAFFIC), size=(environment.steps, seeds), p=TRAFFIC)
        for name in (OURS, PLAIN):
            for blind in (False, True):
                shape = 1 if blind else len(TRAFFIC)
                policy = _Blind if blind else Policy
                one = policy(PARAMETERS[name], seeds=seeds, arms=environment.arms, contexts=shape)
                path = path_of(one, means, contexts, batch=25, seed=first)
                told = f"{name}, contexts pooled" if blind else name
                found.append(result(environment.name, environment.kind, 25, told, path))
    return found


class _Blind(Policy):
    """A policy that takes all contexts for one."""

    def choose(self, context: Whole, rng: np.random.Generator) -> Whole:
        """Return the arm that each seed chooses."""
        return super().choose(context * 0, rng)

    def learn(self, context: Whole, arm: Whole, reward: Array) -> None:
        """Take in the reward of the arm that each seed chose."""
        super().learn(context * 0, arm, reward)


def beside_optimum(*, seeds: int, first: int) -> list[Result]:
    """Return the results over two arms whose means are drawn evenly, and the least regret that is possible."""
    found: list[Result] = []
    problems = seeds * PROBLEMS
    means = np.random.default_rng([first, 4]).random((1, problems, 1, 2))
    for steps in HORIZONS:
        kind = f"two arms, {steps} steps"
        least = optimal_regret(steps)
        found.append(
            Result(environment=kind, kind=kind, batch=1, policy="least", regret=least, error=0.0, second_half=0.0)
        )
        for name in NAMES:
            policy = Policy(PARAMETERS[name], seeds=problems, arms=2)
            contexts = np.zeros((steps, problems), dtype=np.int64)
            found.append(result(kind, kind, 1, name, path_of(policy, means, contexts, batch=1, seed=first)))
    return found


def result(environment: str, kind: str, batch: int, policy: str, path: Array) -> Result:
    """Return the result that a path of regret gives."""
    last, half = path[-1], path[len(path) // 2 - 1]
    return Result(
        environment=environment,
        kind=kind,
        batch=batch,
        policy=policy,
        regret=float(last.mean()),
        error=float(last.std(ddof=1) / np.sqrt(len(last))),
        second_half=float((last - half).mean()),
    )


def goals_of(results: Sequence[Result]) -> list[Goal]:
    """Return what was measured beside each goal: the ratio of the sums over all environments and batches."""
    steady = [row for row in results if row.kind == "stationary"]
    drops = [row for row in results if row.kind == "best arm drops"]
    single = [row for row in results if row.batch in {1, 25} and row.kind != "contexts"]
    pairs: list[list[tuple[float, float]]] = [
        _pairs(steady, lambda row: row.policy == OURS, lambda row: row.policy == PLAIN),
        _pairs(drops, lambda row: row.policy == OURS, lambda row: row.policy == PLAIN),
        _pairs(
            [row for row in single if row.policy == OURS and not row.kind.startswith("two arms")],
            lambda row: row.batch == 25,
            lambda row: row.batch == 1,
        ),
        *(
            _pairs(
                [row for row in results if row.kind == f"two arms, {steps} steps"],
                lambda row: row.policy == OURS,
                lambda row: row.policy == "least",
            )
            for steps in HORIZONS
        ),
    ]
    return [
        Goal(
            what=what,
            bound=bound,
            measured=sum(ours for ours, _ in rows) / sum(other for _, other in rows),
            worst=max(ours / other for ours, other in rows),
        )
        for (what, bound), rows in zip(GOALS.items(), pairs, strict=True)
    ]


def _pairs(rows: Sequence[Result], ours: Test, other: Test) -> list[tuple[float, float]]:
    """Return the regrets of two kinds of rows, in the same order."""
    return list(zip([row.regret for row in rows if ours(row)], [row.regret for row in rows if other(row)], strict=True))


def table(results: Sequence[Result], goals: Sequence[Goal]) -> str:
    """Return the goals and, for each group of environments, the mean regret of each policy as Markdown."""
    lines = ["| goal | bound | measured | worst environment |", "| --- | --- | --- | --- |"]
    lines += [f"| {row.what} | {row.bound:.2f} | {row.measured:.2f} | {row.worst:.2f} |" for row in goals]
    for kind in dict.fromkeys(row.kind for row in results):
        rows = [row for row in results if row.kind == kind]
        names = list(dict.fromkeys(row.policy for row in rows))
        lines += ["", f"| {kind} | {' | '.join(names)} |", f"| --- |{' --- |' * len(names)}"]
        places = dict.fromkeys((row.environment, row.batch) for row in rows)
        for environment, batch in places:
            cells = {row.policy: row for row in rows if (row.environment, row.batch) == (environment, batch)}
            told = [f"{cells[name].regret:.1f} ± {cells[name].error:.1f}" if name in cells else "" for name in names]
            label = f"{environment.removeprefix(f'{kind}, ')}, batch {batch}"
            lines.append(f"| {label} | {' | '.join(told)} |")
    return "\n".join(lines)


def main() -> int:
    """Print the results; return 1 when a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--first", type=int, default=1000, help="first seed; other seeds are other environments")
    parser.add_argument("--peer-seeds", type=int, default=0, help="seeds of the peers; 0 leaves them out")
    parser.add_argument("--format", choices=("table", "json"), default="table")
    parser.add_argument("--plot", type=Path, help="file for a drawing of regret over time (SVG)")
    options = parser.parse_args()
    results, paths = over_time([*stationary(), *changing()], seeds=options.seeds, first=options.first)
    results += by_context(seeds=options.seeds, first=options.first)
    results += beside_optimum(seeds=options.seeds, first=options.first)
    goals = goals_of(results)
    for environment in PEER_ENVIRONMENTS if options.peer_seeds else ():
        for name in PEERS:
            path = peer_path(name, environment, seeds=options.peer_seeds, first=options.first)
            results.append(result(environment.name, f"peers: {environment.kind}", 1, name, path))
    if options.plot:
        options.plot.write_text(drawing(paths), encoding="utf-8")
    if options.format == "json":
        print(json.dumps({"goals": [asdict(row) for row in goals], "results": [asdict(row) for row in results]}))
    else:
        print(table(results, goals))
    return int(any(row.measured > row.bound for row in goals))


if __name__ == "__main__":
    sys.exit(main())
