"""`ratchetry bandit show`: what is known of every arm in every context."""

from __future__ import annotations

from pathlib import Path

import click

EPILOG = """\b
Examples:
  ratchetry bandit show
  ratchetry bandit show --context code_type=api --plot posterior.svg
  ratchetry bandit show --format json
"""


@click.command(name="show", epilog=EPILOG)
@click.option("--context", "pairs", multiple=True, metavar="NAME=VALUE", help="Only this context.")
@click.option("--weights-file", type=click.Path(dir_okay=False), help="File with the weights.")
@click.option("--path", default=".", show_default=True, help="Repository that it is about.")
@click.option("--format", "output_format", type=click.Choice(["table", "json", "markdown"]), default="table")
@click.option("--plot", "plot_file", type=click.Path(dir_okay=False), help="File for a drawing (SVG).")
def command(
    *, pairs: tuple[str, ...], weights_file: str | None, path: str, output_format: str, plot_file: str | None
) -> None:
    """Show the mean reward of each arm with its 90% interval, its outcomes, and how likely it is chosen."""
    from ratchetry.cli.bandit.options import context_from
    from ratchetry.cli.options import load_settings
    from ratchetry.pipeline.bandit.standing import show
    from ratchetry.report.bandit import markdown, terminal

    context = context_from(pairs) if pairs else None
    shown = show(path, load_settings(path, {}), context=context, weights_file=weights_file)
    if plot_file:
        from ratchetry.adapters.files import write_atomic
        from ratchetry.report.posterior_plot import plot

        write_atomic(Path(plot_file), plot(shown.standings).encode("utf-8"))
    match output_format:
        case "json":
            import json

            import msgspec

            click.echo(json.dumps(msgspec.to_builtins(shown.standings), indent=2))
        case "markdown":
            click.echo(markdown(shown.standings), nl=False)
        case _:
            click.echo(terminal(shown.standings))
