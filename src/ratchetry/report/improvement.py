"""The issue about an improvement: what, why, where, the next step, and when it closes by itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from ratchetry.domain.record import RunRecord
from ratchetry.domain.suggestion import Goal, HitRate, Suggestion
from ratchetry.report.blocks import Block, fitted, prose, shown_name, table, table_row
from ratchetry.report.suggestions import done, evidence, wanted
from ratchetry.report.text import clip, clip_middle, code_block, neutralize, number, plural

LIMIT: Final = 50_000
_TITLE: Final = 120
_COMMAND: Final = 1000


def title(one: Suggestion) -> str:
    """Return the title of the issue about a suggestion."""
    return clip_middle(neutralize(one.title), _TITLE)


def body(one: Suggestion, rate: HitRate | None = None) -> str:
    """Return the text of the issue about a suggestion; `rate` tells how often such advice has worked before."""
    return fitted(tuple(_blocks(one, rate)), LIMIT)


def closing(goal: Goal, unit: str, rows: Sequence[tuple[RunRecord, float]]) -> str:
    """Return the last comment on an issue: the runs, newest first, that show that the metric has recovered."""
    cells = tuple(
        table_row(
            shown_name(f"{record.run.run_id}-{record.run.attempt}"),
            shown_name(record.run.commit[:12]) or "-",
            prose(number(value, unit)),
        )
        for record, value in rows[:20]
    )
    head = f"This is done: {prose(wanted(goal, unit))} in {plural(goal.runs, 'run')}."
    return table(head, ("Run", "Commit", "Value:"), cells, "run").text(len(cells)).strip()


def _blocks(one: Suggestion, rate: HitRate | None) -> Iterator[Block]:
    """Yield the sections: why, where, what to do, when it is done, and what it rests on."""
    yield Block(head=f"{prose(one.why)}\n")
    if one.files:
        rows = tuple(f"- {shown_name(path)}\n" for path in one.files if path)
        yield Block(head="\n### Where\n\n", rows=rows, noun="file")
    rule = f"The rule is {shown_name(one.rule)}. " if one.rule else ""
    yield Block(head=f"\n### Next step\n\n{rule}{_about_test(one)}\n\n{code_block(clip(one.command, _COMMAND))}\n")
    now = "" if one.goal.measure == "tests" else f" It is {prose(number(one.value, one.unit))} now."
    yield Block(head=f"\n### Done when\n\n{prose(done(one))}.{now}\n")
    seen = evidence(one)
    if seen:
        yield Block(head=f"\n### Evidence\n\n{prose(seen)}.\n")
    yield Block(head=f"\n{_footer(one, rate)}\n")


def _about_test(one: Suggestion) -> str:
    """Return which test it is about, if it is about one."""
    return f"The test is {shown_name(one.test)}." if one.test else "Begin with:"


def _footer(one: Suggestion, rate: HitRate | None) -> str:
    """Return what happens to the issue, and how often such advice has worked."""
    worked = ""
    if rate is not None and rate.hits + rate.misses:
        low, high = rate.interval
        worked = (
            f" Advice of this kind ({one.kind}) moved its metric in {rate.hits} of {rate.hits + rate.misses} cases"
            f" (95%: {low:.0%} to {high:.0%})."
        )
    return (
        "_This is kept up to date and closes by itself when it is done; closed as not planned, it stays closed."
        f"{worked}_"
    )
