"""Gates and the verdict."""

from __future__ import annotations

import pytest

from ratchetry.analyze.enforcement import Held
from ratchetry.analyze.gate import evaluate, verdict_of
from ratchetry.domain.record import Fragment, Gate, StageResult
from ratchetry.domain.thresholds import BoundKind, Threshold
from tests.builders import metric

PASSED = StageResult(status="passed")


def _gates(
    bounds: tuple[Threshold, ...] = (),
    *,
    fragment: Fragment | None = None,
    optional: tuple[str, ...] = (),
    expected: tuple[str, ...] = ("test",),
) -> dict[str, Gate]:
    """Return the gates by name."""
    measured = fragment or Fragment(stages={"test": PASSED}, metrics={"coverage.line": metric(80)})
    gates = evaluate(Held(bounds=bounds), measured, optional=optional, expected=expected)
    return {gate.metric: gate for gate in gates}


def _bound(kind: BoundKind, bound: float, name: str = "coverage.line") -> Threshold:
    """Return a bound."""
    return Threshold(metric=name, kind=kind, bound=bound)


@pytest.mark.parametrize(
    ("kind", "bound", "verdict", "margin"),
    [
        ("minimum", 79, "pass", 1),
        ("minimum", 80, "pass", 0),  # the bound itself is good enough
        ("minimum", 81, "fail", -1),
        ("maximum", 81, "pass", 1),
        ("maximum", 80, "pass", 0),
        ("maximum", 79, "fail", -1),
    ],
)
def test_a_bound_is_held_with_its_margin(kind: BoundKind, bound: float, verdict: str, margin: float) -> None:
    """A gate passes on the bound and on its good side; the margin tells how far."""
    gate = _gates((_bound(kind, bound),))["coverage.line"]
    assert (gate.verdict, gate.margin, gate.value, gate.bound) == (verdict, margin, 80, bound)


def test_a_metric_that_was_not_measured_never_passes() -> None:
    """The gate of an unmeasured metric repeats the reason its stage gave."""
    stage = StageResult(status="not_measured", reason="all", unmeasured={"coverage": "no data was collected"})
    gate = _gates((_bound("minimum", 0),), fragment=Fragment(stages={"test": stage}))["coverage.line"]
    assert (gate.verdict, gate.reason, gate.value) == ("not_measured", "no data was collected", None)


def test_a_stage_that_gave_no_result_was_not_measured() -> None:
    """A fragment that never arrived is no pass."""
    gates = _gates(fragment=Fragment())
    assert gates["stage.test"].verdict == "not_measured"
    assert verdict_of(gates.values()) == "not_measured"


@pytest.mark.parametrize(
    ("result", "verdict"),
    [
        (PASSED, "pass"),
        (StageResult(status="passed", reason="the total 0.6 is below 0.65"), "warn"),
        (StageResult(status="skipped", reason="no benchmarks"), "pass"),
        (StageResult(status="failed"), "fail"),
        (StageResult(status="not_measured", reason="no pytest"), "not_measured"),
    ],
)
def test_a_stage_is_held_to_its_status(result: StageResult, verdict: str) -> None:
    """Every status of a stage has one verdict."""
    assert _gates(fragment=Fragment(stages={"test": result}))["stage.test"].verdict == verdict


@pytest.mark.parametrize(
    ("optional", "verdict"),
    [
        ((), "not_measured"),
        (("security.vulnerabilities",), "warn"),
        (("security",), "warn"),  # the whole stage
        (("security.vulnerabilities.high",), "not_measured"),  # more is missing than was allowed to
        (("secur",), "not_measured"),  # names are compared by their parts
    ],
)
def test_what_may_go_unmeasured_warns(optional: tuple[str, ...], verdict: str) -> None:
    """An optional family that could not be measured is shown, without changing the verdict to not measured."""
    stage = StageResult(status="not_measured", reason="x", unmeasured={"security.vulnerabilities": "no network"})
    gates = _gates(fragment=Fragment(stages={"security": stage}), optional=optional, expected=("security",))
    assert verdict_of(gates.values()) == verdict


def test_bounds_of_stages_that_were_not_asked_for_are_left_out() -> None:
    """`--stage test` is not blocked by a bound on lint findings."""
    assert "lint.findings" not in _gates((_bound("maximum", 0, "lint.findings"),))


def test_the_worst_gate_decides() -> None:
    """A failed gate outweighs an unmeasured one, which outweighs a warning; no gate at all is no pass."""
    gates = [Gate(metric="m", kind="measured", verdict=verdict) for verdict in ("pass", "warn", "not_measured", "fail")]
    assert [verdict_of(gates[:count]) for count in range(5)] == ["not_measured", "pass", "warn", "not_measured", "fail"]
