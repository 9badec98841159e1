"""From outcomes to the stage's fragment."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from ratchetry.collect.quality import STAGE
from ratchetry.collect.quality.interpret import MAX_FINDINGS, worst
from ratchetry.domain.command import ToolOutcome
from ratchetry.domain.record import Finding
from tests.unit.collect.quality.reports import MYPYS, RUFFS, SHOP, outcome, outcomes, quality_context


@pytest.mark.parametrize("ruff", RUFFS)
@pytest.mark.parametrize("mypy", MYPYS)
def test_real_reports_give_every_metric(ruff: str, mypy: str) -> None:
    """Every version of the tools gives the same figures for the same package."""
    fragment = STAGE.interpret(quality_context(), outcomes(ruff, mypy))
    assert {name: metric.value for name, metric in fragment.metrics.items()} == {
        "lint.findings": 4,
        "types.errors": 6,
        "format.files": 1,
        "complexity.max": 13,
        "complexity.mean": pytest.approx(22 / 6),
        "size.source_lines": 4,
        "size.longest_file": 2,
        "size.longest_function": 0,
        "lint.suppressions": 0,
    }
    result = fragment.stages["quality"]
    assert (result.status, result.tools) == ("passed", {"ruff": "0.17.5", "mypy": "2.4.0"})
    assert fragment.metrics["complexity.mean"].n == 6
    assert fragment.metrics["complexity.mean"].spread == pytest.approx(4.5)


def test_findings_tell_tool_rule_severity_and_place() -> None:
    """Errors are medium, style is low, and every finding has a path of the repository and its own fingerprint."""
    findings = STAGE.interpret(quality_context(), outcomes()).findings
    assert Counter((row.tool, row.rule, row.severity) for row in findings)["ruff", "F401", "medium"] == 2
    assert {(row.tool, row.rule, row.severity) for row in findings} >= {
        ("ruff", "E701", "low"),
        ("ruff", "C901", "low"),
        ("ruff", "unformatted", "low"),
        ("mypy", "assignment", "medium"),
    }
    assert {row.path for row in findings} == {"src/shop/cart.py", "src/shop/prices.py"}
    assert len({row.fingerprint for row in findings}) == len(findings) == 11


def test_a_complex_function_is_pointed_out_once() -> None:
    """Ruff's own C901 finding is not repeated; without it, the function is shown for information."""
    silent = {**outcomes(), "ruff-check": outcome("ruff-check", b"[]", 0)}
    (shown,) = (row for row in STAGE.interpret(quality_context(), silent).findings if row.rule == "C901")
    assert (shown.severity, shown.path, shown.line) == ("info", "src/shop/cart.py", 15)
    assert shown.message == "`label` has 13 independent paths through it"
    rules = [row.rule for row in STAGE.interpret(quality_context(), outcomes()).findings]
    assert rules.count("C901") == 1


def test_a_clean_project_has_zeros() -> None:
    """No findings in files that were looked at is a measured 0."""
    clean = {
        **outcomes(),
        "ruff-check": outcome("ruff-check", b"[]", 0),
        "ruff-format": outcome("ruff-format", b"[]", 0),
        "mypy": outcome("mypy", b"", 0),
    }
    fragment = STAGE.interpret(quality_context(), clean)
    assert fragment.stages["quality"].status == "passed"
    assert fragment.metrics["lint.findings"].value == fragment.metrics["types.errors"].value == 0


def test_nothing_looked_at_is_not_nothing_found() -> None:
    """When ruff's configuration leaves out every file, its empty report is no measurement."""
    blind = {
        **outcomes(),
        "ruff-files": outcome("ruff-files", b"/repo/pyproject.toml\n", 0),
        "ruff-check": outcome("ruff-check", b"[]", 0),
    }
    fragment = STAGE.interpret(quality_context(), blind)
    unmeasured = fragment.stages["quality"].unmeasured
    assert set(unmeasured) == {"lint.findings", "format.files", "complexity"}
    assert "leaves all of them out" in unmeasured["lint.findings"]
    assert "lint.findings" not in fragment.metrics
    assert "types.errors" in fragment.metrics


@pytest.mark.parametrize(
    ("name", "families"),
    [
        ("ruff-files", {"lint.findings", "format.files", "complexity"}),
        ("ruff-check", {"lint.findings"}),
        ("ruff-format", {"format.files"}),
        ("ruff-complexity", {"complexity"}),
        ("mypy", {"types.errors"}),
    ],
)
@pytest.mark.parametrize(
    "broken",
    [
        ToolOutcome(name="x", exit_code=None, problem="killed after 5 s"),
        ToolOutcome(name="x", exit_code=2, stderr="ruff failed\n  Cause: unknown field\n"),
        ToolOutcome(name="x", exit_code=-9),
        ToolOutcome(name="x", exit_code=1, stdout=b"\xff"),
        None,
    ],
    ids=["killed", "refused", "signal", "garbage", "never run"],
)
def test_a_broken_tool_leaves_only_its_family_unmeasured(
    name: str, families: set[str], broken: ToolOutcome | None
) -> None:
    """What the other tools measured is kept, and what this one did not is no zero."""
    ended = {**outcomes(), name: broken}
    fragment = STAGE.interpret(quality_context(), {key: value for key, value in ended.items() if value is not None})
    result = fragment.stages["quality"]
    assert result.status == "not_measured"
    assert set(result.unmeasured) == families
    assert all(result.unmeasured.values())
    assert not any(metric.startswith(tuple(families)) for metric in fragment.metrics)
    assert "size.source_lines" in fragment.metrics


def test_nothing_found_but_something_unmeasured_is_no_pass() -> None:
    """Clean reports do not make up for a tool that crashed."""
    ended = {
        **outcomes(),
        "ruff-check": outcome("ruff-check", b"[]", 0),
        "mypy": ToolOutcome(name="mypy", exit_code=2, stderr="a.py:1: error: INTERNAL ERROR\n"),
    }
    result = STAGE.interpret(quality_context(), ended).stages["quality"]
    assert (result.status, "INTERNAL ERROR" in result.reason) == ("not_measured", True)


def test_tools_that_never_started_have_no_version() -> None:
    """The record names the tools that ran."""
    ended = {**outcomes(), "mypy": ToolOutcome(name="mypy", exit_code=None, problem="not installed")}
    assert STAGE.interpret(quality_context(), ended).stages["quality"].tools == {"ruff": "0.17.5"}


def test_a_source_file_that_cannot_be_read_leaves_size_unmeasured() -> None:
    """The count would lack that file: the reason names it."""
    context = quality_context()
    files = (*context.project.files, "src/shop/gone.py")
    fragment = STAGE.interpret(replace(context, project=replace(context.project, files=files)), outcomes())
    assert fragment.stages["quality"].unmeasured == {"size": "src/shop/gone.py: no such file"}


def test_without_packages_size_complexity_and_types_say_so() -> None:
    """Scripts are linted; what is counted over packages tells that there are none."""
    context = quality_context({"run.py": "x = 1\n"})
    ended = {
        "ruff-files": outcome("ruff-files", b"/repo/run.py\n", 0),
        "ruff-check": outcome("ruff-check", b"[]", 0),
        "ruff-format": outcome("ruff-format", b"1 file already formatted\n", 0),
    }
    fragment = STAGE.interpret(context, ended)
    unmeasured = fragment.stages["quality"].unmeasured
    assert set(unmeasured) == {"size", "complexity", "types.errors"}
    assert all("no package was found" in reason for reason in unmeasured.values())
    assert set(fragment.metrics) == {"lint.findings", "format.files"}


def test_a_source_file_with_a_line_break_in_its_name_leaves_complexity_unmeasured() -> None:
    """It could not be listed for ruff, so its functions are missing."""
    fragment = STAGE.interpret(quality_context({**SHOP, "src/shop/a\nb.py": ""}), outcomes())
    assert "line break" in fragment.stages["quality"].unmeasured["complexity"]


def test_too_many_findings_keep_the_worst_and_the_count() -> None:
    """The record holds the worst 5,000; the metric counts all."""
    kinds = ("info", "low", "medium")
    rows = [
        Finding(tool="ruff", rule="X", severity=kinds[number % 3], path="a.py", line=number)  # type: ignore[arg-type]
        for number in range(3 * MAX_FINDINGS)
    ]
    assert {row.severity for row in worst(rows)} == {"medium"}
    assert len(worst(rows[: 2 * MAX_FINDINGS])) == MAX_FINDINGS
    entry = b'{"filename":"/repo/src/shop/cart.py","code":"E1","message":"m","location":{"row":1,"column":1}}'
    many = {**outcomes(), "ruff-check": outcome("ruff-check", b"[" + b",".join([entry] * 6000) + b"]")}
    fragment = STAGE.interpret(quality_context(), many)
    assert fragment.metrics["lint.findings"].value == 6000
    assert len(fragment.findings) == MAX_FINDINGS
