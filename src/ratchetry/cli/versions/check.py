"""`ratchetry versions check`: whether a version in use has become worse."""

from __future__ import annotations

from pathlib import Path

import click

from ratchetry.errors import EXIT_GATE_FAILED, EXIT_NOT_MEASURED, EXIT_PASS

EPILOG = """\b
Examples:
  ratchetry versions check
  ratchetry versions check --slot review-prompt --plot watch.svg

\b
Exit codes: 0 none is degraded, 1 one is, 3 there are too few results to tell.
"""


@click.command(name="check", epilog=EPILOG)
@click.option("--slot", default="", help="Slot to look at.  [default: all]")
@click.option("--format", "output_format", type=click.Choice(["table", "json", "markdown"]), default="table")
@click.option("--plot", "plot_file", type=click.Path(dir_okay=False), help="File for a drawing (SVG) of one slot.")
@click.option("--path", default=".", show_default=True, help="Repository that it is about.")
@click.option("--history", help="Directory of the history.  [default: the output directory]")
def command(*, slot: str, output_format: str, plot_file: str | None, path: str, history: str | None) -> int:
    """Tell whether a version in use has become worse: by a fifth, and beyond what chance does in 1,000 days."""
    from ratchetry.adapters.clock import SystemClock
    from ratchetry.cli.experiment import opened
    from ratchetry.pipeline.degradation import active_versions, of_slot, versions_report
    from ratchetry.report.versions import checked_markdown, checked_terminal, plot

    found = versions_report(opened(path, history)[0], active_versions(Path(path)), SystemClock().now())
    report = of_slot(found, slot) if slot else found
    if plot_file:
        from ratchetry.adapters.files import write_atomic
        from ratchetry.errors import UsageError

        if len(report.slots) != 1:
            msg = f"--plot draws one slot, and there are {len(report.slots)}: --slot names one"
            raise UsageError(msg)
        write_atomic(Path(plot_file), plot(report.slots[0]).encode("utf-8"))
    match output_format:
        case "json":
            import json

            import msgspec

            click.echo(json.dumps(msgspec.to_builtins(report), indent=2))
        case "markdown":
            click.echo(checked_markdown(report), nl=False)
        case _:
            click.echo(checked_terminal(report))
    states = {status.state for status in report.slots}
    if "degraded" in states:
        return EXIT_GATE_FAILED
    return EXIT_NOT_MEASURED if "too-little" in states else EXIT_PASS
