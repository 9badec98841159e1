"""What is left of runs whose rows are too old."""

from __future__ import annotations

from collections import Counter

import pytest

from ratchetry.domain.record import Benchmark, Failure, Finding, Outcome, RunRecord, TestResult
from ratchetry.errors import StateError
from ratchetry.history.chunks import chunk_names
from ratchetry.history.columns import columns_of
from ratchetry.history.decoding import decode_record
from ratchetry.history.document import RunDocument, decode_document
from ratchetry.history.encoding import encode_record
from ratchetry.history.normal import normalized
from ratchetry.history.retention import chunks_named, pruned, summed
from tests.builders import RUN, metric, record


def run(number: int, commit: str, *outcomes: Outcome) -> RunRecord:
    """Return a run with tests that took a second each."""
    from dataclasses import replace

    tests = tuple(TestResult(id=f"t{at}", outcome=outcome, duration=1.0 + at) for at, outcome in enumerate(outcomes))
    return normalized(record(run=replace(RUN, run_id=str(number), commit=commit), tests=tests))


def test_all_but_the_rows_stay() -> None:
    """Tests, findings and evidence go; metrics, benchmarks and everything else stay, and the document says when."""
    whole = normalized(
        record(
            metrics={"coverage.line": metric(80)},
            tests=(TestResult(id="t", outcome="failed", signature="s"),),
            findings=(Finding(tool="t", rule="r", severity="low", path="p"),),
            failures=(Failure(signature="s", category="c", evidence="e"),),
            benchmarks=(Benchmark(name="b", rounds=(1.0,)),),
        )
    )
    encoded = encode_record(whole)
    left = pruned(encoded.document, "2026-11-20T00:00:00Z")
    back = decode_record(left, "run.json", lambda name: chunk_names(encoded.chunks[name], name))
    assert (back.tests, back.findings, back.failures) == ((), (), ())
    assert (back.metrics, back.benchmarks, back.run) == (whole.metrics, whole.benchmarks, whole.run)
    assert decode_document(left, "run.json", RunDocument).pruned == "2026-11-20T00:00:00Z"
    assert pruned(left, "later") == left


def test_a_file_that_is_no_document_is_not_pruned() -> None:
    """What cannot be read is not written anew."""
    with pytest.raises((StateError, ValueError)):
        pruned(b'{"checksum":"0000000000000000","format":1,\n}', "now")


def test_the_chunks_of_all_tables_are_named() -> None:
    """What a document refers to is what must stay in the catalog."""
    whole = record(
        metrics={"coverage.line": metric(80)},
        tests=(TestResult(id="t", outcome="passed"),),
        findings=(Finding(tool="t", rule="r", severity="low", path="p"),),
        benchmarks=(Benchmark(name="b", rounds=(1.0,)),),
    )
    encoded = encode_record(normalized(whole))
    assert len(encoded.chunks) == 4
    assert chunks_named(decode_document(encoded.document, "run.json", RunDocument)) == set(encoded.chunks)


def test_sums_are_those_of_the_rows() -> None:
    """Counts, durations and disputed commits agree with counting row by row."""
    given_runs = [
        run(1, "a", "passed", "failed", "skipped"),
        run(2, "a", "passed", "passed", "error"),
        run(3, "b", "flaky", "failed", "error"),
        run(4, "b", "passed", "failed", "passed"),
    ]
    columns = [columns_of(encode_record(each).document, "run.json") for each in given_runs]
    (sums,) = summed(columns).chunks.values()
    rows = Counter((at, test.outcome) for each in given_runs for at, test in enumerate(each.tests))
    letters: dict[str, Outcome] = {"P": "passed", "F": "failed", "E": "error", "S": "skipped", "R": "flaky"}
    for letter, outcome in letters.items():
        assert sums.outcomes[letter] == [rows[at, outcome] for at in range(3)]  # type: ignore[index]  # one of them
    assert sums.runs == 4
    assert sums.seconds == [4.0, 8.0, 12.0]
    assert sums.longest == [1.0, 2.0, 3.0]
    assert sums.disputed == [0, 1, 1]


def test_names_with_several_rows_have_no_sums() -> None:
    """A run with two tests of one name adds nothing, instead of adding to the wrong test."""
    twice = normalized(record(tests=(TestResult(id="t", outcome="passed"), TestResult(id="t", outcome="failed"))))
    assert summed([columns_of(encode_record(twice).document, "run.json")]).chunks == {}
