"""`ratchetry regressions`: how a run differs from its base."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ratchetry.errors import EXIT_GATE_FAILED, EXIT_NOT_MEASURED, EXIT_PASS, UsageError

if TYPE_CHECKING:
    from ratchetry.domain.regression import RegressionReport

EPILOG = """\b
Examples:
  ratchetry regressions                          the newest run here against its base
  ratchetry regressions 4711 --base v1.2.0       a run of the history against a tag
  ratchetry regressions record.json --fail --format markdown
  ratchetry regressions --metric 'benchmark.*' --plot regressions.svg
  ratchetry regressions --trend-report trends.json --threshold 0.05

\b
RUN is a record's file, or latest, an id, <id>-<attempt> or a commit of the
history.  With a trend report, the step outputs has_feedback and
action_needed are set.

\b
Exit codes:
  0 compared   1 something regressed, with --fail   2 usage or damaged files
  3 there is nothing to compare with
"""


@click.command(name="regressions", epilog=EPILOG)
@click.argument("run", required=False)
@click.option("--base", default="", metavar="REF", help="Branch, tag, commit or run to compare with.  [default: found]")
@click.option("--branch", default="", help="Branch whose runs are the base.  [default: the repository's default]")
@click.option("--metric", default="", help="Name, or pattern with *, of the metrics to compare.")
@click.option(
    "--threshold",
    type=click.FloatRange(0, 1, min_open=True),
    default=0.05,
    show_default=True,
    help="Expected share of false ones among what is declared.",
)
@click.option("--trend-report", type=click.Path(dir_okay=False), help="Trend report to judge instead of a run.")
@click.option("--fail", is_flag=True, help="End with 1 when something regressed or a test newly fails.")
@click.option("--path", default=".", show_default=True, help="Repository that it is about.")
@click.option("--history", help="Directory of the history.  [default: the output directory]")
@click.option("--format", "form", type=click.Choice(["table", "json", "markdown"]), default="table", show_default=True)
@click.option("--plot", type=click.Path(dir_okay=False), help="File for a drawing (SVG) of what changed.")
def command(
    run: str | None,
    *,
    base: str,
    branch: str,
    metric: str,
    threshold: float,
    trend_report: str | None,
    fail: bool,
    path: str,
    history: str | None,
    form: str,
    plot: str | None,
) -> int:
    """Compare a run with its base: what regressed, improved, is unchanged, or cannot be told.

    The base is where the run left the default branch; what varies is compared with the level since the branch's last
    change, at a false discovery rate over all metrics.
    """
    if trend_report is not None:
        if run or base or plot:
            msg = "--trend-report is judged as it is: leave RUN, --base and --plot out"
            raise UsageError(msg)
        return _judge(trend_report, threshold, form, fail=fail)
    from ratchetry.adapters.clock import SystemClock
    from ratchetry.cli.options import load_settings
    from ratchetry.pipeline.history import existing_history
    from ratchetry.pipeline.regressions import Asked, head_of, regression_report
    from ratchetry.pipeline.survey import places_of
    from ratchetry.report.regressions import RENDERERS

    settings = load_settings(path, {})
    kept = existing_history(path, settings, history)
    head = head_of(kept, run or "", places_of(path, settings).output / "record.json")
    asked = Asked(root=path, environ=os.environ, base=base, branch=branch, metric=metric, rate=threshold)
    report = regression_report(kept, head, asked, SystemClock().now())
    if plot is not None:
        _draw(report, plot)
    click.echo(RENDERERS[form](report))
    return EXIT_GATE_FAILED if fail and (report.regressed or report.broken) else EXIT_PASS


def _draw(report: RegressionReport, path: str) -> None:
    """Write the series of what regressed or improved, or of all that were compared where nothing did."""
    from ratchetry.adapters.files import write_atomic
    from ratchetry.report.series_plot import Panel, stacked_plot

    verdicts = {each.name: each.verdict for each in report.comparisons}
    told = [each for each in report.series if verdicts.get(each.name) in {"regressed", "improved"}]
    panels = [Panel(series=each, note=verdicts.get(each.name, "")) for each in told or report.series]
    write_atomic(Path(path), stacked_plot(panels).encode("utf-8"))


def _judge(name: str, threshold: float, form: str, *, fail: bool) -> int:
    """Print what a trend report says, set the outputs of the step, and return the exit code."""
    from ratchetry.adapters.files import read_bounded
    from ratchetry.analyze.regression.feedback import feedback_of
    from ratchetry.cli.ci.messages import set_step_outputs
    from ratchetry.report.feedback import RENDERERS
    from ratchetry.state.trend_report import loads

    feedback = feedback_of(loads(read_bounded(name, name), name), threshold)
    click.echo(RENDERERS[form](feedback))
    set_step_outputs(
        {
            "has_feedback": str(feedback.has_feedback).lower(),
            "action_needed": str(feedback.action_needed).lower(),
        }
    )
    if fail and feedback.action_needed:
        return EXIT_GATE_FAILED
    return EXIT_NOT_MEASURED if feedback.blind else EXIT_PASS
