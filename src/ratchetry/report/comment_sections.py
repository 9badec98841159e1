"""The sections of the comment on a pull request about one package, in the order in which people need them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from ratchetry.domain.comparison import Comparison
from ratchetry.domain.record import Finding
from ratchetry.domain.review import Review
from ratchetry.report import comment_view as chosen
from ratchetry.report import view
from ratchetry.report.blocks import Block, folded, prose, shown_name, table, table_row
from ratchetry.report.headline import headline
from ratchetry.report.markdown import ICONS, failure
from ratchetry.report.sparkline import sparkline
from ratchetry.report.text import clip_middle, code, listed, plural

MOST_FAILURES: Final = 10
MOST_GATES: Final = 30
MOST_FINDINGS: Final = 20
MOST_STRETCHES: Final = 20
MOST_METRICS: Final = 15
_SPARKS: Final = 20
_GATES: Final = ("Gate", "Value:", "Bound:")
_METRICS: Final = ("Metric and gate", "Base → head:", "Difference:")
_NAME: Final = 80
_INHERITED: Final = "**not of this change**, it fails at the base as well"


def told(review: Review, *, level: str) -> Iterator[Block]:
    """Yield what is in the way, what got worse, what got better, and what to do."""
    yield from _in_the_way(review)
    yield from _worse(review, level)
    yield from _failures(review, level)
    yield from _new_findings(review, level)
    yield from _uncovered(review, level)
    yield from _better(review, level)
    yield from _to_do(review, level)


def _in_the_way(review: Review) -> Iterator[Block]:
    """Yield the gates that do not pass, and why."""
    rows = tuple(_gate(row) for row in view.gates(review.record) if row.verdict != "pass")
    if rows:
        yield table("", _GATES, rows[:MOST_GATES], "gate")
    reasons = view.gate_reasons(review.record)[:MOST_GATES]
    if reasons:
        yield Block(head="\n", rows=tuple(f"- {shown_name(name)}: {prose(why)}\n" for name, why in reasons))
    old = tuple(f"- {shown_name(name)}: {_INHERITED}\n" for name in chosen.inherited(review)[:MOST_GATES])
    if old:
        yield Block(head="\n", rows=old, noun="gate")


def _gate(row: view.GateRow) -> str:
    """Return one gate as a row."""
    cells = (prose(cell) or "-" for cell in (row.value, row.bound))
    return table_row(f"{ICONS[row.verdict]} {shown_name(row.metric)}", *cells)


def _worse(review: Review, level: str) -> Iterator[Block]:
    """Yield the metrics that got worse, then what each verdict rests on."""
    found = chosen.moved(review, "regressed")
    if not found:
        return
    yield table(f"{level} Worse than the base", _METRICS, [_metric(review, each) for each in found], "metric")
    evidence = tuple(_evidence(review, each) for each in found[:MOST_METRICS])
    yield Block(head="\n", rows=evidence, noun="metric")


def _better(review: Review, level: str) -> Iterator[Block]:
    """Yield the metrics that got better."""
    found = chosen.moved(review, "improved")
    if found:
        rows = [_metric(review, each) for each in found]
        yield table(f"{level} Better than the base", _METRICS, rows[:MOST_METRICS], "metric")


def _metric(review: Review, comparison: Comparison) -> str:
    """Return a metric that moved as a row."""
    gate = next((row for row in review.record.gates if row.metric == comparison.name), None)
    bounds = () if gate is None or gate.bound is None else (gate.bound,)
    base, head = chosen.values(comparison, bounds)
    name = code(clip_middle(comparison.name, _NAME))
    held = f"<br>{ICONS[gate.verdict]} {prose(view.gate_row(gate, comparison.unit).bound)}" if gate else ""
    moved = f"**{prose(chosen.difference(comparison, comparison.difference))}**<br>{prose(chosen.interval(comparison))}"
    return table_row(f"{name}{held}", f"{prose(base)} → {prose(head)}", moved)


def _evidence(review: Review, comparison: Comparison) -> str:
    """Return what a verdict rests on: the last runs of the base with the head, how many, and how sure it is."""
    report = chosen.report_of(review)
    series = next((each for each in report.series if each.name == comparison.name), None) if report else None
    drawn = f" {code(sparkline(series.values[-_SPARKS:]))}" if series and len(series.values) > 2 else ""
    low, high = comparison.interval
    counted = "counted exactly, against" if low == high else "not like"
    sure = "" if comparison.q_value is None else f" (q = {comparison.q_value:.2g})"
    why = f"; {prose(comparison.reason)}" if comparison.reason else ""
    runs = plural(comparison.n_base, "run")
    return f"- {code(clip_middle(comparison.name, _NAME))}{drawn} {counted} {runs} of the base{sure}{why}\n"


def _failures(review: Review, level: str) -> Iterator[Block]:
    """Yield the tests that newly fail by the way they do, then those that did before, and known flaky ones, folded."""
    new, old = chosen.failing_groups(review)
    if new:
        compared = chosen.report_of(review) is not None
        count = plural(sum(len(group.tests) for group in new), f"{'newly ' if compared else ''}failing test")
        heading = f"\n{level} {count}, failing in {plural(len(new), 'way')}\n"
        rest = len(new) - MOST_FAILURES
        tail = f"\n_… and {plural(rest, 'more way')} of failing._\n" if rest > 0 else ""
        rows = tuple(failure(group) for group in new[:MOST_FAILURES])
        yield Block(head=heading, rows=rows, tail=tail, noun="way of failing")
    before = tuple(f"- {shown_name(test.id)}\n" for group in old for test in group.tests)
    if before:
        title = f"{plural(len(before), 'test')} failing at the base as well"
        yield folded(title, Block(head="", rows=before, noun="test"))
    flaky = tuple(f"- {shown_name(each.test)}\n" for each in chosen.flaky_failures(review))
    if flaky:
        title = f"{plural(len(flaky), 'failing test')} known to be flaky"
        yield folded(title, Block(head="", rows=flaky, noun="test"))


def _new_findings(review: Review, level: str) -> Iterator[Block]:
    """Yield the findings that the base does not have; all of them, folded, where that is not known."""
    found = chosen.new_findings(review)
    if found:
        rows = [_finding(review, row) for row in found[:MOST_FINDINGS]]
        title = f"{level} {plural(len(found), 'new finding')}"
        more = "" if len(found) <= MOST_FINDINGS else f": the worst {MOST_FINDINGS}"
        yield table(f"{title}{more}", ("Where", "What"), rows, "finding")


def _finding(review: Review, row: Finding) -> str:
    """Return a finding as a row."""
    where = _linked(review, view.place(row), row.path, row.line)
    return table_row(where, f"**{row.severity}** {shown_name(f'{row.tool} {row.rule}')}<br>{prose(row.message)}")


def _linked(review: Review, name: str, path: str, first: int = 0, last: int = 0) -> str:
    """Return a name as a link to the lines, where there is one."""
    address = chosen.address(review.blobs, f"{review.directory}/{path}" if review.directory else path, first, last)
    label = shown_name(name)
    return f"[{label}]({address})" if address and label else label


def _uncovered(review: Review, level: str) -> Iterator[Block]:
    """Yield the changed lines that no test executes, with links."""
    stretches = chosen.uncovered(review.record)
    if not stretches:
        return
    covered = view.shown(review.record, "coverage.changed")
    share = f"{prose(covered)} of the changed lines are covered. " if covered else ""
    rows = tuple(
        f"- {_linked(review, f'{row.path}: {row.lines}', row.path, row.first, row.last)}\n"
        for row in stretches[:MOST_STRETCHES]
    )
    rest = len(stretches) - MOST_STRETCHES
    tail = f"- … and {plural(rest, 'more place')}\n" if rest > 0 else ""
    heading = f"\n{level} Changed lines that no test executes\n\n{share}These are not:\n\n"
    yield Block(head=heading, rows=rows, tail=tail, noun="place")


def _to_do(review: Review, level: str) -> Iterator[Block]:
    """Yield what to do next, the most pressing first; nothing where nothing is to be done."""
    rows = tuple(f"1. {text}\n" for text in _steps(review))
    if rows:
        yield Block(head=f"\n{level} What to do\n\n", rows=rows, noun="step")


def _steps(review: Review) -> Iterator[str]:
    """Yield the next steps."""
    new, _ = chosen.failing_groups(review)
    if new:
        first = new[0].tests[0].id
        yield f"Mend {plural(sum(len(row.tests) for row in new), 'failing test')}, beginning with {shown_name(first)}."
    grave = [row for row in chosen.new_findings(review) or () if row.severity in {"critical", "high"}]
    if grave:
        first = f"{shown_name(f'{grave[0].tool} {grave[0].rule}')} at {shown_name(view.place(grave[0]))}"
        yield f"Mend {plural(len(grave), 'grave new finding')}, beginning with {first}."
    others = {*chosen.inherited(review), *(("tests.failed",) if new else ())}
    failing = (row for row in view.gates(review.record) if row.verdict == "fail" and row.metric not in others)
    held = tuple(row for row in failing if row.value and row.bound)
    for row in held[:3]:
        yield f"Bring {shown_name(row.metric)} from {prose(row.value)} to {prose(row.bound)}."
    stretches = chosen.uncovered(review.record)
    if stretches and review.record.verdict != "pass":
        yield f"Cover {shown_name(stretches[0].path)}, {stretches[0].lines}, with a test."
    slower = [each for each in chosen.moved(review, "regressed") if each.name.startswith("benchmark.")]
    if slower:
        yield f"Make sure of {shown_name(slower[0].name)} on one machine: `ratchetry bench compare`."
    missing = view.unmeasured(review.record)
    if missing and review.record.verdict == "not_measured":
        yield f"Get {shown_name(missing[0].what)} measured: {prose(missing[0].why)}"


def rest(review: Review) -> Iterator[Block]:
    """Yield, folded, what is not known, what moved within its noise, what was measured, and the gates that pass."""
    yield from _unmeasured(review)
    unsure = chosen.moved(review, "inconclusive")
    if unsure:
        rows = [_metric(review, each) for each in unsure[:MOST_METRICS]]
        title = f"{plural(len(unsure), 'metric')} moved within the noise, or too little is known"
        yield folded(title, table("", _METRICS, rows, "metric"))
    facts = ((name, headline(review.record, name)) for name, _ in view.stages(review.record))
    measured = tuple(table_row(shown_name(name), prose(words)) for name, words in facts if words)
    if measured:
        yield folded("What was measured", table("", ("Stage", "Result"), measured, "stage"))
    passing = tuple(_gate(row) for row in view.gates(review.record) if row.verdict == "pass")
    if passing:
        title = f"{plural(len(passing), 'gate')} {'passes' if len(passing) == 1 else 'pass'}"
        yield folded(title, table("", _GATES, passing, "gate"))
    yield from _findings(review)
    yield from _notes(review)


def _unmeasured(review: Review) -> Iterator[Block]:
    """Yield what was not measured, and why."""
    missing = view.unmeasured(review.record)
    if missing:
        rows = tuple(table_row(shown_name(row.what), prose(row.why)) for row in missing)
        listing = table("", ("What", "Why"), rows, "thing")
        yield folded(f"Not measured: {plural(len(rows), 'thing')}", listing)


def _findings(review: Review) -> Iterator[Block]:
    """Yield the worst of all findings, folded, where it is not known which of them are new."""
    found = tuple(row for row in view.findings(review.record) if row.tool != chosen.COVERAGE)
    if not found or chosen.new_findings(review) is not None:
        return
    rows = [_finding(review, row) for row in found[:MOST_FINDINGS]]
    worst = f"the worst {len(rows)} of " if len(found) > len(rows) else ""
    yield folded(f"{worst}{plural(len(found), 'finding')}", table("", ("Where", "What"), rows, "finding"))


def _notes(review: Review) -> Iterator[Block]:
    """Yield what there is to know about the comparison."""
    report = chosen.report_of(review)
    notes: Sequence[str] = report.notes if report else ()
    lost = [name for name, _ in report.unmeasured] if report else []
    told = (
        *([review.base] if review.base else []),
        *notes,
        *([f"measured at the base, and not here: {listed(lost, 10)}"] if lost else []),
    )
    if told:
        rows = tuple(f"- {prose(text)}\n" for text in told)
        yield folded("About the comparison", Block(head="", rows=rows, noun="note"))
