"""How a command ended, and what is said when its report cannot be had."""

from __future__ import annotations

import pytest

from ratchetry.domain.command import ToolOutcome
from ratchetry.errors import ReportError


def test_report_file_is_preferred_over_standard_output() -> None:
    """A report file is the report, even an empty one; without one, standard output is."""
    assert ToolOutcome(name="tool", exit_code=1, stdout=b"out", report=b"").require(0, 1) == b""
    assert ToolOutcome(name="tool", exit_code=1, stdout=b"out").require(0, 1) == b"out"


@pytest.mark.parametrize(
    ("outcome", "reason"),
    [
        (ToolOutcome(name="tool", exit_code=0, problem="tool is not installed"), "^tool is not installed$"),
        (
            ToolOutcome(name="tool", exit_code=2, stderr="usage: tool\ntool: error: no such option\n\n"),
            "^tool ended with exit code 2: tool: error: no such option$",
        ),
        (ToolOutcome(name="tool", exit_code=5, stdout=b"no tests ran\n\n"), "exit code 5: no tests ran$"),
        (ToolOutcome(name="tool", exit_code=5), "exit code 5: it printed nothing$"),
        (ToolOutcome(name="tool", exit_code=None), "exit code None: it printed nothing$"),
        (ToolOutcome(name="tool", exit_code=-11), r"was ended by signal 11 \(SIGSEGV\): it printed nothing$"),
        (ToolOutcome(name="tool", exit_code=-9), r"signal 9 \(SIGKILL, as systems do when memory runs out\)"),
        (ToolOutcome(name="tool", exit_code=-999), r"signal 999 \(unknown\)"),
        (
            ToolOutcome(name="tool", exit_code=0, stdout=b"nothing to do", missing_report="/out/report.xml"),
            r"^tool ended with exit code 0 but wrote no report \(/out/report.xml\): nothing to do$",
        ),
        (ToolOutcome(name="tool", exit_code=3, stderr="crash", missing_report="/out/report.xml"), "code 3: crash$"),
    ],
)
def test_most_telling_reason_is_given(outcome: ToolOutcome, reason: str) -> None:
    """A problem comes first, then the exit code with the last line printed, then a report that is missing."""
    with pytest.raises(ReportError, match=reason):
        outcome.require(0, 1)


def test_missing_report_is_never_replaced_by_standard_output() -> None:
    """A tool that was to write a file and printed something instead has given no report."""
    with pytest.raises(ReportError, match="wrote no report"):
        ToolOutcome(name="tool", exit_code=0, stdout=b"[]", missing_report="/out/report.json").require(0)
