"""`ratchetry doctor`: what is installed, found, configured and missing, and what to do."""

from __future__ import annotations

import os
from dataclasses import asdict
from typing import TYPE_CHECKING, Final

import click

from ratchetry.errors import EXIT_NOT_MEASURED, EXIT_PASS, EXIT_USAGE, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ratchetry.pipeline.checkup import Check, Health
    from ratchetry.pipeline.survey import Places
    from ratchetry.settings import Settings

MARKS: Final[Mapping[Health, str]] = {"ok": "ok", "note": "note", "missing": "MISSING", "wrong": "WRONG"}

EPILOG = """\b
Examples:
  ratchetry doctor
  ratchetry doctor ../other --format json
  ratchetry doctor --offline
  ratchetry doctor --github --format json

\b
Exit codes: 0 everything can be measured; 2 a file must be mended first;
3 something that a run asks for would not be measured.
"""


@click.command(name="doctor", epilog=EPILOG)
@click.argument("path", default=".")
@click.option("--python", help="Interpreter that runs the tests.  [default: found in the usual places]")
@click.option("--offline", is_flag=True, help="Contact no service.")
@click.option("--github", is_flag=True, help="Ask GitHub about the setup there; needs GITHUB_TOKEN.")
@click.option("--repository", help="owner/name of it there.  [default: that of the job, or of the remote]")
@click.option("--format", "output_format", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(
    path: str, *, python: str | None, offline: bool, github: bool, repository: str | None, output_format: str
) -> int:
    """Tell what is installed, found, configured and missing for the repository at PATH, and what to do.

    With --github also what silently breaks a setup there: settings, permissions, names, branches and schedules.
    """
    if github and offline:
        msg = "--github asks GitHub, which --offline does not allow: give one of them"
        raise UsageError(msg)
    from ratchetry.adapters.clock import SystemClock
    from ratchetry.adapters.fetch import HttpFetch
    from ratchetry.cli.options import load_settings
    from ratchetry.cli.progress import SilentProgress
    from ratchetry.pipeline.checkup import check_up
    from ratchetry.pipeline.survey import places_of, survey

    settings = load_settings(path, {"python": python})
    places = places_of(path, settings)
    known = survey(places, settings, environ=os.environ, clock=SystemClock(), progress=SilentProgress(), look_only=True)
    checks = check_up(known, HttpFetch(), offline=offline)
    if github:
        checks = (*checks, *_on_github(places, settings, repository or known.run.repository))
    if output_format == "json":
        import json

        click.echo(json.dumps([asdict(check) for check in checks], indent=2))
    else:
        click.echo("\n".join(_lines(checks)))
    return exit_code(checks, settings.optional)


def _on_github(places: Places, settings: Settings, repository: str) -> tuple[Check, ...]:
    """Return the checks of the setup on GitHub; raises UsageError without a token or a name."""
    import time

    from ratchetry.adapters.clock import SystemClock
    from ratchetry.adapters.github import open_client
    from ratchetry.adapters.github.doctor import setup_facts
    from ratchetry.pipeline.github_checkup import Setup, check_github
    from ratchetry.pipeline.github_workflows import callers
    from ratchetry.pipeline.stubs import STUBS

    clock, own = SystemClock(), callers(places.root)
    learning = next((caller.path for caller in own if caller.role == "learning"), STUBS[-1])
    branch = settings.history_ref.removeprefix("refs/heads/")
    with open_client(os.environ, repository=repository, clock=clock, sleep=time.sleep) as client:
        facts = setup_facts(client, data_branch=branch, learning=learning)
    return tuple(check_github(Setup(facts=facts, callers=own, data_branch=branch, now=clock.now())))


def exit_code(checks: tuple[Check, ...], optional: tuple[str, ...]) -> int:
    """Return the exit code that a set of checks ends with; what may go unmeasured costs nothing."""
    from ratchetry.analyze.gate import is_optional

    if any(check.health == "wrong" for check in checks):
        return EXIT_USAGE
    tolerated = is_optional("security.vulnerabilities", optional)
    missing = [check for check in checks if check.health == "missing"]
    unmeasured = [check for check in missing if not (tolerated and check.what == "advisories")]
    return EXIT_NOT_MEASURED if unmeasured else EXIT_PASS


def _lines(checks: tuple[Check, ...]) -> list[str]:
    """Return the checks on one page, grouped by area."""
    lines: list[str] = []
    area = ""
    for check in checks:
        if check.area != area:
            area = check.area
            lines.append(f"{chr(10) if lines else ''}{area}")
        lines.append(f"  {MARKS[check.health]:8} {check.what:28} {check.found}")
        if check.advice:
            lines.append(f"{'':40}→ {check.advice}")
    return lines
