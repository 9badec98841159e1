"""Attribution: which modules, files and commits go with failures and steps, as posteriors with shared blame."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

from ratchetry.analyze.blame.modules import module_of
from ratchetry.analyze.blame.observations import Observation, observations
from ratchetry.analyze.blame.posterior import OUTSIDE, Blame, Changes, shared_blame
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


def module_changes(rows: Iterable[Observation]) -> list[Changes]:
    """Return the modules that changed in each observation."""
    return [Changes(members=tuple(sorted(set(map(module_of, row.changed)))), failed=row.failed) for row in rows]


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
