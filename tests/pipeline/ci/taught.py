"""A past that every learner learns something from: thirty runs, and what was decided in the two months around them.

| what | what the history shows | what follows |
| --- | --- | --- |
| lint.findings | falls from 12 to 4 | the bound of 12 moves |
| decisions that the runs carry | every third fails | outcomes, and weights |
| the experiment on the tone | 9 of 10 are content with the short one, 4 of 10 with the long one | a winner |
| version v2 of the review | 9 of 10 are right, then 2 of 10 | an alarm, and a way back to v1 |
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Final

from ratchetry.adapters.history_directory import HistoryDirectory
from ratchetry.domain.bandit import TRAILER, ArmDecision, ArmOutcome, decision_event, outcome_event
from ratchetry.domain.event import Event
from ratchetry.domain.experiment import Experiment
from ratchetry.domain.record import Change, Metric, RunInfo, Runner, RunRecord, StageResult
from ratchetry.domain.versions import ActiveVersion, ActiveVersions
from ratchetry.history.event_file import event_bytes
from ratchetry.history.layout import event_path
from ratchetry.learn.bandit.identifier import ENTROPY, decision_id
from ratchetry.learn.experiment.assignment import decided
from ratchetry.learn.experiment.definition import metric_of, start_event
from ratchetry.learn.promotion import promotion_event
from ratchetry.state.active_versions import dumps

DAYS: Final = 60
"""Days that the past lasts; the runs are of the last thirty."""
RUNS: Final = 30
REPOSITORY: Final = "octo/learning"
ARMS: Final = ("v1", "v2")
RUNNER: Final = Runner(os="Linux", cpu_model="A CPU", cores=2, python="3.13.0")
PYPROJECT: Final = '[project]\nname = "pkg"\nversion = "1"\n\n[tool.ratchetry]\narms = ["v1", "v2"]\n'


def files(start: datetime) -> dict[str, str]:
    """Return the files of a repository whose past begins at a moment: bounds, arms, and the version in use."""
    bounds = {
        "version": 1,
        "metrics": {
            "lint.findings": {"maximum": 12, "ratchet_increment": 1, "target": 0},
            "coverage.line": {"minimum": 80, "ratchet_increment": 1, "target": 100},
        },
    }
    active = ActiveVersions(slots={"review-prompt": _review(start)})
    return {
        "pyproject.toml": PYPROJECT,
        "quality-thresholds.json": json.dumps(bounds),
        "active-versions.json": dumps(active).decode(),
    }


def records(start: datetime, *, path: str = ".github/workflows/ci.yml") -> Iterator[RunRecord]:
    """Yield the runs, a day apart, each carrying the decision of its day."""
    for number in range(RUNS):
        moment = start + timedelta(days=DAYS - RUNS + number, hours=12)
        metrics = {
            "lint.findings": ("quality", "count", "lower", max(4.0, 12.0 - number // 2)),
            "coverage.line": ("test", "percent", "higher", 81.0 + number / 10),
            "tests.total": ("test", "count", "higher", 40.0),
            "tests.skipped": ("test", "count", "lower", 0.0),
        }
        yield RunRecord(
            run=RunInfo(
                repository=REPOSITORY,
                run_id=str(1000 + number),
                event="push",
                workflow=path,
                commit=f"{number + 1:040x}",
                branch="main",
                started=_stamp(moment),
                runner=RUNNER,
            ),
            change=Change(trailers={TRAILER: (carried(start, number).id,)}),
            stages={name: StageResult(status="passed", duration=1.0) for name in ("quality", "test")},
            metrics={
                name: Metric(value=value, unit=unit, better="lower" if better == "lower" else "higher", stage=stage)
                for name, (stage, unit, better, value) in metrics.items()
            },
            verdict="fail" if number % 3 == 0 else "pass",
        )


def carried(start: datetime, number: int) -> ArmDecision:
    """Return the decision that a run carries."""
    return _decision(ARMS[number % 2], start + timedelta(days=DAYS - RUNS + number, hours=8), f"run {number}")


def seed(
    root: Path, start: datetime, *, runs: bool = True, between: tuple[float, float] = (0, DAYS)
) -> HistoryDirectory:
    """Return the history in a directory, with the events between two days and, if wanted, the runs."""
    since, until = (_stamp(start + timedelta(days=days)) for days in between)
    history = HistoryDirectory(root)
    for record in records(start) if runs else ():
        history.add(record)
    first, *others = (one for one in events(start) if since <= one.time < until)
    history.add_event(first)
    for one in map(history.kept_event, others):  # as add_event does, but without waiting for the disk each time
        place = root / event_path(one.id, one.time)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(event_bytes(one))
    return history


def events(start: datetime) -> Iterator[Event]:
    """Yield what was decided and noted: nothing of it follows from the runs."""
    yield from (decision_event(carried(start, number)) for number in range(RUNS))
    yield promotion_event("review-prompt", _review(start), repository=REPOSITORY)
    yield from _reviews(start)
    yield from _tones(start)


def _reviews(start: datetime) -> Iterator[Event]:
    """Yield what became of the version in use: right nine times of ten, and two times in the last week."""
    for day in range(14, DAYS):
        for number in range(5):
            decision = _decision("v2", start + timedelta(days=day, hours=1 + number), f"review {day} {number}")
            share = 2 if day >= DAYS - 7 else 9
            yield from _decided(decision, right=(day * 5 + number) % 10 < share)


def _tones(start: datetime) -> Iterator[Event]:
    """Yield an experiment of ten days."""
    begun = start + timedelta(days=30)
    one = Experiment(
        name="tone",
        slot="tone-prompt",
        control="long",
        treatments=("short",),
        metrics=(metric_of("reward:higher"),),
        traffic=1.0,
        salt="tone@1",
        started=_stamp(begun),
        repository=REPOSITORY,
    )
    yield start_event(one)
    for number in range(10 * 12):
        decision = decided(one, f"pr-{number}", begun + timedelta(hours=1 + 2 * number))
        if decision is not None:
            yield from _decided(decision, right=number % 10 < (9 if decision.arm == "short" else 4))


def _review(start: datetime) -> ActiveVersion:
    """Return the version in use, as it was promoted by a person."""
    since = _stamp(start + timedelta(days=5))
    return ActiveVersion(version="v2", since=since, previous="v1", cause="human", reason="it finds more")


def _decision(arm: str, moment: datetime, name: str) -> ArmDecision:
    """Return a decision between the versions of the review."""
    return ArmDecision(
        id=decision_id(moment, sha256(name.encode()).digest()[:ENTROPY]),
        time=_stamp(moment),
        arm=arm,
        propensities={"v1": 0.5, "v2": 0.5},
        context={"slot": "review-prompt"},
        repository=REPOSITORY,
    )


def _decided(decision: ArmDecision, *, right: bool) -> Iterator[Event]:
    """Yield a decision and its outcome, an hour later."""
    yield decision_event(decision)
    moment = datetime.fromisoformat(decision.time) + timedelta(hours=1)
    outcome = ArmOutcome(
        decision=decision.id,
        time=_stamp(moment),
        status="rewarded",
        reward=float(right),
        repository=decision.repository,
    )
    yield outcome_event(outcome)


def _stamp(moment: datetime) -> str:
    """Return a moment as records and events say it."""
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
