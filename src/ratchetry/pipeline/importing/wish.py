"""What is to be imported: one value for each format, with what only that format needs to be told."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from ratchetry.domain.record import Better
from ratchetry.history.imports.entries import About

Group = Literal["file", "directory", "all"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reports:
    """JUnit reports: what is known of them beside, and which of them are of one run."""

    about: About = field(default_factory=About)
    pattern: re.Pattern[str] | None = None
    """Finds `commit`, `branch` or `started`, by groups of these names, in the path of a report."""
    group: Group = "file"


@dataclass(frozen=True, slots=True, kw_only=True)
class Octocov:
    """octocov's reports, and which of their custom metrics are better higher or lower, by name or glob."""

    better: Mapping[str, Better] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionBenchmark:
    """github-action-benchmark's files, and the suites of them that are wanted, all when empty."""

    suites: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredBenchmarks:
    """What pytest-benchmark has stored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """Directories of run records, and whole histories."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Artifacts:
    """Artifacts that were downloaded: archives, or directories of unpacked ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """Histories in git repositories, and their reference there, the configured one when empty."""

    ref: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OnGitHub:
    """The artifacts that GitHub still keeps, of one workflow's runs on the default branch."""

    workflow: str
    most: int


Wish = Reports | Octocov | ActionBenchmark | StoredBenchmarks | Records | Artifacts | Branch | OnGitHub
