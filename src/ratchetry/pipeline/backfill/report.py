"""What a backfill tells: a row for each commit, how long the rest will take, and all of it as data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import median

from ratchetry.domain.record import RunRecord, Status
from ratchetry.pipeline.backfill.plan import Plan, is_blank


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """How one commit ended: its stages, which of them measured nothing, the first reason why, and what it cost."""

    run: str
    commit: str
    started: str
    stages: Mapping[str, Status]
    blank: tuple[str, ...]
    reused: tuple[str, ...]
    reason: str
    seconds: float

    @property
    def measured(self) -> bool:
        """Return whether anything of the commit was measured."""
        return len(self.blank) < len(self.stages)


def row_of(record: RunRecord) -> Row:
    """Return what is told of a run."""
    blank = tuple(name for name in record.stages if is_blank(record, name))
    return Row(
        run=f"{record.run.run_id}-{record.run.attempt}",
        commit=record.run.commit,
        started=record.run.started,
        stages={name: result.status for name, result in record.stages.items()},
        blank=blank,
        reused=tuple(name for name, result in record.stages.items() if result.cached),
        reason=next((record.stages[name].reason for name in blank), ""),
        seconds=round(record.run.duration, 3),
    )


def outcome(row: Row, stage: str) -> str:
    """Return how a stage ended, in words; what measured a part only is not called unmeasured."""
    status = row.stages[stage]
    return "partly measured" if status == "not_measured" and stage not in row.blank else status.replace("_", " ")


def seconds_left(done: int, total: int, elapsed: float) -> float:
    """Return how long the commits that are left will take if they take as long as those before."""
    return elapsed / done * (total - done) if done else 0.0


def estimated(plan: Plan, records: Iterable[RunRecord], jobs: int) -> float | None:
    """Return the seconds that a plan will take, from what earlier commits took; None when there were none."""
    durations = [record.run.duration for record in (*plan.known, *records) if record.run.duration > 0]
    return median(durations) * len(plan.tasks) / max(1, jobs) if durations else None


def document(rows: Sequence[Row], plan: Plan, left_out: Sequence[str]) -> dict[str, object]:
    """Return what a backfill did, as data."""
    return {
        "measured": [asdict(row) for row in sorted(rows, key=lambda row: row.started)],
        "known": len(plan.known),
        "left": len(plan.tasks) - len(rows),
        "tags_without_commit": list(left_out),
    }


def summary(rows: Sequence[Row], plan: Plan, left_out: Sequence[str]) -> list[str]:
    """Return what a backfill did, in lines for people."""
    counts = Counter((name, outcome(row, name)) for row in rows for name in row.stages)
    lines = [f"{len(rows)} commits measured, {len(plan.known)} were in the history already"]
    for name in dict.fromkeys(name for name, _ in counts):
        told = [f"{count} {how}" for (stage, how), count in counts.items() if stage == name]
        lines.append(f"  {name}: {', '.join(sorted(told))}")
    reasons = Counter(row.reason for row in rows if row.reason)
    lines += [f"  {count} not measured: {reason[:200]}" for reason, count in reasons.most_common(5)]
    if reasons:
        lines.append("  --retry-failed measures them again")
    if left_out:
        lines.append(f"  tags that lead to no commit: {', '.join(left_out[:5])}{', ...' * (len(left_out) > 5)}")
    return lines
