"""Who is suspect when something changed between two commits: files, modules and commits, with probabilities.

Each file of a commit brings a number of faults that are to be expected: the chance that a change to it breaks something
(the posterior of its own past, with that of its module as prior), times a factor for the size of the change (large ones
break more: Kamei et al., "A Large-Scale Empirical Study of Just-in-Time Quality Assurance", IEEE TSE 39, 2013), times a
factor for how much its name has to do with what broke.  When there is exactly one fault, and faults come independently,
the probability that it came with a file or commit is that file's or commit's share of the sum.  The factors are
judgment, checked by benchmarks/attribution.py.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from ratchetry.analyze.blame.modules import affinity, is_test, is_text, module_of
from ratchetry.analyze.blame.observations import Observation
from ratchetry.analyze.blame.posterior import OUTSIDE, OUTSIDE_PRIOR, STRENGTH, Blame, Changes, Prior, shared_blame
from ratchetry.domain.attribution import Suspect, SuspectCommit
from ratchetry.domain.commit_change import CommitChange
from ratchetry.domain.record import ChangedFile

RELATED: Final = 40.0
"""How many times likelier a file is whose name has all to do with what broke."""
ASIDE: Final = 0.1
"""The same for a file that only people read, and for the tests of other things when a test or benchmark broke."""
BENCHMARK: Final = "benchmark."
_USUAL_LINES: Final = 20.0
_NAMED: Final = 0.3
_MOST: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Risks:
    """What the past says of modules and files, before anything is known of a case."""

    modules: Mapping[str, Blame] = field(default_factory=dict)
    files: Mapping[str, Blame] = field(default_factory=dict)
    prior: Prior = (0.2, 3.8)

    def of_file(self, path: str) -> float:
        """Return the chance that a change to a file breaks something; of one that is new, that of its module."""
        known = self.files.get(path)
        return known.mean if known else self.of_module(module_of(path))

    def of_module(self, module: str) -> float:
        """Return the chance that a change to a module breaks something; of one that is new, the usual one."""
        known = self.modules.get(module)
        return known.mean if known else self.prior[0] / sum(self.prior)

    @property
    def outside(self) -> float:
        """Return the chance that something breaks from outside."""
        known = self.modules.get(OUTSIDE)
        return known.mean if known else OUTSIDE_PRIOR[0] / sum(OUTSIDE_PRIOR)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What broke: the name of a test, benchmark or metric, and what the test imports."""

    name: str
    imports: frozenset[str] = frozenset()

    @property
    def is_run(self) -> bool:
        """Tell whether it is code that runs, a test or a benchmark, rather than a number about all of it."""
        return "::" in self.name or self.name.startswith(BENCHMARK)


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspects:
    """The probabilities of a case: they and `outside` add up to 1 over the files, and over the commits."""

    modules: tuple[Suspect, ...] = ()
    files: tuple[Suspect, ...] = ()
    commits: tuple[SuspectCommit, ...] = ()
    """In their order, oldest first."""
    outside: float = 1.0


def risks(rows: Sequence[Observation], prior: Prior) -> Risks:
    """Return what observations say of modules and files; each module's posterior is the prior of its files."""
    modules = shared_blame(_changes(rows, modules=True)).blames
    paths = {path for row in rows for path in row.changed}
    priors = {path: _as_prior(modules[module_of(path)].mean) for path in paths}
    return Risks(modules=modules, files=shared_blame(_changes(rows, modules=False), priors).blames, prior=prior)


def suspects(commits: Sequence[CommitChange], target: Target, past: Risks) -> Suspects:
    """Return the probability that each file, module and commit of a range is the cause of what broke in it."""
    by_file: defaultdict[str, float] = defaultdict(float)
    by_commit: list[dict[str, float]] = []
    for commit in commits:
        faults = {file.path: expected_faults(file, target, past) for file in commit.files}
        by_commit.append(faults)
        for path, value in faults.items():
            by_file[path] += value
    total = math.fsum((past.outside, *by_file.values()))
    by_module: defaultdict[str, float] = defaultdict(float)
    for path, value in by_file.items():
        by_module[module_of(path)] += value
    return Suspects(
        modules=_ranked(by_module, total, lambda name: _module_suspect(name, past)),
        files=_ranked(by_file, total, lambda path: _file_suspect(path, target, past)),
        commits=tuple(_commit(*row, total) for row in zip(commits, by_commit, strict=True)),
        outside=past.outside / total,
    )


def expected_faults(file: ChangedFile, target: Target, past: Risks) -> float:
    """Return how many faults of the kind in question a changed file brings."""
    size = math.log2(2.0 + file.added + file.deleted) / math.log2(2.0 + _USUAL_LINES)
    near = affinity(file.path, target.name, target.imports)
    aside = is_text(file.path) or (target.is_run and near < 1.0 and is_test(file.path))
    return past.of_file(file.path) * size * math.pow(RELATED, near) * (ASIDE if aside else 1.0)


def _changes(rows: Iterable[Observation], *, modules: bool) -> list[Changes]:
    """Return the modules or files that changed in each observation."""
    return [
        Changes(members=tuple({module_of(path) if modules else path for path in row.changed}), failed=row.failed)
        for row in rows
    ]


def _as_prior(mean: float) -> Prior:
    """Return a prior with a mean."""
    return STRENGTH * mean, STRENGTH * (1.0 - mean)


def _ranked(weights: Mapping[str, float], total: float, suspect: Callable[[str], Suspect]) -> tuple[Suspect, ...]:
    """Return the likeliest suspects."""
    first = sorted(weights.items(), key=lambda item: (-item[1], item[0]))[:_MOST]
    return tuple(replace(suspect(name), probability=weight / total) for name, weight in first)


def _module_suspect(name: str, past: Risks) -> Suspect:
    """Return a module as a suspect, before its probability is known."""
    known = past.modules.get(name)
    return Suspect(name=name, probability=0.0, risk=past.of_module(name), changes=known.changes if known else 0)


def _file_suspect(path: str, target: Target, past: Risks) -> Suspect:
    """Return a file as a suspect, before its probability is known."""
    known = past.files.get(path)
    return Suspect(
        name=path,
        probability=0.0,
        risk=past.of_file(path),
        changes=known.changes if known else 0,
        why=_why(path, target),
    )


def _why(path: str, target: Target) -> str:
    """Return what speaks for a file besides its past."""
    if path == target.name.partition("::")[0]:
        return "the test's own file"
    if affinity(path, "", target.imports) == 1.0:
        return "imported by the test"
    return "its name" if affinity(path, target.name) >= _NAMED else ""


def _commit(commit: CommitChange, faults: Mapping[str, float], total: float) -> SuspectCommit:
    """Return a commit as a suspect."""
    modules: defaultdict[str, float] = defaultdict(float)
    for path, value in faults.items():
        modules[module_of(path)] += value
    return SuspectCommit(
        sha=commit.sha,
        time=commit.time,
        probability=math.fsum(faults.values()) / total,
        files=len(commit.files),
        lines=commit.lines,
        modules=tuple(sorted(modules, key=lambda name: (-modules[name], name))[:3]),
    )
