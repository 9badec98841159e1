"""Envelopes and the context of a summary as JSON: made by jobs that ran foreign code, so nothing in them is trusted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from ratchetry.domain.catalog import definition
from ratchetry.domain.envelope import ENVELOPE_VERSION, Envelope, SummaryContext
from ratchetry.domain.record import Fragment, Metric
from ratchetry.errors import StateError
from ratchetry.state.codec import decode, encode

MAX_ROWS: Final = 200_000
"""Tests, findings, failures or changed files of one fragment."""
MAX_METRICS: Final = 10_000
MAX_ENTRIES: Final = 1_000
"""Tools, unmeasured families or statistics of one thing."""
MAX_ROUNDS: Final = 1_000_000
MAX_NAME: Final = 500
_VERSION: Final = "schema_version"


def loads(data: bytes, origin: str) -> Envelope:
    """Return the envelope of a JSON document.

    Raises StateError naming the origin when it is malformed, holds too much, or speaks of another stage than its own
    or of metrics that this stage does not measure.
    """
    envelope = decode(data, Envelope, origin, newest=ENVELOPE_VERSION, version_field=_VERSION)
    for problem in _problems(envelope):
        msg = f"{origin}: {problem}"
        raise StateError(msg)
    return envelope


def dumps(envelope: Envelope) -> bytes:
    """Return an envelope as JSON, the same bytes for the same envelope."""
    return encode(envelope)


def loads_context(data: bytes, origin: str) -> SummaryContext:
    """Return the context of a summary; raises StateError naming origin and field."""
    return decode(data, SummaryContext, origin, newest=ENVELOPE_VERSION, version_field=_VERSION)


def dumps_context(context: SummaryContext) -> bytes:
    """Return the context of a summary as JSON."""
    return encode(context)


def _problems(envelope: Envelope) -> Iterator[str]:
    """Yield what is wrong with an envelope whose fields have the right types."""
    fragment = envelope.fragment
    if set(fragment.stages) != {envelope.stage}:
        others = ", ".join(sorted(map(repr, set(fragment.stages) - {envelope.stage})))[:MAX_NAME]
        yield f"fragment.stages: a fragment of {envelope.stage!r} must hold its result alone, not {others or 'none'}"
    yield from _too_much(envelope)
    for name, metric in fragment.metrics.items():
        yield from _metric_problems(name, metric, envelope.stage)


def _too_much(envelope: Envelope) -> Iterator[str]:
    """Yield which part of an envelope holds more than is read."""
    fragment = envelope.fragment
    sizes = {
        "fragment.tests": (len(fragment.tests), MAX_ROWS),
        "fragment.findings": (len(fragment.findings), MAX_ROWS),
        "fragment.failures": (len(fragment.failures), MAX_ROWS),
        "change.files": (len(envelope.change.files), MAX_ROWS),
        "change.trailers": (len(envelope.change.trailers), MAX_ENTRIES),
        "fragment.metrics": (len(fragment.metrics), MAX_METRICS),
        "fragment.benchmarks": (len(fragment.benchmarks), MAX_METRICS),
        "rounds of fragment.benchmarks": (sum(len(row.rounds) for row in fragment.benchmarks), MAX_ROUNDS),
    }
    yield from (
        f"{what}: {size:,} are more than the {most:,} that are read"
        for what, (size, most) in sizes.items()
        if size > most
    )
    for what, entries in _mappings(fragment):
        if len(entries) > MAX_ENTRIES or any(len(name) > MAX_NAME for name in entries):
            yield f"{what}: more than {MAX_ENTRIES:,} entries, or one whose name has more than {MAX_NAME} characters"


def _mappings(fragment: Fragment) -> Iterator[tuple[str, Mapping[str, object]]]:
    """Yield the small mappings of a fragment, with where they stand."""
    for result in fragment.stages.values():
        yield "fragment.stages.tools", result.tools
        yield "fragment.stages.unmeasured", result.unmeasured
    for row in fragment.benchmarks:
        yield "fragment.benchmarks.statistics", row.statistics


def _metric_problems(name: str, metric: Metric, stage: str) -> Iterator[str]:
    """Yield what is wrong with a metric: it must be one that the stage measures, as the catalog defines it."""
    entry = definition(name[:MAX_NAME])
    if entry is None or len(name) > MAX_NAME:
        yield f"fragment.metrics: {name[:MAX_NAME]!r} is no metric of the catalog"
    elif entry.stage != stage or metric.stage != stage:
        yield f"fragment.metrics: {name!r} is measured by {entry.stage}, not by {stage!r}"
    elif (metric.unit, metric.better) != (entry.unit, entry.better):
        yield f"fragment.metrics: {name!r} is in {entry.unit or 'no unit'} and better when {entry.better}"
