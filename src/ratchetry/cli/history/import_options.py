"""The options of `ratchetry history import`: each format has its own, and what they make is one value."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Final, Literal, TypedDict

from ratchetry.errors import UsageError

if TYPE_CHECKING:
    from ratchetry.domain.record import Better
    from ratchetry.pipeline.importing.wish import Group, Wish

Kind = Literal["artifacts", "branch", "dir", "junit", "octocov", "github-action-benchmark", "pytest-benchmark"]
_ONLY: Final[Mapping[str, Kind]] = {
    **dict.fromkeys(("commit", "branch", "started", "pattern", "group"), "junit"),
    "suite": "github-action-benchmark",
    "better": "octocov",
    "ref": "branch",
    **dict.fromkeys(("github", "workflow", "most"), "artifacts"),
}
"""The format that an option is for."""


class Options(TypedDict):
    """The options that only some formats have; None and empty when they were not given."""

    commit: str | None
    branch: str | None
    started: str | None
    pattern: str | None
    group: Group | None
    suite: tuple[str, ...]
    better: tuple[str, ...]
    ref: str | None
    github: bool | None
    workflow: str | None
    most: int | None


def wish_of(kind: Kind, options: Options, sources: Sequence[str]) -> Wish:
    """Return what is to be imported; raises UsageError for options of other formats, or sources that are missing."""
    given = [name for name, value in options.items() if value not in {None, ()} and kind != _ONLY[name]]
    if given:
        msg = f"--{given[0]} is for --from {_ONLY[given[0]]} only"
        raise UsageError(msg)
    if bool(sources) == bool(options["github"]):
        msg = "name what is to be imported; with --github there is nothing to name"
        raise UsageError(msg)
    return _WISHES[kind](options)


def _artifacts(options: Options) -> Wish:
    """Return which artifacts are to be imported; raises UsageError for options that only make sense on GitHub."""
    from ratchetry.pipeline.ci.ingest import MOST, WORKFLOW
    from ratchetry.pipeline.importing.wish import Artifacts, OnGitHub

    if options["github"]:
        return OnGitHub(workflow=options["workflow"] or WORKFLOW, most=options["most"] or MOST)
    if options["workflow"] or options["most"]:
        msg = "--workflow and --most need --github"
        raise UsageError(msg)
    return Artifacts()


def _reports(options: Options) -> Wish:
    """Return what is known of JUnit reports; raises UsageError for an option that makes no sense."""
    from ratchetry.history.imports.entries import About, commit_of, moment
    from ratchetry.pipeline.importing.wish import Reports

    when = moment(options["started"]) if options["started"] else None
    if options["started"] and when is None:
        msg = f"--started: {options['started'][:100]!r} is no time in ISO 8601, such as 2025-01-31T12:00:00Z"
        raise UsageError(msg)
    commit = commit_of(options["commit"])
    if options["commit"] and not commit:
        msg = f"--commit: {options['commit'][:100]!r} is no commit's hash"
        raise UsageError(msg)
    return Reports(
        about=About(commit=commit, branch=options["branch"] or "", started=when.text if when else ""),
        pattern=_pattern(options["pattern"]) if options["pattern"] else None,
        group=options["group"] or "file",
    )


def _octocov(options: Options) -> Wish:
    """Return how octocov's reports are to be read."""
    from ratchetry.pipeline.importing.wish import Octocov

    return Octocov(better=dict(map(_direction, options["better"])))


def _action_benchmark(options: Options) -> Wish:
    """Return which suites of github-action-benchmark are to be imported."""
    from ratchetry.pipeline.importing.wish import ActionBenchmark

    return ActionBenchmark(suites=options["suite"])


def _stored_benchmarks(_: Options) -> Wish:
    """Return that what pytest-benchmark has stored is to be imported."""
    from ratchetry.pipeline.importing.wish import StoredBenchmarks

    return StoredBenchmarks()


def _records(_: Options) -> Wish:
    """Return that records and histories are to be imported."""
    from ratchetry.pipeline.importing.wish import Records

    return Records()


def _branch(options: Options) -> Wish:
    """Return which reference of git remotes is to be imported."""
    from ratchetry.pipeline.importing.wish import Branch

    return Branch(ref=options["ref"] or "")


def _pattern(text: str) -> re.Pattern[str]:
    """Return a pattern for paths; raises UsageError when it is none, or finds nothing that is looked for."""
    try:
        pattern = re.compile(text)
    except re.error as error:
        msg = f"--pattern: {text[:100]!r} is no regular expression: {error}"
        raise UsageError(msg) from error
    if not pattern.groupindex.keys() & {"commit", "branch", "started"}:
        msg = "--pattern: it names no group: write (?P<commit>…), (?P<branch>…) or (?P<started>…)"
        raise UsageError(msg)
    return pattern


def _direction(text: str) -> tuple[str, Better]:
    """Return a glob and the direction of the metrics that it matches; raises UsageError for anything else."""
    glob, _, way = text.rpartition("=")
    if not glob or way not in {"higher", "lower"}:
        msg = f"--better: {text[:100]!r} is none of GLOB=higher and GLOB=lower"
        raise UsageError(msg)
    return glob, "higher" if way == "higher" else "lower"


_WISHES: Final[Mapping[Kind, Callable[[Options], Wish]]] = {
    "artifacts": _artifacts,
    "branch": _branch,
    "dir": _records,
    "junit": _reports,
    "octocov": _octocov,
    "github-action-benchmark": _action_benchmark,
    "pytest-benchmark": _stored_benchmarks,
}
