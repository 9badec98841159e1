"""The result of a run as GitHub Flavored Markdown: the job summary."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from ratchetry.domain.record import RunRecord, StageResult, Verdict
from ratchetry.report import view
from ratchetry.report.blocks import Block, fitted, folded, prose, shown_name, table, table_row
from ratchetry.report.headline import headline
from ratchetry.report.text import (
    clip,
    code_block,
    duration,
    escape_html,
    escape_markdown,
    neutralize,
    number,
    plural,
)
from ratchetry.report.verdict import sentence

DEFAULT_LIMIT: Final = 1_000_000
"""GitHub refuses the summary of a step above 1 MiB
(https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#step-isolation-and-limits)."""

MOST_TESTS: Final = 20
MOST_SLOW: Final = 10
_TEXT: Final = 500
_EVIDENCE: Final = 2000
_EVIDENCE_LINES: Final = 25

ICONS: Final[Mapping[Verdict, str]] = {"pass": "✅", "warn": "⚠️", "fail": "❌", "not_measured": "❔"}
_STATUS_ICONS: Final = {"passed": "✅", "failed": "❌", "not_measured": "❔", "skipped": "⏭️"}


def render(record: RunRecord, *, limit: int = DEFAULT_LIMIT, places: Mapping[str, str] | None = None) -> str:
    """Return a record as Markdown of at most `limit` bytes; `places` names the files that hold more.

    What is too much is cut by whole rows, from the end of each section and from the last sections first, and the
    text says how many; sections are left out only when not even their first lines fit.
    """
    return fitted((*_blocks(record), _origin(record, places or {})), limit)


def _blocks(record: RunRecord) -> Iterator[Block]:
    """Yield the sections that have something to say, the verdict first."""
    icon = ICONS[record.verdict]
    yield Block(head=f"## {icon} {view.VERDICTS[record.verdict]}\n\n{escape_markdown(sentence(record))}\n")
    if record.stages:
        rows = (_stage_row(record, name, stage) for name, stage in view.stages(record))
        yield table("### Stages", ("Stage", "Result", "Measured", "Time:"), rows, "stage")
    if record.gates:
        yield table("### Gates", ("Gate", "Value:", "Bound:", "Margin:", "Verdict"), _gate_rows(record), "gate")
    reasons = view.gate_reasons(record)
    if reasons:
        yield Block(
            head="\n", rows=tuple(f"- {shown_name(name)}: {prose(why)}\n" for name, why in reasons), noun="reason"
        )
    yield from _metrics(record)
    yield from _tests(record)
    yield from _findings(record)
    missing = view.unmeasured(record)
    if missing:
        rows = (table_row(shown_name(row.what), prose(row.why)) for row in missing)
        yield table("### Not measured", ("What", "Why"), rows, "thing")


def _stage_row(record: RunRecord, name: str, stage: StageResult) -> str:
    """Return one stage as a row."""
    facts = "; ".join(part for part in (headline(record, name), view.stage_reason(stage)) if part)
    result = f"{_STATUS_ICONS[stage.status]} {stage.status.replace('_', ' ')}{', cached' if stage.cached else ''}"
    return table_row(shown_name(name), result, prose(facts), duration(stage.duration) if stage.duration else "")


def _gate_rows(record: RunRecord) -> Iterator[str]:
    """Yield the gates as rows, failing ones first."""
    for row in view.gates(record):
        verdict = f"{ICONS[row.verdict]} {view.VERDICTS[row.verdict]}"
        cells = (prose(cell) or "-" for cell in (row.value, row.bound, row.margin))
        yield table_row(shown_name(row.metric), *cells, verdict)


def _metrics(record: RunRecord) -> Iterator[Block]:
    """Yield the metrics that no gate holds, folded."""
    names = view.loose_metrics(record)
    rows = []
    for name in names:
        metric = record.metrics[name]
        spread = "" if metric.spread is None else number(metric.spread, metric.unit)
        rows.append(
            table_row(shown_name(name), prose(view.shown(record, name)), prose(spread), number(metric.n, "count"))
        )
    if rows:
        title = f"{plural(len(rows), 'metric')} without a bound"
        yield folded(title, table("", ("Metric", "Value:", "Spread:", "Observations:"), rows, "metric"))


def _tests(record: RunRecord) -> Iterator[Block]:
    """Yield the failing tests by the way they fail, then the flaky and the slowest ones, folded."""
    groups = view.failing(record)
    if groups:
        count = sum(len(group.tests) for group in groups)
        heading = f"\n### Failures\n\n{plural(count, 'test')}, failing in {plural(len(groups), 'way')}.\n"
        yield Block(head=heading, rows=tuple(failure(group) for group in groups), noun="way of failing")
    flaky = view.flaky(record)
    if flaky:
        rows = tuple(f"- {shown_name(test.id)} ({plural(test.attempts, 'attempt')})\n" for test in flaky)
        yield folded(f"{plural(len(rows), 'flaky test')}: failed, then passed", Block(head="", rows=rows, noun="test"))
    slow = view.slowest(record, MOST_SLOW)
    if slow:
        rows = tuple(table_row(shown_name(test.id), duration(test.duration)) for test in slow)
        yield folded("Slowest tests", table("", ("Test", "Time:"), rows, "test"))


def failure(group: view.FailureGroup) -> str:
    """Return one way of failing, folded: what it says, then the tests."""
    evidence = clip("\n".join(group.evidence.splitlines()[:_EVIDENCE_LINES]), _EVIDENCE)
    ids = [f"- {shown_name(test.id)}\n" for test in group.tests[:MOST_TESTS]]
    if len(group.tests) > MOST_TESTS:
        ids.append(f"- … and {plural(len(group.tests) - MOST_TESTS, 'more test')}\n")
    summary = f"<code>{escape_html(clip(neutralize(group.summary), _TEXT))}</code> ({plural(len(group.tests), 'test')})"
    body = f"{code_block(evidence)}\n\n" if evidence.strip() else ""
    return f"\n<details><summary>{summary}</summary>\n\n{body}{''.join(ids)}\n</details>\n"


def _findings(record: RunRecord) -> Iterator[Block]:
    """Yield the findings, worst first, folded."""
    findings = view.findings(record)
    rows = (
        table_row(row.severity, shown_name(view.place(row)), shown_name(f"{row.tool} {row.rule}"), prose(row.message))
        for row in findings
    )
    if findings:
        listed = table("", ("Severity", "Where", "Rule", "Message"), rows, "finding")
        yield folded(f"{plural(len(findings), 'finding')}, worst first", listed)


def _origin(record: RunRecord, places: Mapping[str, str]) -> Block:
    """Return what was measured, where and when, and the files that hold more."""
    run = record.run
    facts = (
        (run.repository, ""),
        (run.commit[:12], "commit "),
        (run.started, "started "),
        (run.runner.python, "Python "),
        (record.ratchetry, "ratchetry "),
        *((path, f"{neutralize(label)} ") for label, path in places.items()),
    )
    told = (f"{escape_markdown(label)} {shown_name(text)}".strip() for text, label in facts if text)
    return Block(head=f"\n{' · '.join((*told, f'took {duration(run.duration)}'))}\n")
