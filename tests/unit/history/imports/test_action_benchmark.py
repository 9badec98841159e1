"""github-action-benchmark's files become runs."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from ratchetry.errors import ReportError
from ratchetry.history.imports import action_benchmark
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

SCRIPT = "github-action-benchmark-1/data.js"
EXTERNAL = "github-action-benchmark-1/data.json"


def entry(*benches: object, tool: str = "pytest", **changes: object) -> bytes:
    """Return a file with one entry."""
    row = {"commit": {"id": "abcdef0", "timestamp": "2026-01-01T00:00:00Z"}, "date": 1, "tool": tool, **changes}
    return json.dumps({"entries": {"Suite": [{"benches": list(benches), **row}]}}).encode()


def test_each_entry_is_a_run() -> None:
    """It started when it was measured, is of the file's repository, and has no author."""
    found = runs(action_benchmark.read(sample(SCRIPT), ABOUT))
    assert [run.run.started for run in found] == [f"2026-01-0{day}T10:00:00Z" for day in (5, 6, 7)]
    assert {run.run.repository for run in found} == {"owner/sample"}
    assert len({run.run.run_id for run in found}) == 3
    assert "someone" not in repr(found)


def test_rates_of_pytest_become_mean_times() -> None:
    """The names are those that our own runs have; the mean stands among the statistics."""
    run = runs(action_benchmark.read(sample(SCRIPT), ABOUT))[0]
    metric = run.metrics["benchmark.tests.test_speed.test_sum"]
    assert metric.value == pytest.approx(1 / 187447.28)
    assert (metric.unit, metric.better, metric.n) == ("seconds", "lower", 12)
    row = next(row for row in run.benchmarks if row.name.endswith("test_sum"))
    assert row.statistics == {"mean": metric.value, "stddev": 2.5e-7, "rounds_measured": 12}


def test_every_tool_has_its_units_and_directions() -> None:
    """Times are in seconds under the suite's name; everything else keeps its unit."""
    found = list(action_benchmark.read(sample(EXTERNAL), ABOUT))
    metrics = {name: metric for run in runs(found) for name, metric in run.metrics.items()}
    plain = {name.partition("~")[0]: (row.value, row.unit, row.better) for name, row in metrics.items()}
    assert plain == {
        "benchmark.Go_Benchmark.BenchmarkFib20": (pytest.approx(41653e-9), "seconds", "lower"),
        "imported.Go_Benchmark.BenchmarkFib20_-_B.op": (128, "B/op", "lower"),
        "benchmark.Rust_Benchmark.bench_fib_20": (pytest.approx(37174e-9), "seconds", "lower"),
        "imported.Load.CPU_Load": (50, "Percent", "lower"),
        "benchmark.Load.Start": (pytest.approx(0.8125), "seconds", "lower"),
        "imported.Load.Throughput": (1250.5, "requests/s", "higher"),
        "imported.Load.Battery": (11, "hours", "higher"),
    }
    assert reasons(found) == ["data.json: entries.Load[0].benches[2]: Broken: value: it is no finite number"]


def test_one_suite_needs_no_name() -> None:
    """The benchmarks of a suite that was chosen are called what they are called elsewhere."""
    (run,) = runs(action_benchmark.read(sample(EXTERNAL), ABOUT, ("Rust Benchmark",)))
    assert list(run.metrics) == ["benchmark.bench_fib_20"]
    with pytest.raises(ReportError, match="no suite 'Zig'; there are 'Go Benchmark', 'Rust Benchmark', 'Load'"):
        list(action_benchmark.read(sample(EXTERNAL), ABOUT, ("Zig",)))


@pytest.mark.parametrize("prefix", ["", "\ufeff", "BENCHMARK_DATA = ", "\n window.BENCHMARK_DATA=\n"])
@pytest.mark.parametrize("end", ["", ";", ";\n"])
def test_the_script_around_the_data_may_vary(prefix: str, end: str) -> None:
    """With or without the assignment, a semicolon and a mark of the byte order it is the same data."""
    data = prefix.encode() + entry({"name": "a", "value": 1, "unit": "iter/sec"}) + end.encode()
    assert len(runs(action_benchmark.read(given(data), ABOUT))) == 1


def test_a_file_that_has_grown_holds_the_same_runs() -> None:
    """An entry's identifier depends on what it says, not on where it stands or how the file is laid out."""
    script = (DATA / SCRIPT).read_bytes().removeprefix(b"window.BENCHMARK_DATA = ")
    document = json.loads(script)
    document["entries"]["Benchmark"].pop(0)
    shorter = given(json.dumps(document, sort_keys=True).encode())
    longer = replace(shorter, data=script)
    later = [run.run.run_id for run in runs(action_benchmark.read(shorter, ABOUT))]
    assert later == [run.run.run_id for run in runs(action_benchmark.read(longer, ABOUT))][1:]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (entry({"name": "a", "value": 1, "unit": "x"}, tool="other"), "not known of the tool 'other'"),
        (entry({"name": "a", "value": "fast", "unit": "ms"}), "value: it is no finite number"),
        (entry({"name": "a", "value": float("nan"), "unit": "ms"}), "value: it is no finite number"),
        (entry({"value": 1}), "missing required field `name`"),
        (entry({"name": "a", "value": 1}, date="x", commit={"id": "abc"}), "neither names a time"),
        (entry({"name": "a", "value": 1}, commit=3), "commit: Expected `object`"),
        (entry(), "holds no value"),
    ],
)
def test_a_bad_entry_is_left_out(data: bytes, why: str) -> None:
    """The reason says where it stands and what is wrong."""
    found = list(action_benchmark.read(given(data), ABOUT))
    assert not runs(found)
    assert why in reasons(found)[0]
    assert reasons(found)[0].startswith("file: entries.Suite[0]")


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "empty"),
        ((DATA / SCRIPT).read_bytes()[:1500], "cannot be read"),
        (b"window.BENCHMARK_DATA = undefined", "cannot be read"),
        (b'{"entries": []}', "entries: Expected `object`"),
        (b'{"entries": {"a": ' + b"[" * 100_000, "recursion"),
    ],
)
def test_what_is_no_such_file_is_refused(data: bytes, why: str) -> None:
    """The error names the file."""
    with pytest.raises(ReportError, match=f"(?s)data.js: .*{why}"):
        list(action_benchmark.read(given(data, "data.js"), ABOUT))


_ENTRIES = st.fixed_dictionaries(
    {
        "commit": st.one_of(json_values(), st.just({"id": "abcdef0"})),
        "date": st.one_of(json_values(), st.just(1767607200000)),
        "tool": st.sampled_from(["pytest", "go", "customBiggerIsBetter", "x"]),
        "benches": st.lists(
            st.fixed_dictionaries(
                {"name": st.text(max_size=5), "value": json_values(), "unit": st.sampled_from(["ms", "iter/sec", "%"])}
            ),
            max_size=3,
        ),
    }
)
_FILES = st.dictionaries(st.text(max_size=5), st.lists(st.one_of(json_values(), _ENTRIES), max_size=3), max_size=3)


@settings(max_examples=150, deadline=None)
@drawn(
    st.one_of(
        damaged((DATA / EXTERNAL).read_bytes()),
        st.one_of(json_values(), _FILES.map(lambda suites: {"entries": suites})).map(
            lambda value: json.dumps(value).encode()
        ),
    )
)
def test_any_file_is_read_or_refused(data: bytes) -> None:
    """Nothing but what can be kept comes out of any file."""
    check_survives(lambda file: action_benchmark.read(file, ABOUT), data)
