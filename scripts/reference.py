"""Write the reference pages of docs/reference from the code, or check that they are current.

usage: reference.py --write | --check
"""

from __future__ import annotations

import argparse
import ast
import inspect
import json
import sys
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from functools import reduce
from importlib import import_module
from pathlib import Path
from typing import Final

import click

from ratchetry import errors, settings
from ratchetry.cli.app import cli
from ratchetry.cli.lazy import commands_below
from ratchetry.domain.catalog import CATALOG
from ratchetry.history.schema import DOCUMENTS, json_schema

REFERENCE: Final = Path(__file__).parent.parent / "docs" / "reference"
NOTE: Final = "<!-- written by `make docs` from the code; do not edit -->\n"
WIDTH: Final = 96


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """One bound on what is read, kept or waited for: where it stands in the code, and in which unit."""

    what: str
    place: str
    """`module:NAME`, or `module:Callable.parameter` for the default of a parameter."""
    unit: str = "bytes"


LIMITS: Final = (
    Limit(what="a report that a tool leaves behind", place="ratchetry.adapters.process:ProcessRunner.report_limit"),
    Limit(
        what="a report that a tool prints",
        place="ratchetry.adapters.process:ProcessRunner.output_limit",
    ),
    Limit(what="other output of a tool, of which the end is kept", place="ratchetry.adapters.output:TAIL"),
    Limit(what="a file of the repository", place="ratchetry.adapters.tree:WorkingTree.read.limit"),
    Limit(what="the scratch copy of the repository", place="ratchetry.adapters.tree:WorkingTree.copy_to.limit"),
    Limit(what="a configuration file", place="ratchetry.cli.options:CONFIG_LIMIT"),
    Limit(what="a record, fragment or state file", place="ratchetry.state.codec:LIMIT"),
    Limit(what="pytest's JUnit report", place="ratchetry.collect.test.junit_report:_MAX_BYTES"),
    Limit(what="tests of one report", place="ratchetry.collect.test.junit_report:MAX_TESTS", unit="testcases"),
    Limit(what="the text of one failure", place="ratchetry.collect.test.junit_report:MAX_TEXT", unit="characters"),
    Limit(what="coverage.py's JSON report", place="ratchetry.collect.test.coverage_report:_MAX_BYTES"),
    Limit(what="files of that report", place="ratchetry.collect.test.coverage_report:_MAX_FILES", unit="files"),
    Limit(what="a JSON report of a security tool", place="ratchetry.collect.security.json_report:_LIMIT"),
    Limit(
        what="rounds of one benchmark that the record keeps",
        place="ratchetry.collect.benchmark.measurement:ROUNDS_KEPT",
        unit="rounds",
    ),
    Limit(
        what="findings of the quality stage", place="ratchetry.collect.quality.interpret:MAX_FINDINGS", unit="findings"
    ),
    Limit(
        what="findings of the test stage, of each kind",
        place="ratchetry.collect.test.stage:_MAX_FINDINGS",
        unit="findings",
    ),
    Limit(
        what="findings of one rule of validate in one file",
        place="ratchetry.collect.validate.findings:_MOST",
        unit="findings",
    ),
    Limit(
        what="a Markdown page whose links are checked",
        place="ratchetry.collect.validate.links:LARGEST_PAGE",
        unit="characters",
    ),
    Limit(what="a document that is scored", place="ratchetry.collect.score.document:SIZE_LIMIT"),
    Limit(what="Python source that a document is compared with", place="ratchetry.collect.score.vocabulary:BYTE_LIMIT"),
    Limit(
        what="one file in the secret scan",
        place="ratchetry.adapters.secret_scanner:Job.seconds_per_file",
        unit="seconds",
    ),
    Limit(
        what="advisories fetched in one run",
        place="ratchetry.collect.security.severities:MOST_REQUESTS",
        unit="requests",
    ),
    Limit(what="an answer of a service", place="ratchetry.adapters.fetch:HttpFetch.limit"),
    Limit(what="silence of a service", place="ratchetry.adapters.fetch:HttpFetch.timeout", unit="seconds"),
    Limit(what="one whole answer of a service", place="ratchetry.adapters.fetch:HttpFetch.total", unit="seconds"),
    Limit(what="the payload of a GitHub event", place="ratchetry.adapters.github_event:_MAX_PAYLOAD"),
    Limit(what="the difference from the base commit", place="ratchetry.adapters.unified_diff:_MAX_BYTES"),
    Limit(what="the Markdown summary", place="ratchetry.report.markdown:DEFAULT_LIMIT"),
    Limit(
        what="annotations of a step, errors and warnings each",
        place="ratchetry.report.annotations:MOST_OF_A_KIND",
        unit="annotations",
    ),
    Limit(
        what="the message of one annotation", place="ratchetry.report.annotations:LONGEST_MESSAGE", unit="characters"
    ),
    Limit(what="results kept in the cache", place="ratchetry.adapters.cache:StageCache.entries", unit="results"),
    Limit(what="their size together", place="ratchetry.adapters.cache:StageCache.size"),
    Limit(what="artifacts of one stage that the cache keeps", place="ratchetry.adapters.artifacts:LIMIT"),
    Limit(what="a part of a compacted month, unpacked", place="ratchetry.history.month:UNPACKED"),
    Limit(
        what="runs and events of one part of a month", place="ratchetry.history.month:MOST_DOCUMENTS", unit="documents"
    ),
    Limit(what="rounds of each benchmark in the history", place="ratchetry.history.normal:ROUNDS", unit="rounds"),
    Limit(what="the text of a query", place="ratchetry.adapters.sql_query:LONGEST", unit="characters"),
    Limit(what="one query", place="ratchetry.adapters.duckdb_engine:Limits.seconds", unit="seconds"),
    Limit(
        what="a commit of a backfill in ending after its time",
        place="ratchetry.pipeline.backfill.execute:_GRACE",
        unit="seconds",
    ),
    Limit(what="fragments of one run", place="ratchetry.pipeline.ci.fragments:MAX_FRAGMENTS", unit="fragments"),
    Limit(what="their size together", place="ratchetry.pipeline.ci.fragments:MAX_TOTAL"),
    Limit(what="rows of each kind in a fragment", place="ratchetry.state.envelope:MAX_ROWS", unit="rows"),
    Limit(
        what="files in an artifact that is downloaded",
        place="ratchetry.adapters.artifact_archive:Limits.entries",
        unit="files",
    ),
    Limit(what="what such a file inflates to", place="ratchetry.adapters.artifact_archive:Limits.file"),
    Limit(what="summaries that one learning run fetches", place="ratchetry.pipeline.ci.ingest:MOST", unit="summaries"),
    Limit(what="results in the SARIF report", place="ratchetry.report.sarif:MOST_RESULTS", unit="results"),
    Limit(what="the comment on a pull request", place="ratchetry.report.comment:LIMIT", unit="characters"),
    Limit(what="issues that one learning run opens", place="ratchetry.act.plan:MOST_NEW", unit="issues"),
    Limit(
        what="requests of a GitHub token in an hour", place="ratchetry.adapters.github.budget:HOURLY", unit="requests"
    ),
    Limit(what="waiting for GitHub in one command", place="ratchetry.adapters.github.session:PATIENCE", unit="seconds"),
    Limit(what="tries of one request to GitHub", place="ratchetry.adapters.github.retries:TRIES", unit="tries"),
    Limit(what="files that a pull takes", place="ratchetry.adapters.data_branch.trees:MOST_FILES", unit="files"),
    Limit(what="one file that a pull takes", place="ratchetry.adapters.data_branch.trees:LARGEST_FILE"),
    Limit(what="an artifact that is downloaded", place="ratchetry.adapters.github.download:LIMIT"),
    Limit(
        what="environments that were built, and are kept",
        place="ratchetry.adapters.environment_cache:KEPT",
        unit="environments",
    ),
    Limit(what="a trend report", place="ratchetry.state.trend_report:LIMIT"),
    Limit(what="series of a trend report", place="ratchetry.domain.trend_report:MOST_SERIES", unit="series"),
    Limit(what="names of each kind in a trend report", place="ratchetry.domain.trend_report:MOST_NAMES", unit="names"),
    Limit(what="series of one drawing", place="ratchetry.report.series_plot:MOST_PANELS", unit="series"),
    Limit(what="values of a sample that are ranked", place="ratchetry.analyze.comparison.shift:MOST", unit="values"),
    Limit(what="commits between a run and its base", place="ratchetry.pipeline.regression_base:MOST", unit="commits"),
    Limit(
        what="benchmarks of one comparison", place="ratchetry.pipeline.bench.process:MOST_BENCHMARKS", unit="benchmarks"
    ),
    Limit(
        what="modules that failures are attributed to",
        place="ratchetry.analyze.attribution:MOST_MODULES",
        unit="modules",
    ),
    Limit(
        what="commits that causes are looked for in",
        place="ratchetry.adapters.commit_changes:MOST_COMMITS",
        unit="commits",
    ),
    Limit(what="a waiver", place="ratchetry.domain.thresholds:LONGEST_WAIVER", unit="days"),
    Limit(
        what="runs that a bound's jitter is learned from", place="ratchetry.learn.ratchet.policy:MEMORY", unit="runs"
    ),
    Limit(what="arms of the bandit", place="ratchetry.domain.weights:MOST_ARMS", unit="arms"),
    Limit(what="contexts of the bandit", place="ratchetry.domain.weights:MOST_CONTEXTS", unit="contexts"),
    Limit(
        what="treatments of an experiment",
        place="ratchetry.learn.experiment.definition:MOST_TREATMENTS",
        unit="treatments",
    ),
    Limit(what="an experiment", place="ratchetry.learn.experiment.definition:LONGEST_DAYS", unit="days"),
    Limit(what="slots of versions", place="ratchetry.state.active_versions:MOST_SLOTS", unit="slots"),
    Limit(
        what="tests of one document of a dashboard",
        place="ratchetry.domain.dashboard_details:TESTS_PER_INDEX",
        unit="tests",
    ),
    Limit(what="points of a metric on the overview", place="ratchetry.domain.dashboard:SERIES_POINTS", unit="points"),
)


def pages() -> dict[str, str]:
    """Return every reference page by its path below docs/reference."""
    schemas = {f"schemas/{name}.json": json.dumps(json_schema(name), indent=2) + "\n" for name in DOCUMENTS}
    texts = {
        "cli.md": cli_page(),
        "metrics.md": metrics_page(),
        "settings.md": settings_page(),
        "limits.md": limits_page(),
    }
    return {**texts, **schemas}


def cli_page() -> str:
    """Return the page with the help of every command."""
    parts = [NOTE, "# Commands\n", _help_of(cli, "ratchetry")]
    for name, command in commands_below(cli):
        parts.append(f"## {name}\n\n{_help_of(command, f'ratchetry {name}')}")
    return "\n".join([*parts, _exit_codes()])


def metrics_page() -> str:
    """Return the page with every metric."""
    rows = [
        f"| `{entry.name}` | {entry.unit} | {entry.better} | {entry.stage} | {entry.what} | {entry.how} |"
        for entry in CATALOG
    ]
    head = "| metric | unit | better | stage | what it is | how it is measured |\n| --- | --- | --- | --- | --- | --- |"
    return "\n".join([NOTE, "# Metrics\n", "A name is never changed once it is published.\n", head, *rows, ""])


def settings_page() -> str:
    """Return the page with every setting: its three names, default and meaning."""
    texts = _texts_under_fields(inspect.getsource(settings.Settings))
    flags = _flags()
    rows = []
    for field in fields(settings.Settings):
        name = field.name.replace("_", "-")
        default = "" if field.default is MISSING else json.dumps(field.default)
        variable = f"RATCHETRY_{field.name.upper()}"
        meaning = " ".join(texts[field.name].split())
        rows.append(f"| `{name}` | `{variable}` | {flags.get(field.name, '')} | `{default}` | {meaning} |")
    intro = (
        "Settings stand in `[tool.ratchetry]` of `pyproject.toml`, or in `ratchetry.toml`. Environment variables win\n"
        "over them (lists are separated by commas), flags win over both; those of `ratchetry run` are listed here. An\n"
        "unknown setting is an error that suggests the nearest known one.\n"
    )
    head = "| setting | variable | flag | default | meaning |\n| --- | --- | --- | --- | --- |"
    return "\n".join([NOTE, "# Settings\n", intro, head, *rows, ""])


def limits_page() -> str:
    """Return the page with the bounds on what is read, kept and waited for."""
    rows = [f"| {limit.what} | {bound_of(limit.place):,} | {limit.unit} | `{limit.place}` |" for limit in LIMITS]
    intro = (
        "What is larger is refused or cut, and the result says so. The last column names the constant, or the default\n"
        "of the parameter, in the code.\n"
    )
    head = "| what | at most | unit | where |\n| --- | --- | --- | --- |"
    return "\n".join([NOTE, "# Limits\n", intro, head, *rows, ""])


def bound_of(place: str) -> int:
    """Return the whole number that stands at a place of the code; raises TypeError or AttributeError if none does."""
    module, _, names = place.partition(":")
    *owners, name = names.split(".")
    owner: object = reduce(getattr, owners, import_module(module))
    value = inspect.signature(owner).parameters[name].default if callable(owner) else getattr(owner, name)
    if not isinstance(value, int | float) or value != int(value):
        raise TypeError(place)
    return int(value)


def _flags() -> Mapping[str, str]:
    """Return the flags of `ratchetry run` by the field of the settings that they set."""
    run = cli.get_command(click.Context(cli), "run")
    assert run is not None  # noqa: S101  # the table names modules that exist
    options = (option for option in run.params if isinstance(option, click.Option))
    return {option.name: ", ".join(f"`{flag}`" for flag in option.opts) for option in options if option.name}


def _help_of(command: click.Command, name: str) -> str:
    """Return the help of a command as a code block."""
    context = click.Context(command, info_name=name, terminal_width=WIDTH, max_content_width=WIDTH)
    return f"```text\n{command.get_help(context)}\n```\n"


def _exit_codes() -> str:
    """Return the section about exit codes, in the words of the module that defines them."""
    text = (errors.__doc__ or "").partition("Exit codes: ")[2].strip().rstrip(".")
    rows = [f"| {code} | {meaning} |" for code, _, meaning in (part.strip().partition(" ") for part in _parts(text))]
    return "\n".join(["## Exit codes\n", "| code | meaning |", "| --- | --- |", *rows, ""])


def _parts(text: str) -> list[str]:
    """Return the phrases that open with a number, from text that separates them by commas."""
    parts: list[str] = []
    for piece in text.replace("\n", " ").split(", "):
        if piece.lstrip()[:1].isdigit():
            parts.append(piece)
        else:
            parts[-1] += f", {piece}"
    return parts


def _texts_under_fields(source: str) -> Mapping[str, str]:
    """Return the string that stands under each field of a class."""
    (definition,) = ast.parse(source).body
    assert isinstance(definition, ast.ClassDef)  # noqa: S101  # it is the source of a class
    texts = {}
    for statement, below in zip(definition.body, definition.body[1:], strict=False):
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            text = ast.literal_eval(below.value) if isinstance(below, ast.Expr) else ""
            texts[statement.target.id] = str(text)
    return texts


def main() -> int:
    """Write or check the pages and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    mode = parser.add_mutually_exclusive_group(required=True)
    mode.add_argument("--write", action="store_true", help="write the pages")
    mode.add_argument("--check", action="store_true", help="fail if a page is not current")
    writes = parser.parse_args().write
    stale = []
    for name, text in pages().items():
        path = REFERENCE / name
        if path.is_file() and path.read_text(encoding="utf-8") == text:
            continue
        stale.append(str(path.relative_to(REFERENCE.parent.parent)))
        if writes:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    if stale:
        print("written:" if writes else "not current (run `make docs`):", *stale)
    return 1 if stale and not writes else 0


if __name__ == "__main__":
    sys.exit(main())
