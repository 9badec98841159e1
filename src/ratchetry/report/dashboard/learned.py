"""What learns and acts, as documents: arms and choices, bounds, modules, issues and what people noted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from ratchetry.domain.belief import ContextStanding, Standing
from ratchetry.domain.dashboard import Mark
from ratchetry.domain.dashboard_details import (
    ArmRow,
    BanditDocument,
    ChoicesColumns,
    ContextRow,
    IssueEvent,
    IssueRow,
    IssuesDocument,
    ModulesDocument,
    ThresholdRow,
    ThresholdsDocument,
)
from ratchetry.domain.event import Event, Value
from ratchetry.domain.ratchet_report import BoundRow, number_of
from ratchetry.domain.trend_report import ModuleEvidence
from ratchetry.domain.weights import context_key
from ratchetry.report.dashboard.gathered import Choice
from ratchetry.report.dashboard.rows import Seconds
from ratchetry.report.dashboard.shorten import maybe, rounded
from ratchetry.report.dashboard.tests import package_of, strings

MOST_CHOICES: Final = 5_000
"""Decisions that the bandit's page shows, the newest."""
_STATUS: Final[Mapping[str, str]] = {"rewarded": "R", "missing": "M", "censored": "C"}
_MOST_ISSUES: Final = 1e12
_CLOSED: Final = frozenset({"closed", "resolved", "recovered", "silenced", "not_planned"})


def bandit_document(
    standings: Iterable[ContextStanding], choices: Sequence[Choice], policy: str, seconds: Seconds
) -> BanditDocument:
    """Return where the arms stand, and the newest choices."""
    return BanditDocument(
        policy=policy,
        standings=tuple(ContextRow(context=one.context, arms=tuple(map(_arm_row, one.standings))) for one in standings),
        choices=_choices(choices[-MOST_CHOICES:], seconds),
    )


def thresholds_document(rows: Iterable[BoundRow]) -> ThresholdsDocument:
    """Return where the bounds stand, each with the evidence of its moves."""
    return ThresholdsDocument(
        rows=tuple(
            ThresholdRow(
                metric=row.metric,
                kind=row.kind,
                unit=row.unit,
                bound=maybe(row.bound),
                value=maybe(row.value),
                margin=maybe(row.margin),
                target=maybe(row.target),
                needs=row.needs,
                note=row.note,
                waived_until=row.waiver.until if row.waiver else "",
                waived_because=row.waiver.reason if row.waiver else "",
                moves=row.moves,
            )
            for row in rows
        )
    )


def modules_document(rows: Sequence[ModuleEvidence], packages: Mapping[str, int]) -> ModulesDocument:
    """Return what is known of modules, as columns."""
    return ModulesDocument(
        module=tuple(row.module for row in rows),
        package=tuple(packages[module_package(row.module)] for row in rows),
        passed=tuple(row.passed for row in rows),
        failed=tuple(row.failed for row in rows),
        blame=tuple(rounded(row.blame_mean, 4) for row in rows),
        low=tuple(rounded(row.interval[0], 4) for row in rows),
        high=tuple(rounded(row.interval[1], 4) for row in rows),
        runs=tuple(row.runs for row in rows),
    )


def module_package(module: str) -> str:
    """Return the package of a module: the first part of a dotted name, the directory of another file."""
    return package_of(module) if "/" in module else module.split(".", maxsplit=1)[0]


def issues_document(events: Iterable[Event], seconds: Seconds) -> IssuesDocument:
    """Return the issues that events tell of, those that something happened to last first."""
    told: defaultdict[str, list[Event]] = defaultdict(list)
    rewards: dict[str, float | None] = {}
    for one in events:
        if one.kind == "issue":
            told[one.subject].append(one)
        elif one.kind == "outcome":
            rewards.setdefault(one.subject, number_of(one.data.get("reward")))
    rows = (_issue(subject, rows, rewards, seconds) for subject, rows in told.items())
    return IssuesDocument(rows=tuple(sorted(rows, key=lambda row: (-row.events[-1].time, row.fingerprint))))


def is_open(row: IssueRow) -> bool:
    """Tell whether an issue is open, as far as the events say."""
    return row.state not in _CLOSED


def marks_of(events: Iterable[Event], seconds: Seconds) -> tuple[Mark, ...]:
    """Return what people noted, oldest first."""
    return tuple(
        Mark(
            time=seconds(one.time),
            kind=_text(one.data.get("kind")),
            subject=one.subject,
            message=_text(one.data.get("message")),
        )
        for one in events
        if one.kind == "log"
    )


def _arm_row(standing: Standing) -> ArmRow:
    """Return where an arm stands, in few digits."""
    belief = standing.belief
    return ArmRow(
        arm=belief.arm,
        alpha=rounded(belief.alpha),
        beta=rounded(belief.beta),
        mean=rounded(belief.mean, 4),
        low=rounded(standing.low, 4),
        high=rounded(standing.high, 4),
        propensity=rounded(standing.propensity, 4),
        n=belief.evidence.n,
        reward=rounded(belief.evidence.reward, 4),
    )


def _choices(choices: Sequence[Choice], seconds: Seconds) -> ChoicesColumns:
    """Return decisions as columns."""
    arms = strings([one.arm for one, _ in choices])
    keys = [_key(one.context) for one, _ in choices]
    contexts = strings(keys)
    return ChoicesColumns(
        time=tuple(seconds(one.time) for one, _ in choices),
        arm=tuple(arms[one.arm] for one, _ in choices),
        context=tuple(contexts[key] for key in keys),
        propensity=tuple(rounded(one.propensity, 4) for one, _ in choices),
        status="".join("W" if outcome is None else _STATUS[outcome.status] for _, outcome in choices),
        reward=tuple(None if outcome is None else maybe(outcome.reward) for _, outcome in choices),
        arms=tuple(arms),
        contexts=tuple(contexts),
    )


def _key(context: Mapping[str, str]) -> str:
    """Return the text that stands for a context, `?` for one that the bandit would not take."""
    try:
        return context_key(context)
    except ValueError:
        return "?"


def _issue(fingerprint: str, rows: Sequence[Event], rewards: Mapping[str, float | None], seconds: Seconds) -> IssueRow:
    """Return an issue: what the newest event that says so says of it."""
    said: dict[str, Value] = {}
    for one in rows:
        said.update(one.data)
    return IssueRow(
        fingerprint=fingerprint,
        title=_text(said.get("title")),
        advice=_text(said.get("advice")),
        number=_issue_number(said.get("number")),
        metric=_text(said.get("metric")),
        state=_state(said),
        before=_measured(rows, closed=False),
        after=_measured(rows, closed=True) if _state(said) in _CLOSED else None,
        goal=maybe(number_of(said.get("bound"))),
        reward=maybe(rewards.get(_text(said.get("decision")))),
        events=tuple(
            IssueEvent(
                time=seconds(one.time),
                state=_state(one.data),
                actor=one.actor,
                runs=one.runs,
                data={
                    name: value
                    for name, value in one.data.items()
                    if value is None or isinstance(value, str | float | int)
                },
            )
            for one in rows
        ),
    )


def _issue_number(value: Value) -> int | None:
    """Return the number of an issue, None for everything that is none."""
    number = number_of(value)
    return int(number) if number is not None and 0 < number < _MOST_ISSUES else None


def _state(data: Mapping[str, Value]) -> str:
    """Return what an event says became of an issue."""
    return _text(data.get("state")) or _text(data.get("phase"))


def _measured(rows: Sequence[Event], *, closed: bool) -> float | None:
    """Return what was measured when an issue was closed, or opened, last."""
    values = (one.data.get("value") for one in reversed(rows) if (_state(one.data) in _CLOSED) is closed)
    return maybe(number_of(next(values, None)))


def _text(value: Value) -> str:
    """Return a text, empty for everything else."""
    return value if isinstance(value, str) else ""
