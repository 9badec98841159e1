"""The list of improvement tasks: the open issues, as a block of a Markdown file that belongs to people."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from ratchetry.errors import StateError
from ratchetry.report.text import clip, escape_markdown, neutralize

BEGIN: Final = "<!-- ratchetry:tasks -->"
END: Final = "<!-- /ratchetry:tasks -->"
MOST: Final = 500
_TITLE: Final = 250


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One open issue: its number, title and address, and the fingerprint of what it is about."""

    number: int
    title: str
    url: str
    fingerprint: str = ""


def synchronized(text: str, tasks: Iterable[Task], origin: str) -> str:
    """Return a file's text with its block rewritten, or with the block at its end where it has none.

    The issues are the truth: what was written into the block by hand is replaced, everything around it stays.  Raises
    StateError when the block's marks are not one pair in their order.
    """
    block = "\n".join((BEGIN, *_lines(tasks), END))
    begins, ends = text.count(BEGIN), text.count(END)
    if not begins and not ends:
        head = text if not text or text.endswith("\n") else f"{text}\n"
        return f"{head}\n{block}\n" if head else f"# Tasks\n\n{block}\n"
    if begins != 1 or ends != 1 or text.index(BEGIN) > text.index(END):
        msg = f"{origin}: must have {BEGIN} once and {END} once after it; mend or delete them, and run it again"
        raise StateError(msg)
    before, _, rest = text.partition(BEGIN)
    return f"{before}{block}{rest.partition(END)[2]}"


def _lines(tasks: Iterable[Task]) -> list[str]:
    """Return the lines of the block."""
    rows = sorted(tasks, key=lambda task: task.number)
    lines = [_line(task) for task in rows[:MOST]]
    if len(rows) > MOST:
        lines.append(f"- … and {len(rows) - MOST:,} more")
    return lines or ["No open tasks."]


def _line(task: Task) -> str:
    """Return one task as an entry with an open box."""
    fingerprint = f" `{task.fingerprint}`" if task.fingerprint else ""
    title = escape_markdown(clip(neutralize(task.title), _TITLE))
    return f"- [ ] [#{task.number}]({task.url}) {title}{fingerprint}"
