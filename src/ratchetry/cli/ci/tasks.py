"""`ratchetry ci tasks`: synchronize the file of improvement tasks with the open issues."""

from __future__ import annotations

import os
from pathlib import Path

import click

from ratchetry.errors import EXIT_PASS

EPILOG = """\b
Examples:
  ratchetry ci tasks --file TASKS.md
  ratchetry ci tasks --file TASKS.md --dry-run
  ratchetry ci tasks --file docs/TASKS.md --write

\b
Exit codes:
  0 printed, written or proposed; a pull request that GitHub refuses is a warning
  2 usage or state error   3 the issues could not be read
"""


@click.command(name="tasks", epilog=EPILOG)
@click.argument("path", default=".")
@click.option("--file", "name", default="TASKS.md", show_default=True, help="Markdown file, in the repository.")
@click.option("--repository", default="", help="owner/name on GitHub.  [default: that of the job]")
@click.option("--write", is_flag=True, help="Write the file here instead of proposing it.")
@click.option("--dry-run", is_flag=True, help="Print the new text instead of proposing it.")
def command(path: str, *, name: str, repository: str, write: bool, dry_run: bool) -> int:
    """Rewrite the marked block of a Markdown file with the open issues that have the label ratchetry.

    The issues are the truth: boxes that were checked in the file are not read.  The new text is proposed in one
    standing pull request.
    """
    from ratchetry.adapters.files import write_atomic
    from ratchetry.cli.ci.effects import carry_out
    from ratchetry.pipeline.ci.client import github
    from ratchetry.pipeline.ci.tasks import open_tasks, proposal, rewritten
    from ratchetry.report.text import neutralize_lines

    root = Path(path)
    with github(os.environ, repository) as client:
        old, new = rewritten(root, name, open_tasks(client))
        if dry_run:
            click.echo(neutralize_lines(new))
        elif old == new:
            click.echo(f"{name} is up to date")
        elif write:
            write_atomic(root / name, new.encode())
            click.echo(f"{name} was rewritten")
        else:
            return carry_out((proposal(name, new, client.default_branch()),), client, heading="Improvement tasks")
    return EXIT_PASS
