"""What of a trend report is worth telling: for terminals, as JSON and as Markdown."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from typing import Final

from ratchetry.domain.feedback import Feedback
from ratchetry.report.text import escape_markdown, neutralize

_TITLES: Final[Mapping[str, str]] = {
    "regressed": "Regressed in the newest run",
    "worse": "Changed for the worse lately",
    "improved": "Improved in the newest run",
    "better": "Changed for the better lately",
    "heading": "On the way to a bound",
    "flaky": "Flaky tests",
    "unmeasured": "Not measured",
}
_QUIET: Final = "Nothing worth telling: no regression, no change of level, nothing on the way to its bound."


def render_table(feedback: Feedback) -> str:
    """Return feedback for a terminal."""
    parts = ["\n".join([f"{title}:", *(f"  {neutralize(row)}" for row in rows)]) for title, rows in _parts(feedback)]
    return "\n".join(parts or [_QUIET])


def render_json(feedback: Feedback) -> str:
    """Return feedback as JSON."""
    told = {"has_feedback": feedback.has_feedback, "action_needed": feedback.action_needed}
    return json.dumps({**told, **asdict(feedback)}, indent=2)


def render_markdown(feedback: Feedback) -> str:
    """Return feedback in GitHub Flavored Markdown."""
    parts = [
        "\n".join([f"#### {title}", "", *(f"- {escape_markdown(row)}" for row in rows)])
        for title, rows in _parts(feedback)
    ]
    return "\n\n".join(parts or [_QUIET])


RENDERERS: Final[Mapping[str, Callable[[Feedback], str]]] = {
    "table": render_table,
    "json": render_json,
    "markdown": render_markdown,
}


def _parts(feedback: Feedback) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield each part that says something, with its title."""
    found: dict[str, tuple[str, ...]] = asdict(feedback)
    return ((title, found[name]) for name, title in _TITLES.items() if found[name])
