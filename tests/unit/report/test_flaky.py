"""Flaky tests as a table, as Markdown, and drawn."""

from __future__ import annotations

from dataclasses import replace

from defusedxml import ElementTree
from hypothesis import given
from hypothesis import strategies as st

from ratchetry.domain.flaky import BrokenTest, Cause, FlakyReport, FlakyTest, Outage, Quarantine
from ratchetry.report.flaky import headline, markdown, sparkline, terminal
from ratchetry.report.flaky_plot import plot

TEST = FlakyTest(
    test="tests/test_mail.py::test_send",
    status="active",
    probability=0.99,
    rate=0.052,
    low=0.03,
    high=0.08,
    results=400,
    failures=20,
    reruns=12,
    flips=8,
    first_failed="2026-10-01T10:00:00Z",
    last_failed="2026-11-19T10:00:00Z",
    lost=3725.0,
    outcomes="PPFPRBBPO",
    cause=Cause(kind="network", probability=0.82, evidence=("20 of 20 failures say 'gaierror'",)),
)
REPORT = FlakyReport(
    runs=300,
    tests=500,
    flaky=(TEST, replace(TEST, test="b", status="suspected", cause=Cause())),
    broken=(BrokenTest(test="c", since="2026-11-20T10:00:00Z", commit="0123456789abcdef", run="9-1", failures=3),),
    outages=(Outage(run="7-1", time="2026-11-02T10:00:00Z", failed=400, decided=500, reason="80% of the tests"),),
    new=("d",),
    quarantined=(Quarantine(test="b", reason="slow", until="2026-12-01"),),
)


def test_a_report_for_a_terminal() -> None:
    """It names the tests, their rates, their causes with the evidence, and what is told apart."""
    text = terminal(REPORT)
    assert text.startswith("1 flaky test, 1 suspected among 500 tests in 300 runs\n")
    row = next(line for line in text.splitlines() if line.startswith("tests/test_mail.py"))
    assert row.split()[1:6] == ["active", "5.2%", "3.0%-8.0%", "20/400", "12"]
    assert "1 h 2 min" in row
    assert "network 82%" in row
    assert row.endswith("··✗·↻▒▒·")
    for part in ("gaierror", "c since 2026-11-20", "run 7-1 of", "b until 2026-12-01: slow", "new, to be vetted:\n  d"):
        assert part in text


def test_a_report_of_nothing() -> None:
    """No run, and no flaky test, are said in words."""
    assert terminal(FlakyReport(runs=0, tests=0)) == "no run with tests: nothing can be said of flaky tests yet"
    assert headline(FlakyReport(runs=3, tests=1)) == "0 flaky tests among 1 test in 3 runs"


def test_long_lists_are_cut() -> None:
    """Of many, the first ten are named, and the others counted."""
    text = terminal(FlakyReport(runs=1, tests=30, new=tuple(f"t{number:02}" for number in range(30))))
    assert "  t09\n  and 20 more" in text


def test_a_sparkline_ends_with_the_newest_result() -> None:
    """It has thirty marks at most."""
    assert sparkline("P" * 50 + "F") == "·" * 29 + "✗"


def test_a_quarantined_test_is_shown_as_such() -> None:
    """Its status is that it is in quarantine, in every form."""
    report = replace(REPORT, flaky=(replace(TEST, quarantine=REPORT.quarantined[0]),))
    assert all("quarantined" in form(report) for form in (terminal, markdown, plot))


HOSTILE = st.text(max_size=40) | st.sampled_from(
    ["]]></text><script>", "a|b`c`@x #1", "\x1b[31m", "::error::x", "##[group]", "\u202e"]
)


@given(HOSTILE, HOSTILE)
def test_hostile_names_steer_nothing(name: str, evidence: str) -> None:
    """Whatever tests are called, the drawing is XML, tables keep their columns, and no line is a command."""
    test = replace(TEST, test=name, cause=Cause(kind="time", probability=0.9, evidence=(evidence,)))
    report = FlakyReport(runs=1, tests=1, flaky=(test,), new=(name,))
    root = ElementTree.fromstring(plot(report))
    assert {element.tag.rpartition("}")[2] for element in root.iter()} <= {"svg", "style", "rect", "text", "title"}
    assert "\x1b" not in terminal(report)
    assert not any(line.lstrip().startswith("::error") for line in terminal(report).splitlines())
    row = next(line for line in markdown(report).splitlines() if "active" in line)
    assert row.count(" | ") == 9
