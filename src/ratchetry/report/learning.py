"""What a learning run has decided, as text for people."""

from __future__ import annotations

from collections.abc import Iterator

from ratchetry.domain.learning import Manifest
from ratchetry.report.blocks import prose, shown_name, table, table_row
from ratchetry.report.text import neutralize


def lines(manifest: Manifest) -> Iterator[str]:
    """Yield one line for each run that was not accepted, with the reason."""
    for row in manifest.decisions:
        if row.fate != "accepted":
            yield f"{row.fate}: run {neutralize(row.name)}: {neutralize(row.reason)}"


def markdown(manifest: Manifest) -> str:
    """Return a learning run's decisions for the job summary."""
    counts = ", ".join(f"{manifest.count(fate)} {fate}" for fate in ("accepted", "rejected", "lost", "undecided"))
    rows = tuple(
        table_row(shown_name(row.name), row.fate, prose(row.reason))
        for row in manifest.decisions
        if row.fate != "accepted"
    )
    until = f"; every run up to {prose(manifest.cursor.time)} is decided about" if manifest.cursor.time else ""
    heading = f"### Runs since the last learning run\n\n{counts}{until}."
    return f"{heading}\n{table('', ('Run', 'Fate', 'Why'), rows, 'run').text(min(len(rows), 200)) if rows else ''}"
