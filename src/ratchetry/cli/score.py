"""`ratchetry score`: score prompt and instruction documents."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ratchetry.errors import EXIT_GATE_FAILED, EXIT_NOT_MEASURED, EXIT_PASS

if TYPE_CHECKING:
    from ratchetry.pipeline.scoring import Scored

EPILOG = """\b
Examples:
  ratchetry score
  ratchetry score --model PromptScoreModel.json --input README.md --out score.json
  ratchetry score --input prompts --input README.md --out score.json --ci-mode

\b
Exit codes:
  0 scored; with --ci-mode: and no bound missed
  1 with --ci-mode: below thresholds.fail, ci.minimum_score or the minimum of a metric
  2 a file or option is wrong   3 nothing could be measured
"""


@click.command(name="score", epilog=EPILOG)
@click.option("--model", help="File with weights and bounds.  [default: PromptScoreModel.json, or its defaults]")
@click.option("--input", "inputs", multiple=True, help="Document, or directory of documents, to score (repeatable).")
@click.option("--out", type=click.Path(dir_okay=False), help="File for the result as JSON.  [default: standard output]")
@click.option("--record", help="Run record to take the tests' and tools' results from.  [default: the last run's]")
@click.option("--ci-mode", is_flag=True, help="Fail below a bound, and set the step outputs score and verdict.")
@click.option("--path", default=".", show_default=True, help="Repository that the documents speak of.")
@click.option("--output-dir", help="Where the last run's record is.  [default: .ratchetry]")
def command(
    *,
    model: str | None,
    inputs: tuple[str, ...],
    out: str | None,
    record: str | None,
    ci_mode: bool,
    path: str,
    output_dir: str | None,
) -> int:
    """Score prompt and instruction documents with the weights of a score model."""
    from ratchetry.cli.options import load_settings
    from ratchetry.pipeline.scoring import Request, document_of, score_documents
    from ratchetry.pipeline.survey import places_of

    settings = load_settings(path, {"output_dir": output_dir})
    places = places_of(path, settings)
    scored = score_documents(places, settings, Request(model=model, record=record, inputs=inputs))
    _write(json.dumps(document_of(scored, in_ci=ci_mode), indent=2) + "\n", out)
    _explain(scored)
    if ci_mode:
        _publish(scored)
    return _exit_code(scored, ci_mode=ci_mode)


def _write(text: str, out: str | None) -> None:
    """Write the result to its file, or to standard output."""
    if out is None:
        click.echo(text, nl=False)
        return
    from ratchetry.adapters.files import write_atomic

    write_atomic(Path(out), text.encode())


def _explain(scored: Scored) -> None:
    """Say on standard error what the score is, what was left out and which bounds are missed."""
    evaluation = scored.scoring.evaluation
    total = "not measured" if evaluation.total is None else f"{evaluation.total:.3f}"
    click.echo(f"score {total}", err=True)
    for name, metric in evaluation.metrics.items():
        bound = f", below its minimum {metric.minimum:g}" if metric.is_below else ""
        click.echo(f"  {name} {metric.value:.3f}, weight {metric.weight:g}{bound}", err=True)
    for name, reason in evaluation.left_out.items():
        click.echo(f"  {name} left out: {reason}", err=True)
    for problem in scored.scoring.unreadable:
        click.echo(f"  {problem}", err=True)


def _publish(scored: Scored) -> None:
    """Set the outputs of the step; a failure to do so is told and changes nothing."""
    if not os.environ.get("GITHUB_OUTPUT"):
        return
    from ratchetry.adapters.github_actions import set_outputs

    total = scored.scoring.evaluation.total
    values = {"score": "" if total is None else f"{total:.6g}", "verdict": scored.verdict(in_ci=True)}
    problem = set_outputs(values, os.environ)
    if problem:
        click.echo(f"warning: {problem}", err=True)


def _exit_code(scored: Scored, *, ci_mode: bool) -> int:
    """Return the exit code."""
    if scored.scoring.evaluation.total is None:
        return EXIT_NOT_MEASURED
    return EXIT_GATE_FAILED if ci_mode and scored.verdict(in_ci=True) == "fail" else EXIT_PASS
