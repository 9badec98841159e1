"""The issue about a gate that fails on the default branch: since when, by how much, and what to do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from ratchetry.domain.catalog import definition
from ratchetry.domain.record import Gate, RunInfo, RunRecord
from ratchetry.report import view
from ratchetry.report.blocks import Block, fitted, prose, shown_name, table, table_row
from ratchetry.report.markdown import ICONS, failure
from ratchetry.report.text import clip_middle, neutralize
from ratchetry.settings import STAGES

LIMIT: Final = 60_000
MOST_RUNS: Final = 10
MOST_FAILURES: Final = 5
MOST_FINDINGS: Final = 10
_TITLE: Final = 120
_COMMANDS: Final = {"score": "ratchetry score"}

Seen = tuple[RunRecord, Gate]
"""A run and what one of its gates said."""


def title(gate: str, branch: str) -> str:
    """Return the title of the issue about a gate; it stays the same while values change."""
    stage = gate.removeprefix(view.STAGE_GATE)
    what = f"The {stage} stage fails" if gate.startswith(view.STAGE_GATE) else f"{gate} misses its bound"
    return clip_middle(neutralize(f"{what} on {branch}"), _TITLE)


def body(history: Sequence[Seen], *, branch: str, server: str) -> str:
    """Return the text of the issue about a gate; `history` has its runs, newest first, at least one.

    `server` is the address of GitHub, for links to the runs.
    """
    return fitted(tuple(_blocks(history, branch, server)), LIMIT)


def closing(history: Sequence[Seen], *, server: str) -> str:
    """Return the last comment on an issue: the runs, newest first, that show that the gate passes again."""
    rows = tuple(_run_row(record, gate, server) for record, gate in history[:MOST_RUNS])
    head = "This gate passes again:"
    return table(head, ("Run", "Commit", "Value:", "Bound:", "Margin:", "Verdict"), rows, "run").text(len(rows)).strip()


def _blocks(history: Sequence[Seen], branch: str, server: str) -> Iterator[Block]:
    """Yield the sections: what fails, the evidence, the details of the newest run, and what to do."""
    newest, gate = history[0]
    row = view.gate_row(gate, view.unit(newest, gate.metric))
    value = f" It is {prose(row.value)} and has to be {prose(row.bound)}." if row.value else ""
    reason = f" {prose(gate.reason)}." if gate.reason else ""
    yield Block(head=f"The gate {shown_name(gate.metric)} fails on {shown_name(branch)}.{value}{reason}\n")
    yield Block(head=f"\n{_since(history, server)}\n")
    rows = tuple(_run_row(record, each, server) for record, each in history[:MOST_RUNS])
    columns = ("Run", "Commit", "Value:", "Bound:", "Margin:", "Verdict")
    yield table("### Evidence, newest run first", columns, rows, "run")
    yield from _details(newest, gate)
    yield Block(head=f"\n### What to do\n\n{_advice(gate)}\n")


def _since(history: Sequence[Seen], server: str) -> str:
    """Return in which run the gate failed first, and in which it passed last, as far as the history goes back."""
    failing = [record for record, gate in _leading_failures(history)]
    first = _link(failing[-1].run, server) if failing else ""
    before = history[len(failing)][0].run if len(failing) < len(history) else None
    if before is None:
        return f"It has failed in every run that is kept, since {first}."
    return (
        f"It fails since {first} and last passed in {_link(before, server)} (commit {shown_name(before.commit[:12])})."
    )


def _leading_failures(history: Sequence[Seen]) -> Iterator[Seen]:
    """Yield the newest runs in which a gate failed, without one between that passed."""
    for record, gate in history:
        if gate.verdict != "fail":
            return
        yield record, gate


def _run_row(record: RunRecord, gate: Gate, server: str) -> str:
    """Return one run as a row of evidence."""
    row = view.gate_row(gate, view.unit(record, gate.metric))
    cells = (prose(cell) or "-" for cell in (row.value, row.bound, row.margin))
    verdict = f"{ICONS[row.verdict]} {view.VERDICTS[row.verdict]}"
    return table_row(_link(record.run, server), shown_name(record.run.commit[:12]) or "-", *cells, verdict)


def _details(record: RunRecord, gate: Gate) -> Iterator[Block]:
    """Yield what the newest run says of the stage that measures the gate: failing tests, or findings."""
    about_tests = gate.metric == f"{view.STAGE_GATE}test" or gate.metric.startswith("tests.")
    groups = view.failing(record) if about_tests else ()
    if groups:
        rows = tuple(failure(group) for group in groups[:MOST_FAILURES])
        yield Block(head="\n### How the tests fail\n", rows=rows, noun="way of failing")
    findings = [row for row in view.findings(record) if _belongs(row.tool, gate.metric)][:MOST_FINDINGS]
    if findings:
        rows = tuple(
            table_row(shown_name(view.place(row)), shown_name(f"{row.tool} {row.rule}"), prose(row.message))
            for row in findings
        )
        yield table("### Where", ("Place", "Rule", "Message"), rows, "finding")


def _belongs(tool: str, metric: str) -> bool:
    """Tell whether the findings of a tool are what a metric counts."""
    counted = {"types.": ("mypy",), "lint.": ("ruff",), "security.bandit": ("bandit",), "security.vuln": ("pip-audit",)}
    return any(metric.startswith(family) and tool in tools for family, tools in counted.items())


def _advice(gate: Gate) -> str:
    """Return how to see the same here, and what to know."""
    stage = _stage(gate)
    command = _COMMANDS.get(stage, f"ratchetry run --stage {stage}") if stage else "ratchetry run"
    explain = (
        ""
        if gate.metric.startswith(view.STAGE_GATE)
        else f" `ratchetry explain {neutralize(gate.metric)}` tells what it measures."
    )
    return (
        f"`{command}` shows the same on your machine.{explain} "
        "This issue is kept up to date, and closed after two runs in which the gate passes; "
        "closed as not planned, it stays closed."
    )


def _stage(gate: Gate) -> str:
    """Return the stage that a gate is about, empty when it is about the whole run or about nothing that is known."""
    if gate.metric.startswith(view.STAGE_GATE):
        name = gate.metric.removeprefix(view.STAGE_GATE)
        return name if name in STAGES else ""
    entry = definition(gate.metric)
    return entry.stage if entry and entry.stage in STAGES else ""


def _link(run: RunInfo, server: str) -> str:
    """Return a run as a link to GitHub, where its identifier is one of GitHub's."""
    name = f"{run.run_id}-{run.attempt}"
    if server and run.run_id.isascii() and run.run_id.isdecimal() and run.repository.count("/") == 1:
        return f"[{name}]({server}/{run.repository}/actions/runs/{run.run_id})"
    return shown_name(name)
