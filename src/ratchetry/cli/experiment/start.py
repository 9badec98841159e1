"""`ratchetry experiment start`: define an experiment, and plan what it takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from ratchetry.domain.experiment import ExperimentMetric

EPILOG = """\b
Examples:
  ratchetry experiment start tone --slot review-prompt --control v1 --treatment v2 --base 0.6 --per-day 20
  ratchetry experiment start speed --slot agent --control a1 --treatment a2 --metric latency_p99:lower --dry-run
  ratchetry experiment start cost --slot agent --control a1 --treatment a2 --metric cost:lower --metric reward:higher

\b
A metric is NAME:higher or NAME:lower.  reward and names that end in _rate,
_share or _ratio are shares (0 to 1), others sizes (0 or more); :share or
:size behind the direction says otherwise.
"""


@click.command(name="start", epilog=EPILOG)
@click.argument("name")
@click.option("--slot", required=True, help="What has versions: a macro, an agent, a prompt.")
@click.option("--control", required=True, help="The version in use.")
@click.option("--treatment", "treatments", multiple=True, required=True, help="A version to try; may be repeated.")
@click.option("--traffic", type=float, default=0.5, show_default=True, help="Share of the units that take part.")
@click.option(
    "--metric",
    "metrics",
    multiple=True,
    default=("reward:higher",),
    show_default=True,
    help="NAME:higher or NAME:lower.",
)
@click.option("--primary", default="", help="The metric that decides.  [default: the first]")
@click.option("--alpha", type=float, default=0.05, show_default=True, help="Highest probability of a false winner.")
@click.option("--min-days", type=int, default=7, show_default=True, help="Days before there is a winner.")
@click.option("--min-units", type=int, default=30, show_default=True, help="Units in each arm before that.")
@click.option("--min-lift", type=float, default=0.1, show_default=True, help="Smallest improvement that is worth it.")
@click.option("--max-days", type=int, default=60, show_default=True, help="Days after which it ends.")
@click.option("--maturity-days", type=int, default=7, show_default=True, help="Days that an outcome may take.")
@click.option(
    "--base", type=click.FloatRange(0, 1, min_open=True, max_open=True), help="Share expected of the control."
)
@click.option("--per-day", type=click.FloatRange(min=0, min_open=True), help="Units expected in a day.")
@click.option("--actor", envvar="GITHUB_ACTOR", default="", help="Who says so; kept as privacy-authors allows.")
@click.option("--dry-run", is_flag=True, help="Only print the plan.")
@click.option("--path", default=".", show_default=True, help="Repository that it is about.")
@click.option("--history", help="Directory of the history.  [default: the output directory]")
def command(
    name: str,
    *,
    slot: str,
    control: str,
    treatments: tuple[str, ...],
    metrics: tuple[str, ...],
    primary: str,
    base: float | None,
    per_day: float | None,
    actor: str,
    dry_run: bool,
    path: str,
    history: str | None,
    **rules: float,
) -> None:
    """Start the experiment NAME, which tells whether a treatment does better than the control.

    Prints how many units it takes, how long that is at the present rate, and the smallest effect that can be found:
    from what the history says of the metric and of the units, or from --base and --per-day.
    """
    from ratchetry.cli.experiment import opened
    from ratchetry.cli.flaky.quarantine import author_of
    from ratchetry.domain.experiment import Experiment
    from ratchetry.pipeline.experiments import Expected, start
    from ratchetry.report.experiments import started

    draft = Experiment(
        name=name,
        slot=slot,
        control=control,
        treatments=treatments,
        metrics=_metrics(metrics, primary),
        traffic=rules["traffic"],
        alpha=rules["alpha"],
        min_days=int(rules["min_days"]),
        min_units=int(rules["min_units"]),
        min_lift=rules["min_lift"],
        max_days=int(rules["max_days"]),
        maturity_days=int(rules["maturity_days"]),
    )
    kept, settings = opened(path, history)
    expected = Expected(base=base, per_day=per_day)
    one = start(kept, draft, author_of(path, settings, actor), expected, write=not dry_run)
    click.echo(started(one, dry_run=dry_run))


def _metrics(texts: tuple[str, ...], primary: str) -> tuple[ExperimentMetric, ...]:
    """Return the metrics that texts name, the primary one first; raises UsageError for one that makes no sense."""
    from ratchetry.errors import UsageError
    from ratchetry.learn.experiment.definition import metric_of, primary_first

    try:
        return primary_first([metric_of(text) for text in texts], primary)
    except ValueError as error:
        raise UsageError(str(error)) from error
