"""`ratchetry bandit fold`: write the weights file from the events of the history."""

from __future__ import annotations

import click

from ratchetry.domain.weights import POLICIES, PolicyName

EPILOG = """\b
Examples:
  ratchetry bandit fold
  ratchetry bandit fold --dry-run --format json
  ratchetry bandit fold --history ../data --policy discounted-thompson --weights-file other.json
"""


@click.command(name="fold", epilog=EPILOG)
@click.option(
    "--weights-file", type=click.Path(dir_okay=False), help="File to write.  [default: the settings' weights]"
)
@click.option("--policy", type=click.Choice(POLICIES), help="Remember evidence as this policy does by default.")
@click.option("--path", default=".", show_default=True, help="Repository that it is about.")
@click.option("--history", help="Directory of the history.  [default: the output directory]")
@click.option("--dry-run", is_flag=True, help="Print what would be written, and write nothing.")
@click.option("--format", "output_format", type=click.Choice(["text", "json"]), default="text")
def command(
    *,
    weights_file: str | None,
    policy: PolicyName | None,
    path: str,
    history: str | None,
    dry_run: bool,
    output_format: str,
) -> None:
    """Write what the decisions and outcomes of the history come to: the same events give the same file.

    What makes no sense is left out and named.  Once there is nothing new, nothing is written.
    """
    from ratchetry.cli.options import load_settings
    from ratchetry.pipeline.bandit.fold import refresh
    from ratchetry.report.bandit import fold_text

    found = refresh(
        path,
        load_settings(path, {}),
        history=history,
        weights_file=weights_file,
        policy=policy,
        write=not dry_run,
    )
    folded = found.folded
    if output_format == "json":
        import json

        import msgspec

        document = {"file": str(found.before.path), "changed": found.changed, "folded": msgspec.to_builtins(folded)}
        click.echo(json.dumps(document, indent=2))
        return
    refused = [(one.event, one.reason) for one in folded.refused]
    told = fold_text(folded.weights.fold, refused, waiting=folded.waiting, silent=folded.silent)
    ending = "unchanged" if not found.changed else "not written (dry run)" if dry_run else "written"
    click.echo(f"{told}\n{found.before.path}: {ending}")
    if dry_run and found.changed:
        click.echo(found.data.decode("utf-8"), nl=False)
