"""`ratchetry flaky vet`: run tests again and again, in shuffled order."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from ratchetry.errors import EXIT_GATE_FAILED, EXIT_NOT_MEASURED, EXIT_PASS, UsageError

if TYPE_CHECKING:
    from ratchetry.domain.vetting import VetReport

_SEEDS = 1_000_000

EPILOG = """\b
Examples:
  ratchetry flaky vet tests/test_mail.py
  ratchetry flaky vet --new --base main --rounds 20
  ratchetry flaky vet tests/test_mail.py::test_send --rounds 1 --seed 4711

\b
Exit codes:
  0 all stable   1 a test is flaky, dependent on the order, or fails each time
  3 something could not be run
"""


@click.command(name="vet", epilog=EPILOG)
@click.argument("tests", nargs=-1)
@click.option("--new", is_flag=True, help="Vet the tests that were added since the base.")
@click.option("--base", help="Commit or reference that changes are compared with.")
@click.option("--rounds", type=click.IntRange(min=1, max=1000), default=10, show_default=True, help="Orders to try.")
@click.option("--seed", type=click.IntRange(min=0), help="Seed of the first order; the next ones follow it.")
@click.option("--whole-suite", is_flag=True, help="Run the whole suite along, not only the files of the tests.")
@click.option("--timeout", type=float, help="Seconds that all of it may take.  [default: 1800]")
@click.option("--path", default=".", show_default=True, help="Repository with the tests.")
@click.option("--python", help="Interpreter that runs the tests.  [default: found in the usual places]")
@click.option("--output-dir", help="Where the work is done.  [default: .ratchetry]")
@click.option("--format", "output_format", type=click.Choice(["table", "json", "markdown"]), default="table")
def command(
    tests: tuple[str, ...],
    *,
    new: bool,
    rounds: int,
    seed: int | None,
    whole_suite: bool,
    path: str,
    output_format: str,
    **flags: object,
) -> int:
    """Run TESTS (identifiers, files or directories; all without any) in shuffled orders, and tell which are flaky.

    Orders in which a test failed and passed are repeated, and it is run alone: so what depends on the order is told
    from what fails now and then.  It all happens in a scratch copy of the repository, in the project's own
    environment, one test after the other.
    """
    if new and tests:
        msg = "--new says which tests are vetted: leave out the names, or --new"
        raise UsageError(msg)
    from ratchetry.adapters.clock import SystemClock
    from ratchetry.cli.options import load_settings
    from ratchetry.cli.progress import progress_for
    from ratchetry.pipeline.survey import places_of
    from ratchetry.pipeline.vet import VetRequest, relative_tests, vet

    settings = load_settings(path, flags)
    places, clock = places_of(path, settings), SystemClock()
    request = VetRequest(
        tests=relative_tests(places.root, tests),
        new=new,
        rounds=rounds,
        seed=seed if seed is not None else int(clock.now().timestamp()) % _SEEDS,
        whole_suite=whole_suite,
    )
    with progress_for(sys.stderr, os.environ) as progress:
        report = vet(places, settings, request, environ=os.environ, clock=clock, progress=progress)
    _show(report, output_format)
    return _exit_code(report)


def _show(report: VetReport, output_format: str) -> None:
    """Write a report to standard output."""
    from ratchetry.report.vetting import markdown, terminal

    match output_format:
        case "json":
            import json

            import msgspec

            click.echo(json.dumps(msgspec.to_builtins(report), indent=2))
        case "markdown":
            click.echo(markdown(report), nl=False)
        case _:
            click.echo(terminal(report))


def _exit_code(report: VetReport) -> int:
    """Return the exit code: a test that cannot be relied on, something that could not be run, or all is well."""
    if report.unsteady:
        return EXIT_GATE_FAILED
    verdicts = {test.verdict for test in report.tests}
    unknown = report.problems or "not-run" in verdicts or verdicts == {"skipped"}
    return EXIT_NOT_MEASURED if unknown else EXIT_PASS
