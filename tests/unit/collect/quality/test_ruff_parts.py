"""What ruff's reports say of one family each."""

from __future__ import annotations

import pytest

from ratchetry.collect.quality.ruff_parts import complexity, formatting, lint, seen_files
from ratchetry.errors import ReportError
from tests.unit.collect.quality.reports import RUFFS, SHOP, outcome, outcomes, quality_context, report

SOURCES = ("__init__.py", "broken.py", "cart.py", "prices.py")


def test_real_paths_of_a_linked_repository_are_recognized() -> None:
    """A repository reached through a symbolic link has findings with paths of its own."""
    moved = {
        name: outcome(name, row.stdout.replace(b"/repo/", b"/real/place/"), row.exit_code or 0)
        for name, row in outcomes().items()
    }
    assert seen_files(quality_context(), moved) == {f"src/shop/{name}.py" for name in ("__init__", "cart", "prices")}
    assert {row.path for row in lint(quality_context(), moved).findings} == {"src/shop/cart.py"}
    assert complexity(quality_context(), moved, ()).metrics["complexity.max"].value == 13


def test_a_finding_outside_the_repository_counts_for_the_repository() -> None:
    """A configuration may lint more than the root; nothing of it is lost."""
    entry = b'[{"filename":"/elsewhere/x.py","code":"F401","message":"m","location":{"row":7,"column":1}}]'
    part = lint(quality_context(), {**outcomes(), "ruff-check": outcome("ruff-check", entry)})
    assert part.metrics["lint.findings"].value == 1
    assert (part.findings[0].path, part.findings[0].message) == (".", "x.py: m")


@pytest.mark.parametrize(
    ("ruff", "stderr", "reason"),
    [
        (RUFFS[0], "error: Failed to parse src/shop/broken.py:2:1: unexpected EOF\n", "Failed to parse src/shop"),
        (RUFFS[1], "", "ruff cannot format src/shop/broken.py:2: unexpected EOF while parsing"),
    ],
)
def test_a_file_that_cannot_be_formatted_makes_the_count_unknown(ruff: str, stderr: str, reason: str) -> None:
    """Either version's report leads to a reason that names the file."""
    ended = {**outcomes(ruff), "ruff-format": outcome("ruff-format", report(ruff, "format-syntax.out"), 2, stderr)}
    with pytest.raises(ReportError, match=reason):
        formatting(quality_context(), ended)


def test_an_unreadable_file_makes_the_count_unknown() -> None:
    """A file that is not UTF-8 is named with ruff's reason."""
    data = report(RUFFS[1], "format-unreadable.out")
    with pytest.raises(ReportError, match=r"src/shop/latin\.py: stream did not contain valid UTF-8"):
        formatting(quality_context(), {**outcomes(), "ruff-format": outcome("ruff-format", data, 2)})


def test_a_formatter_that_failed_is_no_measurement_whatever_it_reports() -> None:
    """Exit code 2 with a plausible report is still a failure."""
    data = report(RUFFS[1], "format.out")
    with pytest.raises(ReportError, match="exit code 2"):
        formatting(quality_context(), {**outcomes(), "ruff-format": outcome("ruff-format", data, 2)})


@pytest.mark.parametrize("ruff", RUFFS)
def test_a_source_file_with_a_syntax_error_makes_complexity_unknown(ruff: str) -> None:
    """Its functions would be missing from the mean."""
    texts = {**SHOP, "src/shop/broken.py": "x = (1,\n"}
    ended = {
        "ruff-files": outcome("ruff-files", "".join(f"/repo/src/shop/{name}\n" for name in SOURCES).encode(), 0),
        "ruff-complexity": outcome("ruff-complexity", report(ruff, "complexity-syntax.json")),
    }
    with pytest.raises(ReportError, match=r"src/shop/broken\.py:2"):
        complexity(quality_context(texts), ended, ())


@pytest.mark.parametrize("ruff", RUFFS)
def test_a_file_that_the_project_excludes_does_not_count(ruff: str) -> None:
    """A broken template that ruff is told to leave out does no harm, and its functions do not count."""
    ended = {
        "ruff-files": outcome("ruff-files", b"/repo/src/shop/prices.py\n", 0),
        "ruff-complexity": outcome("ruff-complexity", report(ruff, "complexity-syntax.json")),
    }
    texts = {**SHOP, "src/shop/broken.py": "x = (1,\n"}
    part = complexity(quality_context(texts), ended, ())
    assert {name: metric.value for name, metric in part.metrics.items()} == {
        "complexity.max": 3,
        "complexity.mean": 2,
    }


def test_packages_that_ruff_leaves_out_have_no_complexity() -> None:
    """Only the tests are looked at: that is no complexity of 0."""
    ended = {**outcomes(), "ruff-files": outcome("ruff-files", b"/repo/tests/test_cart.py\n", 0)}
    with pytest.raises(ReportError, match="leaves out every file of the packages"):
        complexity(quality_context(), ended, ())


def test_packages_without_functions_have_no_complexity() -> None:
    """A mean over nothing is not measured."""
    with pytest.raises(ReportError, match="define no function"):
        complexity(quality_context(), {**outcomes(), "ruff-complexity": outcome("ruff-complexity", b"[]", 0)}, ())


def test_one_function_has_no_spread_to_speak_of() -> None:
    """The mean of a single function is that function."""
    entry = (
        b'[{"filename":"/repo/src/shop/cart.py","code":"C901","message":"`f` is too complex (4 > 0)",'
        b'"location":{"row":1,"column":1}}]'
    )
    part = complexity(quality_context(), {**outcomes(), "ruff-complexity": outcome("ruff-complexity", entry)}, ())
    assert (part.metrics["complexity.mean"].value, part.metrics["complexity.mean"].spread) == (4, 0)
