"""`ratchetry bandit evaluate`: what another policy would have earned."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ratchetry.domain.weights import POLICIES
from ratchetry.errors import EXIT_NOT_MEASURED, EXIT_PASS

if TYPE_CHECKING:
    from ratchetry.domain.weights import PolicyName

EPILOG = """\b
Examples:
  ratchetry bandit evaluate --policy ucb1
  ratchetry bandit evaluate --policy plain-thompson --since 2026-01-01 --format json
  ratchetry bandit evaluate --arm-probabilities always-b.json

\b
FILE holds {"arms": {"a": 0, "b": 1}}: how likely each arm is, and, if wanted,
"contexts": {"code_type=api": {"a": 1, "b": 0}} for single contexts.

\b
Exit codes:
  0 estimated   2 usage or state error
  3 not measured: fewer than 50 decisions of the policy's own would say as much
"""


@click.command(name="evaluate", epilog=EPILOG)
@click.option("--policy", type=click.Choice(POLICIES), help="Policy of the bandit to evaluate.")
@click.option("--arm-probabilities", "probabilities", metavar="FILE", help="File with a policy that does not learn.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="First day of the decisions that count.")
@click.option("--path", default=".", show_default=True, help="Repository whose settings count.")
@click.option("--history", help="Directory of the history.  [default: the output directory]")
@click.option("--weights-file", metavar="FILE", help="File with the arms.  [default: that of the settings]")
@click.option(
    "--format", "output_format", type=click.Choice(["table", "json", "markdown"]), default="table", show_default=True
)
def command(
    *,
    policy: PolicyName | None,
    probabilities: str | None,
    since: datetime | None,
    path: str,
    history: str | None,
    weights_file: str | None,
    output_format: str,
) -> int:
    """Estimate what another policy would have earned, from decisions whose probabilities were logged.

    By the self-normalized estimator, with a doubly robust one beside it, each with its 95% interval.
    """
    from ratchetry.adapters.clock import SystemClock
    from ratchetry.cli.options import load_settings
    from ratchetry.domain.off_policy import NotEvaluated
    from ratchetry.pipeline.bandit.evaluate import evaluated
    from ratchetry.pipeline.history import existing_history

    settings = load_settings(path, {})
    found = evaluated(
        existing_history(path, settings, history),
        settings,
        root=Path(path),
        now=f"{SystemClock().now():%Y-%m-%dT%H:%M:%SZ}",
        policy=policy,
        probabilities=probabilities,
        since=f"{since:%Y-%m-%d}" if since else "",
        weights_file=weights_file,
    )
    if output_format == "json":
        import json

        import msgspec

        click.echo(json.dumps({"kind": type(found).__name__, **msgspec.to_builtins(found)}, indent=2))
    else:
        from ratchetry.report.off_policy import RENDERERS

        click.echo(RENDERERS[output_format](found))
    return EXIT_NOT_MEASURED if isinstance(found, NotEvaluated) else EXIT_PASS
