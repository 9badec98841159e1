"""Bounds that move, for people: where they stand, what moved them, and what a policy would have done."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from ratchetry.domain.catalog import definition
from ratchetry.domain.ratchet_report import BoundMove, BoundRow, SimulatedRow
from ratchetry.domain.record import RunRecord
from ratchetry.domain.thresholds import split_path
from ratchetry.report import view
from ratchetry.report.plain_table import plain_table
from ratchetry.report.text import code, escape_markdown, exact, listed, neutralize, number, plural, signed

COLUMNS: Final = ("metric", "bound", "latest", "margin", "target", "next move needs")
SIMULATED: Final = (
    "metric",
    "runs",
    "moves",
    "bound at the end",
    "honest runs blocked",
    "regressed runs blocked",
    "regressions let through",
)
MOVED: Final = ("metric", "from", "to", "supported", "margin", "confidence", "runs")
CHECKED: Final = ("gate", "value", "bound", "margin", "verdict")
_MOVES: Final = 10
_RUNS: Final = 3


def standing(rows: Sequence[BoundRow]) -> str:
    """Return where bounds stand, for a terminal."""
    if not rows:
        return "no bounds: `ratchetry init` seeds them from a first measurement"
    return "\n".join([plain_table(COLUMNS, [_row(row) for row in rows]), *map(neutralize, _notes(rows))])


def standing_markdown(rows: Sequence[BoundRow]) -> str:
    """Return where bounds stand, in GitHub Flavored Markdown."""
    lines = ["### Bounds", "", *_table(COLUMNS, [_row(row) for row in rows])]
    return "\n".join([*lines, *(f"- {escape_markdown(line)}" if line else "" for line in _notes(rows))]) + "\n"


def simulated(rows: Sequence[SimulatedRow]) -> str:
    """Return what a policy would have done, for a terminal."""
    table = plain_table(SIMULATED, [_simulated(row) for row in rows])
    return f"{table}\n\n{neutralize(simulation_headline(rows))}"


def simulated_markdown(rows: Sequence[SimulatedRow]) -> str:
    """Return what a policy would have done, in GitHub Flavored Markdown."""
    table = _table(SIMULATED, [_simulated(row) for row in rows])
    return "\n".join(["### Simulated ratchet", "", escape_markdown(simulation_headline(rows)), "", *table]) + "\n"


def simulation_headline(rows: Sequence[SimulatedRow]) -> str:
    """Return what a policy would have done, in a sentence."""
    runs, blocked = sum(row.runs for row in rows), sum(row.honest_blocked for row in rows)
    share = f"{100 * blocked / runs:.2f}%" if runs else "none"
    found, missed = sum(row.regressions for row in rows), sum(row.let_through for row in rows)
    moves = sum(len(row.moves) for row in rows)
    return (
        f"{plural(moves, 'move')}; {blocked} of {plural(runs, 'honest run')} blocked ({share}); "
        f"{found - missed} of {plural(found, 'regression')} blocked"
    )


def proposal_body(moves: Sequence[BoundMove]) -> str:
    """Return the text of a pull request that moves bounds: each move with the runs and the statistic behind it."""
    rows = [_moved(move) for move in moves]
    told = (
        "Each bound follows from the newest runs of the default branch, none of them flaky or struck by an outage: "
        "the bound that they support, at the confidence given, is at least as strict as the new one. "
        "The bounds are derived from the history: this pull request is brought up to date by itself. "
        "`ratchetry thresholds relax` loosens a bound for a while."
    )
    head = f"{plural(len(moves), 'bound')} can be tightened." if moves else "The bounds follow the history again."
    return "\n".join([head, "", *_table(MOVED, rows), "", told, ""]) if rows else f"{head}\n\n{told}\n"


def _row(row: BoundRow) -> tuple[str, ...]:
    """Return the cells of a bound."""
    sign = "≥" if row.kind == "minimum" else "≤"
    apart = () if row.bound is None else (row.bound,)
    return (
        row.metric,
        "none yet" if row.bound is None else f"{sign} {exact(row.bound, row.unit)}",
        "not measured" if row.value is None else number(row.value, row.unit, apart_from=apart),
        "" if row.margin is None else signed(row.margin, row.unit),
        "" if row.target is None else exact(row.target, row.unit),
        row.needs,
    )


def _notes(rows: Sequence[BoundRow]) -> Iterator[str]:
    """Yield the waivers in force, why bounds are not those of the file, and the last moves."""
    waived = [
        f"{row.metric}: {row.waiver.to:g} until {row.waiver.until} by {row.waiver.actor}: {row.waiver.reason}"
        for row in rows
        if row.waiver
    ]
    yield from _listed("waived", waived)
    yield from _listed("not as in the file", [f"{row.metric}: {row.note}" for row in rows if row.note])
    moves = sorted((move for row in rows for move in row.moves), key=lambda move: (move.time, move.event))
    yield from _listed("moved", [move_words(move) for move in moves[-_MOVES:]])


def move_words(move: BoundMove) -> str:
    """Return a move in a line, with what it rests on."""
    unit = _unit(move.metric)
    before = "" if move.origin is None else f"{exact(move.origin, unit)} → "
    rests = f"; {plural(len(move.runs), 'run')}: {listed(move.runs[::-1], _RUNS)}" if move.runs else ""
    bound = "" if move.value is None else f" (supported: {number(move.value, unit, apart_from=(move.to,))})"
    return f"{move.time[:10]} {move.metric}: {before}{exact(move.to, unit)}{bound}{rests}"


def _listed(title: str, lines: Iterable[str]) -> Iterator[str]:
    """Yield a list below its title, nothing for an empty one."""
    rows = tuple(lines)
    if rows:
        yield ""
        yield f"{title}:"
        yield from (f"  {row}" for row in rows)


def _simulated(row: SimulatedRow) -> tuple[object, ...]:
    """Return the cells of a simulated bound."""
    share = f" ({100 * row.honest_blocked / row.runs:.2f}%)" if row.honest_blocked else ""
    bound = "none" if row.bound is None else exact(row.bound, _unit(row.metric))
    missed = f"{row.let_through} of {row.regressions}"
    return (
        row.metric,
        row.runs,
        len(row.moves),
        bound,
        f"{row.honest_blocked}{share}",
        row.regressed_blocked,
        missed,
    )


def _moved(move: BoundMove) -> tuple[str, ...]:
    """Return the cells of a move."""
    unit = _unit(move.metric)
    return (
        move.metric,
        "none" if move.origin is None else exact(move.origin, unit),
        exact(move.to, unit),
        "" if move.value is None else number(move.value, unit, apart_from=(move.to,)),
        "" if move.margin is None else signed(move.margin, unit),
        "" if move.confidence is None else f"{move.confidence:g}",
        listed(move.runs, len(move.runs)),
    )


def _table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    """Return a Markdown table, the first column as code."""
    lines = [f"| {' | '.join(columns)} |", f"| {' | '.join('---' for _ in columns)} |"]
    for first, *others in rows:
        lines.append(f"| {' | '.join([code(str(first)), *(escape_markdown(str(cell)) for cell in others)])} |")
    return lines


def _unit(metric: str) -> str:
    """Return the unit of a metric."""
    entry = definition(split_path(metric)[0])
    return entry.unit if entry else ""


def checked(record: RunRecord) -> str:
    """Return the bounds that a record was held to, for a terminal, with what there is to say of them."""
    rows = [(row.metric, row.value, row.bound, row.margin, view.VERDICTS[row.verdict]) for row in view.gates(record)]
    told = [f"{row.metric}: {row.reason}" for row in view.gates(record) if row.reason]
    table = plain_table(CHECKED, rows) if rows else "no bounds"
    return "\n".join([table, *map(neutralize, _listed("why", told))])


def checked_markdown(record: RunRecord) -> str:
    """Return the bounds that a record was held to, in GitHub Flavored Markdown."""
    rows = [(row.metric, row.value, row.bound, row.margin, view.VERDICTS[row.verdict]) for row in view.gates(record)]
    told = [f"- {code(row.metric)}: {escape_markdown(row.reason)}" for row in view.gates(record) if row.reason]
    return "\n".join(["### Bounds", "", *_table(CHECKED, rows), *([""] if told else []), *told]) + "\n"
