"""The dashboard in a real browser: every page, with every filter, by mouse and by keys, with names that mean harm."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final
from urllib.parse import quote

import pytest

from tests.dashboard.browser import look, missing
from tests.dashboard.decisions import FINDINGS
from tests.dashboard.example import HOSTILE_BRANCH, HOSTILE_TEST, LONG_TEST, Example, write_site

pytestmark = [pytest.mark.e2e, pytest.mark.skipif(bool(missing()), reason=missing() or "a browser can be driven")]

CHECKS: Final = (
    "branches",
    "dark",
    "downloads",
    "filters",
    "hostileNames",
    "keyboard",
    "light",
    "missing",
    "pages",
    "served",
    "tables",
    "theme",
)
FLAKY: Final = "tests/forge/test_api.py::test_refuses_damaged_input[small]"
LOOKUP: Final = "benchmark.tests/bench/test_store.py::test_lookup"
ROUTES: Final = (
    ("#/", "Fail"),
    ("#/metrics", "Metrics"),
    ("#/metric/coverage.line", "coverage.line"),
    ("#/metric/coverage.line?branch=topic-3", "coverage.line"),
    ("#/tests", "Tests"),
    (f"#/test/{quote(FLAKY, safe='')}", FLAKY),
    ("#/flaky", "Flaky tests"),
    ("#/benchmarks", "Benchmarks"),
    (f"#/benchmark/{quote(LOOKUP, safe='')}", LOOKUP),
    ("#/modules", "Modules"),
    ("#/module/anvil.store", "anvil.store"),
    ("#/thresholds", "Thresholds"),
    ("#/threshold/coverage.line", "coverage.line"),
    ("#/bandit", "Bandit"),
    ("#/arm/fix-flaky-tests", "fix-flaky-tests"),
    ("#/experiments", "Experiments"),
    ("#/experiment/review-prompt-length", "review-prompt-length"),
    ("#/issues", "Issues"),
    (f"#/issue/{FINDINGS}", "34 lint findings"),
    ("#/runs", "Runs"),
    ("#/events", "Notes"),
    ("#/metric/no.such.metric", "No such metric"),
)
HOSTILE_ROUTES: Final = (
    "#/",
    "#/tests",
    f"#/test/{quote(HOSTILE_TEST, safe='')}",
    "#/flaky",
    "#/events",
    "#/runs",
    f"#/?branch={quote(HOSTILE_BRANCH, safe='')}",
    f"#/metric/{quote('<img src=x onerror=alert(1)>', safe='')}",
)


class _Quiet(SimpleHTTPRequestHandler):
    """A web server without a log."""

    def log_message(self, *_: object) -> None:
        """Log nothing."""


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, list[str]]]:
    """Return what is wrong, by check."""
    root = tmp_path_factory.mktemp("dashboard")
    site = write_site(root / "plain", Example())
    hostile = write_site(root / "hostile", Example(runs=24, hostile=True))
    broken = root / "broken"
    shutil.copytree(site, broken)
    _without_tests(broken)
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(site))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield look(
            "look.mjs",
            {
                "site": site.as_uri(),
                "hostile": hostile.as_uri(),
                "broken": broken.as_uri(),
                "server": f"http://127.0.0.1:{server.server_address[1]}",
                "routes": ROUTES,
                "hostileRoutes": HOSTILE_ROUTES,
                "longTest": LONG_TEST,
            },
        )
        server.shutdown()


def _without_tests(site: Path) -> None:
    """Take the list of tests from a dashboard."""
    for path in (site / "data").glob("tests-*.js"):
        path.unlink()


@pytest.mark.parametrize("check", CHECKS)
def test_nothing_is_wrong(found: dict[str, list[str]], check: str) -> None:
    """A look at the pages finds nothing that is not as it should be."""
    assert found[check] == []


def test_every_check_was_made(found: dict[str, list[str]]) -> None:
    """What the driver looks at is what is asked for here."""
    assert sorted(found) == sorted(CHECKS)
