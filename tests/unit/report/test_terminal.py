"""Tests of ratchetry.report.terminal."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import pytest
from hypothesis import given
from rich.cells import cell_len
from rich.console import Console

from ratchetry.domain.record import Gate, Metric, RunRecord, StageResult, TestResult
from ratchetry.report import sentence
from ratchetry.report.terminal import print_record
from tests.unit.report import records, snapshots
from tests.unit.report.hostile import few, hostile

PLACES = {"record": ".ratchetry/record.json", "report": ".ratchetry/report.html"}


def printed(record: RunRecord, *, terminal: bool = False, encoding: str = "utf-8") -> str:
    """Return what is printed for a record on 80 columns."""
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding, newline="")
    console = Console(
        file=stream,
        width=80,
        force_terminal=terminal,
        color_system="truecolor" if terminal else None,
        legacy_windows=False,
    )
    print_record(record, console, PLACES)
    stream.flush()
    stream.seek(0)
    return stream.read()


@pytest.mark.parametrize("name", ["realistic", "passing", "warning", "empty"])
def test_the_result_reads_like_the_kept_one(name: str) -> None:
    """The result of a run is what was kept as test data."""
    snapshots.check(f"{name}.txt", printed(getattr(records, name)()))


def test_the_verdict_and_its_sentence_come_first() -> None:
    """The first words are the verdict, and why."""
    text = " ".join(printed(records.realistic()).split())
    assert text.startswith(f"FAIL {sentence(records.realistic())}")


def test_a_pipe_gets_no_escape_sequences_and_a_terminal_does() -> None:
    """Color goes to terminals only, and the words are the same."""
    plain, colored = printed(records.realistic()), printed(records.realistic(), terminal=True)
    assert "\x1b" not in plain
    assert "\x1b" in colored
    stripped = re.sub(r"\x1b\[[0-9;]*m", "", colored)
    assert [line.rstrip() for line in stripped.splitlines()] == plain.splitlines()


def test_a_stream_that_cannot_say_everything_gets_escapes() -> None:
    """A name that the stream's encoding lacks is written as escapes instead of ending the run."""
    assert r"test_total[\u65e5\u672c]" in printed(records.realistic(), encoding="ascii")


def test_a_flood_is_cut_and_counted() -> None:
    """Of too many gates, metrics, tests and findings the first are shown, and how many more there are."""
    record = records.empty()
    metric = Metric(value=1.0, unit="count", better="lower", stage="x")
    text = printed(
        replace(
            record,
            metrics={f"x.{number}": metric for number in range(30)},
            gates=tuple(Gate(metric=f"y{number}.z", kind="measured", verdict="pass") for number in range(60)),
            tests=tuple(
                TestResult(id=f"t{number}", outcome="failed", signature=f"s{min(12, number)}") for number in range(20)
            ),
            stages={"test": StageResult(status="failed", unmeasured={f"f{number}": "why" for number in range(70)})},
        )
    )
    assert "… and 10 more" in text  # gates
    assert "18 more" in text  # metrics
    assert "… and 3 more ways" in text  # ways of failing
    assert "… and 3 more\n" in text  # tests that fail in one way
    assert "… and 20 more" in text  # what was not measured


def test_reasons_of_gates_stand_below_them() -> None:
    """Why a gate fails or warns is told below the gates, unless a stage tells it."""
    gate = Gate(
        metric="score.total", kind="minimum", bound=0.8, value=0.9, margin=0.1, verdict="warn", reason="too few"
    )
    assert "\nscore.total  too few\n" in printed(replace(records.empty(), gates=(gate,), verdict="warn"))


@few
@given(hostile)
def test_no_name_steers_the_terminal_or_the_runner(record: RunRecord) -> None:
    """Whatever names a record holds, lines are printable, at most 80 columns wide and no command to the runner."""
    lines = printed(record).split("\n")
    command = re.compile(r"##\[|^\s*::(error|warning|set-output|add-mask|stop-commands)( |::)", re.IGNORECASE)
    assert all(line.isprintable() for line in lines)
    assert all(cell_len(line) <= 80 for line in lines)
    assert not any(command.search(line) for line in lines)
