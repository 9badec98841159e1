"""Tests of ratchetry.report.annotations."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratchetry.domain.record import Failure, Finding, RunRecord, Severity, TestResult
from ratchetry.report.annotations import LONGEST_MESSAGE, Annotation, command, render
from tests.unit.report import records, reviews, snapshots
from tests.unit.report.hostile import few, hostile, steady, texts

COMMAND = re.compile(
    r"::(error|warning|notice) ((?:file|line|endLine|title)=[^:,\r\n]*"
    r"(?:,(?:file|line|endLine|title)=[^:,\r\n]*)*)?::([^\r\n]+)"
)


def parsed(line: str) -> tuple[str, dict[str, str], str]:
    """Return what GitHub's runner reads in a command: its name, properties and message, as the runner decodes them."""
    found = COMMAND.fullmatch(line)
    assert found, line
    properties = dict(part.split("=", 1) for part in (found[2] or "").split(",") if part)
    decoded = {name: decode(value).replace("%3A", ":").replace("%2C", ",") for name, value in properties.items()}
    return found[1], decoded, decode(found[3])


def decode(text: str) -> str:
    """Return an escaped text as it was."""
    return text.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")


def with_findings(*findings: Finding) -> RunRecord:
    """Return a record that passes and holds these findings."""
    return replace(records.passing(), findings=findings)


@pytest.mark.parametrize("name", ["realistic", "warning", "empty"])
def test_the_annotations_read_like_the_kept_ones(name: str) -> None:
    """The annotations of a run are what was kept as test data."""
    snapshots.check(f"{name}-annotations.txt", "".join(f"{line}\n" for line in render(getattr(records, name)())))


def test_the_verdict_and_failing_tests_come_first() -> None:
    """The first errors are the verdict with its gates, then the failing tests, then the other findings."""
    lines = [parsed(line) for line in render(records.realistic())]
    titles = [properties["title"] for kind, properties, _ in lines if kind == "error"]
    assert titles[0] == "ratchetry: FAIL"
    assert [title.split(":")[0] for title in titles[1:]] == ["pytest"] * 5 + ["bandit"]
    assert "coverage.line 87.999% ≥ 88%" in lines[0][2]


def test_a_run_that_passes_without_findings_says_nothing() -> None:
    """There is no annotation when there is nothing to remark."""
    assert render(with_findings()) == ()


@pytest.mark.parametrize(
    ("severity", "kind"),
    [("critical", "error"), ("high", "error"), ("medium", "warning"), ("unknown", "warning"), ("low", "warning")],
)
def test_severity_decides_the_kind(severity: Severity, kind: str) -> None:
    """Critical and high findings are errors, the others warnings."""
    (line,) = render(with_findings(Finding(tool="t", rule="r", severity=severity, path="a.py", line=3, message="m")))
    assert line == f"::{kind} file=a.py,line=3,title=t%3A r::m"


def test_information_is_not_annotated() -> None:
    """Findings for information, and dependencies nobody could audit, stay in the reports."""
    info = Finding(tool="t", rule="r", severity="info", path="a.py", message="m")
    unaudited = Finding(tool="pip-audit", rule="unaudited", severity="unknown", path="p", message="x: not audited")
    assert render(with_findings(info, unaudited)) == ()


def test_at_most_ten_of_a_kind_the_worst_ones() -> None:
    """Ten errors and ten warnings are shown, and medium findings before low ones."""
    rows = [
        Finding(tool="t", rule="r", severity=severity, path=f"{number:02}.py", message="m")
        for severity in ("low", "medium", "high")
        for number in range(8)
    ]
    kinds = [parsed(line) for line in render(with_findings(*rows, *(replace(row, path="z") for row in rows)))]
    assert [kind for kind, *_ in kinds] == ["error"] * 10 + ["warning"] * 10


def test_failing_tests_without_a_place_are_named() -> None:
    """A failing test that pytest gave no place for is annotated by its name and evidence."""
    record = replace(
        with_findings(),
        tests=tuple(TestResult(id=f"t::{name}", outcome="failed", signature="s") for name in "ab"),
        failures=(Failure(signature="s", category="c", evidence="x.py:3\nboom"),),
    )
    assert render(record) == ("::error title=t%3A%3Aa::x.py:3%0Aboom%0A1 other test fails alike.",)


def test_paths_are_relative_to_the_checkout() -> None:
    """When the measured repository lies inside the checkout, GitHub gets the path from the checkout."""
    record = with_findings(Finding(tool="t", rule="r", severity="low", path="a.py", line=1, message="m"))
    assert render(record, prefix="packages/core/") == ("::warning file=packages/core/a.py,line=1,title=t%3A r::m",)


def test_a_finding_without_a_path_has_no_line() -> None:
    """A line without a file would put the remark anywhere."""
    assert command(Annotation(kind="error", title="t", message="m", line=3)) == "::error title=t::m"


@steady
@given(texts, texts, texts)
def test_no_text_smuggles_a_second_command(title: str, message: str, path: str) -> None:
    """Whatever the texts, a command is one line, with our properties only, and no longer than the runner accepts."""
    line = command(Annotation(kind="error", title=title or "t", message=message, file=path, line=3))
    kind, properties, said = parsed(line)
    assert line.replace("\n", "").isprintable()
    assert kind == "error"
    assert set(properties) <= {"file", "line", "title"}
    assert len(said) <= LONGEST_MESSAGE
    assert len(COMMAND.fullmatch(line)[3]) <= LONGEST_MESSAGE  # type: ignore[index]  # parsed() has matched it


@steady
@given(st.text("%\n x:,", max_size=9000))
def test_long_messages_are_cut(message: str) -> None:
    """A message of any length fits, its escapes included, and is cut no shorter than it must be."""
    line = command(Annotation(kind="warning", title="t", message=message))
    escaped = line.split("::", 2)[2]
    assert len(escaped) <= LONGEST_MESSAGE
    assert len(escaped) > LONGEST_MESSAGE - 6 or "…" not in escaped


@few
@given(hostile)
def test_any_record_gives_valid_commands(record: RunRecord) -> None:
    """Whatever a record holds, there are at most ten well-formed commands of each kind, errors first."""
    kinds = [parsed(line)[0] for line in render(record)]
    assert kinds == sorted(kinds)
    assert kinds.count("error") <= 10
    assert kinds.count("warning") <= 10


def test_changed_lines_that_no_test_executes_are_noticed() -> None:
    """Each stretch of uncovered changed lines is a notice at all of its lines, at most ten of them."""
    (line,) = render(with_findings(reviews.UNCOVERED[0]), prefix="packages/core")
    kind, properties, message = parsed(line)
    assert (kind, properties["file"]) == ("notice", "packages/core/src/parcel/route.py")
    assert (properties["line"], properties["endLine"]) == ("140", "148")
    assert "lines 140-148" in message
    assert len(render(with_findings(*reviews.UNCOVERED * 20))) == 10
