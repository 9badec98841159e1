"""What learning would change in the files of a repository, as values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ratchetry.domain.event import Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class FileProposal:
    """One file as the events have it, what it is now (empty for none), and the change in words and as Markdown."""

    path: str
    before: str
    text: str
    headline: str = ""
    body: str = ""
    reviewed: Literal["always", "where-wanted"] = "where-wanted"
    """Whether it may be committed without anybody having looked, where a setting asks for that."""
    refused: tuple[Refusal, ...] = ()
    """Events that make no sense to whoever folds them."""

    @property
    def changed(self) -> bool:
        """Tell whether there is anything to propose."""
        return self.text != self.before


@dataclass(frozen=True, slots=True, kw_only=True)
class FileProposals:
    """All files that learning keeps; nothing is proposed where `idle` says why."""

    files: tuple[FileProposal, ...] = ()
    idle: str = ""

    @property
    def changed(self) -> tuple[FileProposal, ...]:
        """Return the files that would change."""
        return tuple(file for file in self.files if file.changed)
