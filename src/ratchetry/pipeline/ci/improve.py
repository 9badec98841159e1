"""The step that keeps the issues about improvements, and the digest: history and issues in, actions and events out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ratchetry.act.digest import FINGERPRINT, digest, week_of
from ratchetry.act.improvements import Scene, improvements
from ratchetry.act.plan import LABEL, newest_first
from ratchetry.adapters.codeowners import code_owners
from ratchetry.adapters.history_directory import HistoryDirectory
from ratchetry.domain.action import Action, UpsertIssue
from ratchetry.domain.event import Event
from ratchetry.domain.improvement import DIGEST_LABEL, KnownIssue
from ratchetry.domain.improvement import LABEL as IMPROVEMENT_LABEL
from ratchetry.domain.moment import days_of
from ratchetry.domain.record import RunRecord
from ratchetry.errors import UsageError
from ratchetry.learn.suggestions.give import give, open_advice
from ratchetry.learn.suggestions.outcomes import learn
from ratchetry.pipeline.ci.reconcile import earlier
from ratchetry.pipeline.ratchet import TEACHING
from ratchetry.pipeline.suggest import Known, advised, known_from_history
from ratchetry.report.digest import Week
from ratchetry.settings import Settings

if TYPE_CHECKING:
    from ratchetry.adapters.github import GitHubClient

PERIOD: Final = timedelta(days=100)
"""How far back runs are looked at: longer than advice is waited for."""
_WEEK: Final = 7.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What the history says; `idle` tells why it says nothing."""

    known: Known | None = None
    root: Path
    settings: Settings
    idle: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class There:
    """The issues that are there: those about improvements, the digest, and the fingerprints of those about gates."""

    issues: Mapping[str, KnownIssue] = field(default_factory=dict)
    digest: KnownIssue | None = None
    gates: Collection[str] = ()


def look(history: HistoryDirectory, *, root: Path, settings: Settings, environ: Mapping[str, str], branch: str) -> Look:
    """Return what a history says of what would help; raises StateError when it is damaged."""
    try:
        known = known_from_history(history, root=root, settings=settings, environ=environ, branch=branch)
    except UsageError as error:
        return Look(root=root, settings=settings, idle=str(error))
    return Look(known=known, root=root, settings=settings)


def improvement_actions(found: Look, records: Iterable[RunRecord], there: There, *, branch: str) -> tuple[Action, ...]:
    """Return what to do about improvements: new ones are what the learner has given, all where learning is frozen."""
    if found.known is None:
        return ()
    advice = advised(found.known, found.settings)
    report = advice.report
    given = open_advice(found.known.events, report.as_of)
    wanted = tuple(
        row.suggestion
        for row in advice.ranked
        if found.settings.disable_learning or row.suggestion.fingerprint in given
    )
    scene = Scene(
        known=there.issues,
        runs=newest_first(records, branch),
        as_of=report.as_of,
        gates=there.gates,
        owners=code_owners(found.root),
        rates={rate.kind: rate for rate in report.hit_rates},
    )
    return improvements(wanted, scene)


def learned_advice(
    history: HistoryDirectory, *, root: Path, settings: Settings, environ: Mapping[str, str], branch: str
) -> tuple[Event, ...]:
    """Return what advice has come to, and the advice to give and to close, as events that the history does not hold.

    Raises StateError for a damaged history.
    """
    found = look(history, root=root, settings=settings, environ=environ, branch=branch)
    if found.known is None or settings.disable_learning:
        return ()
    known = found.known
    runs = _teaching(history.records(earlier(known.as_of, PERIOD)), branch)
    outcomes = learn(known.events, runs, known.as_of)
    after = replace(known, events=(*known.events, *outcomes))
    return (*outcomes, *give(after.events, advised(after, settings).ranked, runs, known.as_of))


def digest_action(found: Look, there: There) -> UpsertIssue | None:
    """Return the digest of the week of the newest run, None where nothing can be said."""
    if found.known is None:
        return None
    known = found.known
    as_of = days_of(known.as_of)
    name = week_of(known.as_of)
    if as_of is None or not name:
        return None
    week = Week(
        name=name,
        trends=known.evidence.report,
        suggestions=advised(known, found.settings, top=10).report,
        events=tuple(one for one in known.events if 0.0 <= as_of - (days_of(one.time) or 0.0) < _WEEK),
    )
    return digest(week, there.digest.body if there.digest else "")


def _teaching(records: Iterable[RunRecord], branch: str) -> tuple[RunRecord, ...]:
    """Return the runs of a branch that may teach, newest first; of each the highest attempt."""
    highest: dict[str, RunRecord] = {}
    for record in records:
        run = record.run
        foreign = run.dirty or run.pull_request is not None or run.branch != branch or run.event not in TEACHING
        if not foreign and (run.run_id not in highest or highest[run.run_id].run.attempt < run.attempt):
            highest[run.run_id] = record
    return tuple(sorted(highest.values(), key=lambda record: (record.run.started, record.run.run_id), reverse=True))


def there(client: GitHubClient, *, digest: bool) -> There:
    """Return the issues of ours that are there; the digest only when it is asked for.  Raises GitHubError."""
    from ratchetry.adapters.github.known_issues import known_issues
    from ratchetry.adapters.github.open_issues import open_fingerprints

    weekly = known_issues(client, DIGEST_LABEL).get(FINGERPRINT) if digest else None
    return There(
        issues=known_issues(client, IMPROVEMENT_LABEL), digest=weekly, gates=frozenset(open_fingerprints(client, LABEL))
    )
