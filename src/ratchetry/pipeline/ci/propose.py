"""The step that proposes what was learned: the events folded into the files of the repository, as one pull request.

The same events and files give the same texts, so that a second call changes nothing on GitHub.  Only files are proposed
that the repository uses: bounds where it has some, weights where arms are declared or known, versions where one is due.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from ratchetry.act.versions import due_moves
from ratchetry.adapters.files import read_bounded
from ratchetry.adapters.history_directory import HistoryDirectory
from ratchetry.domain.action import Action, CommitFiles, ProposeChange, WithdrawChange
from ratchetry.domain.event import Event, Refusal
from ratchetry.domain.proposal import FileProposal, FileProposals
from ratchetry.domain.ratchet_report import move_of
from ratchetry.domain.versions import ACTIVE_VERSIONS_FILE
from ratchetry.errors import StateError
from ratchetry.learn.bandit.proposal import propose_weights
from ratchetry.learn.decision_log import read_log
from ratchetry.learn.promotion import moved
from ratchetry.pipeline.bandit.weights_file import read_weights
from ratchetry.pipeline.ci.learn import FROZEN, ahead_of, newest_lesson
from ratchetry.pipeline.degradation import active_versions
from ratchetry.pipeline.ratchet import propose_thresholds
from ratchetry.report import version_moves
from ratchetry.report.proposal import body, message, title
from ratchetry.report.ratchet import proposal_body
from ratchetry.report.text import plural
from ratchetry.settings import Settings
from ratchetry.state.active_versions import dumps

BRANCH: Final = "ratchetry/learning"
OFF: Final = "nothing is proposed here (propose = off)"
NOTHING_LEFT: Final = (
    "The files say what was learned: there is nothing left to propose. A new request comes when there is."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What the files are folded from: the repository, the events of its history, and the newest run that may teach."""

    root: Path
    settings: Settings
    events: tuple[Event, ...]
    as_of: str


def proposing(settings: Settings) -> bool:
    """Tell whether anything may be proposed."""
    return not settings.disable_learning and settings.propose != "off"


def proposals(root: Path, settings: Settings, history: HistoryDirectory, *, branch: str) -> FileProposals:
    """Return the files as the events have them; none while learning is disabled, or nothing may be proposed.

    Raises StateError for a file or a history that cannot be read.
    """
    if not proposing(settings):
        return FileProposals(idle=FROZEN if settings.disable_learning else OFF)
    as_of = newest_lesson(history, branch)
    if not as_of:
        return FileProposals(idle=f"the history has no run of branch {branch!r} that may teach")
    evidence = Evidence(root=root, settings=settings, events=tuple(history.events()), as_of=as_of)
    early = {one.id for one in ahead_of(evidence.events, as_of)}
    found = (fold(evidence) for fold in FOLDS)
    return FileProposals(files=tuple(_without(one, early) for one in found if one is not None))


def _without(file: FileProposal, early: Container[str]) -> FileProposal:
    """Return a file without the refusals of events that only wait for a run after them."""
    return replace(file, refused=tuple(row for row in file.refused if row.event not in early))


def action_of(found: FileProposals, settings: Settings, base: str) -> Action:
    """Return what to do on GitHub: propose or commit all that has changed, or close what has nothing to propose.

    A version is never put into use without anybody having looked, whatever the settings say.
    """
    # a file that need not change is named as well, so that an older text of it on the branch does not stay there
    everything = _change(found.files, base)
    if settings.propose != "commit" or everything is None:
        return everything or _nothing(base)
    change = _change([file for file in found.files if file.reviewed == "where-wanted"], base)
    besides = _change([file for file in found.files if file.reviewed == "always"], base) or _nothing(base)
    return CommitFiles(change=change, besides=besides, otherwise=everything) if change else besides


def _change(files: Sequence[FileProposal], base: str) -> ProposeChange | None:
    """Return the change of some files, None when none of them differs."""
    changed = [file for file in files if file.changed]
    if not changed:
        return None
    there = [file for file in files if file.text]
    return ProposeChange(
        branch=BRANCH,
        base=base,
        title=title(changed),
        body=body(changed),
        message=message(changed),
        files={file.path: file.text for file in there},
        expected={file.path: file.before for file in there},
    )


def _nothing(base: str) -> WithdrawChange:
    """Return that nothing is left to propose."""
    return WithdrawChange(branch=BRANCH, base=base, comment=NOTHING_LEFT)


def _bounds(evidence: Evidence) -> FileProposal | None:
    """Return the file of bounds after all moves, where there is one."""
    path = evidence.settings.thresholds
    before = _text(evidence.root, path)
    if not before:
        return None
    found = propose_thresholds(before.encode(), evidence.events, origin=path, as_of=evidence.as_of)
    moves = tuple(map(move_of, found.moves))
    return FileProposal(
        path=path,
        before=before,
        text=found.text,
        headline=f"tighten {plural(len(moves), 'bound')}" if moves else "bring bounds up to date",
        body=proposal_body(moves),
        refused=tuple(Refusal(event=row.event, reason=row.reason) for row in found.folded.refused),
    )


def _weights(evidence: Evidence) -> FileProposal | None:
    """Return the weights file after all outcomes, where arms are declared, known, or were decided between."""
    settings, path = evidence.settings, evidence.settings.weights
    before = _text(evidence.root, path)
    if not (before or settings.arms):
        return None
    known = read_weights(evidence.root, settings).weights
    found = propose_weights(known, evidence.events, as_of=evidence.as_of, declared=settings.arms)
    if not before and not found.folded.weights.contexts:
        return None  # arms that are declared and nothing learned of them need no file
    return FileProposal(
        path=path,
        before=before,
        text=found.text if found.changed or not before else before,
        headline="update the weights of arms",
        body=found.body,
        refused=found.folded.refused,
    )


def _versions(evidence: Evidence) -> FileProposal | None:
    """Return the file of active versions after the promotions and rollbacks that are due, where versions are kept."""
    before = _text(evidence.root, ACTIVE_VERSIONS_FILE)
    active = active_versions(evidence.root)
    log = read_log(evidence.events, evidence.as_of)
    moves = due_moves(log, active)
    if not (before or moves):
        return None
    return FileProposal(
        path=ACTIVE_VERSIONS_FILE,
        before=before,
        text=dumps(moved(active, moves)).decode() if moves else before,
        headline=_lowered(version_moves.title(moves)) if moves else "",
        body=version_moves.body(moves) if moves else "",
        reviewed="always",
        refused=log.refused,
    )


def _text(root: Path, path: str) -> str:
    """Return a file of the repository, empty where there is none; raises StateError for one that is no text."""
    if not (root / path).is_file():
        return ""
    try:
        return read_bounded(root / path, path).decode()
    except UnicodeDecodeError as error:
        msg = f"{path}: not UTF-8"
        raise StateError(msg) from error


def _lowered(text: str) -> str:
    """Return a sentence as it goes on after others."""
    return text[:1].lower() + text[1:]


FOLDS: Final[tuple[Callable[[Evidence], FileProposal | None], ...]] = (_bounds, _weights, _versions)
"""Who folds the events into a file; a new file is one line."""
