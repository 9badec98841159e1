"""`ratchetry bandit choose`: choose an arm, and say how likely each was."""

from __future__ import annotations

import os

import click

from ratchetry.domain.bandit import TRAILER, ArmDecision
from ratchetry.domain.weights import POLICIES, PolicyName

EPILOG = """\b
Examples:
  ratchetry bandit choose
  ratchetry bandit choose --arms terse,detailed --context code_type=api --unit pr:12
  ratchetry bandit choose --context module=auth --format json --dry-run
"""


@click.command(name="choose", epilog=EPILOG)
@click.option("--context", "pairs", multiple=True, metavar="NAME=VALUE", help="What the choice is made for.")
@click.option("--arms", default="", help="Arms, separated by commas.  [default: those of the settings, or of the file]")
@click.option("--weights-file", type=click.Path(dir_okay=False), help="File with the weights.")
@click.option("--policy", type=click.Choice(POLICIES), help="Another policy, with the parameters it has by default.")
@click.option("--unit", default="", help="What it is chosen for, such as pr:12: an experiment may have it.")
@click.option("--path", default=".", show_default=True, help="Repository that it is about.")
@click.option("--history", help="Directory of the history.  [default: the output directory]")
@click.option("--dry-run", is_flag=True, help="Choose, and keep nothing.")
@click.option("--format", "output_format", type=click.Choice(["text", "json"]), default="text")
def command(
    *,
    pairs: tuple[str, ...],
    arms: str,
    weights_file: str | None,
    policy: PolicyName | None,
    unit: str,
    path: str,
    history: str | None,
    dry_run: bool,
    output_format: str,
) -> None:
    """Choose an arm in a context, and print it with how likely each arm was, and the trailer for the commit.

    The decision is kept in the history.  The run that carries its trailer says what became of it.
    """
    from ratchetry.adapters.clock import SystemClock
    from ratchetry.cli.bandit.options import arms_from, context_from
    from ratchetry.cli.options import load_settings
    from ratchetry.pipeline.bandit.choose import Choice, decide, log_line

    choice = Choice(
        context=context_from(pairs),
        arms=arms_from(arms),
        weights_file=weights_file,
        policy=policy,
        unit=unit,
        repository=os.environ.get("GITHUB_REPOSITORY", ""),
    )
    decision = decide(
        path,
        load_settings(path, {}),
        choice,
        moment=SystemClock().now(),
        entropy=os.urandom(10),
        history=history,
        write=not dry_run,
    )
    trailer = f"{TRAILER}: {decision.id}"
    if output_format == "json":
        import json

        click.echo(json.dumps({**log_line(decision), "trailer": trailer}, indent=2))
    else:
        click.echo(f"{_told(decision)}\n{trailer}")


def _told(decision: ArmDecision) -> str:
    """Return a decision as lines of a name and a value; a table would take longer to import than to decide."""
    likely = sorted(decision.propensities.items(), key=lambda row: (-row[1], row[0]))
    lines = (
        f"arm: {decision.arm}",
        f"propensities: {', '.join(f'{arm} {share:.6f}' for arm, share in likely)}",
        f"policy: {decision.policy}",
        f"experiment: {decision.experiment}" if decision.experiment else "",
    )
    return "\n".join(line for line in lines if line)
