"""Gates: every bound against the record, and every stage against the law that nothing unmeasured passes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from ratchetry.analyze.enforcement import Held, waived_reason
from ratchetry.domain.catalog import definition
from ratchetry.domain.findings_by_path import count_below
from ratchetry.domain.record import Fragment, Gate, Metric, StageResult, Verdict
from ratchetry.domain.thresholds import Threshold, split_path

_RANK: Final[Mapping[Verdict, int]] = {"pass": 0, "warn": 1, "not_measured": 2, "fail": 3}


def evaluate(
    held: Held, measured: Fragment, *, optional: tuple[str, ...], expected: tuple[str, ...]
) -> tuple[Gate, ...]:
    """Return one gate for each stage that was expected, one for each bound, then those of the bounds' files.

    `optional` names stages or metric families that may go unmeasured: their gates then warn.  Bounds on the
    metrics of stages that were not expected in this run are left out.
    """
    stages = tuple(_stage_gate(name, measured.stages.get(name), optional) for name in expected)
    bounds = tuple(
        _bound_gate(threshold, held, measured, optional)
        for threshold in held.bounds
        if _stage_of(threshold.metric) in {*expected, "run"}
    )
    return stages + bounds + held.gates


def verdict_of(gates: Iterable[Gate]) -> Verdict:
    """Return the worst verdict of the gates; a run without any gate was not measured."""
    return max((gate.verdict for gate in gates), key=_RANK.__getitem__, default="not_measured")


def _stage_of(metric: str) -> str:
    """Return the stage that measures a metric."""
    entry = definition(split_path(metric)[0])
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


def _bound_gate(threshold: Threshold, held: Held, measured: Fragment, optional: tuple[str, ...]) -> Gate:
    """Return the gate that holds one metric to its bound, or to the waiver that stands in its place."""
    metric = _metric(threshold.metric, measured)
    waiver = held.waivers.get(threshold.metric)
    bound = waiver.to if waiver else threshold.bound
    told = waived_reason(waiver, threshold.bound) if waiver else held.notes.get(threshold.metric, "")
    gate = Gate(metric=threshold.metric, kind=threshold.kind, bound=bound, verdict="pass", reason=told)
    if isinstance(metric, str):
        tolerated = is_optional(split_path(threshold.metric)[0], optional)
        return replace(gate, verdict="warn" if tolerated else "not_measured", reason=metric)
    margin = _margin(threshold, metric, bound)
    verdict: Verdict = "pass" if margin >= 0 else "fail"
    if waiver and margin >= 0 and _margin(threshold, metric, threshold.bound) < 0:
        verdict = "warn"
    return replace(gate, value=metric.value, margin=margin, verdict=verdict)


def _metric(name: str, measured: Fragment) -> Metric | str:
    """Return a metric, that of some paths from the findings, or why it was not measured."""
    whole, glob = split_path(name)
    if whole in measured.metrics:
        return count_below(name, measured.metrics, measured.findings) if glob else measured.metrics[whole]
    return _why_unmeasured(whole, measured.stages.get(_stage_of(whole)))


def _margin(threshold: Threshold, metric: Metric, bound: float) -> float:
    """Return how far a metric is on the good side of a bound."""
    return metric.value - bound if threshold.kind == "minimum" else bound - metric.value


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
