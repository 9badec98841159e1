"""What the steps say to the job they run in: outputs and warnings."""

from __future__ import annotations

import os
from collections.abc import Mapping

import click


def set_step_outputs(values: Mapping[str, str]) -> None:
    """Set outputs of the running step; a failure to do so is told and changes nothing; outside of one, do nothing."""
    if not os.environ.get("GITHUB_OUTPUT"):
        return
    from ratchetry.adapters.github_actions import set_outputs

    problem = set_outputs(values, os.environ)
    if problem:
        warn(problem)


def append_summary(markdown: str) -> None:
    """Append a section to the job's summary; a failure to do so is told and changes nothing; elsewhere do nothing."""
    if not os.environ.get("GITHUB_STEP_SUMMARY"):
        return
    from ratchetry.adapters.github_actions import append_to_summary

    problem = append_to_summary(markdown, os.environ)
    if problem:
        warn(problem)


def warn(text: str) -> None:
    """Write a warning to standard error, in a GitHub job as an annotation."""
    if os.environ.get("GITHUB_ACTIONS") == "true":
        from ratchetry.report.annotations import Annotation, command

        click.echo(command(Annotation(kind="warning", title="ratchetry", message=text)), err=True)
        return
    from ratchetry.report.text import neutralize

    click.echo(f"warning: {neutralize(text)}", err=True)
