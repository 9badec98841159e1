"""The goal of an issue in its text, as a comment that nobody sees: so what was opened can be closed without memory."""

from __future__ import annotations

import re
from typing import Final

import msgspec

from ratchetry.domain.suggestion import Goal

_GOAL: Final = re.compile(r"^<!-- ratchetry:goal (?P<goal>\{[^<>\n]{1,40000}\}) -->\r?$", re.MULTILINE)


def goal_line(goal: Goal) -> str:
    """Return the comment that says when an issue counts as done; nothing in it can end it."""
    text = msgspec.json.encode(goal).decode().replace("<", "\\u003c").replace(">", "\\u003e")
    return f"<!-- ratchetry:goal {text} -->\n"


def goal_in(body: str) -> Goal | None:
    """Return the goal in the text of an issue, None when it has none that makes sense; the first counts."""
    found = _GOAL.search(body)
    if found is None:
        return None
    try:
        return msgspec.json.decode(found["goal"].encode("utf-8", "replace"), type=Goal)
    except (msgspec.DecodeError, RecursionError):
        return None
