"""`ratchetry ci score`: judge the fragments of a run and write its record."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ratchetry.cli.ci import options
from ratchetry.cli.run import EXIT_OF, show_result
from ratchetry.errors import EXIT_BROKEN, EXIT_GATE_FAILED, EXIT_PASS

if TYPE_CHECKING:
    from ratchetry.pipeline.ci.score import Judged
    from ratchetry.pipeline.save import Files

EPILOG = """\b
Examples:
  ratchetry ci score --fragments fragments
  ratchetry ci score packages/core --fragments fragments --expected quality,test --fail-on warn

\b
Exit codes:
  0 pass   1 a gate failed, with --fail-on warn: or warned   2 usage, configuration or state error
  3 something required was not measured   4 ratchetry itself broke
  --fail-on never and --evaluate-only make 0 of 1 and 3: the output verdict still says what it was
"""


@click.command(name="score", epilog=EPILOG)
@click.argument("path", default=".")
@click.option(
    "--fragments",
    default="fragments",
    envvar="RATCHETRY_FRAGMENTS",
    show_envvar=True,
    show_default=True,
    help="Directory of the downloaded fragments.",
)
@click.option(
    "--expected",
    default="",
    envvar="RATCHETRY_EXPECTED",
    show_envvar=True,
    help="Stages that were to come, separated by commas.  [default: those of the settings]",
)
@click.option(
    "--needs",
    default="",
    envvar="RATCHETRY_NEEDS",
    show_envvar=True,
    help="How the jobs ended, as ${{ toJSON(needs) }}.",
)
@click.option(
    "--python-versions",
    default="",
    envvar="RATCHETRY_PYTHON_VERSIONS",
    show_envvar=True,
    help="Versions that the tests were to run on, as a JSON list: each is a key.",
)
@click.option(
    "--fail-on",
    type=click.Choice(["fail", "warn", "never"]),
    default="fail",
    envvar="RATCHETRY_FAIL_ON",
    show_envvar=True,
    show_default=True,
    help="Least verdict that fails the step.",
)
@options.evaluate_only
@click.option("--output-dir", help="Where the record and the reports go.  [default: .ratchetry]")
@click.option("--thresholds", help="File with the bounds.  [default: quality-thresholds.json]")
@click.option("--optional", multiple=True, help="Stage or metric family that may go unmeasured (repeatable).")
def command(
    path: str,
    *,
    fragments: str,
    expected: str,
    needs: str,
    python_versions: str,
    fail_on: str,
    evaluate_only: bool,
    **flags: object,
) -> int:
    """Judge the repository at PATH by the fragments that the jobs of this run have uploaded.

    A stage that was expected and of which no fragment arrived was not measured.  Writes the record, the reports and
    the summary directory to upload, the job summary, the annotations and the step outputs verdict, score,
    record-path, report, name and path.
    """
    from ratchetry.cli.options import load_settings
    from ratchetry.pipeline.ci.score import Request, expected_of, jobs_of, judge_fragments, keys_of, save_summary
    from ratchetry.pipeline.survey import places_of

    settings = load_settings(path, flags)
    places = places_of(path, settings)
    request = Request(
        fragments=Path(fragments),
        expected=expected_of(expected, settings),
        jobs=jobs_of(needs),
        keys=keys_of(python_versions),
    )
    from ratchetry.adapters.clock import SystemClock
    from ratchetry.cli.progress import progress_for
    from ratchetry.pipeline.save import publish_to_github, save

    with progress_for(sys.stderr, os.environ) as progress:
        judged = judge_fragments(places, settings, request, environ=os.environ, clock=SystemClock(), progress=progress)
    files = save(places, settings, judged.record)
    summary = save_summary(places, judged)
    show_result(judged.record, files, "table")
    publish_to_github(places, judged.record, files, os.environ, sys.stderr)
    _tell(judged, files, summary)
    return _exit_code(judged, "never" if evaluate_only else fail_on)


def _tell(judged: Judged, files: Files, summary: Path) -> None:
    """Warn of refused fragments, say what broke, and set the outputs that name the summary."""
    from ratchetry.cli.ci.messages import set_step_outputs, warn

    for row in judged.refused:
        warn(f"refused the fragment {row.name}: {row.reason}")
    for error in judged.broken:
        click.echo(f"ratchetry itself broke: {type(error).__name__}: {error}", err=True)
    set_step_outputs({"name": summary.name, "path": str(summary), "report": str(files.report)})


def _exit_code(judged: Judged, fail_on: str) -> int:
    """Return the exit code: that of the verdict, as far as it is to fail the step."""
    verdict = judged.record.verdict
    if judged.broken:
        return EXIT_BROKEN
    if fail_on == "never":
        return EXIT_PASS
    return EXIT_GATE_FAILED if fail_on == "warn" and verdict == "warn" else EXIT_OF[verdict]
