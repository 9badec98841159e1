"""The digest: one standing issue whose text is the newest week, with the weeks before folded below it.

It is edited in place rather than commented on: who opens it sees this week, and nobody is notified each time.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from ratchetry.domain.action import UpsertIssue
from ratchetry.domain.fingerprint import short_hash
from ratchetry.domain.improvement import DIGEST_LABEL
from ratchetry.domain.moment import days_of, time_of
from ratchetry.report.digest import Week, section, title

FINGERPRINT: Final = short_hash("digest")
MOST_WEEKS: Final = 8
LIMIT: Final = 60_000
_OURS: Final = "<!-- ratchetry:"
_WEEK: Final = re.compile(
    r"<!-- ratchetry:week=(?P<name>\d{4}-W\d{2}) -->\n(?P<text>.*?)\n<!-- ratchetry:end -->", re.DOTALL
)


def digest(week: Week, before: str) -> UpsertIssue:
    """Return the issue with a week on top and, of its text before, the other weeks below, as many as fit."""
    older = {name: text for name, text in weeks_in(before.replace("\r\n", "\n")).items() if name < week.name}
    parts = [f"## Week {week.name}\n\n{_marked(week.name, section(week))}\n"]
    room = LIMIT - len(parts[0].encode())
    for name in sorted(older, reverse=True)[: MOST_WEEKS - 1]:
        part = f"\n<details><summary>Week {name}</summary>\n\n{_marked(name, older[name])}\n\n</details>\n"
        room -= len(part.encode())
        if room < 0:
            break
        parts.append(part)
    return UpsertIssue(
        fingerprint=FINGERPRINT,
        title=title(week.trends.repository),
        body="".join(parts),
        labels=(DIGEST_LABEL,),
    )


def weeks_in(body: str) -> dict[str, str]:
    """Return the weeks that a digest holds, by their names."""
    return {found["name"]: found["text"] for found in _WEEK.finditer(body)}


def week_of(time: str) -> str:
    """Return the week of a moment as ISO 8601 names it, empty for what is no moment."""
    days = days_of(time)
    if days is None:
        return ""
    year, week, _ = datetime.fromisoformat(time_of(days)).isocalendar()
    return f"{year:04}-W{week:02}"


def _marked(name: str, text: str) -> str:
    """Return the text of a week between the marks by which it is found again; nothing in it looks like one."""
    inner = text.strip().replace(_OURS, "<!- ratchetry:")
    return f"{_OURS}week={name} -->\n{inner}\n\n{_OURS}end -->"
