"""octocov's reports become runs."""

from __future__ import annotations

import json

import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from ratchetry.domain.record import Better
from ratchetry.errors import ReportError
from ratchetry.history.imports import octocov
from tests.unit.history.imports.samples import (
    ABOUT,
    DATA,
    check_survives,
    damaged,
    given,
    json_values,
    reasons,
    runs,
    sample,
)

REPORT = "octocov-0/report.json"


def test_a_report_is_a_run() -> None:
    """It has the coverage in percent, octocov's own figures in our units, and the custom metrics in theirs."""
    found = list(octocov.read(sample(REPORT), ABOUT, {}))
    (run,) = runs(found)
    assert (run.run.repository, run.run.branch, run.run.started) == ("owner/sample", "main", "2026-02-01T09:30:00Z")
    assert run.run.commit == "42dfd98639433f393aeade80212960feff5eb4dc"
    assert {name: (metric.value, metric.unit, metric.better) for name, metric in run.metrics.items()} == {
        "coverage.line": (pytest.approx(100 * 921 / 1390), "percent", "higher"),
        "imported.octocov.code_to_test_ratio": (1.25, "ratio", "higher"),
        "imported.octocov.test_execution_time": (61.0, "seconds", "lower"),
        "imported.benchmark_0.NsPerOp": (676.5, "ns/op", "lower"),
    }
    assert run.stages["test"].unmeasured == {"tests": "octocov keeps none"}
    (reason,) = reasons(found)
    assert reason.startswith("report.json: custom_metrics.benchmark_0/N: whether more or less is better is not known")
    assert reason.endswith("say --better 'benchmark_0/N=lower'")


@pytest.mark.parametrize("glob", ["benchmark_0/N", "*/N", "benchmark_0"])
def test_whoever_imports_says_which_numbers_are_better(glob: str) -> None:
    """A glob over set and key, or the name of a set, gives the direction of custom metrics."""
    better: dict[str, Better] = {glob: "higher"}
    (run,) = runs(octocov.read(sample(REPORT), ABOUT, better))
    assert run.metrics["imported.benchmark_0.N"].better == "higher"


def test_the_first_reports_are_read() -> None:
    """Those of 2021 wrote the key of their time with a capital letter; a pull request's merge is no branch."""
    (run,) = runs(octocov.read(sample("octocov-0/report-2021.json"), ABOUT, {}))
    assert run.run.started == "2021-05-06T20:21:51Z"
    assert run.run.branch == ""
    assert set(run.metrics) == {"coverage.line"}


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"timestamp": "0001-01-01T00:00:00Z"}, "timestamp: '0001-01-01T00:00:00Z' is no time"),
        (
            {"coverage": None, "code_to_test_ratio": None, "test_execution_time": None, "custom_metrics": None},
            "no figure",
        ),
    ],
)
def test_a_report_without_time_or_figures_is_left_out(change: dict[str, object], why: str) -> None:
    """The reason names the field."""
    document = {**json.loads((DATA / REPORT).read_bytes()), **change}
    found = list(octocov.read(given(json.dumps(document).encode()), ABOUT, {}))
    assert not runs(found)
    assert why in reasons(found)[0]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"{}", "no report of octocov"),
        (b'{"coverage": {"total": "a", "covered": 1}}', r"coverage\.total: Expected `int`"),
        (b'{"coverage": {"total": -1, "covered": 1}}', r"coverage\.total: Expected `int` >= 0"),
    ],
)
def test_what_is_no_report_is_refused(data: bytes, why: str) -> None:
    """The error names the file and the field."""
    with pytest.raises(ReportError, match=f"report.json: .*{why}"):
        list(octocov.read(given(data, "report.json"), ABOUT, {}))


_REPORTS = st.fixed_dictionaries(
    {"coverage": st.one_of(json_values(), st.just({"total": 3, "covered": 9})), "timestamp": st.just("2026-01-01")},
    optional={
        "custom_metrics": st.lists(
            st.fixed_dictionaries(
                {
                    "key": st.text(max_size=5),
                    "metrics": st.lists(
                        st.fixed_dictionaries(
                            {"key": st.text(max_size=5), "value": json_values(), "unit": st.just("ms")}
                        )
                    ),
                }
            ),
            max_size=3,
        ),
        "test_execution_time": json_values(),
        "ref": json_values(),
    },
)


@settings(max_examples=150, deadline=None)
@drawn(
    st.one_of(
        damaged((DATA / REPORT).read_bytes()),
        st.one_of(json_values(), _REPORTS).map(lambda value: json.dumps(value).encode()),
    )
)
def test_any_file_is_read_or_refused(data: bytes) -> None:
    """Nothing but what can be kept comes out of any file."""
    check_survives(lambda file: octocov.read(file, ABOUT, {}), data)
