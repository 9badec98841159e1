"""Envelopes come back as they were written, and hostile ones are refused."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratchetry.collect.stage import measured
from ratchetry.domain.envelope import Envelope, SummaryContext
from ratchetry.domain.record import Benchmark, Change, ChangedFile, Fragment, Metric, StageResult, TestResult
from ratchetry.errors import StateError
from ratchetry.state.envelope import MAX_ENTRIES, MAX_ROWS, dumps, dumps_context, loads, loads_context
from tests.pipeline.ci.envelopes import envelope

WHOLE = dumps(envelope(value=3))


def changed(**changes: object) -> Envelope:
    """Return an envelope of the quality stage whose fragment has other fields."""
    honest = envelope()
    return replace(honest, fragment=replace(honest.fragment, **changes))  # type: ignore[arg-type]  # a wrong field fails


def test_there_and_back() -> None:
    """An envelope is what was written, and written alike each time."""
    assert loads(WHOLE, "x") == envelope(value=3)
    assert dumps(loads(WHOLE, "x")) == WHOLE
    context = SummaryContext(pull_request=3, head_sha="a")
    assert loads_context(dumps_context(context), "x") == context


FOREIGN = StageResult(status="passed")


@pytest.mark.parametrize(
    ("hostile", "why"),
    [
        (changed(stages={}), "its result alone"),
        (changed(stages={"quality": FOREIGN, "security": FOREIGN}), "its result alone, not 'security'"),
        (changed(metrics=dict([measured("coverage.line", 100, "quality")])), "measured by test"),
        (changed(metrics=dict([measured("lint.findings", 0, "test")])), "measured by quality"),
        (changed(metrics={"made.up": Metric(value=1, unit="", better="lower", stage="quality")}), "no metric"),
        (changed(metrics={"x" * 9999: Metric(value=1, unit="", better="lower", stage="quality")}), "no metric"),
        (
            changed(metrics={"lint.findings": Metric(value=1, unit="count", better="higher", stage="quality")}),
            "better when lower",
        ),
        (changed(tests=tuple(TestResult(id=str(row), outcome="passed") for row in range(MAX_ROWS + 1))), "tests"),
        (
            changed(stages={"quality": replace(FOREIGN, tools={str(row): "1" for row in range(MAX_ENTRIES + 1)})}),
            "tools",
        ),
        (changed(benchmarks=(Benchmark(name="b", rounds=(0.1,) * 1_000_001),)), "rounds"),
        (changed(benchmarks=(Benchmark(name="b", rounds=(), statistics={"s" * 501: 1.0}),)), "statistics"),
        (
            replace(envelope(), change=Change(files=(ChangedFile(path="a", added=1, deleted=1),) * (MAX_ROWS + 1))),
            "change.files",
        ),
    ],
)
def test_what_no_stage_writes_is_refused(hostile: Envelope, why: str) -> None:
    """An envelope speaks for its own stage, of its own metrics, and holds no floods."""
    with pytest.raises(StateError, match=why):
        loads(dumps(hostile), "fragment.json")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("key", "../../x"),
        ("key", ""),
        ("key", "a" * 65),
        ("key", "a\nb"),
        ("stage", 3),
        ("run", {}),
        ("fragment", []),
        ("schema_version", 2),
        ("schema_version", "1"),
        ("schema_version", 0),
    ],
)
def test_wrong_types_are_refused(field: str, value: object) -> None:
    """A field of another type or shape names itself in the error."""
    document = {**json.loads(WHOLE), field: value}
    with pytest.raises(StateError, match=f"x: .*{field}"):
        loads(json.dumps(document).encode(), "x")


def test_depth_and_numbers_are_bounded() -> None:
    """Nesting and numbers that are none end in the same error as everything else."""
    for data in (b"[" * 100_000, WHOLE.replace(b"3.0", b"NaN"), WHOLE.replace(b"3.0", b"1e999"), b"\xff\xfe"):
        with pytest.raises(StateError):
            loads(data, "x")


def test_fragments_of_the_real_types_only() -> None:
    """A fragment with nothing but its stage is an envelope's least content."""
    least = replace(envelope(), fragment=Fragment(stages={"quality": FOREIGN}))
    assert loads(dumps(least), "x") == least


@given(st.binary(max_size=200))
def test_any_bytes(data: bytes) -> None:
    """Bytes are an envelope or a StateError."""
    with pytest.raises(StateError):
        loads(data, "x")


@given(st.data())
def test_changed_documents(data: st.DataObject) -> None:
    """A document that was changed somewhere is an envelope or a StateError."""
    hostile = bytearray(WHOLE)
    for _ in range(data.draw(st.integers(1, 5))):
        hostile[data.draw(st.integers(0, len(hostile) - 1))] = data.draw(st.integers(0, 255))
    try:
        found = loads(bytes(hostile), "x")
    except StateError:
        return
    assert loads(dumps(found), "x") == found
