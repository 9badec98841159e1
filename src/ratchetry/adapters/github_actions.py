"""What a step of GitHub Actions publishes: its job summary, its outputs and annotations.

https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
"""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final, TextIO

from ratchetry.domain.record import RunRecord
from ratchetry.report.outputs import step_outputs
from ratchetry.report.text import encodable

SUMMARY_LIMIT: Final = 1024 * 1024
"""Bytes in the summary of one step, above which GitHub drops all of it."""


def publish(
    record: RunRecord,
    environ: Mapping[str, str],
    *,
    markdown: str,
    annotations: Iterable[str],
    record_path: str,
    stream: TextIO,
) -> None:
    """Publish a record in GitHub Actions; elsewhere do nothing.

    Appends the summary, sets the step outputs `verdict` (pass, warn, fail or not_measured), `score` (a decimal
    number, empty if not measured) and `record-path`, and writes the annotations to the stream.  What cannot be
    written is a warning there: a failed publication never changes the verdict.
    """
    if environ.get("GITHUB_ACTIONS") != "true":
        return
    problems = (
        append_to_summary(markdown, environ),
        set_outputs(step_outputs(record, record_path), environ),
    )
    warnings = (f"::warning title=ratchetry::{_escaped(problem)}" for problem in problems if problem)
    lines = "".join(f"{line}\n" for line in (*annotations, *warnings))
    with contextlib.suppress(OSError, ValueError):  # a closed stream has nobody to warn
        stream.write(encodable(lines, stream.encoding))
        stream.flush()


def append_to_summary(markdown: str, environ: Mapping[str, str]) -> str:
    """Append a text to the summary of the running step, and return what went wrong or nothing."""
    return _appended("GITHUB_STEP_SUMMARY", environ, f"{markdown}\n", limit=SUMMARY_LIMIT)


def set_outputs(values: Mapping[str, str], environ: Mapping[str, str]) -> str:
    """Set outputs of the running step, and return what went wrong or nothing."""
    return _appended("GITHUB_OUTPUT", environ, "".join(_output(name, value) for name, value in values.items()))


def _output(name: str, value: str) -> str:
    """Return an output in the form that may have several lines, behind a delimiter nobody can guess."""
    delimiter = f"ratchetry_{secrets.token_hex(16)}"
    return f"{name}<<{delimiter}\n{value}\n{delimiter}\n"


def _appended(variable: str, environ: Mapping[str, str], text: str, *, limit: int | None = None) -> str:
    """Append text to the file that a variable names, and return what went wrong or nothing."""
    name = environ.get(variable, "")
    if not name:
        return f"{variable} is not set: nothing was written there"
    data = text.encode("utf-8", "surrogateescape")
    try:
        with Path(name).open("ab") as file:
            if limit is not None and file.tell() + len(data) > limit:
                return f"{variable} would be larger than {limit:,} bytes, which GitHub drops: nothing was written"
            file.write(data)
    except (OSError, ValueError) as error:
        return f"{variable} could not be written: {error}"
    return ""


def _escaped(text: str) -> str:
    """Return text without what ends a workflow command."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
