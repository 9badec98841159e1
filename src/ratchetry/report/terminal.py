"""The result of a run for a terminal: readable at 80 columns, without color, and through a pipe."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Final

from ratchetry.domain.record import RunRecord, Status, Verdict
from ratchetry.report import view
from ratchetry.report.headline import headline
from ratchetry.report.text import clip, clip_middle, duration, encodable, neutralize, plural
from ratchetry.report.verdict import sentence

if TYPE_CHECKING:
    from rich.console import Console, Group, RenderableType
    from rich.table import Table
    from rich.text import Text

MOST_FINDINGS: Final = 10
MOST_GROUPS: Final = 10
MOST_TESTS: Final = 5
MOST_METRICS: Final = 12
MOST_ROWS: Final = 50
_NAME: Final = 120
_TEXT: Final = 300

_VERDICT_STYLE: Final[Mapping[Verdict, str]] = {
    "pass": "bold green",
    "warn": "bold yellow",
    "fail": "bold red",
    "not_measured": "bold magenta",
}
_STATUS_STYLE: Final[Mapping[Status, str]] = {
    "passed": "green",
    "failed": "red",
    "not_measured": "magenta",
    "skipped": "dim",
}


def print_record(record: RunRecord, console: Console, places: Mapping[str, str] | None = None) -> None:
    """Write a record to a console; what its encoding cannot say is written as escapes."""
    with console.capture() as capture:
        console.print(render(record, places), highlight=False, markup=False, emoji=False)
    text = "".join(f"{line.rstrip()}\n" for line in capture.get().split("\n")).rstrip("\n")
    console.file.write(f"{encodable(text, console.encoding)}\n")


def render(record: RunRecord, places: Mapping[str, str] | None = None) -> Group:
    """Return a record as something rich can print; `places` names the files that hold more."""
    from rich.console import Group

    return Group(*_parts(record, places or {}))


def _parts(record: RunRecord, places: Mapping[str, str]) -> Iterator[RenderableType]:
    """Yield the sections that have something to say, the verdict first."""
    yield _line((view.VERDICTS[record.verdict], _VERDICT_STYLE[record.verdict]), (f"  {sentence(record)}", ""))
    if record.stages:
        yield from (_title("Stages"), _stages(record))
    if record.gates:
        yield from (_title("Gates"), _gates(record))
        reasons = view.gate_reasons(record)
        yield from (_line(), _pairs(reasons)) if reasons else ()
    loose = view.loose_metrics(record)
    if loose:
        yield from (_title("Other metrics"), _metrics(record, loose))
    yield from _failures(record)
    yield from _findings(record)
    missing = view.unmeasured(record)
    if missing:
        rows = tuple((row.what, row.why) for row in missing)
        yield from (_title("Not measured"), _pairs(rows))
    if places:
        yield from (_title("Files"), _pairs(tuple(places.items())))


def _stages(record: RunRecord) -> Table:
    """Return a row for each stage."""
    table = _table("Stage", "Result", "Measured", "Time")
    table.columns[2].ratio = 1
    table.columns[3].justify = "right"
    for name, stage in view.stages(record):
        result = f"{_words(stage.status)}{', cached' if stage.cached else ''}"
        table.add_row(
            _text(name, _NAME),
            _text(result, _NAME, _STATUS_STYLE[stage.status]),
            _text("; ".join(part for part in (headline(record, name), view.stage_reason(stage)) if part), _TEXT),
            _text(duration(stage.duration) if stage.duration else "", _NAME),
        )
    return table


def _gates(record: RunRecord) -> Table:
    """Return a row for each gate, failing ones first."""
    table = _table("Gate", "Value", "Bound", "Margin", "Verdict")
    for column in table.columns[1:4]:
        column.justify = "right"
    rows = view.gates(record)
    for row in rows[:MOST_ROWS]:
        table.add_row(
            _line((_name(row.metric), "")),
            *(_text(cell, _NAME) for cell in (row.value or "-", row.bound, row.margin or "-")),
            _text(view.VERDICTS[row.verdict], _NAME, _VERDICT_STYLE[row.verdict]),
        )
    if len(rows) > MOST_ROWS:
        table.add_row(_text(f"… and {len(rows) - MOST_ROWS:,} more", _NAME))
    return table


def _metrics(record: RunRecord, names: Iterable[str]) -> Table:
    """Return the metrics by family, each family in one row."""
    rows = []
    for family, members in view.families(names).items():
        shown = [f"{_name(rest)} {view.shown(record, name)}" for name, rest in members[:MOST_METRICS]]
        more = [f"{len(members) - MOST_METRICS:,} more"] if len(members) > MOST_METRICS else []
        rows.append((family, ", ".join((*shown, *more))))
    return _pairs(tuple(rows), limit=2000)


def _failures(record: RunRecord) -> Iterator[RenderableType]:
    """Yield the failing tests by the way they fail, then the flaky ones."""
    groups = view.failing(record)
    if groups:
        count = sum(len(group.tests) for group in groups)
        yield _title(f"Failures: {plural(count, 'test')}, failing in {plural(len(groups), 'way')}")
    for group in groups[:MOST_GROUPS]:
        yield from _failure(group)
    if len(groups) > MOST_GROUPS:
        yield _line((f"  … and {plural(len(groups) - MOST_GROUPS, 'more way', 'more ways')}", "dim"))
    flaky = view.flaky(record)
    if flaky:
        yield _title(f"Flaky: {plural(len(flaky), 'test')} failed, then passed")
        yield from _items(test.id for test in flaky)


def _failure(group: view.FailureGroup) -> Iterator[RenderableType]:
    """Yield one way of failing: what it says, then the tests."""
    yield _indented(_text(group.summary, _TEXT, "red"), 2)
    yield from _items(test.id for test in group.tests)


def _items(ids: Iterable[str]) -> Iterator[RenderableType]:
    """Yield test ids, each on a line of its own; how many more there are, on a last one."""
    rows = tuple(ids)
    for row in rows[:MOST_TESTS]:
        yield _indented(_line(("- ", "dim"), (_name(row), "")), 4)
    if len(rows) > MOST_TESTS:
        yield _indented(_line((f"… and {len(rows) - MOST_TESTS:,} more", "dim")), 4)


def _findings(record: RunRecord) -> Iterator[RenderableType]:
    """Yield the worst findings."""
    rows = view.findings(record)
    if not rows:
        return
    more = f", the worst {MOST_FINDINGS}" if len(rows) > MOST_FINDINGS else ""
    yield _title(f"Findings: {len(rows):,}{more}")
    for row in rows[:MOST_FINDINGS]:
        yield _indented(_line((f"{row.severity:<8}  ", "bold"), (_name(view.place(row)), "")), 2)
        rule = clip(neutralize(f"{row.tool} {row.rule}"), _NAME)
        yield _indented(_line((f"{rule}: ", "dim"), (clip(neutralize(row.message), _TEXT), "")), 12)


def _pairs(rows: tuple[tuple[str, str], ...], *, limit: int = _TEXT) -> Table:
    """Return names and what there is to say about each, in two columns."""
    table = _table("", "", headed=False)
    table.columns[1].ratio = 1
    for name, what in rows[:MOST_ROWS]:
        table.add_row(_line((_name(name), "")), _text(what, limit))
    if len(rows) > MOST_ROWS:
        table.add_row(_text(f"… and {len(rows) - MOST_ROWS:,} more", _NAME))
    return table


def _table(*columns: str, headed: bool = True) -> Table:
    """Return an empty table that needs no lines, folds what is long and keeps two blanks between columns."""
    from rich.table import Table

    table = Table(box=None, show_header=headed, header_style="dim", padding=(0, 2, 0, 0), pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _title(text: str) -> Text:
    """Return a section's title under a blank line."""
    return _line((f"\n{text}", "bold"))


def _line(*parts: tuple[str, str]) -> Text:
    """Return pieces of neutralized text, each in its style."""
    from rich.text import Text

    return Text.assemble(*parts, overflow="fold")


def _text(text: str, limit: int, style: str = "") -> Text:
    """Return hostile text neutralized, clipped and styled."""
    return _line((clip(neutralize(text), limit), style))


def _indented(text: Text, by: int) -> RenderableType:
    """Return text with a left margin that its continuation lines keep."""
    from rich.padding import Padding

    return Padding(text, (0, 0, 0, by))


def _name(text: str) -> str:
    """Return a hostile name neutralized and clipped where it tells least."""
    return clip_middle(neutralize(text), _NAME)


def _words(status: Status) -> str:
    """Return a status the way people write it."""
    return status.replace("_", " ")
