"""The result of a run as GitHub Flavored Markdown: the job summary."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from ratchetry.domain.record import RunRecord, StageResult, Verdict
from ratchetry.report import view
from ratchetry.report.headline import headline
from ratchetry.report.text import (
    clip,
    clip_middle,
    code,
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

MOST_ROWS: Final = 200
MOST_TESTS: Final = 20
MOST_SLOW: Final = 10
_NAME: Final = 200
_TEXT: Final = 500
_EVIDENCE: Final = 2000
_EVIDENCE_LINES: Final = 25

_ICONS: Final[Mapping[Verdict, str]] = {"pass": "✅", "warn": "⚠️", "fail": "❌", "not_measured": "❔"}
_STATUS_ICONS: Final = {"passed": "✅", "failed": "❌", "not_measured": "❔", "skipped": "⏭️"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A section: what stands before its rows, the rows, which may be cut, and what stands after them."""

    head: str
    rows: tuple[str, ...] = ()
    tail: str = ""
    noun: str = "row"

    def text(self, shown: int) -> str:
        """Return the section with this many of its rows, saying how many were left out."""
        cut = len(self.rows) - shown
        note = f"\n_… and {plural(cut, f'more {self.noun}')}, which the run record has._\n" if cut else ""
        return "".join((self.head, *self.rows[:shown], note, self.tail))


def render(record: RunRecord, *, limit: int = DEFAULT_LIMIT, places: Mapping[str, str] | None = None) -> str:
    """Return a record as Markdown of at most `limit` bytes; `places` names the files that hold more.

    What is too much is cut by whole rows, from the end of each section and from the last sections first, and the
    text says how many; sections are left out only when not even their first lines fit.
    """
    return fitted((*_blocks(record), _origin(record, places or {})), limit)


def fitted(blocks: Iterable[Block], limit: int) -> str:
    """Return as many of the sections, and as many of their rows, as fit into a number of bytes."""
    kept, room = _that_fit(tuple(blocks), limit)
    parts = []
    for block in kept:
        room += _size(block.text(0))
        shown = _rows_that_fit(block, room)
        parts.append(block.text(shown))
        room -= _size(parts[-1])
    return "".join(parts)


def _that_fit(blocks: tuple[Block, ...], limit: int) -> tuple[tuple[Block, ...], int]:
    """Return the sections that fit without any row, a note for the others, and how many bytes are left."""
    note = Block(head="\n_Further sections did not fit; the run record has them._\n")
    sizes = [_size(block.text(0)) for block in blocks]
    if sum(sizes) <= limit:
        return blocks, limit - sum(sizes)
    room = limit - _size(note.text(0))
    kept = []
    for block, size in zip(blocks, sizes, strict=True):
        if size > room:
            break
        kept.append(block)
        room -= size
    return ((*kept, note), room) if room >= 0 else ((), 0)


def _rows_that_fit(block: Block, room: int) -> int:
    """Return how many rows a section can show in this many bytes, its caption included."""
    if len(block.rows) <= MOST_ROWS and _size(block.text(len(block.rows))) <= room:
        return len(block.rows)
    shown, used = 0, _size(block.text(0)) + len(str(len(block.rows)))
    for row in block.rows[: min(MOST_ROWS, len(block.rows) - 1)]:
        used += _size(row)
        if used > room:
            break
        shown += 1
    return shown


def _size(text: str) -> int:
    """Return how many bytes a text takes."""
    return len(text.encode())


def _blocks(record: RunRecord) -> Iterator[Block]:
    """Yield the sections that have something to say, the verdict first."""
    icon = _ICONS[record.verdict]
    yield Block(head=f"## {icon} {view.VERDICTS[record.verdict]}\n\n{escape_markdown(sentence(record))}\n")
    if record.stages:
        rows = (_stage_row(record, name, stage) for name, stage in view.stages(record))
        yield _table("### Stages", ("Stage", "Result", "Measured", "Time:"), rows, "stage")
    if record.gates:
        yield _table("### Gates", ("Gate", "Value:", "Bound:", "Margin:", "Verdict"), _gate_rows(record), "gate")
    reasons = view.gate_reasons(record)
    if reasons:
        yield Block(head="\n", rows=tuple(f"- {_name(name)}: {_prose(why)}\n" for name, why in reasons), noun="reason")
    yield from _metrics(record)
    yield from _tests(record)
    yield from _findings(record)
    missing = view.unmeasured(record)
    if missing:
        rows = (_row(_name(row.what), _prose(row.why)) for row in missing)
        yield _table("### Not measured", ("What", "Why"), rows, "thing")


def _stage_row(record: RunRecord, name: str, stage: StageResult) -> str:
    """Return one stage as a row."""
    facts = "; ".join(part for part in (headline(record, name), view.stage_reason(stage)) if part)
    result = f"{_STATUS_ICONS[stage.status]} {stage.status.replace('_', ' ')}{', cached' if stage.cached else ''}"
    return _row(_name(name), result, _prose(facts), duration(stage.duration) if stage.duration else "")


def _gate_rows(record: RunRecord) -> Iterator[str]:
    """Yield the gates as rows, failing ones first."""
    for row in view.gates(record):
        verdict = f"{_ICONS[row.verdict]} {view.VERDICTS[row.verdict]}"
        cells = (_prose(cell) or "-" for cell in (row.value, row.bound, row.margin))
        yield _row(_name(row.metric), *cells, verdict)


def _metrics(record: RunRecord) -> Iterator[Block]:
    """Yield the metrics that no gate holds, folded."""
    names = view.loose_metrics(record)
    rows = []
    for name in names:
        metric = record.metrics[name]
        spread = "" if metric.spread is None else number(metric.spread, metric.unit)
        rows.append(_row(_name(name), _prose(view.shown(record, name)), _prose(spread), number(metric.n, "count")))
    if rows:
        title = f"{plural(len(rows), 'metric')} without a bound"
        yield _folded(title, _table("", ("Metric", "Value:", "Spread:", "Observations:"), rows, "metric"))


def _tests(record: RunRecord) -> Iterator[Block]:
    """Yield the failing tests by the way they fail, then the flaky and the slowest ones, folded."""
    groups = view.failing(record)
    if groups:
        count = sum(len(group.tests) for group in groups)
        heading = f"\n### Failures\n\n{plural(count, 'test')}, failing in {plural(len(groups), 'way')}.\n"
        yield Block(head=heading, rows=tuple(_failure(group) for group in groups), noun="way of failing")
    flaky = view.flaky(record)
    if flaky:
        rows = tuple(f"- {_name(test.id)} ({plural(test.attempts, 'attempt')})\n" for test in flaky)
        yield _folded(f"{plural(len(rows), 'flaky test')}: failed, then passed", Block(head="", rows=rows, noun="test"))
    slow = view.slowest(record, MOST_SLOW)
    if slow:
        rows = tuple(_row(_name(test.id), duration(test.duration)) for test in slow)
        yield _folded("Slowest tests", _table("", ("Test", "Time:"), rows, "test"))


def _failure(group: view.FailureGroup) -> str:
    """Return one way of failing, folded: what it says, then the tests."""
    evidence = clip("\n".join(group.evidence.splitlines()[:_EVIDENCE_LINES]), _EVIDENCE)
    ids = [f"- {_name(test.id)}\n" for test in group.tests[:MOST_TESTS]]
    if len(group.tests) > MOST_TESTS:
        ids.append(f"- … and {plural(len(group.tests) - MOST_TESTS, 'more test')}\n")
    summary = f"<code>{escape_html(clip(neutralize(group.summary), _TEXT))}</code> ({plural(len(group.tests), 'test')})"
    body = f"{code_block(evidence)}\n\n" if evidence.strip() else ""
    return f"\n<details><summary>{summary}</summary>\n\n{body}{''.join(ids)}\n</details>\n"


def _findings(record: RunRecord) -> Iterator[Block]:
    """Yield the findings, worst first, folded."""
    findings = view.findings(record)
    rows = (
        _row(row.severity, _name(view.place(row)), _name(f"{row.tool} {row.rule}"), _prose(row.message))
        for row in findings
    )
    if findings:
        table = _table("", ("Severity", "Where", "Rule", "Message"), rows, "finding")
        yield _folded(f"{plural(len(findings), 'finding')}, worst first", table)


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
    told = (f"{escape_markdown(label)} {_name(text)}".strip() for text, label in facts if text)
    return Block(head=f"\n{' · '.join((*told, f'took {duration(run.duration)}'))}\n")


def _folded(title: str, block: Block) -> Block:
    """Return a section that opens on a click."""
    head = f"\n<details><summary>{title}</summary>\n\n{block.head.lstrip()}"
    return Block(head=head, rows=block.rows, tail=f"{block.tail}\n</details>\n", noun=block.noun)


def _table(title: str, columns: tuple[str, ...], rows: Iterable[str], noun: str) -> Block:
    """Return a section with a table; the name of a column of numbers ends in a colon."""
    names = _row(*(column.removesuffix(":") for column in columns))
    rule = _row(*("---:" if column.endswith(":") else "---" for column in columns))
    return Block(head=f"\n{title}\n\n{names}{rule}" if title else f"\n{names}{rule}", rows=tuple(rows), noun=noun)


def _row(*cells: str) -> str:
    """Return cells of safe Markdown as a table's row."""
    return f"| {' | '.join(cells)} |\n"


def _name(text: str) -> str:
    """Return a hostile name as a code span."""
    return code(clip_middle(neutralize(text), _NAME))


def _prose(text: str) -> str:
    """Return hostile text as text."""
    return escape_markdown(clip(neutralize(text), _TEXT))
