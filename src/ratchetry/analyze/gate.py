"""Gates: every bound against the record, and every stage against the law that nothing unmeasured passes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from ratchetry.domain.catalog import definition
from ratchetry.domain.record import Fragment, Gate, Metric, StageResult, Verdict
from ratchetry.domain.thresholds import Threshold, Thresholds

_RANK: Final[Mapping[Verdict, int]] = {"pass": 0, "warn": 1, "not_measured": 2, "fail": 3}


def evaluate(
    thresholds: Thresholds, measured: Fragment, *, optional: tuple[str, ...], expected: tuple[str, ...]
) -> tuple[Gate, ...]:
    """Return one gate for each stage that was expected, then one for each bound.

    `optional` names stages or metric families that may go unmeasured: their gates then warn.  Bounds on the
    metrics of stages that were not expected in this run are left out.
    """
    stages = tuple(_stage_gate(name, measured.stages.get(name), optional) for name in expected)
    bounds = tuple(
        _bound_gate(threshold, measured.metrics.get(threshold.metric), measured.stages, optional)
        for threshold in thresholds.bounds
        if _stage_of(threshold.metric) in {*expected, "run"}
    )
    return stages + bounds


def verdict_of(gates: Iterable[Gate]) -> Verdict:
    """Return the worst verdict of the gates; a run without any gate was not measured."""
    return max((gate.verdict for gate in gates), key=_RANK.__getitem__, default="not_measured")


def _stage_of(metric: str) -> str:
    """Return the stage that measures a metric."""
    entry = definition(metric)
    return entry.stage if entry else ""


def _stage_gate(name: str, result: StageResult | None, optional: tuple[str, ...]) -> Gate:
    """Return the gate that holds a stage to having been measured and not having failed."""
    gate_name = f"stage.{name}"
    if result is None:
        return Gate(metric=gate_name, kind="measured", verdict="not_measured", reason="no result of this stage arrived")
    match result.status:
        case "passed":
            warned: Verdict = "warn" if result.reason else "pass"
            return Gate(metric=gate_name, kind="measured", verdict=warned, reason=result.reason)
        case "skipped":
            return Gate(metric=gate_name, kind="measured", verdict="pass", reason=result.reason)
        case "failed":
            return Gate(metric=gate_name, kind="measured", verdict="fail", reason=result.reason or f"{name} failed")
        case "not_measured":
            families = tuple(result.unmeasured) or (name,)
            tolerated = is_optional(name, optional) or all(is_optional(family, optional) for family in families)
            verdict: Verdict = "warn" if tolerated else "not_measured"
            return Gate(metric=gate_name, kind="measured", verdict=verdict, reason=result.reason)


def _bound_gate(
    threshold: Threshold, metric: Metric | None, stages: Mapping[str, StageResult], optional: tuple[str, ...]
) -> Gate:
    """Return the gate that holds one metric to its bound."""
    if metric is None:
        return Gate(
            metric=threshold.metric,
            kind=threshold.kind,
            bound=threshold.bound,
            verdict="warn" if is_optional(threshold.metric, optional) else "not_measured",
            reason=_why_unmeasured(threshold.metric, stages.get(_stage_of(threshold.metric))),
        )
    distance = metric.value - threshold.bound
    margin = distance if threshold.kind == "minimum" else -distance
    return Gate(
        metric=threshold.metric,
        kind=threshold.kind,
        bound=threshold.bound,
        value=metric.value,
        margin=margin,
        verdict="pass" if margin >= 0 else "fail",
    )


def _why_unmeasured(metric: str, stage: StageResult | None) -> str:
    """Return the reason a stage gave for not having measured a metric."""
    if stage is None:
        return "its stage gave no result"
    named = [why for family, why in stage.unmeasured.items() if within(metric, family)]
    return (named or [stage.reason or "its stage did not report it"])[0]


def is_optional(name: str, optional: tuple[str, ...]) -> bool:
    """Tell whether a stage or metric family may go unmeasured."""
    return any(within(name, allowed) for allowed in optional)


def within(name: str, family: str) -> bool:
    """Tell whether a dotted name is a family or belongs to it."""
    return name == family or name.startswith(f"{family}.")
