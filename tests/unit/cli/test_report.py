"""`ratchetry report` as it is called: by any name of a run, in every form, to a file and to a collector."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from defusedxml import ElementTree
from hypothesis import given

from ratchetry.adapters.history_directory import HistoryDirectory
from ratchetry.adapters.history_retention import prune
from ratchetry.cli.app import cli
from ratchetry.cli.report import FORMATS
from ratchetry.domain.record import RunRecord
from ratchetry.errors import NotMeasuredError, RatchetryError, StateError, UsageError
from ratchetry.pipeline.export import for_a_log, rendered
from ratchetry.pipeline.lookup import Found
from ratchetry.state.record import dumps, loads
from tests.adapters.history_runs import run
from tests.unit.report import records
from tests.unit.report.hostile import few, hostile
from tests.unit.report.otlp.official import metrics_of, read_metrics, read_traces, spans_of


def call(*words: str, data: bytes = b"") -> Result:
    """Return how the command ended; raises what it raises."""
    result = CliRunner().invoke(cli, ["report", *words], input=data)
    if isinstance(result.exception, RatchetryError):
        raise result.exception
    assert result.exit_code == 0, (result.output, result.exception)
    return result


@pytest.fixture
def record_file(tmp_path: Path) -> str:
    """Return the file of a record."""
    path = tmp_path / "record.json"
    path.write_bytes(dumps(records.realistic()))
    return str(path)


@pytest.mark.parametrize("output_format", FORMATS)
def test_every_form_is_printed_and_written(record_file: str, tmp_path: Path, output_format: str) -> None:
    """Whatever the form, it goes to standard output, or to a file and nowhere else."""
    printed = call(record_file, "--format", output_format)
    assert printed.stdout.strip()
    assert not printed.stderr
    place = tmp_path / "written"
    written = call(record_file, "--format", output_format, "--output", str(place))
    assert not written.output
    if output_format not in {"table", "otlp"}:
        assert place.read_bytes() == printed.stdout_bytes


def test_the_record_comes_back(record_file: str) -> None:
    """As JSON a run is its record, which standard input takes as well."""
    printed = call(record_file, "--format", "json").stdout_bytes
    assert loads(printed, "printed") == records.realistic()
    assert call("-", "--format", "outputs", data=printed).stdout == "verdict=fail\nscore=0.8127\nrecord-path=\n"


def test_runs_of_a_history(tmp_path: Path) -> None:
    """Without a name it is the newest, and a run is found by its id."""
    history = HistoryDirectory(tmp_path / "history")
    for number in (123, 900):
        history.add(run(number))
    place = ("--path", str(tmp_path), "--history", str(tmp_path / "history"), "--format", "json")
    assert {loads(call(*words, *place).stdout_bytes, "").run.run_id for words in ((), ("latest",))} == {"123"}
    assert loads(call("900", *place).stdout_bytes, "").run.run_id == "900"
    with pytest.raises(UsageError, match="there is no such run"):
        call("77", *place)


def test_a_run_whose_tests_were_dropped(tmp_path: Path) -> None:
    """What is made of tests or findings is refused: it would say that there are none."""
    history = HistoryDirectory(tmp_path / "history")
    history.add(run(1))
    prune(history, "2026-10", "2027-01-01T00:00:00Z")
    place = ("1", "--path", str(tmp_path), "--history", str(tmp_path / "history"))
    for output_format in ("junit", "sarif", "cobertura"):
        with pytest.raises(NotMeasuredError, match="have been dropped"):
            call(*place, "--format", output_format)
    assert "have been dropped" in call(*place, "--format", "openmetrics").stderr


def test_what_is_no_record(tmp_path: Path) -> None:
    """A file that is missing or holds something else is named."""
    with pytest.raises(StateError, match=r"absent\.json: cannot be read"):
        call(str(tmp_path / "absent.json"))
    (tmp_path / "other.json").write_text("[]", encoding="utf-8")
    with pytest.raises(StateError, match=r"other\.json"):
        call(str(tmp_path / "other.json"))
    with pytest.raises(StateError, match="standard input"):
        call("-", data=b"")


def test_an_endpoint_is_for_otlp(record_file: str) -> None:
    """Asking for two things at once is refused."""
    with pytest.raises(UsageError, match="--endpoint sends otlp"):
        call(record_file, "--format", "junit", "--endpoint", "http://127.0.0.1:4318")


def test_a_path_that_would_set_other_outputs() -> None:
    """A path of several lines is left out of the step outputs."""
    found = Found(record=records.realistic(), pruned=False)
    assert b"record-path" not in rendered(found, "outputs", origin="a\nverdict=pass", prefix="")


@few
@given(hostile)
def test_a_log_takes_no_command(record: RunRecord) -> None:
    """What is printed has no line that GitHub's runner would take for a command, and is still what it was."""
    found = Found(record=record, pruned=False)
    for output_format in ("sarif", "junit", "openmetrics", "otlp", "outputs"):
        data = rendered(found, output_format, origin="", prefix="")
        printed = for_a_log(data, output_format)
        assert b"##[" not in printed
        assert not [line for line in printed.splitlines() if line.lstrip().startswith(b"::")]
        if output_format == "sarif":
            assert json.loads(printed) == json.loads(data)
        elif output_format == "junit":
            assert ElementTree.fromstring(printed).tag == "testsuites"


@dataclass(slots=True)
class Collector:
    """A collector on the loopback interface that reads what it is sent with OpenTelemetry's own types."""

    endpoint: str = ""
    status: int = 200
    spans: int = 0
    metrics: set[str] = field(default_factory=set)


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[Collector]:
    """Return a running collector."""
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    told = Collector()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.path == "/v1/traces":
                told.spans += len(spans_of(read_traces(body)))
            elif self.path == "/v1/metrics":
                told.metrics |= set(metrics_of(read_metrics(body)))
            self.send_response(told.status)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_arguments: object) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    told.endpoint = f"http://127.0.0.1:{server.server_port}"
    yield told
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_collector_takes_a_run(record_file: str, collector: Collector) -> None:
    """Its trace and its metrics arrive."""
    sent = call(record_file, "--format", "otlp", "--endpoint", collector.endpoint)
    assert sent.stdout == "sent 2 documents of 2\n"
    assert collector.spans == 1 + 6 + 1204
    assert {"cicd.pipeline.run.duration", "ratchetry.coverage.line"} <= collector.metrics


def test_a_collector_that_refuses_is_a_warning(record_file: str, collector: Collector) -> None:
    """It changes no exit code, and what is left is not sent."""
    collector.status = 401
    sent = call(record_file, "--format", "otlp", "--endpoint", collector.endpoint)
    assert sent.stdout == "sent 0 documents of 2\n"
    assert sent.stderr.startswith("warning: 127.0.0.1:")
    assert "status 401" in sent.stderr
    assert not collector.metrics
