"""What mypy's report says."""

from __future__ import annotations

import pytest

from ratchetry.collect.quality.mypy_part import types
from ratchetry.errors import ReportError
from tests.unit.collect.quality.reports import MYPYS, mypy_report, outcome, quality_context


@pytest.mark.parametrize("mypy", MYPYS)
def test_a_blocking_error_is_no_measurement(mypy: str) -> None:
    """A syntax error stops mypy: the errors of all other files are unknown, and the reason names the place."""
    with pytest.raises(ReportError, match=r"mypy stopped at src/shop/broken\.py:\d: .*(closed|EOF)"):
        types(quality_context(), {"mypy": outcome("mypy", mypy_report(mypy, "blocked"), 2)})


@pytest.mark.parametrize(
    ("stderr", "reason"),
    [
        ("usage: mypy [-h]\nmypy: error: unrecognized arguments: --x\n", "unrecognized arguments"),
        ("a.py:1: error: INTERNAL ERROR -- Please try\nversion: 2.4.0\nnote: use --pdb\n", "INTERNAL ERROR"),
        ("There are no .py[i] files in directory 'e'\n", "no .py"),
        ("", "it printed nothing"),
        (
            '{"file": "pyproject.toml", "line": 1, "message": "Error importing plugin", "severity": "error"}\n',
            "mypy stopped at pyproject.toml:1: Error importing plugin",
        ),
    ],
)
def test_a_crash_is_no_measurement(stderr: str, reason: str) -> None:
    """What mypy says on standard error is the reason."""
    with pytest.raises(ReportError, match=reason):
        types(quality_context(), {"mypy": outcome("mypy", b"", 2, stderr)})


def test_an_absolute_path_becomes_one_of_the_repository() -> None:
    """A configuration may ask for absolute paths; an error in a library counts for the repository."""
    lines = (
        b"/repo/src/shop/cart.py:3:1: error: Bad  [misc]\n"
        b"/env/lib/python3.11/site-packages/lib/a.py:4: error: Worse  [misc]\n"
        b"../other/b.py:5: error: Elsewhere  [misc]\n"
    )
    part = types(quality_context(), {"mypy": outcome("mypy", lines)})
    assert [(row.path, row.line, row.message) for row in part.findings] == [
        ("src/shop/cart.py", 3, "Bad"),
        (".", 4, "lib/a.py: Worse"),
        (".", 5, "b.py: Elsewhere"),
    ]
    assert part.metrics["types.errors"].value == 3
