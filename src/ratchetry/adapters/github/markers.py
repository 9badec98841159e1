"""What makes a comment, issue or pull request ours: a marker with a fingerprint, in its first line.

Markdown shows no HTML comments. Only the first line counts, and only what our own account wrote: text of others,
quoted further down, can never look like it.
"""

from __future__ import annotations

import re
from typing import Final

from ratchetry.errors import UsageError
from ratchetry.report.text import clip, neutralize

LONGEST_BODY: Final = 65_536
"""Characters that GitHub takes in a body; it refuses longer ones."""

LONGEST_TITLE: Final = 256
_CUT: Final = "\n\n*The rest was cut: GitHub takes no longer text.*\n"
_MARKER: Final = re.compile(r"<!-- ratchetry:fp=([0-9a-f]{16}) -->(?:\r?\n|$)")
_FINGERPRINT: Final = re.compile(r"[0-9a-f]{16}")
_FENCE: Final = re.compile(r" {0,3}(`{3,}|~{3,})")
_UNSENDABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")


def marked(fingerprint: str, body: str) -> str:
    """Return a body with its marker, no longer than GitHub takes; raises UsageError for what is no fingerprint."""
    if not _FINGERPRINT.fullmatch(fingerprint):
        msg = f"{fingerprint[:80]!r} is no fingerprint: it must be 16 hexadecimal digits"
        raise UsageError(msg)
    marker = f"<!-- ratchetry:fp={fingerprint} -->\n"
    text = _UNSENDABLE.sub("\N{REPLACEMENT CHARACTER}", body)
    return marker + bounded(text, LONGEST_BODY - len(marker))


def fingerprint_of(body: str) -> str:
    """Return the fingerprint that a body begins with, empty when there is none."""
    found = _MARKER.match(body)
    return found[1] if found else ""


def bounded(body: str, limit: int) -> str:
    """Return Markdown of at most `limit` characters, cut between lines, with a fence that was open closed again."""
    if len(body) <= limit:
        return body
    kept: list[str] = []
    fence, room = "", limit - len(_CUT)
    for line in body.splitlines():
        room -= len(line) + 1
        following = _fence_after(fence, line)
        if room < len(fence or following) + 1:
            break
        kept.append(line)
        fence = following
    return "\n".join(kept) + (f"\n{fence}" if fence else "") + _CUT


def title(text: str) -> str:
    """Return one line of plain text for a title, which GitHub wants to hold something."""
    return clip(_UNSENDABLE.sub("\N{REPLACEMENT CHARACTER}", neutralize(text)).strip(), LONGEST_TITLE) or "(no title)"


def same_text(one: str, other: str) -> bool:
    """Tell whether two bodies say the same; GitHub may change line ends and trailing white space."""
    return one.replace("\r\n", "\n").rstrip() == other.replace("\r\n", "\n").rstrip()


def _fence_after(fence: str, line: str) -> str:
    """Return the fence of the code block that is open after a line, empty when none is."""
    found = _FENCE.match(line)
    if not found:
        return fence
    run = found[1]
    if not fence:
        return run
    closes = run.startswith(fence) and not line.strip().strip(fence[0])
    return "" if closes else fence
