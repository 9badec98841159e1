"""`ratchetry bandit explain`: why a decision was taken as it was."""

from __future__ import annotations

import click

from ratchetry.errors import UsageError

EPILOG = """\b
Examples:
  ratchetry bandit explain 01KZ3T8Y6GQ0F4V7X2M9B5C1DA
  ratchetry bandit explain --context code_type=api
"""


@click.command(name="explain", epilog=EPILOG)
@click.argument("decision", default="")
@click.option("--context", "pairs", multiple=True, metavar="NAME=VALUE", help="Explain what would be chosen here.")
@click.option("--weights-file", type=click.Path(dir_okay=False), help="File with the weights.")
@click.option("--path", default=".", show_default=True, help="Repository that it is about.")
@click.option("--history", help="Directory of the history.  [default: the output directory]")
@click.option("--format", "output_format", type=click.Choice(["text", "json"]), default="text")
def command(
    *,
    decision: str,
    pairs: tuple[str, ...],
    weights_file: str | None,
    path: str,
    history: str | None,
    output_format: str,
) -> None:
    """Tell why the arm of DECISION was chosen, or how one would be chosen in a context.

    What is believed of each arm, from which prior and outcomes, how likely that makes it the best, and what the floor
    adds; and the outcomes that this rests on, with their runs.
    """
    if decision and pairs:
        msg = "a decision has its own context: leave out --context, or the decision"
        raise UsageError(msg)
    from ratchetry.cli.bandit.options import context_from
    from ratchetry.cli.options import load_settings
    from ratchetry.pipeline.bandit.standing import explain
    from ratchetry.report.bandit import explanation_text

    explanation = explain(
        path,
        load_settings(path, {}),
        decision=decision.upper(),
        context=context_from(pairs),
        weights_file=weights_file,
        history=history,
    )
    if output_format == "json":
        import json

        import msgspec

        click.echo(json.dumps(msgspec.to_builtins(explanation), indent=2))
        return
    click.echo(explanation_text(explanation))
