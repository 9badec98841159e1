"""The step that judges a run: fragments in, record, verdict and summary out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from ratchetry.adapters.files import write_atomic
from ratchetry.analyze.arrivals import Arrivals, JobResult, Refused, newest, settle
from ratchetry.collect.test.quarantine import excused
from ratchetry.domain.envelope import Envelope, SummaryContext, summary_name
from ratchetry.domain.merge import merge
from ratchetry.domain.record import Change, Fragment, RunInfo, RunRecord
from ratchetry.errors import UsageError
from ratchetry.pipeline.bounds import bounds_in_force
from ratchetry.pipeline.ci.fragments import Collected, collect_fragments
from ratchetry.pipeline.ci.origin import identity_of
from ratchetry.pipeline.measure import Measured, interpret_after, plan_stages
from ratchetry.pipeline.quarantine import quarantine_of
from ratchetry.pipeline.run import judge
from ratchetry.pipeline.save import place_in_checkout
from ratchetry.pipeline.stages import wanted
from ratchetry.pipeline.survey import Places, Survey, survey
from ratchetry.ports import Clock, Progress
from ratchetry.settings import STAGES, Settings
from ratchetry.state.envelope import dumps_context
from ratchetry.state.record import dumps

if TYPE_CHECKING:
    from ratchetry.adapters.github_event import EventFacts

SCORE: Final = "score"
_MACHINES: Final = ("benchmark", "test")
"""The stages whose machine a record speaks of, the more telling one first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What to judge: where the fragments are, which stages were to come, and what Actions says of their jobs."""

    fragments: Path
    expected: tuple[str, ...]
    jobs: Mapping[str, JobResult]
    keys: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """The record of a run, which fragments were refused, and the errors of ratchetry itself on the way."""

    record: RunRecord
    context: SummaryContext
    refused: tuple[Refused, ...] = ()
    broken: tuple[Exception, ...] = ()


class _Need(msgspec.Struct, frozen=True):
    """What the context `needs` of Actions says of one job."""

    result: JobResult


def jobs_of(text: str) -> dict[str, JobResult]:
    """Return how each stage's job ended, from `toJSON(needs)`; a job is that of a stage whose name it ends with.

    Raises UsageError when the text is not that.
    """
    if not text.strip():
        return {}
    try:
        needs = msgspec.json.decode(text, type=dict[str, _Need])
    except (msgspec.DecodeError, msgspec.ValidationError, RecursionError) as error:
        msg = f"RATCHETRY_NEEDS: must be ${{{{ toJSON(needs) }}}}: {error}"
        raise UsageError(msg) from error
    return {job.rpartition("-")[2]: need.result for job, need in needs.items()}


def keys_of(python_versions: str) -> dict[str, tuple[str, ...]]:
    """Return which jobs the test stage was to have, from the JSON list of Python versions of its matrix.

    Raises UsageError when the text is no such list.
    """
    if not python_versions.strip():
        return {}
    try:
        return {"test": msgspec.json.decode(python_versions, type=tuple[str, ...])}
    except (msgspec.DecodeError, msgspec.ValidationError, RecursionError) as error:
        msg = f'python-versions: must be a JSON list of strings, such as ["3.12", "3.13"]: {error}'
        raise UsageError(msg) from error


def expected_of(text: str, settings: Settings) -> tuple[str, ...]:
    """Return the stages that were to come, the score stage last, which is measured here; all that are set when empty.

    Raises UsageError for a stage that there is not.
    """
    names = tuple(part.strip() for part in text.split(",") if part.strip()) or settings.stages
    unknown = [name for name in names if name not in STAGES]
    if unknown:
        msg = f"expected: unknown stage {unknown[0]!r}; the stages are {', '.join(STAGES)}"
        raise UsageError(msg)
    own = (SCORE,) if SCORE in (*names, *settings.stages) else ()
    return (*(name for name in STAGES if name in names and name != SCORE), *own)


def judge_fragments(
    places: Places,
    settings: Settings,
    request: Request,
    *,
    environ: Mapping[str, str],
    clock: Clock,
    progress: Progress,
) -> Judged:
    """Return the record that the fragments of a run make up, with its gates and verdict.

    Raises UsageError, ConfigError or StateError for what the user must mend.
    """
    from ratchetry.adapters.github_event import read_event

    bounds = bounds_in_force(places, settings, environ=environ, clock=clock)
    facts = read_event(environ)
    asked = replace(settings, stages=request.expected)
    known = survey(places, asked, environ=environ, clock=clock, progress=progress, look_only=True)
    collected = collect_fragments(request.fragments, replace(identity_of(facts), commit=known.run.commit))
    arrivals = Arrivals(
        attempt=facts.attempt,
        expected=tuple(name for name in request.expected if name != SCORE),
        envelopes=collected.envelopes,
        refused=collected.refused,
        jobs=request.jobs,
        keys=request.keys,
    )
    quarantine = quarantine_of(places, settings, environ=environ, clock=clock, progress=progress)
    arrived = excused(settle(arrivals), quarantine)
    own = _score(known, arrived, progress) if SCORE in request.expected else Measured(fragment=Fragment())
    envelopes = newest(collected.envelopes)
    now = known.run.started
    known = replace(known, run=_run(known.run, envelopes), change=_change(known, envelopes))
    seconds = _seconds(known.run.started, clock, now)
    record = judge(known, merge((arrived, own.fragment)), bounds, seconds=seconds)
    context = _context(facts, known, collected, environ)
    return Judged(record=record, context=context, refused=collected.refused, broken=own.broken)


def save_summary(places: Places, judged: Judged) -> Path:
    """Write the summary that is uploaded, the record and its context, and return its directory."""
    path = places.output / summary_name(judged.record.run.attempt)
    path.mkdir(parents=True, exist_ok=True)
    write_atomic(path / "record.json", dumps(judged.record))
    write_atomic(path / "context.json", dumps_context(judged.context))
    return path


def _score(known: Survey, arrived: Fragment, progress: Progress) -> Measured:
    """Return what the score stage measures, from what has arrived of the others."""
    from ratchetry.adapters.fetch import HttpFetch

    alone = replace(known, settings=replace(known.settings, stages=(SCORE,)))
    plans = plan_stages(alone, wanted(alone.settings), digests={}, cache=None, fetch=HttpFetch(), day="")
    return interpret_after(plans[SCORE], arrived, progress)


def _run(own: RunInfo, envelopes: Iterable[Envelope]) -> RunInfo:
    """Return where the record comes from: begun with the first stage, on the machine of the most telling one."""
    runs = {row.stage: row.run for row in reversed(tuple(envelopes))}
    machine = next((runs[stage].runner for stage in _MACHINES if stage in runs), own.runner)
    started = min((own.started, *(run.started for run in runs.values() if _moment(run.started))))
    return replace(own, runner=machine, started=started, base_commit=own.base_commit or _base(runs.values()))


def _base(runs: Iterable[RunInfo]) -> str:
    """Return the base commit that the jobs compared with, where this one does not know it."""
    return next((run.base_commit for run in runs if run.base_commit), "")


def _change(known: Survey, envelopes: Iterable[Envelope]) -> Change:
    """Return what the run changes, as this job sees it or, where it cannot, as the others did."""
    return known.change if known.base else next((row.change for row in envelopes if row.change.files), known.change)


def _seconds(started: str, clock: Clock, own: str) -> float:
    """Return the seconds from the start of the run until now; clocks of two machines may disagree."""
    begun = _moment(started) or _moment(own)
    return max(0.0, (clock.now() - begun).total_seconds()) if begun else 0.0


def _moment(text: str) -> datetime | None:
    """Return a moment in UTC, None for what is none."""
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None


def _context(facts: EventFacts, known: Survey, collected: Collected, environ: Mapping[str, str]) -> SummaryContext:
    """Return the hints for the comment."""
    return SummaryContext(
        event=known.run.event,
        pull_request=facts.pull_request,
        head_sha=facts.head or known.run.commit,
        base_sha=known.run.base_commit,
        base_ref=environ.get("GITHUB_BASE_REF", "")[:1000],
        directory=place_in_checkout(known.places.root, environ),
        refused=len(collected.refused),
    )
