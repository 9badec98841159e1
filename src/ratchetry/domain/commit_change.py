"""What one commit changed."""

from __future__ import annotations

from dataclasses import dataclass

from ratchetry.domain.record import ChangedFile


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitChange:
    """One commit on a branch, when it was committed (UTC, ISO 8601), and the files that differ from the one before."""

    sha: str
    time: str = ""
    files: tuple[ChangedFile, ...] = ()

    @property
    def lines(self) -> int:
        """Return how many lines it added and deleted."""
        return sum(file.added + file.deleted for file in self.files)
