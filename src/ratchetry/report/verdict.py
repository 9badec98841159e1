"""The verdict of a record, in one sentence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from ratchetry.domain.record import Gate, RunRecord, Verdict
from ratchetry.report.headline import headline
from ratchetry.report.text import clip, clip_middle, exact, listed, neutralize, plural
from ratchetry.report.view import GATE_ORDER, STAGE_GATE, gate_place, gate_row, stages, unit, unmeasured

_NAME: Final = 80
_WHY: Final = 200


def sentence(record: RunRecord) -> str:
    """Return the verdict's explanation in one sentence of neutralized text."""
    by_verdict = _by_verdict(record.gates)
    match record.verdict:
        case "fail":
            return _failed(record, by_verdict["fail"])
        case "not_measured":
            return _not_measured(record, by_verdict["not_measured"])
        case "warn":
            return _warned(record, by_verdict["warn"])
        case "pass":
            return _passed(record)


def _by_verdict(rows: Iterable[Gate]) -> Mapping[Verdict, tuple[Gate, ...]]:
    """Return the gates by their verdict, in the order they are shown."""
    table = sorted(rows, key=gate_place)
    return {verdict: tuple(gate for gate in table if gate.verdict == verdict) for verdict in GATE_ORDER}


def _failed(record: RunRecord, failed: tuple[Gate, ...]) -> str:
    """Return why a run failed."""
    if not failed:
        broken = tuple(
            f"the {clip_middle(neutralize(name), _NAME)} stage failed"
            for name, stage in stages(record)
            if stage.status == "failed"
        )
        return _sentence(listed(broken) or "a gate failed, but the record does not name it")
    told = listed((_gate_words(record, gate) for gate in failed), most=4)
    return _sentence(f"{len(failed)} of {plural(len(record.gates), 'gate')} failed: {told}")


def _not_measured(record: RunRecord, missing: tuple[Gate, ...]) -> str:
    """Return what is missing from a run that was not measured."""
    if missing:
        rows = tuple(dict.fromkeys(f"{_short(gate)} ({_reason(gate.reason)})" for gate in missing))
    else:
        rows = tuple(f"{clip_middle(neutralize(row.what), _NAME)} ({_reason(row.why)})" for row in unmeasured(record))
    if not rows:
        return "Nothing was measured: no stage gave a result."
    return _sentence(f"not everything required was measured: {listed(rows, most=2)}")


def _warned(record: RunRecord, warned: tuple[Gate, ...]) -> str:
    """Return what a run that passed warns of."""
    told = listed(_gate_words(record, gate) for gate in warned)
    return _sentence(f"no gate failed, but {told}" if told else "no gate failed, but something is worth a look")


def _passed(record: RunRecord) -> str:
    """Return what a run that passed has shown."""
    bounds = tuple(gate for gate in record.gates if not gate.metric.startswith(STAGE_GATE))
    held = f"{'the only bound holds' if len(bounds) == 1 else f'all {len(bounds):,} bounds hold'}"
    facts = (held if bounds else "no stage failed; no bounds are set", headline(record, "test"))
    return _sentence("; ".join(fact for fact in facts if fact))


def _gate_words(record: RunRecord, gate: Gate) -> str:
    """Return a gate that does not hold, in words."""
    row = gate_row(gate, unit(record, gate.metric))
    if gate.metric.startswith(STAGE_GATE):
        return _stage_words(record, gate)
    if gate.value is None or gate.bound is None:
        return f"{_short(gate)} ({_reason(gate.reason)})" if gate.reason else _short(gate)
    side = "at least" if gate.kind == "minimum" else "at most"
    if gate.margin is not None and gate.margin >= 0:
        return f"{_short(gate)} is {row.value}" + (f" ({_reason(gate.reason)})" if gate.reason else "")
    return f"{_short(gate)} is {row.value} ({side} {exact(gate.bound, unit(record, gate.metric))})"


def _stage_words(record: RunRecord, gate: Gate) -> str:
    """Return what the gate of a stage complains of: what the stage measured if it failed, else its reason."""
    name = gate.metric.removeprefix(STAGE_GATE)
    stage = record.stages.get(name)
    if stage is None or stage.status != "failed":
        return f"{_short(gate)} was not measured in full ({_reason(gate.reason)})"
    facts = _reason(stage.reason) or headline(record, name)
    return f"{_short(gate)} failed ({facts})" if facts else f"{_short(gate)} failed"


def _short(gate: Gate) -> str:
    """Return the name of a gate's metric, or of its stage, fit for a sentence."""
    if gate.metric.startswith(STAGE_GATE):
        return f"stage {clip_middle(neutralize(gate.metric.removeprefix(STAGE_GATE)), _NAME)}"
    return clip_middle(neutralize(gate.metric), _NAME)


def _reason(text: str) -> str:
    """Return a reason fit for a sentence."""
    return clip(neutralize(text), _WHY).rstrip(". ")


def _sentence(text: str) -> str:
    """Return neutralized text with a full stop and a capital first letter, unless a metric comes first."""
    told = neutralize(text)
    first = told.split(" ", 1)[0]
    return (told if "." in first else told[:1].upper() + told[1:]) + "."
