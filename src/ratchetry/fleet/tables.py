"""The views of a history: each column's name, type and meaning, once, for Parquet, SQL and the documentation.

NULL means that something was not measured or is not known, never 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Kind = Literal["text", "name", "integer", "number", "flag", "time", "date"]
"""A `name` is a text that repeats: it is stored once, with numbers that point to it."""

VIEWS_VERSION: Final = 1
"""Part of the key of everything that is derived from a history; it grows whenever a view changes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of a view."""

    name: str
    kind: Kind
    what: str
    required: bool = False
    """Whether it is never NULL."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One view: a row for each of what it is called after."""

    name: str
    what: str
    columns: tuple[Column, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the columns, in their order."""
        return tuple(column.name for column in self.columns)


def _columns(*rows: tuple[str, Kind, str], required: bool = False) -> tuple[Column, ...]:
    """Return columns from rows of name, kind and meaning."""
    return tuple(Column(name=name, kind=kind, what=what, required=required) for name, kind, what in rows)


_RUN: Final = (
    *_columns(
        ("repository", "name", "Owner and name of the repository."),
        ("run_id", "name", "Identifier of the run; unique in its repository."),
        ("attempt", "integer", "Attempt of the run, from 1."),
        required=True,
    ),
    *_columns(("started", "time", "When the run started, in UTC."), ("day", "date", "The day of that.")),
)
"""What every view of a run begins with, so that most questions need no join."""

_RUNS: Final = (
    *_RUN,
    *_columns(
        ("week", "date", "The Monday before, or on, that day."),
        ("owner", "name", "What stands before the / of the repository; its whole name without one."),
    ),
    *_columns(
        ("event", "name", "What started the run: push, pull_request, schedule, local…"),
        ("workflow", "name", "File of the workflow; empty outside of one."),
        ("branch", "name", "Branch; of a pull request, the one that it comes from."),
        ("commit", "text", "The measured commit; empty without git."),
        ("base_commit", "text", "The commit that it was compared with; empty without one."),
        ("dirty", "flag", "Whether there were changes that the commit does not have."),
        required=True,
    ),
    *_columns(("pull_request", "integer", "Number of the pull request.")),
    *_columns(
        ("verdict", "name", "pass, warn, fail or not_measured."),
        ("duration", "number", "Seconds that the whole run took."),
        ("os", "name", "Operating system of the runner."),
        ("cpu_model", "name", "Its processor."),
        ("cores", "integer", "How many cores it had."),
        ("python", "name", "The Python that measured."),
        ("ratchetry", "name", "The version that measured."),
        required=True,
    ),
    *_columns(
        ("tests_passed", "integer", "Metric tests.passed."),
        ("tests_failed", "integer", "Metric tests.failed."),
        ("tests_skipped", "integer", "Metric tests.skipped."),
        ("tests_flaky", "integer", "Metric tests.flaky."),
        ("coverage", "number", "Metric coverage.line, in percent."),
        ("lint_findings", "integer", "Metric lint.findings."),
        ("type_errors", "integer", "Metric types.errors."),
        ("complexity", "number", "Metric complexity.max."),
        ("score", "number", "Metric score.total, from 0 to 1."),
    ),
)

_METRICS: Final = (
    *_RUN,
    *_columns(
        ("name", "name", "The metric."),
        ("value", "number", "Its value."),
        ("unit", "name", "Its unit."),
        ("better", "name", "higher or lower."),
        ("stage", "name", "The stage that measured it."),
        ("n", "integer", "How many observations it rests on."),
        required=True,
    ),
    *_columns(("spread", "number", "Their interquartile range.")),
)

_TESTS: Final = (
    *_RUN,
    *_columns(
        ("week", "date", "The Monday before, or on, that day."),
        ("commit", "name", "The measured commit; NULL when there were changes besides, or none is known."),
    ),
    *_columns(
        ("branch", "name", "Branch of the run."),
        ("test", "name", "Identifier of the test."),
        ("module", "name", "The file that the identifier begins with."),
        ("outcome", "name", "passed, failed, error, skipped, or flaky: failed and then passed in the same run."),
        ("duration", "number", "Seconds."),
        ("attempts", "integer", "How often it was run."),
        ("signature", "name", "What failures that are alike share; empty when it did not fail."),
        required=True,
    ),
)

_BENCHMARKS: Final = (
    *_RUN,
    *_columns(
        ("name", "name", "The benchmark."),
        ("rounds", "integer", "How many rounds were kept."),
        required=True,
    ),
    *_columns(
        ("minimum", "number", "Seconds of the fastest round."),
        ("median", "number", "Seconds of the median round."),
        ("mean", "number", "Seconds of a round on average."),
        ("maximum", "number", "Seconds of the slowest round."),
    ),
)

_FINDINGS: Final = (
    *_RUN,
    *_columns(
        ("tool", "name", "The tool that found it."),
        ("rule", "name", "The rule it is about."),
        ("severity", "name", "critical, high, medium, low, info or unknown."),
        ("path", "name", "The file."),
        ("line", "integer", "The line; 0 means the whole file."),
        ("message", "name", "What the tool says."),
        ("fingerprint", "name", "The same for the same finding in other runs, though lines move."),
        required=True,
    ),
)

_FAILURES: Final = (
    *_RUN,
    *_columns(
        ("signature", "name", "What the failures that are alike share."),
        ("category", "name", "The kind of failure."),
        ("evidence", "name", "The text that shows it, redacted and shortened."),
        ("tests", "integer", "How many tests of the run failed like this."),
        required=True,
    ),
)

_CHANGES: Final = (
    *_RUN,
    *_columns(
        ("path", "name", "A file that differs from the base commit."),
        ("added", "integer", "Lines added."),
        ("deleted", "integer", "Lines deleted."),
        required=True,
    ),
)

_STAGES: Final = (
    *_RUN,
    *_columns(
        ("stage", "name", "The stage."),
        ("status", "name", "passed, failed, not_measured or skipped."),
        ("reason", "name", "Why it was not measured, or skipped."),
        ("duration", "number", "Seconds."),
        ("cached", "flag", "Whether an earlier result was reused."),
        required=True,
    ),
)

_EVENTS: Final = (
    *_columns(
        ("id", "text", "Identifier of the event: the hash of what it says."),
        ("kind", "name", "decision, outcome, threshold_move, waiver, promotion, log, pruned or issue."),
        ("repository", "name", "The repository; empty when it is about none."),
        ("subject", "name", "What it is about."),
        ("actor", "name", "Who did it, as the privacy settings say; empty for ratchetry itself."),
        ("runs", "text", "The runs it rests on, as <run id>-<attempt>, a JSON list."),
        ("data", "text", "What it says, a JSON object."),
        required=True,
    ),
    *_columns(("time", "time", "When it happened, in UTC."), ("day", "date", "The day of that.")),
)

VIEWS: Final[tuple[View, ...]] = (
    View(name="runs", what="One row for each attempt of a run.", columns=_RUNS),
    View(name="metrics", what="One row for each metric of a run.", columns=_METRICS),
    View(name="tests", what="One row for each test of a run.", columns=_TESTS),
    View(name="benchmarks", what="One row for each benchmark of a run.", columns=_BENCHMARKS),
    View(name="findings", what="One row for each finding of a run.", columns=_FINDINGS),
    View(name="failures", what="One row for each distinct way of failing in a run.", columns=_FAILURES),
    View(name="changes", what="One row for each file that a run changes.", columns=_CHANGES),
    View(name="stages", what="One row for each stage of a run.", columns=_STAGES),
    View(name="events", what="One row for each event.", columns=_EVENTS),
)

_FAILING: Final = (
    *_TESTS,
    *_columns(
        ("number", "integer", "Which result it is of those that the run has under one identifier, from 0."),
        required=True,
    ),
)

_SUITES: Final = _columns(
    ("repository", "name", "Owner and name of the repository."),
    ("suite", "name", "The hash of what the suite holds; months repeat the suites that they use."),
    ("test", "name", "Identifier of a test of it."),
    ("number", "integer", "Which one it is of those under one identifier, from 0."),
    required=True,
)

_SUITE_RUNS: Final = (
    *_RUN,
    *_columns(
        ("week", "date", "The Monday before, or on, that day."),
        ("commit", "name", "The measured commit; NULL when there were changes besides, or none is known."),
    ),
    *_columns(
        ("branch", "name", "Branch of the run."),
        ("suite", "name", "The tests that the run decided: those that it did not skip."),
        required=True,
    ),
)

ROLLUPS: Final[tuple[View, ...]] = (
    View(name="failing", what="One row for each test of a run that failed at least once in it.", columns=_FAILING),
    View(name="suites", what="One row for each test of a set of tests that runs share.", columns=_SUITES),
    View(name="suite_runs", what="One row for each run with tests.", columns=_SUITE_RUNS),
)
"""What stands for the view `tests` in roll-ups: every result follows from it, for what did not fail has passed."""

ROLLED: Final = "suites"
"""The view that tells roll-ups from the views that they are made of."""

COPIED: Final = ("runs", "changes")
"""The views that roll-ups have besides, as they are."""

BY_NAME: Final = {view.name: view for view in VIEWS}
IN_FILES: Final = {view.name: view for view in (*VIEWS, *ROLLUPS)}
