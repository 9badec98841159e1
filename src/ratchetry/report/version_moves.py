"""The text of the pull request that moves versions: which, why, on which evidence, and what merging does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ratchetry.domain.versions import ACTIVE_VERSIONS_FILE, ActiveVersion
from ratchetry.report.text import clip, code, escape_markdown, listed, neutralize

_TITLE = 120
_VERBS = {"experiment": "promote", "rollback": "roll back", "human": "move"}
_HEADS = {"experiment": "Promote", "rollback": "Roll back to", "human": "Move to"}


def title(moves: Mapping[str, ActiveVersion]) -> str:
    """Return the title of the proposal; it stays the same while numbers change."""
    ordered = sorted(moves.items(), key=lambda row: (row[1].cause != "rollback", row[0]))
    told = listed([f"{_VERBS[one.cause]} {slot} to {one.version}" for slot, one in ordered])
    return clip(neutralize(f"{told[:1].upper()}{told[1:]}"), _TITLE)


def body(moves: Mapping[str, ActiveVersion]) -> str:
    """Return the text of the proposal in GitHub Flavored Markdown."""
    lines: list[str] = []
    for slot, one in sorted(moves.items()):
        lines += list(_move(slot, one))
    lines += [
        f"Merging this changes {code(ACTIVE_VERSIONS_FILE)}, which is where programs read the version in use.",
        "Nothing changes before. Closing it leaves everything as it is.",
        "",
        "After merging, the new version is watched: `ratchetry versions check`.",
    ]
    return "\n".join(lines) + "\n"


def _move(slot: str, one: ActiveVersion) -> Iterator[str]:
    """Yield what is said of one move."""
    instead = f" instead of {code(one.previous)}" if one.previous else ""
    yield f"### {_HEADS[one.cause]} {code(one.version)} in {code(slot)}"
    yield ""
    yield f"{code(one.version)}{instead}: {escape_markdown(one.reason)}"
    yield ""
    if one.experiment:
        yield f"This is the verdict of the experiment {code(one.experiment)}: its evidence holds however often it was "
        yield "looked at, and its interval is one that was true at every look, but for the stated error."
        yield ""
    rows = [(name, value) for name, value in one.evidence.items() if value not in {None, ""}]
    if rows:
        yield "| evidence | |"
        yield "| --- | --- |"
        yield from (f"| {escape_markdown(name)} | {_shown(value)} |" for name, value in rows)
        yield ""


def _shown(value: float | str | None) -> str:
    """Return a piece of evidence."""
    return escape_markdown(f"{value:.4g}" if isinstance(value, float) else clip(str(value), 500))
