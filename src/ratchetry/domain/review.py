"""A review: what the run of one package of a pull request says, beside what the history says of its base."""

from __future__ import annotations

from dataclasses import dataclass

from ratchetry.domain.record import Finding, RunRecord
from ratchetry.domain.regression import RegressionReport


@dataclass(frozen=True, slots=True, kw_only=True)
class Against:
    """A run compared with its base: how it differs, and which of its findings the base does not have.

    `findings` is None when what the base had found is not known.
    """

    report: RegressionReport
    findings: tuple[Finding, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NotCompared:
    """Why a run was compared with nothing."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """The run of one package: its record, which strangers may have written, and the comparison, which is our own."""

    record: RunRecord
    comparison: Against | NotCompared
    directory: str = ""
    """Where the package lies in the checkout, empty when it is the checkout."""
    link: str = ""
    """The address of its run."""
    blobs: str = ""
    """Where the files of the measured commit can be seen; a path and #L3-L9 follow."""
    base: str = ""
    """What the pull request is to be merged into, in a few words, where that is not the default branch."""
