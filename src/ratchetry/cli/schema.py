"""`ratchetry schema`: the JSON Schema of what ratchetry writes."""

from __future__ import annotations

import click

from ratchetry.history.schema import DOCUMENTS, json_schema

EPILOG = """\b
Examples:
  ratchetry schema                 list the documents
  ratchetry schema record > run-record.schema.json
"""


@click.command(name="schema", epilog=EPILOG)
@click.argument("document", required=False, type=click.Choice(list(DOCUMENTS)))
def command(document: str | None) -> None:
    """Print the JSON Schema of DOCUMENT, or the list of documents that have one."""
    if document is None:
        for name, (_, description) in DOCUMENTS.items():
            click.echo(f"{name:12} {description}")
        return
    import json

    click.echo(json.dumps(json_schema(document), indent=2))
