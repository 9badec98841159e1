"""ratchetry's own documents as a source: run records, and the fragments of runs whose record is not there."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from ratchetry.analyze.arrivals import newest
from ratchetry.domain.envelope import Envelope
from ratchetry.domain.merge import merge
from ratchetry.domain.record import RunRecord

RunName = tuple[str, str]
"""Repository and identifier of a run."""


def name_of(record: RunRecord) -> RunName:
    """Return which run a record is of, whatever its attempt."""
    return record.run.repository, record.run.run_id


def from_fragments(envelopes: Iterable[Envelope], known: Collection[RunName]) -> Iterator[RunRecord]:
    """Yield a record for each run of which there are fragments and no record: what they measured, and no verdict.

    Of each stage and key the fragment of the highest attempt counts; bounds were never held against them here, so
    there are no gates.
    """
    by_run: dict[RunName, list[Envelope]] = {}
    for envelope in envelopes:
        by_run.setdefault((envelope.run.repository, envelope.run.run_id), []).append(envelope)
    for name, found in by_run.items():
        if name in known:
            continue
        kept = newest(found)
        last = max(kept, key=lambda row: (row.run.attempt, row.stage, row.key))
        merged = merge(row.fragment for row in kept)
        started = min(
            (row.run.started for row in found if row.run.attempt == last.run.attempt and row.run.started), default=""
        )
        yield RunRecord(
            ratchetry=last.ratchetry,
            run=replace(last.run, started=started),
            change=last.change,
            stages=merged.stages,
            metrics=merged.metrics,
            tests=merged.tests,
            findings=merged.findings,
            benchmarks=merged.benchmarks,
            failures=merged.failures,
        )
