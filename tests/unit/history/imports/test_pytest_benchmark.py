"""What pytest-benchmark has stored becomes runs."""

from __future__ import annotations

import json
from statistics import median

import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from ratchetry.errors import ReportError
from ratchetry.history.imports import pytest_benchmark
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

ROUNDS = "pytest-benchmark-5.3.1/stored-with-rounds.json"
STORED = ("pytest-benchmark-4.0.0/stored.json", "pytest-benchmark-5.3.1/stored.json", ROUNDS)


@pytest.mark.parametrize("path", STORED)
def test_a_stored_run_is_a_run(path: str) -> None:
    """It has the commit, the machine and the names that our own runs have."""
    (run,) = runs(pytest_benchmark.read(sample(path), ABOUT))
    document = json.loads((DATA / path).read_bytes())
    assert run.run.started == f"{document['datetime'][:19]}Z"
    assert (run.run.commit, run.run.branch, run.run.dirty) == (
        "382b98c95b07959e6bb5077111c5ed7bb575aa32",
        "main",
        False,
    )
    assert (run.run.runner.cpu_model, run.run.runner.cores) == ("AMD EPYC", 2)
    assert run.run.runner.python == "3.11.7"
    assert run.stages["benchmark"].tools == {"pytest-benchmark": document["version"]}
    assert sorted(run.metrics) == [
        "benchmark.tests.test_speed.test_sort[1000]",
        "benchmark.tests.test_speed.test_sort[10]",
        "benchmark.tests.test_speed.test_sum",
    ]


def test_rounds_are_kept_where_they_were_stored() -> None:
    """The metric is their median."""
    (run,) = runs(pytest_benchmark.read(sample(ROUNDS), ABOUT))
    row = next(row for row in run.benchmarks if row.name.endswith("test_sum"))
    metric = run.metrics["benchmark.tests.test_speed.test_sum"]
    assert len(row.rounds) == 8 == metric.n
    assert metric.value == pytest.approx(median(row.rounds))


def test_without_rounds_the_stored_median_counts() -> None:
    """The statistics are kept, and how many rounds they rest on."""
    path = STORED[0]
    (run,) = runs(pytest_benchmark.read(sample(path), ABOUT))
    stats = json.loads((DATA / path).read_bytes())["benchmarks"][0]["stats"]
    metric = run.metrics["benchmark.tests.test_speed.test_sum"]
    assert (metric.value, metric.n, metric.spread) == (stats["median"], stats["rounds"], stats["iqr"])
    assert run.benchmarks[0].rounds == ()
    assert run.benchmarks[0].statistics["mean"] == stats["mean"]


def test_a_bad_benchmark_is_left_out() -> None:
    """The others of the file are taken."""
    document = json.loads((DATA / ROUNDS).read_bytes())
    document["benchmarks"][0]["stats"]["data"][1] = float("nan")
    document["benchmarks"].append({"fullname": "x", "stats": {"median": None}})
    found = list(pytest_benchmark.read(given(json.dumps(document).encode()), ABOUT))
    assert len(runs(found)[0].metrics) == 2
    assert reasons(found) == [
        "file: benchmarks[0]: tests/test_speed.py::test_sum: stats.data: a round is no duration",
        "file: benchmarks[3]: x: stats: it has neither rounds nor a median",
    ]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "empty"),
        (b"[]", "Expected `object`"),
        (b'{"benchmarks": 3}', "benchmarks: Expected `array`"),
        (b'{"benchmarks"', "cannot be read"),
        ("{}".encode("utf-16"), "UTF-16"),
        (b'{"\xff": 1}', "not in UTF-8: byte 2"),
        (b"[" * 100_000, "recursion"),
    ],
)
def test_what_was_not_stored_by_it_is_refused(data: bytes, why: str) -> None:
    """The error names the file and what is wrong."""
    with pytest.raises(ReportError, match=f"(?s)run.json: .*{why}"):
        list(pytest_benchmark.read(given(data, "run.json"), ABOUT))


_ENTRIES = st.fixed_dictionaries(
    {"benchmarks": st.lists(st.fixed_dictionaries({}, optional={"fullname": json_values(), "stats": json_values()}))},
    optional={"datetime": json_values(), "commit_info": json_values(), "machine_info": json_values()},
)


@settings(max_examples=150, deadline=None)
@drawn(
    st.one_of(
        st.binary(max_size=50),
        damaged((DATA / STORED[0]).read_bytes()),
        st.one_of(json_values(), _ENTRIES).map(lambda value: json.dumps(value).encode()),
    )
)
def test_any_file_is_read_or_refused(data: bytes) -> None:
    """Nothing but what can be kept comes out of any file."""
    check_survives(lambda file: pytest_benchmark.read(file, ABOUT), data)
