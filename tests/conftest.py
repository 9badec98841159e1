"""What all tests share: property tests draw the same examples in every run, and time limits are not theirs to set."""

from __future__ import annotations

import os
import signal
from collections.abc import Generator

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "steady", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)  # the machine may be slow, the examples must not change
settings.register_profile("thorough", settings.get_profile("steady"), derandomize=False, max_examples=2000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # a shell starts background jobs deaf to interrupts, and what the tests start would inherit that
    signal.signal(signal.SIGINT, signal.default_int_handler)

if "PYTEST_XDIST_WORKER" in os.environ:
    # a worker's own lines are being measured by now; the programs that its tests start are to run as they are
    os.environ.pop("COVERAGE_PROCESS_CONFIG", None)


def pytest_make_parametrize_id(val: object) -> str | None:
    """Return a short name for a long parameter, so that reports stay readable."""
    if isinstance(val, str | bytes) and len(val) > 60:
        return f"{val[:20]!r}...{len(val)}"
    if isinstance(val, int) and val.bit_length() > 64:
        return f"{val.bit_length()} bits"
    return None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Return the report of a test; in CI, an end-to-end test that was skipped has failed."""
    report = yield
    was_run = not report.skipped or hasattr(report, "wasxfail")
    if not was_run and os.environ.get("CI") == "true" and item.get_closest_marker("e2e"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} must run in CI, and was skipped: {report.longrepr}"
    return report
