"""Tests in quarantine: they run and their failures are shown, but do not count as failed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from ratchetry.collect.stage import measured, status_of
from ratchetry.collect.test.results import FAILING, figures
from ratchetry.domain.flaky import Quarantine
from ratchetry.domain.record import Fragment, Metric, StageResult, TestResult

_NAME: Final = "test"
_MOST: Final = 20
_COUNTED: Final = ("tests.failed", "tests.pass_rate")


def excused(fragment: Fragment, quarantine: Sequence[Quarantine]) -> Fragment:
    """Return what was measured with the failures of tests in quarantine counted for themselves.

    Their outcomes stay as they are; `tests.failed`, `tests.pass_rate` and the status of the stage leave them out,
    `tests.quarantined` counts them, and the stage says which they are.  What was not measured stays so.
    """
    result = fragment.stages.get(_NAME)
    if result is None or not quarantine:
        return fragment
    failing = [test for test in fragment.tests if test.outcome in FAILING]
    spared = {test.id: found for test in failing if (found := _quarantine_of(test, quarantine)) is not None}
    if not spared:
        return fragment
    rest = [test for test in fragment.tests if test.id not in spared]
    without_rate = "tests.pass_rate" in fragment.metrics and "tests.pass_rate" not in figures(rest)
    more = {"tests.pass_rate": "every test was skipped or is in quarantine"} if without_rate else {}
    status = status_of(
        failed=len(failing) > len(spared),
        failure=f"{len(failing) - len(spared)} of {len(fragment.tests)} tests failed; {_told(spared)}",
        warning=_told(spared),
        unmeasured={**result.unmeasured, **more},
        tools=result.tools,
    )
    return replace(
        fragment,
        stages={**fragment.stages, _NAME: _like(result, status)},
        metrics=_metrics(fragment.metrics, rest, len(spared)),
    )


def _quarantine_of(test: TestResult, quarantine: Iterable[Quarantine]) -> Quarantine | None:
    """Return the quarantine that a test is in, by its own name or as one case of a parametrized one, None without."""
    name = test.id.partition("[")[0]
    return next((one for one in quarantine if one.test in {test.id, name}), None)


def _like(result: StageResult, status: StageResult) -> StageResult:
    """Return a status as that of a stage that was measured; one that was not measured otherwise stays so."""
    return replace(status, duration=result.duration, cached=result.cached)


def _metrics(metrics: Mapping[str, Metric], rest: Sequence[TestResult], spared: int) -> dict[str, Metric]:
    """Return the metrics of a suite without the tests that were spared; none where there was none before."""
    if "tests.failed" not in metrics:
        return dict(metrics)
    counted = figures(rest)
    kept = {name: metric for name, metric in metrics.items() if name not in _COUNTED}
    anew = {name: counted[name] for name in _COUNTED if name in counted}
    name, count = measured("tests.quarantined", spared, _NAME)
    kept[name] = count
    return dict(sorted((kept | anew).items()))


def _told(spared: Mapping[str, Quarantine]) -> str:
    """Return which failures do not count, until when and why."""
    rows = [f"{test} (until {one.until}: {one.reason})" for test, one in sorted(spared.items())]
    more = f" and {len(rows) - _MOST} more" if len(rows) > _MOST else ""
    noun = "test" if len(rows) == 1 else "tests"
    return f"{len(rows)} {noun} in quarantine failed, which does not block: {', '.join(rows[:_MOST])}{more}"
