"""The trend report as a file: what is written is read back, and nothing else is believed."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ratchetry.domain.change_point import ChangePoint
from ratchetry.domain.comparison import Comparison
from ratchetry.domain.trend import Forecast, Trend
from ratchetry.domain.trend_report import (
    MOST_NAMES,
    FailureCount,
    FlakySummary,
    ModuleEvidence,
    SeriesTrend,
    TrendReport,
)
from ratchetry.errors import StateError
from ratchetry.state.schema import json_schema
from ratchetry.state.trend_report import LIMIT, dumps, loads

COMPARISON = Comparison(
    name="coverage.line",
    unit="percent",
    verdict="regressed",
    base=80.0,
    head=78.0,
    difference=-2.0,
    interval=(-2.5, -1.5),
    relative=False,
    margin=0.1,
    p_value=0.001,
    q_value=0.002,
)
CHANGE = ChangePoint(
    index=3,
    newest=9,
    direction="down",
    effect=-0.1,
    interval=(-0.2, 0.0),
    relative=True,
    p_value=0.0,
    before=2.0,
    after=1.0,
)
REPORT = TrendReport(
    ratchetry="0.2.0",
    repository="acme/anvil",
    branch="main",
    since="2026-01-05T08:00:00Z",
    as_of="2026-03-05T08:00:00Z",
    runs=60,
    run="60-1",
    commit="0123",
    series=(
        SeriesTrend(
            name="coverage.line",
            unit="percent",
            better="higher",
            n=60,
            latest=78.0,
            sparkline=(80.0, None, 78.0),
            trend=Trend(n=60, days=59.0, slope=-0.1, interval=(-0.2, -0.05), level=78.0, p_value=1e-9, q_value=1e-8),
            windows=COMPARISON,
            forecast=Forecast(kind="minimum", bound=70.0, state="dated", likely="2026-04-01"),
            change_points=(CHANGE,),
        ),
        SeriesTrend(name="lint.findings", n=1, latest=3.0, trend=Trend(reason="too few")),
    ),
    regressions=(COMPARISON,),
    flaky=FlakySummary(active=1, tests=40, names=("tests/test_a.py::test_b",)),
    failures=(FailureCount(signature="0123456789abcdef", category="assertion", runs=4, last="2026-03-01T08:00:00Z"),),
    modules=(ModuleEvidence(module="anvil.core", passed=5, failed=2, blame_mean=0.2, interval=(0.1, 0.4)),),
    unmeasured={"flaky": "no run has results of tests"},
    notes=("a remark",),
)
DATA = dumps(REPORT)
steady = settings(derandomize=True, deadline=None, max_examples=150)


def test_what_is_written_is_read_back() -> None:
    """All of it, and the same bytes again; it satisfies the schema that is published."""
    assert loads(DATA, "report.json") == REPORT
    assert dumps(loads(DATA, "report.json")) == DATA
    jsonschema.validate(json.loads(DATA), json_schema("trend-report"))
    assert loads(dumps(TrendReport()), "report.json") == TrendReport()


def test_open_ends_are_the_largest_numbers() -> None:
    """JSON has no infinity, and what is no number at all is an error of ours, which names the field."""
    open_ended = replace(REPORT, regressions=(replace(COMPARISON, interval=(-math.inf, math.inf)),))
    (read,) = loads(dumps(open_ended), "x").regressions
    assert read.interval == (-1.7976931348623157e308, 1.7976931348623157e308)
    with pytest.raises(ValueError, match=r"report\.regressions\[0\]\.head: is no number"):
        dumps(replace(REPORT, regressions=(replace(COMPARISON, head=math.nan),)))


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (("schema_version",), 2, "schema_version 2 is newer"),
        (("runs",), -1, "runs: Expected `int` >= 0"),
        (("series", 0, "n"), 0, "series[0].n"),
        (("series", 0, "latest"), "80", "series[0].latest"),
        (("series", 0, "trend", "p_value"), 1.5, "series[0].trend.p_value"),
        (("series", 0, "trend", "verdict"), "great", "series[0].trend.verdict"),
        (("series", 0, "sparkline"), [1.0] * 31, "series[0].sparkline"),
        (("regressions", 0, "verdict"), "maybe", "regressions[0].verdict"),
        (("modules", 0, "blame_mean"), 2, "modules[0].blame_mean"),
        (("modules", 0, "interval"), [0.1], "modules[0].interval"),
        (("modules", 0, "passed"), True, "modules[0].passed"),
        (("notes",), ["x"] * (MOST_NAMES + 1), "notes"),
        (("branch",), "x" * 5000, "branch"),
    ],
)
def test_what_is_wrong_is_named(path: tuple[str | int, ...], value: object, message: str) -> None:
    """A report with a wrong field is refused, with the file and the field."""
    document = json.loads(DATA)
    place = document
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    with pytest.raises(StateError) as raised:
        loads(json.dumps(document).encode(), "report.json")
    assert str(raised.value).startswith(f"report.json: {message}")


def test_a_report_that_is_too_large() -> None:
    """It is not even parsed."""
    with pytest.raises(StateError, match=r"report\.json: more than the 32000000 bytes"):
        loads(b" " * (LIMIT + 1), "report.json")


@steady
@given(
    st.one_of(
        st.binary(max_size=60),
        st.integers(0, len(DATA)).map(lambda end: DATA[:end]),
        st.tuples(st.integers(0, len(DATA) - 1), st.binary(min_size=1, max_size=3)).map(
            lambda change: DATA[: change[0]] + change[1] + DATA[change[0] + 1 :]
        ),
        st.sampled_from(
            [b"[" * 100_000, b'{"series":' * 3000, b"null", b'{"series":[{}]}', b'{"runs":1e999}', b"\xff"]
        ),
    )
)
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    """Whatever stands in the file: a report, or a StateError that names the file."""
    assert refusal(data).startswith(("report.json: ", "read"))


def refusal(data: bytes) -> str:
    """Return why a file is refused, "read" when it is not."""
    try:
        loads(data, "report.json")
    except StateError as error:
        return str(error)
    return "read"
