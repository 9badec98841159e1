"""The one comment on a pull request: may it be merged, and if not, what is in the way.

Everything in a record of a pull request was written by strangers; the same record makes the same comment.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from ratchetry.domain.record import RunRecord, Verdict
from ratchetry.report import view
from ratchetry.report.blocks import Block, fitted, folded, prose, shown_name, table, table_row
from ratchetry.report.headline import headline
from ratchetry.report.markdown import ICONS, failure
from ratchetry.report.text import escape_markdown, plural
from ratchetry.report.verdict import sentence

LIMIT: Final = 60_000
"""Bytes of a comment: GitHub refuses one of more than 65,536 characters, and the marker needs some of them."""
MOST_FAILURES: Final = 10
MOST_GATES: Final = 30
MOST_FINDINGS: Final = 20

_ANSWERS: Final[Mapping[Verdict, str]] = {
    "pass": "May be merged",
    "warn": "May be merged, with a warning",
    "fail": "Should not be merged yet",
    "not_measured": "Cannot tell whether to merge",
}


def render(record: RunRecord, *, link: str, limit: int = LIMIT) -> str:
    """Return the comment on the pull request of a record; `link` is the address of its run, which holds the rest."""
    return fitted((*_blocks(record), _origin(record, link)), limit)


def _blocks(record: RunRecord) -> Iterator[Block]:
    """Yield the sections: the answer, what is in the way of it, and what was measured."""
    answer = f"## {ICONS[record.verdict]} {_ANSWERS[record.verdict]}"
    yield Block(head=f"{answer}\n\n{escape_markdown(sentence(record))}\n")
    yield from _in_the_way(record)
    yield from _failures(record)
    yield from _problems(record)
    yield from _measured(record)
    yield from _findings(record)


def _in_the_way(record: RunRecord) -> Iterator[Block]:
    """Yield the gates that do not pass, why, and which bounds are waived."""
    rows = tuple(_gate(row) for row in view.gates(record) if row.verdict != "pass")
    if rows:
        yield table("", ("Gate", "Value:", "Bound:", "Margin:", "Verdict"), rows[:MOST_GATES], "gate")
    reasons = view.gate_reasons(record)[:MOST_GATES]
    if reasons:
        told = tuple(f"- {shown_name(name)}: {prose(why)}\n" for name, why in reasons)
        yield Block(head="\n", rows=told, noun="reason")


def _gate(row: view.GateRow) -> str:
    """Return one gate as a row."""
    cells = (prose(cell) or "-" for cell in (row.value, row.bound, row.margin))
    return table_row(shown_name(row.metric), *cells, f"{ICONS[row.verdict]} {view.VERDICTS[row.verdict]}")


def _failures(record: RunRecord) -> Iterator[Block]:
    """Yield the failing tests by the way they fail, the most frequent way first."""
    groups = view.failing(record)
    if groups:
        count = sum(len(group.tests) for group in groups)
        heading = f"\n### {plural(count, 'failing test')}, failing in {plural(len(groups), 'way')}\n"
        rest = len(groups) - MOST_FAILURES
        tail = f"\n_… and {plural(rest, 'more way')} of failing._\n" if rest > 0 else ""
        rows = tuple(failure(group) for group in groups[:MOST_FAILURES])
        yield Block(head=heading, rows=rows, tail=tail, noun="way of failing")


def _problems(record: RunRecord) -> Iterator[Block]:
    """Yield what was not measured, and why."""
    missing = view.unmeasured(record)
    if missing:
        rows = tuple(table_row(shown_name(row.what), prose(row.why)) for row in missing)
        yield table("### Not measured", ("What", "Why"), rows, "thing")


def _measured(record: RunRecord) -> Iterator[Block]:
    """Yield what each stage measured in a few words, and the gates that pass, folded."""
    facts = ((name, headline(record, name)) for name, _ in view.stages(record))
    rows = tuple(table_row(shown_name(name), prose(words)) for name, words in facts if words)
    if rows:
        yield table("### Measured", ("Stage", "Result"), rows, "stage")
    passing = tuple(_gate(row) for row in view.gates(record) if row.verdict == "pass")
    if passing:
        listed = table("", ("Gate", "Value:", "Bound:", "Margin:", "Verdict"), passing, "gate")
        yield folded(f"{plural(len(passing), 'gate')} {'passes' if len(passing) == 1 else 'pass'}", listed)


def _findings(record: RunRecord) -> Iterator[Block]:
    """Yield the worst findings, folded."""
    findings = view.findings(record)
    rows = tuple(
        table_row(row.severity, shown_name(view.place(row)), shown_name(f"{row.tool} {row.rule}"), prose(row.message))
        for row in findings[:MOST_FINDINGS]
    )
    if rows:
        worst = f"the worst {len(rows)} of " if len(findings) > len(rows) else ""
        listed = table("", ("Severity", "Where", "Rule", "Message"), rows, "finding")
        yield folded(f"{worst}{plural(len(findings), 'finding')}", listed)


def _origin(record: RunRecord, link: str) -> Block:
    """Return which run and commit this is about, and where the rest is."""
    run = record.run
    attempt = f", attempt {run.attempt}" if run.attempt > 1 else ""
    named = f"[Run {prose(run.run_id)}{attempt}]({link})" if link else f"Run {prose(run.run_id)}{attempt}"
    parts = (
        named,
        f"commit {shown_name(run.commit[:12])}" if run.commit else "",
        prose(f"ratchetry {record.ratchetry}"),
    )
    told = " · ".join(part for part in parts if part)
    return Block(head=f"\n{told} · the run's summary holds everything.\n")
