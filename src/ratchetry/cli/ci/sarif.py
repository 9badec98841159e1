"""`ratchetry ci sarif`: write the findings of a run for code scanning."""

from __future__ import annotations

import os
from pathlib import Path

import click

from ratchetry.errors import EXIT_PASS

EPILOG = """\b
Examples:
  ratchetry ci sarif --fragments fragments --output ratchetry.sarif
  ratchetry ci sarif packages/core --fragments fragments --output core.sarif

\b
Exit codes:
  0 written, also when nothing was found   2 usage or state error
"""


@click.command(name="sarif", epilog=EPILOG)
@click.argument("path", default=".")
@click.option(
    "--fragments",
    default="fragments",
    envvar="RATCHETRY_FRAGMENTS",
    show_envvar=True,
    show_default=True,
    help="Directory of the downloaded fragments.",
)
@click.option("--output", default="ratchetry.sarif", show_default=True, help="File to write.")
def command(path: str, *, fragments: str, output: str) -> int:
    """Write the findings about the repository at PATH as SARIF 2.1.0, with a category for each stage.

    Stages that were not measured are left out, so that their alerts are not taken for fixed.  The step output
    stages says which are in the file; when it is empty there is nothing to upload.
    """
    from ratchetry.cli.ci.messages import set_step_outputs, warn
    from ratchetry.cli.options import load_settings
    from ratchetry.pipeline.ci.sarif import write_sarif
    from ratchetry.pipeline.survey import places_of

    places = places_of(path, load_settings(path, {}))
    found = write_sarif(places.root, Path(fragments), Path(output), environ=os.environ)
    for row in found.refused:
        warn(f"refused the fragment {row.name}: {row.reason}")
    for stage in found.left_out:
        warn(f"the findings of {stage} are left out: it was not measured")
    click.echo(f"{output}: {', '.join(found.written) or 'no stage was measured'}")
    set_step_outputs({"stages": ",".join(found.written), "path": output})
    return EXIT_PASS
