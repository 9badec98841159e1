"""Writing what a run leaves behind: the record, its history copy, the Markdown summary and the HTML report."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TextIO

from ratchetry.domain.record import RunRecord
from ratchetry.pipeline.survey import Places
from ratchetry.state.record import dumps

_UNSAFE: Final = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """What was written, and where."""

    record: Path
    summary: Path
    report: Path
    history: Path


def files_of(places: Places, record: RunRecord) -> Files:
    """Return where the files of a run go; its copy for the history is named after the month, run and attempt."""
    month = record.run.started[:7].replace("-", "/")
    name = f"{_UNSAFE.sub('-', record.run.run_id)[:100]}-{record.run.attempt}.json"
    return Files(
        record=places.output / "record.json",
        summary=places.output / "summary.md",
        report=places.output / "report.html",
        history=places.output / "runs" / month / name,
    )


def save(places: Places, record: RunRecord) -> Files:
    """Write the files of a run, each atomically, and return where they are."""
    from ratchetry.adapters.files import write_atomic
    from ratchetry.report.html import render as page
    from ratchetry.report.markdown import render as summary

    files = files_of(places, record)
    document = dumps(record)
    contents: Mapping[Path, bytes] = {
        files.history: document,
        files.record: document,
        files.summary: summary(record).encode("utf-8"),
        files.report: page(record).encode("utf-8"),
    }
    for path, data in contents.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(path, data)
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
