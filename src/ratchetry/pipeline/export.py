"""A recorded run in the forms that other programs read."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from ratchetry.adapters.otlp_http import OtlpSender
from ratchetry.domain.record import RunRecord
from ratchetry.errors import NotMeasuredError, UnreachableError
from ratchetry.pipeline.history import existing_history
from ratchetry.pipeline.lookup import LATEST, Found, find_run
from ratchetry.pipeline.past import read_record
from ratchetry.settings import Settings
from ratchetry.state.codec import LIMIT
from ratchetry.state.record import loads

STANDARD_INPUT: Final = "-"
_TRACES: Final = b'{"resourceSpans"'
WHOLE: Final = frozenset({"junit", "sarif", "cobertura"})
"""The forms that are made of tests or findings: without these they would say that there are none."""


def find(run: str, path: str, settings: Settings, history: str | None) -> tuple[Found, str]:
    """Return the run that is meant, and the file that it stands in or nothing.

    It is a file, standard input (`-`), or what `find_run` finds in the history; the newest of it without a name.
    Raises UsageError when there is none, StateError when a file holds no record.
    """
    if run == STANDARD_INPUT:
        data = sys.stdin.buffer.read(LIMIT + 1)
        return Found(record=loads(data, "standard input"), pruned=False), ""
    if run and (os.sep in run or run.endswith(".json") or Path(run).is_file()):
        return Found(record=read_record(Path(run)), pruned=False), run
    return find_run(existing_history(path, settings, history), run or LATEST), ""


def rendered(found: Found, output_format: str, *, origin: str, prefix: str) -> bytes:
    """Return a run in a form; `origin` is its file, `prefix` where the measured project lies in the checkout.

    Raises NotMeasuredError when the form cannot say that what it is made of was not measured, or was dropped.
    """
    if found.pruned and output_format in WHOLE:
        msg = f"the tests and findings of this run have been dropped from the history: {output_format} would show none"
        raise NotMeasuredError(msg)
    return _RENDERERS[output_format](found.record, origin, prefix)


def send(documents: bytes, sender: OtlpSender) -> tuple[int, list[str]]:
    """Send the documents of a run, one on each line; return how many the collector took, and what went wrong.

    The first that it does not take ends it: the others would only wait as long.
    """
    problems: list[str] = []
    for sent, document in enumerate(documents.splitlines()):
        signal = "traces" if document.startswith(_TRACES) else "metrics"
        try:
            refused = sender(signal, document)
        except UnreachableError as error:
            return sent, [*problems, str(error)]
        problems += [f"{signal}: {refused}"] if refused else []
    return len(documents.splitlines()), problems


def for_a_log(data: bytes, output_format: str) -> bytes:
    """Return what standard output gets: a job's log takes commands from lines, wherever they come from.

    JSON has another way to write the same, and XML is written so already; OpenMetrics has none, and shows an escape.
    """
    match output_format:
        case "json" | "sarif" | "otlp":
            return data.replace(b"##[", b"#\\u0023[")
        case "openmetrics":
            return data.replace(b"##[", b"#\\\\x23[").replace(b"\r", b"\\\\r")
        case _:
            return data


def _json(record: RunRecord, _origin: str, _prefix: str) -> bytes:
    """Return the record itself."""
    from ratchetry.state.record import dumps

    return dumps(record)


def _table(record: RunRecord, _origin: str, _prefix: str) -> bytes:
    """Return what `ratchetry run` prints, without colors."""
    from io import StringIO

    from rich.console import Console

    from ratchetry.report.terminal import print_record

    text = StringIO()
    print_record(record, Console(file=text, width=_WIDTH))
    return text.getvalue().encode("utf-8", "backslashreplace")


def _markdown(record: RunRecord, _origin: str, _prefix: str) -> bytes:
    """Return the job summary."""
    from ratchetry.report.markdown import render

    return f"{render(record)}\n".encode("utf-8", "backslashreplace")


def _html(record: RunRecord, _origin: str, _prefix: str) -> bytes:
    """Return the page."""
    from ratchetry.report.html import render

    return render(record).encode("utf-8", "backslashreplace")


def _sarif(record: RunRecord, _origin: str, prefix: str) -> bytes:
    """Return the findings of the stages that were measured."""
    from ratchetry.report.findings_by_stage import findings_by_stage
    from ratchetry.report.sarif import render

    return render(findings_by_stage(record), prefix=prefix)


def _junit(record: RunRecord, _origin: str, _prefix: str) -> bytes:
    """Return the tests."""
    from ratchetry.report.junit import render

    return render(record)


def _cobertura(record: RunRecord, _origin: str, _prefix: str) -> bytes:
    """Return the coverage."""
    from ratchetry.report.cobertura import render

    return render(record)


def _openmetrics(record: RunRecord, _origin: str, _prefix: str) -> bytes:
    """Return the numbers."""
    from ratchetry.report.openmetrics import render

    return render(record)


def _otlp(record: RunRecord, _origin: str, _prefix: str) -> bytes:
    """Return the documents, one on each line (https://opentelemetry.io/docs/specs/otel/protocol/file-exporter/)."""
    from ratchetry.report.otlp.metrics import metrics
    from ratchetry.report.otlp.traces import traces
    from ratchetry.report.otlp.values import encoded

    return b"".join(encoded(document) + b"\n" for document in (*traces(record), metrics(record)))


def _outputs(record: RunRecord, origin: str, _prefix: str) -> bytes:
    """Return the step outputs."""
    from ratchetry.report.outputs import render

    return render(record, origin)


_WIDTH: Final = 120
_RENDERERS: Final[Mapping[str, Callable[[RunRecord, str, str], bytes]]] = {
    "table": _table,
    "json": _json,
    "markdown": _markdown,
    "html": _html,
    "sarif": _sarif,
    "junit": _junit,
    "cobertura": _cobertura,
    "openmetrics": _openmetrics,
    "otlp": _otlp,
    "outputs": _outputs,
}
