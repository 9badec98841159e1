"""What arrived from the jobs of a run, held against what was expected: whatever is missing was not measured."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from ratchetry.domain.envelope import Envelope, FragmentName, named
from ratchetry.domain.merge import merge
from ratchetry.domain.record import Fragment, StageResult

JobResult = Literal["success", "failure", "cancelled", "skipped"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A fragment that is not believed: the name it came under, what that name says, and why."""

    name: str
    reason: str
    claims: FragmentName | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrivals:
    """What came from the jobs of a run attempt, and what was to come.

    `jobs` says how the job, or all jobs of the matrix, of a stage ended in this attempt; `keys` which jobs a stage
    was to have, where that is known.
    """

    attempt: int
    expected: tuple[str, ...]
    envelopes: tuple[Envelope, ...] = ()
    refused: tuple[Refused, ...] = ()
    jobs: Mapping[str, JobResult] = field(default_factory=dict)
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def newest(envelopes: Iterable[Envelope]) -> tuple[Envelope, ...]:
    """Return the envelope of the highest attempt for each stage and key, in the order of their names."""
    kept: dict[tuple[str, str], Envelope] = {}
    for envelope in sorted(envelopes, key=named):
        kept[envelope.stage, envelope.key] = envelope
    return tuple(kept.values())


def settle(arrivals: Arrivals) -> Fragment:
    """Return what the expected stages measured; one of which something is missing was not measured, and says why."""
    envelopes = newest(row for row in arrivals.envelopes if row.stage in arrivals.expected)
    missing = (
        Fragment(stages={stage: StageResult(status="not_measured", reason=why, unmeasured={stage: why})})
        for stage in arrivals.expected
        if (why := "; ".join(_missing(stage, arrivals, [row for row in envelopes if row.stage == stage]))[:4096])
    )
    return merge((*(row.fragment for row in envelopes), *missing))


def _missing(stage: str, arrivals: Arrivals, envelopes: Sequence[Envelope]) -> Iterator[str]:
    """Yield why the result of a stage is missing, or is not all that there should be."""
    refused = [f"{row.name} was refused: {row.reason}" for row in _superseding(stage, arrivals, envelopes)]
    yield from refused
    job = arrivals.jobs.get(stage)
    if not envelopes:
        yield from () if refused else (_why_nothing(job),)
        return
    absent = [key for key in arrivals.keys.get(stage, ()) if key not in {row.key for row in envelopes}]
    if absent:
        yield f"no fragment arrived of {', '.join(absent)}{_ended(job)}"
    if job in {"failure", "cancelled", "skipped"} and not _explained(envelopes, arrivals.attempt, stage):
        yield f"its job ended as {job} in attempt {arrivals.attempt}, and no fragment of that attempt says why"


def _superseding(stage: str, arrivals: Arrivals, envelopes: Sequence[Envelope]) -> Iterator[Refused]:
    """Yield the refused fragments of a stage that no later attempt of the same job has replaced."""
    attempts = {row.key: row.run.attempt for row in envelopes}
    for row in arrivals.refused:
        if row.claims and row.claims.stage == stage and attempts.get(row.claims.key, 0) <= row.claims.attempt:
            yield row


def _explained(envelopes: Sequence[Envelope], attempt: int, stage: str) -> bool:
    """Tell whether a fragment of this attempt says that the stage failed or was not measured."""
    return any(
        row.run.attempt == attempt and row.fragment.stages[stage].status in {"failed", "not_measured"}
        for row in envelopes
    )


def _why_nothing(job: JobResult | None) -> str:
    """Return why nothing at all arrived of a stage."""
    match job:
        case "skipped":
            return "its job was skipped"
        case None:
            return "no fragment of this stage arrived"
        case _:
            return f"no fragment of this stage arrived{_ended(job)}"


def _ended(job: JobResult | None) -> str:
    """Return how a job ended, as the end of a sentence."""
    return f"; its job ended as {job}" if job else ""
