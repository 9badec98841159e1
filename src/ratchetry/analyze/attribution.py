"""Attribution: which modules, files and commits go with failures and steps, as posteriors with shared blame."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from ratchetry.analyze.blame.bisection import bisection, check_of_benchmark, check_of_test
from ratchetry.analyze.blame.modules import module_of
from ratchetry.analyze.blame.observations import Observation, observations
from ratchetry.analyze.blame.onset import Onset
from ratchetry.analyze.blame.posterior import OUTSIDE, Blame, Changes, common_prior, shared_blame
from ratchetry.analyze.blame.suspects import BENCHMARK, Target, risks, suspects
from ratchetry.domain.attribution import Attribution, Bisection, SuspectCommit
from ratchetry.domain.commit_change import CommitChange
from ratchetry.domain.record import ChangedFile
from ratchetry.domain.run_evidence import RunEvidence
from ratchetry.domain.trend_report import ModuleEvidence

MOST_MODULES: Final = 1_000
MOST_RUNS: Final = 20
"""The newest runs that the evidence on a module cites."""


def module_evidence(runs: Iterable[RunEvidence]) -> tuple[ModuleEvidence, ...]:
    """Return what the runs of one branch say of each module that they changed, those with most blame first.

    A run that failed counts as a failure of each module that it changed; how it is shared shows in the blame alone.
    """
    rows = observations(runs)
    changes = module_changes(rows)
    blames = shared_blame(changes).blames
    touching: defaultdict[str, list[Observation]] = defaultdict(list)
    for row, change in zip(rows, changes, strict=True):
        for module in change.members:
            touching[module].append(row)
    ranked = sorted(blames.items(), key=lambda item: (-item[1].mean, item[0]))
    named = [(module, blame) for module, blame in ranked if module != OUTSIDE][:MOST_MODULES]
    return tuple(_evidence(module, blame, touching[module]) for module, blame in named)


def attribute(
    onset: Onset,
    runs: Iterable[RunEvidence],
    commits: Sequence[CommitChange] = (),
    imports: frozenset[str] = frozenset(),
) -> Attribution:
    """Return which modules, files and commits go with what began somewhere, and how to make sure by bisection.

    `commits` are those of the branch, oldest first, as far as they are known; without them the files that the run
    itself names stand for one commit.  What the runs said before it began is the prior.
    """
    rows = [row for row in observations(runs) if not onset.time or row.started < onset.time]
    past = risks(rows, common_prior(module_changes(rows)))
    between = in_range(onset, commits)
    found = suspects(between, Target(name=onset.subject, imports=imports), past)
    ranked = sorted(found.commits, key=lambda commit: -commit.probability)
    return Attribution(
        kind=onset.kind,
        subject=onset.subject,
        told=onset.told,
        last_good=onset.last_good,
        first_bad=onset.first_bad,
        run=onset.run,
        time=onset.time,
        outside=found.outside,
        modules=found.modules,
        files=found.files,
        commits=tuple(ranked),
        bisection=_bisection(onset, found.commits),
        notes=tuple(_notes(onset, rows, between, commits)),
    )


def in_range(onset: Onset, commits: Sequence[CommitChange]) -> tuple[CommitChange, ...]:
    """Return the commits after the last good one up to the first bad one, oldest first.

    One that stands for all, with the files that the run names, where they are not known.
    """
    places = {commit.sha: at for at, commit in enumerate(commits)}
    last = places.get(onset.first_bad)
    first = places.get(onset.last_good)
    if last is not None and first is not None and first < last:
        return tuple(commits[first + 1 : last + 1])
    if last is not None and not onset.changed:
        return (commits[last],)
    files = tuple(ChangedFile(path=path, added=0, deleted=0) for path in onset.changed)
    return (CommitChange(sha=onset.first_bad, time=onset.time, files=files),)


def module_changes(rows: Iterable[Observation]) -> list[Changes]:
    """Return the modules that changed in each observation."""
    return [Changes(members=tuple(sorted(set(map(module_of, row.changed)))), failed=row.failed) for row in rows]


def _bisection(onset: Onset, commits: Sequence[SuspectCommit]) -> Bisection | None:
    """Return how to make sure, None where no command is known that tells the two states apart."""
    if "::" in onset.subject:
        check = check_of_test(onset.subject)
    elif onset.subject.startswith(BENCHMARK):
        check = check_of_benchmark(onset.subject.removeprefix(BENCHMARK), onset.last_good)
    else:
        return None
    names, chances = [commit.sha for commit in commits], [commit.probability for commit in commits]
    return bisection(onset.last_good, onset.first_bad, names, chances, check)


def _notes(
    onset: Onset, rows: Sequence[Observation], between: Sequence[CommitChange], commits: Sequence[CommitChange]
) -> Iterator[str]:
    """Yield what has to be known to read the probabilities."""
    if not onset.last_good:
        yield "it was there in the first run that counts: the cause may be older than all that is known"
    elif not any(commit.sha == onset.last_good for commit in commits):
        yield "git does not know the commits in between here: the files are those that the run itself names"
    if not any(commit.files for commit in between):
        yield "no changed file is known: nothing but what is outside of the repository remains"
    failures = sum(row.failed for row in rows)
    if failures < 5:
        yield f"only {failures} earlier failures are known: the size and the names of the changes decide"
    if onset.also:
        named = ", ".join(onset.also[:3])
        yield f"{len(onset.also)} more began to fail at once: {named}{', …' if len(onset.also) > 3 else ''}"


def _evidence(module: str, blame: Blame, touching: Sequence[Observation]) -> ModuleEvidence:
    """Return the evidence on one module."""
    failed = sum(row.failed for row in touching)
    return ModuleEvidence(
        module=module[:4096],
        passed=len(touching) - failed,
        failed=failed,
        blame_mean=blame.mean,
        interval=blame.interval(),
        runs=tuple(row.run for row in touching[-MOST_RUNS:]),
    )
