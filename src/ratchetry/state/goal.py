"""The goal of an issue in its text, as a comment that nobody sees: so what was opened can be closed without memory."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

import msgspec

from ratchetry.domain.suggestion import Goal

LONGEST: Final = 4096
"""Characters of one text, as the schema has it."""
_GOAL: Final = re.compile(r"^<!-- ratchetry:goal (?P<goal>\{[^<>\n]{1,40000}\}) -->\r?$", re.MULTILINE)


def goal_line(goal: Goal) -> str:
    """Return the comment that says when an issue counts as done; nothing in it can end it."""
    text = msgspec.json.encode(encodable_goal(goal)).decode().replace("<", "\\u003c").replace(">", "\\u003e")
    return f"<!-- ratchetry:goal {text} -->\n"


def encodable_goal(goal: Goal) -> Goal:
    """Return a goal whose texts JSON can hold and a reader takes: without lone surrogates, and not too long."""
    return replace(
        goal,
        metric=encodable_text(goal.metric),
        tool=encodable_text(goal.tool),
        rule=encodable_text(goal.rule),
        path=encodable_text(goal.path),
        tests=tuple(map(encodable_text, goal.tests)),
    )


def encodable_text(text: str) -> str:
    """Return a text that JSON can hold, cut where it is longer than a name may be."""
    return text.encode("utf-8", "replace").decode()[:LONGEST]


def goal_in(body: str) -> Goal | None:
    """Return the goal in the text of an issue, None when it has none that makes sense; the first counts."""
    found = _GOAL.search(body)
    if found is None:
        return None
    try:
        return msgspec.json.decode(found["goal"].encode("utf-8", "replace"), type=Goal)
    except (msgspec.DecodeError, RecursionError):
        return None
