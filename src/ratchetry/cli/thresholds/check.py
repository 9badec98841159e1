"""`ratchetry thresholds check`: a record against the bounds in force."""

from __future__ import annotations

from pathlib import Path

import click

from ratchetry.errors import UsageError

EPILOG = """\b
Examples:
  ratchetry thresholds check                   the last run here
  ratchetry thresholds check --record record.json --format markdown

\b
Exit codes:
  0 every bound holds   1 one does not   3 something required was not measured
"""


@click.command(name="check", epilog=EPILOG)
@click.option("--record", type=click.Path(dir_okay=False), help="Record to check.  [default: that of the last run]")
@click.option("--path", default=".", show_default=True, help="Repository whose bounds count.")
@click.option("--format", "output_format", type=click.Choice(["table", "json", "markdown"]), default="table")
def command(*, record: str | None, path: str, output_format: str) -> int:
    """Hold a record to the bounds in force: the stricter of those here and those of the base, and the waivers."""
    from dataclasses import replace

    from ratchetry.analyze.gate import verdict_of
    from ratchetry.cli.run import EXIT_OF
    from ratchetry.cli.thresholds import workplace
    from ratchetry.pipeline.past import last_record, read_record
    from ratchetry.pipeline.ratchet_report import check

    place = workplace(path, None, "")
    found = read_record(Path(record)) if record else last_record(place.places)
    if found is None:
        msg = f"{place.places.output}: no run yet: `ratchetry run` measures, or name a file with --record"
        raise UsageError(msg)
    gates = check(found, place.held, optional=place.settings.optional)
    verdict = verdict_of(gates)
    judged = replace(found, gates=gates, verdict=verdict)
    match output_format:
        case "json":
            import msgspec

            shown = {"verdict": verdict, "gates": msgspec.to_builtins(gates)}
            click.echo(msgspec.json.format(msgspec.json.encode(shown), indent=2))
        case "markdown":
            from ratchetry.report.ratchet import checked_markdown

            click.echo(checked_markdown(judged), nl=False)
        case _:
            from ratchetry.report.ratchet import checked

            click.echo(checked(judged))
    return EXIT_OF[verdict]
