"""What may have caused what regressed: the changes between a run and its base, by what the history says of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ratchetry.adapters.commit_changes import commit_changes, file_at
from ratchetry.adapters.git import Git
from ratchetry.analyze.attribution import attribute
from ratchetry.analyze.blame.modules import imported
from ratchetry.analyze.blame.onset import Onset
from ratchetry.analyze.comparison.verdict import spoken
from ratchetry.domain.attribution import Attribution
from ratchetry.domain.record import RunRecord
from ratchetry.domain.regression import RegressionReport
from ratchetry.errors import UsageError
from ratchetry.pipeline.attribution import Past

MOST: Final = 3
"""Regressions, and as many newly failing tests, whose causes are looked for."""


def causes_of(report: RegressionReport, head: RunRecord, past: Past, git: Git) -> tuple[Attribution, ...]:
    """Return what goes with the worst regressions and with newly failing tests; nothing where the base is not known.

    Raises StateError for a damaged history.
    """
    onsets = list(_onsets(report, head))
    if not onsets or not report.base.measured or head.run.dirty:
        return ()
    commits = commit_changes(git, head.run.commit, first=report.base.measured)
    try:
        runs = past.runs
    except UsageError:
        return ()  # no run of the branch says anything
    return tuple(attribute(onset, runs, commits, _imports(git, onset)) for onset in onsets)


def _onsets(report: RegressionReport, head: RunRecord) -> Iterator[Onset]:
    """Yield where what is worse began: after the base, with the head at the latest."""
    worst = sorted(report.regressed, key=lambda each: (each.q_value or 0.0, each.name))
    for name, text in (
        *((each.name, f"differs by {spoken(each, each.difference)}") for each in worst[:MOST]),
        *((each.test, "newly fails") for each in report.broken[:MOST]),
    ):
        yield Onset(
            kind="failure" if "::" in name else "step",
            subject=name,
            told=text,
            last_good=report.base.measured,
            first_bad=head.run.commit,
            run=report.run,
            time=head.run.started,
            changed=tuple(file.path for file in head.change.files),
        )


def _imports(git: Git, onset: Onset) -> frozenset[str]:
    """Return what the file of a test imports, nothing for a metric."""
    path = onset.subject.partition("::")[0] if "::" in onset.subject else ""
    return imported(file_at(git, onset.first_bad, path)) if path else frozenset()
