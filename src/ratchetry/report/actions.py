"""Actions and what became of them, as text for people: what a dry run prints and what the job summary shows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from ratchetry.domain.action import (
    Action,
    CloseIssue,
    CommitFiles,
    Effect,
    ProposeChange,
    RefreshComment,
    UpsertComment,
    UpsertIssue,
    WithdrawChange,
)
from ratchetry.report.blocks import prose, shown_name, table, table_row
from ratchetry.report.text import neutralize, neutralize_lines

_RULE: Final = "-" * 72


def title(action: Action) -> str:
    """Return what an action is, in one line of neutralized text."""
    match action:
        case (
            UpsertComment(number=number, fingerprint=fingerprint)
            | RefreshComment(number=number, fingerprint=fingerprint)
        ):
            how = "write" if isinstance(action, UpsertComment) else "edit, if it is there,"
            return f"{how} the comment {fingerprint} on #{number}"
        case UpsertIssue(fingerprint=fingerprint, title=name):
            return f"open or update the issue {fingerprint}: {neutralize(name)}"
        case CloseIssue(fingerprint=fingerprint):
            return f"close the issue {fingerprint}"
        case ProposeChange(branch=branch, files=files):
            return f"propose on {neutralize(branch)} to change {', '.join(map(neutralize, sorted(files)))}"
        case WithdrawChange(branch=branch):
            return f"close the pull request from {neutralize(branch)}, if it is open"
        case CommitFiles(change=change):
            return f"commit to {neutralize(change.base)} {', '.join(map(neutralize, sorted(change.files)))}"


def preview(actions: Iterable[Action]) -> str:
    """Return actions with everything that they would write."""
    parts = [f"would {title(action)}\n{_RULE}\n{neutralize_lines(_body(action))}\n{_RULE}\n" for action in actions]
    return "\n".join(parts) or "nothing to do\n"


def outcome(effect: Effect) -> str:
    """Return what became of an action, in one line of neutralized text."""
    tail = effect.problem or effect.url
    return f"{effect.state}: {title(effect.action)}{f' ({neutralize(tail)})' if tail else ''}"


def summary(heading: str, effects: Iterable[Effect]) -> str:
    """Return what became of the actions as Markdown for the job summary."""
    rows = tuple(
        table_row(shown_name(effect.state), prose(title(effect.action)), prose(effect.problem or effect.url))
        for effect in effects
    )
    block = table(f"### {heading}", ("Outcome", "Action", ""), rows, "action")
    return block.text(len(rows)) if rows else f"\n### {heading}\n\nNothing to do.\n"


def _body(action: Action) -> str:
    """Return everything that an action would write."""
    match action:
        case UpsertComment(body=body) | RefreshComment(body=body) | UpsertIssue(body=body):
            return body
        case CloseIssue(comment=comment) | WithdrawChange(comment=comment):
            return comment
        case ProposeChange():
            return "\n".join(_files(action))
        case CommitFiles(change=change):
            return "\n".join(_files(change))


def _files(action: ProposeChange) -> Iterator[str]:
    """Yield the text of a proposed change."""
    yield action.body
    for path, text in sorted(action.files.items()):
        yield f"--- {path}\n{text}"
