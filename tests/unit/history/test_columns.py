"""Runs as columns, from their documents and from compacted months."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratchetry.domain.record import RunRecord, TestResult
from ratchetry.errors import StateError
from ratchetry.history.chunks import Name, chunk_names
from ratchetry.history.columns import RunColumns, columns_of
from ratchetry.history.decoding import expanded
from ratchetry.history.document import seal
from ratchetry.history.encoding import LETTERS, encode_record
from ratchetry.history.month import Document, content_of, packed
from ratchetry.history.normal import normalized
from ratchetry.history.part_columns import columns_in
from ratchetry.state.record import dumps
from tests.builders import record
from tests.unit.history.records import records


def facts(columns: RunColumns, chunks: dict[str, bytes]) -> dict[str, object]:
    """Return what columns say, with names."""

    def names(identifier: str) -> Sequence[Name]:
        return chunk_names(chunks[identifier], identifier)

    tests = [
        (name[0], letter, seconds)
        for part in columns.tests
        for name, letter, seconds in zip(
            expanded(names(part.chunk), part.repeats), part.outcomes, part.seconds(), strict=True
        )
    ]
    values = [
        (name[0], value, part.n[at] if part.n else 1, part.spread[at] if part.spread else None)
        for part in columns.metrics
        for at, (name, value) in enumerate(zip(names(part.chunk), part.values, strict=True))
    ]
    rows = {part.chunk: list(expanded(names(part.chunk), part.repeats)) for part in columns.tests}
    signatures = sorted(
        (rows[part.chunk][at][0], signature)
        for part in columns.tests
        for signature, places in part.signatures.items()
        for at in places
    )
    return {
        "run": columns.run,
        "verdict": columns.verdict,
        "tests": tests,
        "values": values,
        "all": columns.changed,
        "signatures": signatures,
        "failures": columns.failures,
        "reused": columns.reused,
        "trailers": columns.trailers,
        "unkept": columns.unkept,
    }


def expected(kept: RunRecord) -> dict[str, object]:
    """Return what the columns of a record must say."""
    metrics = sorted(kept.metrics.items())
    return {
        "run": kept.run,
        "verdict": kept.verdict,
        "tests": [(test.id, LETTERS[test.outcome], test.duration) for test in kept.tests],
        "values": [(name, metric.value, metric.n, metric.spread) for name, metric in metrics],
        "all": tuple(file.path for file in kept.change.files),
        "signatures": sorted((test.id, test.signature) for test in kept.tests if test.signature),
        "failures": kept.failures,
        "reused": tuple(sorted(name for name, stage in kept.stages.items() if stage.cached)),
        "trailers": kept.change.trailers,
        "unkept": tuple(gate.metric for gate in kept.gates if gate.verdict == "fail"),
    }


@given(st.lists(records(), min_size=1, max_size=3))
def test_columns_say_what_the_records_say(drawn: list[RunRecord]) -> None:
    """From a document or from a part of a month, the columns hold the rows of the record."""
    kept = [normalized(each) for each in drawn]
    encoded = [encode_record(each) for each in kept]
    chunks = dict(chain.from_iterable(each.chunks.items() for each in encoded))
    part = packed(
        "runs", "2026-10", [Document(key=f"{at}-1", time="", data=each.document) for at, each in enumerate(encoded)]
    )
    node = content_of(part, "part")
    for at, each in enumerate(kept):
        assert facts(columns_of(encoded[at].document, "run.json"), chunks) == expected(each)
        picked = columns_in(node, at, "part")
        assert picked is not None
        assert facts(picked, chunks) == expected(each)


def test_positions_of_some_outcomes() -> None:
    """The tests of an outcome are found without looking at the others."""
    outcomes = ("passed", "failed", "error", "failed", "flaky", "skipped")
    tests = tuple(TestResult(id=f"t{at}", outcome=outcome) for at, outcome in enumerate(outcomes))  # type: ignore[arg-type]  # as listed
    (part,) = columns_of(encode_record(normalized(record(tests=tests))).document, "run.json").tests
    assert sorted(part.positions("FE")) == [1, 2, 3]
    assert list(part.positions("R")) == [4]
    assert list(part.positions("X")) == []


def test_values_by_name() -> None:
    """The metrics of a run are found by their names."""
    from tests.builders import metric

    kept = record(metrics={"coverage.line": metric(80.5), "tests.total": metric(3)})
    encoded = encode_record(normalized(kept))
    columns = columns_of(encoded.document, "run.json")
    assert columns.values(lambda name: chunk_names(encoded.chunks[name], name)) == {
        "coverage.line": 80.5,
        "tests.total": 3,
    }


def test_a_whole_record_has_no_columns_of_its_own() -> None:
    """A month may hold records of earlier versions, which are to be read as such."""
    part = packed("runs", "2026-10", [Document(key="7-1", time="", data=dumps(record()))])
    assert columns_in(content_of(part, "part"), 0, "part") is None


def test_columns_that_do_not_fit_are_refused() -> None:
    """A part or document whose columns are missing or of another type is a StateError with its name."""
    kept = normalized(record(tests=(TestResult(id="t", outcome="passed"),)))
    document = encode_record(kept).document
    for old, new in ((b'"order":["', b'"order":["0'), (b'"durations":[0]', b'"durations":{}')):
        body = dict(_body(document))
        broken = seal(_with(body, old, new))
        with pytest.raises(StateError, match=r"^run\.json: "):
            [part.seconds() for part in columns_of(broken, "run.json").tests]
        node = content_of(packed("runs", "2026-10", [Document(key="7-1", time="", data=broken)]), "part")
        with pytest.raises(StateError, match=r"^part: "):
            _all_seconds(columns_in(node, 0, "part"))


def _all_seconds(columns: RunColumns | None) -> None:
    """Read all durations of a run."""
    for part in columns.tests if columns else ():
        part.seconds()


def _body(document: bytes) -> dict[str, object]:
    """Return a document without its first line."""
    import json

    body: dict[str, object] = json.loads(b"{" + document.partition(b"\n")[2])
    return body


def _with(body: dict[str, object], old: bytes, new: bytes) -> dict[str, object]:
    """Return a document with something else in its table of tests."""
    import json

    text = json.dumps(body["tests"], separators=(",", ":")).encode()
    assert old in text
    return {**body, "tests": json.loads(text.replace(old, new))}


def test_a_pruned_run_says_so() -> None:
    """That a run has no tests any more is told from a run without tests."""
    document = encode_record(normalized(record())).document
    assert not columns_of(document, "run.json").pruned
    body = {**_body(document), "pruned": "2026-11-20"}
    assert columns_of(seal(body), "run.json").pruned
    assert replace(columns_of(seal(body), "run.json"), pruned=False) == columns_of(document, "run.json")
