"""A comparison by benchmarks as a table, as Markdown, as JSON, and drawn."""

from __future__ import annotations

import json
from dataclasses import replace

from defusedxml import ElementTree
from hypothesis import given
from hypothesis import strategies as st

from ratchetry.domain.bench import BenchReport, NotCompared, PairedTimes, Side
from ratchetry.domain.comparison import Comparison
from ratchetry.domain.record import Runner
from ratchetry.report.bench import document, headline, markdown, shown_change, terminal
from ratchetry.report.bench_plot import MOST, plot
from tests.unit.report.hostile import steady, texts

SLOWER = Comparison(
    name="test_a.py::test_slow",
    unit="seconds",
    verdict="regressed",
    base=0.001,
    head=0.0011,
    difference=0.1,
    interval=(0.08, 0.12),
    relative=True,
    margin=0.03,
    p_value=2e-6,
    q_value=4e-6,
    n_base=20,
    n_head=20,
)
SAME = replace(
    SLOWER, name="test_a.py::test_same", verdict="unchanged", head=0.001, difference=-0.0001, interval=(-0.01, 0.01)
)
REPORT = BenchReport(
    base=Side(ref="main", commit="b" * 40),
    head=Side(ref=".", commit="a" * 40, uncommitted=True),
    machine=Runner(os="Linux", cpu_model="CPU", cores=2, python="3.11.2"),
    seed=7,
    pairs=20,
    pairs_wanted=20,
    estimator="minimum",
    seconds=31.0,
    comparisons=(SAME, SLOWER),
    only_head=("test_a.py::test_new",),
    not_compared=(NotCompared(name="test_a.py::test_bad", reason="head: assert 0"),),
    notes=("a note",),
    times=(PairedTimes(name=SLOWER.name, pairs=(0, 1), base=(0.001, 0.001), head=(0.0011, 0.0012)),),
    load=(1.5, 1.25),
)


def test_a_report_for_a_terminal() -> None:
    """Regressions come first, each with its change and interval; what was not measured is told below."""
    lines = terminal(REPORT).splitlines()
    here = "the files here (aaaaaaaaaaaa and uncommitted changes)"
    assert lines[0] == f"{here} against main (bbbbbbbbbbbb): 1 regressed, 1 unchanged"
    assert lines[4].split()[:2] == ["test_a.py::test_slow", "regressed"]
    assert "+10.0 %" in lines[4]
    assert "+8.0 % to +12.0 %" in lines[4]
    assert "not measured: test_a.py::test_bad: head: assert 0" in lines
    assert "only the head has test_a.py::test_new" in lines
    assert lines[-1] == "a note"


def test_a_comparison_that_measured_nothing() -> None:
    """It says so, and why, in every format."""
    nothing = replace(REPORT, comparisons=(), times=(), not_compared=(NotCompared(name="", reason="no pytest"),))
    assert headline(nothing).endswith(": not measured")
    assert "not measured: no pytest" in terminal(nothing)
    assert "- not measured: no pytest" in markdown(nothing)
    assert ElementTree.fromstring(plot(nothing)).tag.endswith("svg")


def test_a_change_that_rounds_to_nothing_has_no_minus() -> None:
    """No change is no change in either direction."""
    assert (shown_change(-0.0001), shown_change(0.1), shown_change(-0.03)) == ("+0.0 %", "+10.0 %", "-3.0 %")


def test_the_document_holds_every_pair() -> None:
    """As JSON, a report has its sides, its comparisons and the times that they rest on."""
    read = json.loads(document(REPORT))
    assert read["head"] == {"ref": ".", "commit": "a" * 40, "uncommitted": True, "environment": ""}
    assert [row["verdict"] for row in read["comparisons"]] == ["unchanged", "regressed"]
    assert read["times"][0]["head"] == [0.0011, 0.0012]
    assert (read["seed"], read["load"]) == (7, [1.5, 1.25])


def test_the_drawing_shows_pairs_and_intervals() -> None:
    """A row for each benchmark, a dot for each pair, and the same colors for a verdict on either ground."""
    drawn = plot(REPORT)
    root = ElementTree.fromstring(drawn)
    kinds = [element.get("class", "") for element in root.iter()]
    assert kinds.count("d") == 2
    assert kinds.count("i regressed") == kinds.count("i unchanged") == 1
    assert "prefers-color-scheme:dark" in drawn
    many = replace(REPORT, comparisons=tuple(replace(SAME, name=f"t{number}") for number in range(MOST + 5)))
    assert "5 more are not drawn" in plot(many)


@steady
@given(texts, st.floats(1e-9, 1e9), st.floats(-0.99, 1e6))
def test_hostile_names_do_no_harm(text: str, time: float, change: float) -> None:
    """Whatever benchmarks are called and measured, tables keep their rows and drawings are well-formed."""
    row = replace(SLOWER, name=text, base=time, head=time, difference=change, interval=(change, change))
    times = PairedTimes(name=text, pairs=(0, 1, 2), base=(time, 0.0, time), head=(time * 2, time, 0.0))
    report = replace(REPORT, comparisons=(row,), times=(times,), notes=(text,), only_base=(text,))
    assert ElementTree.fromstring(plot(report)).tag.endswith("svg")
    assert "\x1b" not in terminal(report)
    assert json.loads(document(report))["seed"] == 7
    assert len([line for line in markdown(report).splitlines() if line.startswith("| ")]) == 3
