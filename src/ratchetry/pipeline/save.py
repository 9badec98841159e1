"""Writing what a run leaves behind: the record, the Markdown summary, the HTML report, and its place in the history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from ratchetry.domain.record import RunRecord
from ratchetry.history.layout import run_path
from ratchetry.pipeline.survey import Places
from ratchetry.settings import Settings
from ratchetry.state.record import dumps


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """What was written, and where."""

    record: Path
    summary: Path
    report: Path
    history: Path


def files_of(places: Places, record: RunRecord) -> Files:
    """Return where the files of a run go."""
    return Files(
        record=places.output / "record.json",
        summary=places.output / "summary.md",
        report=places.output / "report.html",
        history=places.output / run_path(record.run.run_id, record.run.attempt, record.run.started),
    )


def save(places: Places, settings: Settings, record: RunRecord) -> Files:
    """Write the files of a run, each atomically, keep it in the history, and return where all that is."""
    from ratchetry.adapters.files import write_atomic
    from ratchetry.pipeline.history import history_at
    from ratchetry.report.html import render as page
    from ratchetry.report.markdown import render as summary

    files = files_of(places, record)
    contents: Mapping[Path, bytes] = {
        files.record: dumps(record),
        files.summary: summary(record).encode("utf-8"),
        files.report: page(record).encode("utf-8"),
    }
    for path, data in contents.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(path, data)
    history_at(places.output, settings).add(record)
    return files


def publish_to_github(
    places: Places, record: RunRecord, files: Files, environ: Mapping[str, str], stream: TextIO
) -> None:
    """Write the job summary, step outputs and annotations of a GitHub Actions step; outside of one, nothing."""
    from ratchetry.adapters.github_actions import publish
    from ratchetry.report.annotations import render as workflow_commands
    from ratchetry.report.markdown import render as summary

    publish(
        record,
        environ,
        markdown=summary(record),
        annotations=workflow_commands(record, prefix=place_in_checkout(places.root, environ)),
        record_path=str(files.record),
        stream=stream,
    )


def place_in_checkout(root: Path, environ: Mapping[str, str]) -> str:
    """Return where the measured repository lies in the checkout of the job, empty when it is the checkout."""
    checkout = Path(environ.get("GITHUB_WORKSPACE") or root).resolve()
    inside = root != checkout and root.is_relative_to(checkout)
    return root.relative_to(checkout).as_posix() if inside else ""
