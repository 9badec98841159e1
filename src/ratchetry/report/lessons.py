"""What a learning run has come to, as text for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from ratchetry.domain.event import Event
from ratchetry.domain.lesson import Lesson, Lessons
from ratchetry.domain.ratchet_report import move_of
from ratchetry.report.blocks import prose, shown_name, table, table_row
from ratchetry.report.ratchet import move_words
from ratchetry.report.text import neutralize, plural

MOST_SHOWN: Final = 12
"""Events, and things that wait, that are shown of one learner."""


def told(lessons: Lessons, *, dry_run: bool) -> str:
    """Return what was learned, for a terminal."""
    if lessons.idle:
        return f"nothing is learned: {neutralize(lessons.idle)}"
    parts = [neutralize(headline(lessons, dry_run=dry_run))]
    for lesson in lessons.lessons:
        parts += ["", f"{lesson.learner}:", *(f"  {neutralize(line)}" for line in _lines(lesson))]
    if lessons.ahead:
        parts += ["", f"{_ahead(lessons)}:", *(f"  {neutralize(line)}" for line in _some(list(_early(lessons))))]
    if lessons.refused:
        rows = [f"event {row.event}: {row.reason}" for row in lessons.refused]
        parts += ["", "do not count:", *(f"  {neutralize(line)}" for line in _some(rows))]
    return "\n".join(parts)


def markdown(lessons: Lessons) -> str:
    """Return what was learned, for the job summary."""
    if lessons.idle:
        return f"\n### Learning\n\nNothing is learned: {prose(lessons.idle)}\n"
    rows = [table_row(shown_name(lesson.learner), prose(line)) for lesson in lessons.lessons for line in _lines(lesson)]
    rows += [table_row(shown_name("waits for a run after it"), prose(line)) for line in _some(list(_early(lessons)))]
    rows += [table_row(shown_name("does not count"), prose(f"{row.event}: {row.reason}")) for row in lessons.refused]
    block = table("### Learning", ("Learner", headline(lessons, dry_run=False)), rows, "line")
    return block.text(len(rows))


def _ahead(lessons: Lessons) -> str:
    """Return that events wait for a run."""
    count = len(lessons.ahead)
    return f"{plural(count, 'event')} from after the newest run {'waits' if count == 1 else 'wait'} for the next one"


def _early(lessons: Lessons) -> Iterator[str]:
    """Yield the events that wait for a run."""
    return (f"{one.kind} {one.id} of {one.time}" for one in lessons.ahead)


def headline(lessons: Lessons, *, dry_run: bool) -> str:
    """Return in one line how much was learned."""
    count = plural(len(lessons.events), "event")
    what = f"{count} would be appended" if dry_run else f"{count} appended" if lessons.events else "nothing new"
    return f"learned from {lessons.branch} as of {lessons.as_of}: {what}"


def event_words(one: Event) -> str:
    """Return what an event of a learner says, in a line."""
    data = one.data
    match one.kind:
        case "threshold_move":
            return f"moved {move_words(move_of(one))}"
        case "outcome":
            reward = data.get("reward")
            what = data.get("status") if reward is None else f"reward {reward}"
            reason = f": {data['reason']}" if data.get("reason") else ""
            return f"outcome of {one.subject}: {what}{reason}"
        case "experiment":
            return f"verdict on {one.subject}: {data.get('state')}: {data.get('reason')}"
        case "promotion":
            return f"promoted {one.subject} to {data.get('version')} ({data.get('cause')})"
        case "alarm":
            drop = data.get("drop")
            fall = f"fell by {drop:.0%}" if isinstance(drop, float) else "fell"
            return f"alarm about {one.subject}: {data.get('version')} {fall} (evidence {data.get('e_value')})"
        case _:
            return _advice_words(one)


def _advice_words(one: Event) -> str:
    """Return what an event about advice says, or of what kind another one is."""
    data = one.data
    if one.kind == "decision":
        return f"drew {data.get('arm')}: decision {one.subject}"
    if one.kind != "issue":
        return f"{one.kind} {one.subject}"
    given = data.get("advice")
    return (
        f"advised on {data.get('metric')} ({given})" if given else f"{data.get('metric')} has recovered: advice closed"
    )


def _lines(lesson: Lesson) -> Iterator[str]:
    """Yield what one learner says."""
    if lesson.problem:
        yield f"could not look: {lesson.problem}"
        return
    yield from _some([event_words(one) for one in lesson.events])
    yield from _some([f"{row.subject}: {row.reason}" for row in lesson.waits])
    if not (lesson.events or lesson.waits):
        yield "nothing to learn from"


def _some(lines: Sequence[str]) -> Iterator[str]:
    """Yield the first lines and how many more there are."""
    yield from lines[:MOST_SHOWN]
    if len(lines) > MOST_SHOWN:
        yield f"and {len(lines) - MOST_SHOWN:,} more"
