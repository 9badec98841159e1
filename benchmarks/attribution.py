"""Measures how well causes of failures are found in made-up projects of which the truth is known, beside naive rules.

    python benchmarks/attribution.py [--seeds N] [--format table|json]

A project has 60 modules in ten packages, which change together with others of their package; five of them break
something in 25 percent of their changes, the others in 0.4 percent.  Each run measures one to four commits, and a
failure goes on until somebody repairs it; 3 percent of the runs fail for flaky tests, which are known as such two times
out of three, and 0.3 percent from outside.  Asked is, over the second half of 400 runs:

- module: of each failure, which of the changed modules is the culprit (top 1 and top 3);
- risky: which five modules break something most often, at the end (share of the five that are found);
- commit: of the commits of each failing run, which is the cause, without the names of tests (`names` uses them, too);
- tests: how many tests a bisection takes on average, with the suggestion and halved by number.

The rules beside it: every changed module gets the whole blame and the rate of failures decides (naive); the blame is
shared equally; the largest change is the cause; the last commit is; any one is (the share that chance finds).
Ends with exit code 1 when ours is not better than the naive rule in every column.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Final

sys.path.insert(0, str(Path(__file__).parents[1]))

from ratchetry.analyze.attribution import attribute, module_changes
from ratchetry.analyze.blame.bisection import expected_steps
from ratchetry.analyze.blame.modules import module_of
from ratchetry.analyze.blame.observations import observations
from ratchetry.analyze.blame.onset import Onset
from ratchetry.analyze.blame.posterior import OUTSIDE, shared_blame
from ratchetry.domain.commit_change import CommitChange
from ratchetry.domain.record import ChangedFile
from ratchetry.domain.run_evidence import RunEvidence

RUNS: Final = 400
PACKAGES, MODULES = 10, 6
RISKY, RISK, CALM = 5, 0.25, 0.004
Rule = Callable[[Sequence["Case"], "Case"], Mapping[str, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One run: its evidence, its commits, and the commit and file that broke something, if one did."""

    run: RunEvidence
    commits: tuple[CommitChange, ...]
    culprit: str = ""
    commit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A made-up project with its runs."""

    cases: tuple[Case, ...]
    risky: frozenset[str]


def project(seed: int) -> Project:
    """Return a made-up project."""
    chance = Random(seed)  # noqa: S311  # made-up data, no secret
    paths = [f"src/app/pack{pack}/part{part}.py" for pack in range(PACKAGES) for part in range(MODULES)]
    risky = frozenset(chance.sample(paths, RISKY))
    popular = {path: chance.expovariate(1.0) + 0.1 for path in paths}
    cases: list[Case] = []
    broken = ""
    for number in range(RUNS):
        commits = [_commit(chance, paths, popular, 10 * number + at) for at in range(chance.choice((1, 1, 2, 3, 4)))]
        culprits = [
            (file.path, commit.sha)
            for commit in commits
            for file in commit.files
            if chance.random() < (RISK if file.path in risky else CALM)
        ]
        repaired = bool(broken) and chance.random() < 0.6
        broken = "" if repaired else broken
        path, sha = culprits[0] if culprits and not broken else ("", "")
        broken = broken or (f"tests/test_{Path(path).stem}.py::test_{number}" if path else "")
        cases.append(_case(chance, number, commits, broken, culprit=(path, sha)))
    return Project(cases=tuple(cases), risky=frozenset(map(module_of, risky)))


def _commit(chance: Random, paths: Sequence[str], popular: Mapping[str, float], number: int) -> CommitChange:
    """Return a commit: some modules of one package, and now and then one of another."""
    first = chance.choices(paths, [popular[path] for path in paths])[0]
    package = [path for path in paths if Path(path).parent == Path(first).parent]
    chosen = {first, *chance.sample(package, chance.choice((0, 1, 1, 2, 3)))}
    if chance.random() < 0.4:
        chosen.add(chance.choice(paths))
    files = tuple(
        ChangedFile(path=path, added=int(chance.lognormvariate(2.5, 1.0)) + 1, deleted=0) for path in sorted(chosen)
    )
    return CommitChange(sha=f"{number:040x}", files=files)


def _case(
    chance: Random, number: int, commits: Sequence[CommitChange], broken: str, *, culprit: tuple[str, str]
) -> Case:
    """Return a run, with the failures that nobody's change has made."""
    failing = [broken] if broken else []
    flaky = chance.random()
    missing = not broken and flaky < 0.02
    if not missing and (flaky < 0.03 or chance.random() < 0.003):
        failing.append(f"tests/test_other.py::test_{number}")
    run = RunEvidence(
        run_id=f"{number:05d}",
        started=f"{number:06d}",
        commit=commits[-1].sha,
        ending="missing" if missing else "failed" if failing else "passed",
        broken=tuple(failing),
        changed=tuple(sorted({file.path for commit in commits for file in commit.files})),
    )
    return Case(run=run, commits=tuple(commits), culprit=module_of(culprit[0]) if culprit[0] else "", commit=culprit[1])


def ours(past: Sequence[Case], case: Case) -> Mapping[str, float]:
    """Return the probability of each changed module, from the posteriors with shared blame."""
    rows = observations(one.run for one in (*past, case))
    found = shared_blame(module_changes(rows))
    return next((share for row, share in zip(rows, found.shares, strict=True) if row.run == case.run.name), {})


def naive(past: Sequence[Case], case: Case) -> Mapping[str, float]:
    """Return the share of failed runs among those that changed each module."""
    return _rates(past, case, lambda modules: dict.fromkeys(modules, 1.0))


def equal(past: Sequence[Case], case: Case) -> Mapping[str, float]:
    """Return the same when a failed run shares one failure equally among its modules."""
    return _rates(past, case, lambda modules: dict.fromkeys(modules, 1.0 / len(modules)))


def largest(past: Sequence[Case], case: Case) -> Mapping[str, float]:
    """Return the lines that changed in each module."""
    del past
    lines: Counter[str] = Counter()
    for commit in case.commits:
        for file in commit.files:
            lines[module_of(file.path)] += file.added
    return {module: float(count) for module, count in lines.items()}


def _rates(past: Sequence[Case], case: Case, shared: Callable[[set[str]], Mapping[str, float]]) -> Mapping[str, float]:
    """Return the rate of failures of each module of a run."""
    failed: defaultdict[str, float] = defaultdict(float)
    runs: Counter[str] = Counter()
    for one in past:
        modules = set(map(module_of, one.run.changed))
        runs.update(modules)
        if one.run.ending == "failed":
            for module, share in shared(modules).items():
                failed[module] += share
    return {module: (failed[module] + 0.05) / (runs[module] + 1.0) for module in map(module_of, case.run.changed)}


RULES: Final[Mapping[str, Rule]] = {"ratchetry": ours, "naive": naive, "equal shares": equal, "largest change": largest}


def measured(projects: Sequence[Project]) -> dict[str, dict[str, float]]:
    """Return each rule's figures over some projects."""
    found: dict[str, dict[str, float]] = {}
    asked = [(one, at) for one in projects for at in range(RUNS // 2, RUNS) if one.cases[at].culprit]
    for name, rule in RULES.items():
        ranks = [_rank(rule(one.cases[:at], one.cases[at]), one.cases[at].culprit) for one, at in asked]
        found[name] = {
            "module top 1": sum(rank < 1 for rank in ranks) / len(ranks),
            "module top 3": sum(rank < 3 for rank in ranks) / len(ranks),
            "risky": sum(_risky_found(rule, one) for one in projects) / len(projects),
        }
    sizes = [len({module_of(path) for path in one.cases[at].run.changed}) for one, at in asked]
    found["chance"] = {
        "module top 1": sum(1.0 / size for size in sizes) / len(sizes),
        "module top 3": sum(min(1.0, 3.0 / size) for size in sizes) / len(sizes),
        "risky": RISKY / (PACKAGES * MODULES),
    }
    for name, figures in _commits(asked).items():
        found.setdefault(name, {}).update(figures)
    return found


def _rank(scores: Mapping[str, float], culprit: str) -> float:
    """Return how many others rank before the culprit, ties counting half."""
    own = scores.get(culprit, -1.0)
    others = [score for name, score in scores.items() if name not in {culprit, OUTSIDE}]
    return sum(score > own for score in others) + 0.5 * sum(score == own for score in others)


def _risky_found(rule: Rule, one: Project) -> float:
    """Return the share of the modules that break most often which a rule names at the end."""
    if rule is ours:
        blames = shared_blame(module_changes(observations(case.run for case in one.cases))).blames
        scores = {module: blame.mean for module, blame in blames.items() if module != OUTSIDE}
    else:
        everything = RunEvidence(run_id="all", changed=tuple({path for row in one.cases for path in row.run.changed}))
        commits = tuple(commit for case in one.cases for commit in case.commits)
        scores = dict(rule(one.cases, Case(run=everything, commits=commits)))
    return len(set(sorted(scores, key=lambda name: -scores[name])[:RISKY]) & one.risky) / RISKY


def _commits(asked: Sequence[tuple[Project, int]]) -> dict[str, dict[str, float]]:
    """Return how often the commit is found, and how many tests a bisection takes."""
    counts: defaultdict[str, list[float]] = defaultdict(list)
    steps: defaultdict[str, list[float]] = defaultdict(list)
    for one, at in asked:
        case = one.cases[at]
        if len(case.commits) < 2:
            continue
        shas = [commit.sha for commit in case.commits]
        for name, subject in (("ratchetry", "tests.pass_rate"), ("ratchetry, names", case.run.broken[0])):
            onset = Onset(
                kind="run", subject=subject, told="", time=case.run.started, first_bad=shas[-1], last_good="0"
            )
            before = CommitChange(sha="0")
            shown = attribute(onset, [row.run for row in one.cases[:at]], (before, *case.commits))
            counts[name].append(float(shown.commits[0].sha == case.commit))
            chances = {row.sha: row.probability for row in shown.commits}
            steps[name].append(expected_steps([chances[sha] for sha in shas]))
        lines = [commit.lines for commit in case.commits]
        counts["largest change"].append(float(shas[lines.index(max(lines))] == case.commit))
        counts["naive"].append(float(shas[-1] == case.commit))
        counts["chance"].append(1.0 / len(shas))
        steps["chance"].append(expected_steps([1.0] * len(shas), lambda low, high: (low + high) // 2))
    return {
        name: {
            "commit": sum(values) / len(values),
            **({"tests": sum(steps[name]) / len(steps[name])} if name in steps else {}),
        }
        for name, values in counts.items()
    }


def main() -> int:
    """Return the exit code: 0 when ours is better than the naive rule everywhere."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=20, help="projects that are made up")
    parser.add_argument("--format", choices=("table", "json"), default="table")
    options = parser.parse_args()
    found = measured([project(seed) for seed in range(options.seeds)])
    if options.format == "json":
        print(json.dumps(found, indent=2))
    else:
        names = ("module top 1", "module top 3", "risky", "commit", "tests")
        print(f"{'':18}" + "".join(f"{name:>14}" for name in names))
        for rule, figures in found.items():
            cells = (f"{figures[name]:14.2f}" if name in figures else f"{'':14}" for name in names)
            print(f"{rule:18}{''.join(cells)}")
    better = all(found["ratchetry"][name] > found["naive"][name] for name in found["naive"])
    return int(not better)


if __name__ == "__main__":
    sys.exit(main())
