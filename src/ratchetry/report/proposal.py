"""The words of the pull request that takes over what was learned: a section for each file, and what merging means."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from typing import Final

from ratchetry.domain.proposal import FileProposal
from ratchetry.report.text import clip, code, escape_markdown, listed, neutralize, neutralize_lines, plural

_TITLE: Final = 120
_LONGEST: Final = 18_000
"""Characters of one section: three of them fit into the body of a pull request."""


def title(changed: Sequence[FileProposal]) -> str:
    """Return the title: what changes, in a line."""
    told = "; ".join(file.headline for file in changed)
    return clip(neutralize(told[:1].upper() + told[1:]), _TITLE)


def message(changed: Sequence[FileProposal]) -> str:
    """Return the message of the commit: the title, and what the files follow from."""
    names = "\n".join(f"{file.path}: {neutralize(file.headline)}" for file in changed)
    return f"{title(changed)}\n\nFolded from the events of the history.\n\n{names}"


def body(changed: Sequence[FileProposal]) -> str:
    """Return the text of the request in GitHub Flavored Markdown."""
    sections = [_section(file) for file in changed]
    return "\n".join([*sections, _ENDING])


def preview(changed: Sequence[FileProposal]) -> str:
    """Return the request for a terminal: its title, its text, and how each file would change."""
    differences = (
        difflib.unified_diff(
            file.before.splitlines(keepends=True),
            file.text.splitlines(keepends=True),
            file.path if file.before else "/dev/null",
            file.path,
        )
        for file in changed
    )
    shown = "".join(line for lines in differences for line in lines)
    return neutralize_lines(f"{title(changed)}\n\n{body(changed)}\n\n{shown}")


def refused_words(file: FileProposal) -> str:
    """Return in a line which events do not count for a file."""
    rows = listed([f"{row.event} ({row.reason[:100]})" for row in file.refused])
    return neutralize(f"{file.path}: {plural(len(file.refused), 'event')} left out: {rows}")


def _section(file: FileProposal) -> str:
    """Return the section of one file; a long one ends where it still fits."""
    text = file.body.rstrip()
    if len(text) > _LONGEST:
        text = text[: text.rindex("\n", 0, _LONGEST)] + "\n\nThere is more than fits here; `ratchetry` shows all of it."
    left_out = f"\n\n{escape_markdown(refused_words(file))}." if file.refused else ""
    return f"## {code(file.path)}\n\n{text}{left_out}\n"


_ENDING: Final = """## What to do

Merge it to take all of this over, or take out what you do not want: change the files on this branch, or close it.
It is brought up to date in place by each learning run, and one that you close is not opened again for the same files.
`RATCHETRY_DISABLE_LEARNING=1` stops all of it, and `git revert` takes it back."""
