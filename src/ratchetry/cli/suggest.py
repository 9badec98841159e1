"""`ratchetry suggest`: what would help most."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from ratchetry.adapters.history_directory import HistoryDirectory
    from ratchetry.domain.suggestion import SuggestionReport
    from ratchetry.pipeline.suggest import Known
    from ratchetry.settings import Settings

EPILOG = """\b
Examples:
  ratchetry suggest
  ratchetry suggest --top 3 --format markdown
  ratchetry suggest --trend-report trend-report.json --output suggestions.json
  ratchetry suggest --hit-rates

\b
The document (--format json, --output) is described by
`ratchetry schema suggestions`.
"""


@click.command(name="suggest", epilog=EPILOG)
@click.option("--top", type=click.IntRange(1, 1000), default=10, show_default=True, help="How many to show.")
@click.option("--trend-report", "report_file", help="File of `ratchetry trends --output`.  [default: it is made here]")
@click.option("--history", help="Directory of the history.  [default: the output directory]")
@click.option("--branch", default="", help="Branch whose runs count.  [default: the repository's default]")
@click.option("--path", default=".", show_default=True, help="Repository whose settings and bounds count.")
@click.option("--seed", default="", help="Draw the order for this text.  [default: for the newest run]")
@click.option("--hit-rates", is_flag=True, help="Show how often each kind of advice worked instead.")
@click.option(
    "--format", "output_format", type=click.Choice(["table", "json", "markdown"]), default="table", show_default=True
)
@click.option("--output", type=click.Path(dir_okay=False), help="File for the suggestions (JSON).")
def command(
    *,
    top: int,
    report_file: str | None,
    history: str | None,
    branch: str,
    path: str,
    seed: str,
    hit_rates: bool,
    output_format: str,
    output: str | None,
) -> None:
    """Tell what would help most: where, why, the next step, and when it counts as done.

    By severity, evidence, expected gain and cost; among what is about equally worth doing the bandit draws, so that
    the project learns which advice moves its metrics.
    """
    from ratchetry.adapters.files import write_atomic
    from ratchetry.cli.options import load_settings
    from ratchetry.pipeline.suggest import advised
    from ratchetry.state.suggestions import dumps

    settings = load_settings(path, {})
    if hit_rates:
        _show_rates(path, settings, history, output_format)
        return
    known = _known(path, settings, report_file, history, branch)
    report = advised(known, settings, top=top, seed=seed).report
    if output:
        write_atomic(output, dumps(report))
    click.echo(_rendered(report, output_format), nl=False)


def _known(path: str, settings: Settings, report_file: str | None, history: str | None, branch: str) -> Known:
    """Return what is known: from the trend report that was named, or from the history."""
    from ratchetry.pipeline.history import existing_history
    from ratchetry.pipeline.suggest import known_from_history, known_from_report

    if report_file is not None:
        kept = _history_if_any(path, settings, history)
        return known_from_report(report_file, root=Path(path), settings=settings, history=kept)
    kept = existing_history(path, settings, history)
    return known_from_history(kept, root=Path(path), settings=settings, environ=os.environ, branch=branch)


def _history_if_any(path: str, settings: Settings, history: str | None) -> HistoryDirectory | None:
    """Return the history, None when none was named and there is none; raises UsageError for a named one that is not."""
    from ratchetry.errors import UsageError
    from ratchetry.pipeline.history import existing_history

    try:
        return existing_history(path, settings, history)
    except UsageError:
        if history is not None:
            raise
        return None


def _show_rates(path: str, settings: Settings, history: str | None, output_format: str) -> None:
    """Print how often each kind of advice worked."""
    from ratchetry.pipeline.history import existing_history
    from ratchetry.pipeline.suggest import rates_in
    from ratchetry.report.suggestions import rates_markdown, rates_terminal

    rates = rates_in(existing_history(path, settings, history))
    if output_format == "json":
        import json

        import msgspec

        click.echo(json.dumps(msgspec.to_builtins(rates), indent=2))
    else:
        click.echo(rates_markdown(rates) if output_format == "markdown" else rates_terminal(rates))


def _rendered(report: SuggestionReport, output_format: str) -> str:
    """Return suggestions in a format, with a newline at its end."""
    from ratchetry.report.suggestions import markdown, terminal
    from ratchetry.report.text import encodable
    from ratchetry.state.suggestions import dumps

    if output_format == "json":
        return dumps(report).decode("utf-8")
    text = markdown(report) if output_format == "markdown" else f"{terminal(report)}\n"
    return encodable(text, sys.stdout.encoding)
