"""What to do about the default branch: one issue for each gate that fails there, closed when it passes again.

| the gate's verdict in its runs, newest first | an issue is open | action |
| --- | --- | --- |
| failed | no | open one, unless many were opened at once |
| failed | yes | bring it up to date |
| passed, failed | yes | nothing: one pass may be luck |
| passed, passed | yes | close it |
| passed | no | nothing |
| never measured, or not judged | either | nothing |

Runs in which a gate was not measured are left out before: they neither open nor close anything.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Final

from ratchetry.analyze.provenance import EVENTS
from ratchetry.domain.action import Action, CloseIssue, UpsertIssue
from ratchetry.domain.fingerprint import short_hash
from ratchetry.domain.record import Gate, RunRecord
from ratchetry.report.issue import Seen, body, closing, title
from ratchetry.report.view import STAGE_GATE

PASSES_TO_CLOSE: Final = 2
MOST_NEW: Final = 10
"""Issues that are opened at once: whoever gets more reads none."""
LABEL: Final = "ratchetry"


def plan(
    records: Iterable[RunRecord], open_issues: Collection[str], *, branch: str, server: str, most_new: int = MOST_NEW
) -> tuple[Action, ...]:
    """Return what to do about the gates of the default branch.

    `open_issues` are the fingerprints of those that are open.
    """
    runs = newest_first(records, branch)
    names = sorted({gate.metric for record in runs for gate in record.gates})
    actions: list[Action] = []
    new = 0
    for name in names:
        history = judged(runs, name)
        fingerprint = gate_fingerprint(name)
        if not history:
            continue
        if history[0][1].verdict == "fail":
            new += fingerprint not in open_issues
            if fingerprint in open_issues or new <= most_new:
                text = body(history, branch=branch, server=server)
                actions.append(UpsertIssue(fingerprint=fingerprint, title=title(name, branch), body=text))
        elif fingerprint in open_issues and _recovered(history):
            shown = closing(history[:PASSES_TO_CLOSE], server=server)
            actions.append(CloseIssue(fingerprint=fingerprint, comment=shown, label=LABEL))
    return tuple(actions)


def newest_first(records: Iterable[RunRecord], branch: str) -> tuple[RunRecord, ...]:
    """Return the runs of a branch that anybody may learn from, newest first; of each the highest attempt."""
    highest: dict[str, RunRecord] = {}
    for record in records:
        run = record.run
        if run.branch != branch or run.event not in EVENTS or run.pull_request is not None:
            continue
        if run.run_id not in highest or highest[run.run_id].run.attempt < run.attempt:
            highest[run.run_id] = record
    return tuple(sorted(highest.values(), key=lambda record: (record.run.started, record.run.run_id), reverse=True))


def judged(runs: Sequence[RunRecord], name: str) -> tuple[Seen, ...]:
    """Return the runs in which a gate was judged, with what it said, in the order given."""
    return tuple(
        (record, gate) for record in runs for gate in record.gates if gate.metric == name and _is_judged(record, gate)
    )


def _is_judged(record: RunRecord, gate: Gate) -> bool:
    """Tell whether a gate was held against something that was measured; a stage may pass with a warning."""
    stage = record.stages.get(gate.metric.removeprefix(STAGE_GATE))
    passed_with_warning = gate.verdict == "warn" and stage is not None and stage.status == "passed"
    return passed_with_warning or gate.verdict in {"pass", "fail"}


def gate_fingerprint(name: str) -> str:
    """Return the fingerprint of the issue about a gate."""
    return short_hash("gate", name)


def _recovered(history: Sequence[Seen]) -> bool:
    """Tell whether a gate has passed often enough in a row."""
    newest = history[:PASSES_TO_CLOSE]
    return len(newest) == PASSES_TO_CLOSE and all(gate.verdict != "fail" for _, gate in newest)
