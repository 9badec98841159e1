"""How a run of the suite ended: whether its results stand, and if not, why and in which test."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from ratchetry.collect.test.junit_report import TestCase
from ratchetry.domain.command import ToolOutcome
from ratchetry.errors import ReportError

_TAIL: Final = 64_000
_MAX_SAID: Final = 1000
_MAX_LINE: Final = 2000
_TEST: Final = re.compile(r"[^\s:]+::\S")
_RESULT: Final = re.compile(r" (?:PASSED|FAILED|ERROR|SKIPPED|XFAIL|XPASS|RERUN)\b")
_FAULT: Final = re.compile(r"Fatal Python error: (?P<what>.+)")
_COMPLAINT: Final = re.compile(r"E  |ERROR\b|INTERNALERROR>|[^:]*: error: |\S*[Ee]rror(?:: | while )|Exit: ")
_CHATTER: Final = re.compile(r"generated xml file|CoverageWarning|^ *self\._warn\(")
_USUAL: Final = (0, 1)
_NOTHING_COLLECTED: Final = 5
_MIDWAY: Final = (2, 3)
_EXPLAINED: Final[Mapping[int, str]] = {
    2: "pytest was interrupted before every test had run",
    3: "pytest broke (exit code 3)",
    4: "pytest refused its command line or configuration (exit code 4)",
}


def why_unfinished(outcome: ToolOutcome) -> str:
    """Return why a run of pytest measured nothing, or only a part; empty when it ran to its end.

    Exit codes: https://docs.pytest.org/en/stable/reference/exit-codes.html
    """
    code = outcome.exit_code
    if outcome.timed_out:
        where = _in_test(outcome)
        killed = outcome.problem or "pytest was killed at its timeout"
        return f"{killed.partition('; last output')[0]}{where}" if where else killed
    if code is None or (outcome.problem and code in _USUAL):
        return outcome.problem or "pytest was not run"
    if code == _NOTHING_COLLECTED:
        return "no test was run: pytest found none; name the tests with `tests` or `pytest-args`"
    if outcome.report is None and code not in _EXPLAINED:
        return _crash(outcome)
    if code in _USUAL:
        return ""
    what = _EXPLAINED.get(code, f"pytest ended with exit code {code}")
    return f"{what}{_in_test(outcome) if code in _MIDWAY else ''}: {_said(outcome)}"


def why_inconsistent(outcome: ToolOutcome, tests: Sequence[TestCase]) -> str:
    """Return why the results of a run that ended as usual cannot be trusted, or nothing if they can."""
    if not tests:
        return f"no test was run: pytest's report is empty; it said: {_said(outcome)}"
    if outcome.exit_code == 1 and not any(test.outcome in {"failed", "error"} for test in tests):
        return f"pytest ended with exit code 1 although its report has no failing test; it said: {_said(outcome)}"
    return ""


def _crash(outcome: ToolOutcome) -> str:
    """Return how the process ended before pytest could write its report, and in which test."""
    fault = _FAULT.search(outcome.stderr)
    if fault is not None:
        return f"the test process crashed ({fault['what'].strip()[:200]}){_in_test(outcome)}"
    try:
        outcome.require()
    except ReportError as error:
        how, _, said = str(error).partition(": ")
        return f"{how} and wrote no report{_in_test(outcome) or f': {said}'}"
    return "pytest wrote no report"  # pragma: no cover - no exit code is accepted above


def _in_test(outcome: ToolOutcome) -> str:
    """Return which test was running when the output ended, as far as pytest's own lines tell."""
    for line in reversed(_printed(outcome)):
        if _TEST.match(line):
            result = _RESULT.search(line)
            name = line[: result.start()] if result else line
            return f", {'after' if result else 'in'} {name.strip()[:500]}"
    return ""


def _said(outcome: ToolOutcome) -> str:
    """Return the last words of a run: pytest's complaints if there are any, otherwise its last lines."""
    printed = [*_printed(outcome), *(line[:_MAX_LINE] for line in outcome.stderr[-_TAIL:].splitlines())]
    lines = [line.strip(" =_-!\t") for line in printed if not _CHATTER.search(line)]
    complaints = (
        [line.strip("! ") for line in printed if line.startswith("!!!")],
        [line for line in lines if _COMPLAINT.match(line)],
        [line for line in lines if line],
    )
    return " / ".join(next(filter(None, complaints), ["it printed nothing"])[-4:])[:_MAX_SAID]


def _printed(outcome: ToolOutcome) -> list[str]:
    """Return the last lines of standard output, each of a sane length."""
    return [line[:_MAX_LINE] for line in outcome.stdout[-_TAIL:].decode("utf-8", "replace").splitlines()]
