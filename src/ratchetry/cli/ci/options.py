"""Options that several steps take, each from a flag or from a variable of the job."""

from __future__ import annotations

import click

evaluate_only = click.option(
    "--evaluate-only", is_flag=True, envvar="RATCHETRY_EVALUATE_ONLY", show_envvar=True, help="Let nothing fail."
)
workflow = click.option(
    "--workflow",
    default=".github/workflows/ci.yml",
    envvar="RATCHETRY_WORKFLOW",
    show_envvar=True,
    show_default=True,
    help="File of the workflow whose runs teach.",
)
most = click.option(
    "--most", type=click.IntRange(1), default=800, show_default=True, help="Summaries to fetch at most."
)
