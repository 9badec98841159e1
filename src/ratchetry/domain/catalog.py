"""The metrics: each name, unit and direction stands here once; names are added, never renamed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ratchetry.domain.record import Better


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """What a metric is and how it is measured; a name that ends in `.*` stands for a family."""

    name: str
    unit: str
    better: Better
    stage: str
    what: str
    how: str


DETERMINISTIC: Final = (
    *("lint.", "format.", "types.", "complexity.", "size.", "validate.", "security.bandit.", "security.secrets"),
    "sbom.",
)
"""How the names begin of metrics that are the same whenever the same files are measured."""


def _rows(stage: str, how: str, *rows: tuple[str, str, Better, str]) -> tuple[Definition, ...]:
    """Return the definitions of metrics that one stage measures in one way."""
    return tuple(
        Definition(name=name, unit=unit, better=better, stage=stage, what=what, how=how)
        for name, unit, better, what in rows
    )


_JUNIT = "pytest runs the suite under coverage; its JUnit report is read, a rerun that passed counts as flaky."
_COVERAGE = "coverage.py's JSON report of the run of the suite, measured with branches."
_ADVISORIES = (
    "pip-audit asks an advisory service about every dependency; the severity is the CVSS rating of the advisory."
)

CATALOG: tuple[Definition, ...] = (
    *_rows(
        "validate",
        "ratchetry checks files, schemas and links; GitHub's schemas through check-jsonschema.",
        ("validate.errors", "count", "lower", "Files that are missing, malformed, conflicted or against their schema."),
        ("validate.warnings", "count", "lower", "Broken relative links and other things worth mending."),
    ),
    *_rows(
        "quality",
        "ruff check with the project's own configuration.",
        ("lint.findings", "count", "lower", "Lint findings."),
    ),
    *_rows(
        "quality",
        "ruff format --check with the project's own configuration.",
        ("format.files", "count", "lower", "Files that the formatter would change."),
    ),
    *_rows(
        "quality",
        "mypy with the project's own configuration and environment; where it has no configuration, mypy's defaults with"
        " missing imports ignored, over the packages.",
        ("types.errors", "count", "lower", "Type errors."),
    ),
    *_rows(
        "quality",
        "McCabe's cyclomatic complexity of every function, by ruff's C901.",
        ("complexity.max", "paths", "lower", "The most complex function."),
        ("complexity.mean", "paths", "lower", "The mean over all functions."),
    ),
    *_rows(
        "quality",
        "Lines of the packages' Python files that are neither blank nor only a comment.",
        ("size.source_lines", "lines", "lower", "How much source there is."),
        ("size.longest_file", "lines", "lower", "The file with the most source."),
    ),
    *_rows(
        "quality",
        "The packages' Python files, parsed.",
        ("size.longest_function", "lines", "lower", "The longest function, its decorators left out."),
        ("lint.suppressions", "count", "lower", "Comments that silence a check (noqa, type: ignore, nosec, no cover)."),
    ),
    *_rows(
        "test",
        _JUNIT,
        ("tests.total", "count", "higher", "Tests that were collected."),
        ("tests.passed", "count", "higher", "Tests that passed, flaky ones included."),
        ("tests.failed", "count", "lower", "Tests that failed or ended in an error."),
        ("tests.skipped", "count", "lower", "Tests that were skipped or failed as expected."),
        ("tests.flaky", "count", "lower", "Tests that failed and then passed in the same run."),
        ("tests.quarantined", "count", "lower", "Tests in quarantine that failed: they do not count as failed."),
        ("tests.pass_rate", "ratio", "higher", "Passed tests among those that passed or failed."),
        ("tests.duration", "seconds", "lower", "What all tests took, added up."),
    ),
    *_rows(
        "test",
        _COVERAGE,
        ("coverage.line", "percent", "higher", "Statements that the tests execute."),
        ("coverage.branch", "percent", "higher", "Branches that the tests take."),
        ("coverage.changed", "percent", "higher", "Changed statements, since the base commit, that the tests execute."),
    ),
    *_rows(
        "security",
        "bandit with the project's own configuration.",
        ("security.bandit.high", "count", "lower", "Findings of high severity."),
        ("security.bandit.medium", "count", "lower", "Findings of medium severity."),
        ("security.bandit.low", "count", "lower", "Findings of low severity."),
    ),
    *_rows(
        "security",
        _ADVISORIES,
        ("security.vulnerabilities.critical", "count", "lower", "Known vulnerabilities rated 9.0 or more."),
        ("security.vulnerabilities.high", "count", "lower", "Known vulnerabilities rated 7.0 to 8.9."),
        ("security.vulnerabilities.medium", "count", "lower", "Known vulnerabilities rated 4.0 to 6.9."),
        ("security.vulnerabilities.low", "count", "lower", "Known vulnerabilities rated below 4.0."),
        ("security.vulnerabilities.unknown", "count", "lower", "Known vulnerabilities without a rating."),
        ("security.unaudited", "count", "lower", "Dependencies that could not be audited."),
    ),
    *_rows(
        "security",
        "detect-secrets over every file, without contacting any service.",
        ("security.secrets", "count", "lower", "Probable secrets in the repository."),
    ),
    *_rows(
        "security",
        "cyclonedx-py lists the dependencies in a CycloneDX document.",
        ("sbom.components", "count", "lower", "Components in the software bill of materials."),
    ),
    *_rows(
        "benchmark",
        "pytest-benchmark's raw rounds; the value is their median, the spread their interquartile range.",
        ("benchmark.*", "seconds", "lower", "The median time of one benchmark."),
    ),
    *_rows(
        "score",
        "PromptScoreModel.json applied to the configured documents.",
        ("score.total", "ratio", "higher", "The weighted mean of the score metrics that could be measured."),
        ("score.*", "ratio", "higher", "One metric of the score model, from 0 to 1."),
    ),
    *_rows(
        "score",
        "tests.pass_rate of the same run.",
        ("score.test_pass_rate", "ratio", "higher", "Passed tests among those that passed or failed."),
    ),
    *_rows(
        "score",
        "F0.5 of precision (names, options, commands and paths in the document's code and links that exist) and recall "
        "(the commands and most used public names that it names, discounted by rank).",
        ("score.semantic_relevance", "ratio", "higher", "How well the documents cover the project they speak of."),
    ),
    *_rows(
        "score",
        "The mean of two shares: files without syntax errors in validate and quality, and code blocks of the document "
        "that parse.",
        ("score.syntactic_correctness", "ratio", "higher", "How much of the project's and the documents' code parses."),
    ),
    *_rows(
        "score",
        "The mean of seven checks: title, heading levels, empty sections, distinct and named headings, section length, "
        "labeled code blocks.",
        ("score.structure", "ratio", "higher", "How well the documents are built."),
    ),
    *_rows(
        "score",
        "The share of GPT-2 pre-tokens that are text rather than markup, times the share outside of repeated passages "
        "of eight.",
        ("score.efficiency", "ratio", "higher", "How much of what the documents cost in tokens is worth reading."),
    ),
    *_rows(
        "score",
        "Successes among the decided decisions in the bandit's log.",
        ("score.selector_accuracy_at_1", "ratio", "higher", "How often the arm that the bandit chose succeeded."),
    ),
    *_rows(
        "run",
        "ratchetry's own clock.",
        ("ci.duration", "seconds", "lower", "The wall time of the whole run."),
        ("ci.duration.*", "seconds", "lower", "The wall time of one stage."),
    ),
)

_BY_NAME = {entry.name: entry for entry in CATALOG}


def definition(name: str) -> Definition | None:
    """Return the definition of a metric, that of its family if it has none of its own, or None."""
    if name in _BY_NAME:
        return _BY_NAME[name]
    parts = name.split(".")
    families = (".".join(parts[:length]) + ".*" for length in range(len(parts) - 1, 0, -1))
    return next((_BY_NAME[family] for family in families if family in _BY_NAME), None)
