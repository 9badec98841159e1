"""`ratchetry badge`: what a project comes to in two words, for its README."""

from __future__ import annotations

import os

import click

EPILOG = """\b
Examples:
  ratchetry badge coverage --output coverage.svg
  ratchetry badge tests --format json
  ratchetry badge flaky --branch main --history histories/anvil

\b
The JSON is what https://shields.io/badges/endpoint-badge reads.
What was not measured is "unknown": a badge never guesses.
"""


@click.command(name="badge", epilog=EPILOG)
@click.argument("name", type=click.Choice(["score", "coverage", "tests", "flaky", "debt"]))
@click.option("--format", "output_format", type=click.Choice(["svg", "json"]), default="svg", show_default=True)
@click.option("--output", metavar="FILE", type=click.Path(dir_okay=False), help="File to write instead of printing.")
@click.option("--branch", default="", help="Branch whose newest run counts.  [default: the repository's default]")
@click.option("--path", default=".", show_default=True, help="Repository whose settings count.")
@click.option("--history", help="Directory of the history.  [default: the output directory]")
def command(name: str, *, output_format: str, output: str | None, branch: str, path: str, history: str | None) -> None:
    """Print or write a badge: NAME is score, coverage, tests, flaky (tests) or debt (lint findings, type errors)."""
    from ratchetry.adapters.default_branch import default_branch
    from ratchetry.adapters.files import write_atomic
    from ratchetry.cli.options import load_settings
    from ratchetry.pipeline.badges import facts
    from ratchetry.pipeline.history import existing_history
    from ratchetry.report.badge import BADGES, badge, endpoint, svg

    kept = existing_history(path, load_settings(path, {}), history)
    wanted = next(known for known in BADGES if known == name)
    found = badge(wanted, facts(kept, branch or default_branch(path, os.environ), flaky=wanted == "flaky"))
    data = svg(found) if output_format == "svg" else endpoint(found)
    if output:
        write_atomic(output, data)
    else:
        click.echo(data.decode("utf-8"), nl=False)
