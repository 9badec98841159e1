"""The one comment on a pull request: may it be merged, what got worse, what got better, and what to do.

Everything in a record of a pull request was written by strangers; the same reviews make the same comment.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from ratchetry.domain.record import Verdict
from ratchetry.domain.review import NotCompared, Review
from ratchetry.report import comment_sections as sections
from ratchetry.report import comment_view as chosen
from ratchetry.report.blocks import Block, fitted, prose, shown_name, table, table_row
from ratchetry.report.markdown import ICONS
from ratchetry.report.text import escape_markdown, plural
from ratchetry.report.verdict import sentence
from ratchetry.report.view import GATE_ORDER

LIMIT: Final = 60_000
"""Bytes of a comment: GitHub refuses one of more than 65,536 characters, and the marker needs some of them."""
MOST_SUGGESTIONS: Final = 3

_ANSWERS: Final[Mapping[Verdict, str]] = {
    "pass": "May be merged",
    "warn": "May be merged, with a warning",
    "fail": "Should not be merged yet",
    "not_measured": "Cannot tell whether to merge",
}


def render(
    reviews: Sequence[Review], *, dashboard: str = "", suggestions: Sequence[str] = (), limit: int = LIMIT
) -> str:
    """Return the comment on a pull request: one package's review, or those of several, the worst first.

    `dashboard` is the address of the dashboard, `suggestions` are texts of what would help, the best first.
    """
    ordered = sorted(
        reviews, key=lambda row: (GATE_ORDER.index(row.record.verdict), row.directory, row.record.run.workflow)
    )
    made = _alone(ordered[0], suggestions) if len(ordered) == 1 else _several(ordered, suggestions)
    return fitted((*made, _origin(ordered, dashboard)), limit)


def answer(verdict: Verdict) -> str:
    """Return what a verdict says to the question whether to merge."""
    return f"{ICONS[verdict]} {_ANSWERS[verdict]}"


def verdict_of(reviews: Sequence[Review]) -> Verdict:
    """Return the worst verdict of some reviews."""
    return min((row.record.verdict for row in reviews), key=GATE_ORDER.index, default="not_measured")


def _alone(review: Review, suggestions: Sequence[str]) -> Iterator[Block]:
    """Yield the sections of the only package."""
    told = f"{escape_markdown(sentence(review.record))}\n\n{_moved(review)}\n"
    yield Block(head=f"## {answer(review.record.verdict)}\n\n{told}")
    yield from sections.told(review, level="###")
    yield from _suggested(suggestions)
    yield from sections.rest(review)


def _several(reviews: Sequence[Review], suggestions: Sequence[str]) -> Iterator[Block]:
    """Yield the answer for all packages, a table of them, and the sections of each."""
    worst = verdict_of(reviews)
    bad = sum(row.record.verdict != "pass" for row in reviews)
    some = f"{bad} of {len(reviews)} packages {'is' if bad == 1 else 'are'} not in order."
    told = some if bad else f"All {len(reviews)} packages are in order."
    rows = (table_row(f"{ICONS[row.record.verdict]} {_package(row)}", _moved(row)) for row in reviews)
    yield Block(head=f"## {answer(worst)}\n\n{told}\n")
    yield table("", ("Package", "Against the base"), rows, "package")
    yield from _suggested(suggestions)
    for row in reviews:
        heading = f"\n### {ICONS[row.record.verdict]} {_package(row)}\n\n{escape_markdown(sentence(row.record))}\n"
        yield Block(head=heading)
        yield from sections.told(row, level="####")
        yield from sections.rest(row)


def _package(review: Review) -> str:
    """Return what a package is called."""
    return shown_name(review.directory or review.record.run.workflow or ".")


def _moved(review: Review) -> str:
    """Return what a run does to its base, in one line."""
    if isinstance(review.comparison, NotCompared):
        return f"Not compared with a base: {prose(review.comparison.reason)}."
    report = review.comparison.report
    worse = (
        _counted(len(chosen.moved(review, "regressed")), "metric", "worse"),
        _counted(len(report.broken), "test", "newly failing"),
        _counted(len(chosen.new_findings(review) or ()), "finding", "new"),
        _counted(len(chosen.moved(review, "improved")), "metric", "better"),
    )
    told = ", ".join(part for part in worse if part) or "nothing moved beyond its noise"
    base = report.base.measured or report.base.commit
    against = (
        f"`{base[:12]}` of {shown_name(report.branch)}" if base else f"the runs of {shown_name(report.branch)} before"
    )
    return f"**{told[:1].upper()}{told[1:]}**, against {against}."


def _counted(count: int, noun: str, what: str) -> str:
    """Return a count with what it counts, nothing for none."""
    return f"{plural(count, noun)} {what}" if count else ""


def _suggested(suggestions: Sequence[str]) -> Iterator[Block]:
    """Yield the best suggestions."""
    rows = tuple(f"- {prose(text)}\n" for text in suggestions[:MOST_SUGGESTIONS])
    if rows:
        yield Block(head="\n### What would help the default branch most\n\n", rows=rows, noun="suggestion")


def _origin(reviews: Sequence[Review], dashboard: str) -> Block:
    """Return which runs and commit this is about, and where the rest is."""
    parts = [_run(review) for review in reviews]
    commit = next((review.record.run.commit for review in reviews if review.record.run.commit), "")
    parts += [f"commit {shown_name(commit[:12])}"] if commit else []
    parts += [f"[dashboard]({dashboard})"] if dashboard else []
    parts += [prose(f"ratchetry {reviews[0].record.ratchetry}")] if reviews else []
    return Block(head=f"\n---\n\n{' · '.join(parts)} · the run's summary holds everything.\n")


def _run(review: Review) -> str:
    """Return the name of a run, linked where that is known."""
    run = review.record.run
    name = f"Run {prose(run.run_id)}{f', attempt {run.attempt}' if run.attempt > 1 else ''}"
    return f"[{name}]({review.link})" if review.link else name
