"""Experiments for people: where each stands, what is still missing, and what was planned."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Final

from ratchetry.domain.event import Refusal
from ratchetry.domain.experiment import Experiment, ExperimentStatus, MetricResult
from ratchetry.report.evidence_plot import Curve, EvidencePanel, evidence_plot
from ratchetry.report.plain_table import plain_table
from ratchetry.report.text import clip, code, escape_markdown, listed, neutralize, plural

COLUMNS: Final = ("treatment", "metric", "control", "treated", "lift", "interval", "evidence", "p", "harm", "state")
SAFE: Final = "Looking daily is safe: evidence, p-values and intervals hold at every look, whenever you stop."
_STATES: Final = {
    "running": "running",
    "winner": "winner",
    "harmful": "harmful: stopped",
    "futile": "futile",
    "inconclusive": "inconclusive",
}


def terminal(statuses: Sequence[ExperimentStatus], refused: Sequence[Refusal] = ()) -> str:
    """Return where experiments stand, for a terminal."""
    if not statuses:
        return "no experiment yet: `ratchetry experiment start` begins one"
    parts: list[str] = []
    for status in statuses:
        parts += [neutralize(headline(status)), *(f"  {neutralize(line)}" for line in notes(status)), ""]
        parts += [plain_table(COLUMNS, list(_rows(status))), ""]
    parts += [SAFE, *(neutralize(line) for line in _refused([*refused, *_own(statuses)]))]
    return "\n".join(parts)


def markdown(statuses: Sequence[ExperimentStatus], refused: Sequence[Refusal] = ()) -> str:
    """Return where experiments stand, in GitHub Flavored Markdown."""
    lines = ["### Experiments", ""]
    if not statuses:
        lines += ["No experiment yet.", ""]
    for status in statuses:
        lines += [f"**{escape_markdown(headline(status))}**", "", *evidence_table(status), ""]
        lines += [f"- {escape_markdown(line)}" for line in notes(status)] + [""]
    lines += [SAFE, *(f"- {escape_markdown(line)}" for line in _refused([*refused, *_own(statuses)]))]
    return "\n".join(lines) + "\n"


def evidence_table(status: ExperimentStatus) -> list[str]:
    """Return the numbers of an experiment as the lines of a Markdown table."""
    lines = [f"| {' | '.join(COLUMNS)} |", f"| {' | '.join('---' for _ in COLUMNS)} |"]
    for arm, *cells in _rows(status):
        lines.append(f"| {' | '.join([code(arm), *map(escape_markdown, cells)])} |")
    return lines


def headline(status: ExperimentStatus) -> str:
    """Return where an experiment stands, in one line."""
    won = f" {status.winner}" if status.winner else ""
    return f"{status.experiment.name}: {_STATES[status.state]}{won} after {plural(status.days, 'day')}"


def notes(status: ExperimentStatus) -> Iterator[str]:
    """Yield why an experiment stands where it does, and what it rests on."""
    one = status.experiment
    yield status.reason
    arms = ", ".join(f"{arm} {count}" for arm, count in status.assigned.items())
    yield f"slot {one.slot}, since {one.started[:10]}, {one.traffic:.0%} of the units; units of these days: {arms}"
    if status.mismatch:
        yield (
            f"sample ratio mismatch (p = {_p(status.sample_ratio_p)}): units did not fall to the arms as planned; "
            "nothing is judged: look for units that are lost in one arm"
        )
    if status.waiting:
        yield f"{plural(status.waiting, 'unit')} of days that do not count yet: not over, or without all outcomes"
    if status.left_out:
        yield f"{plural(status.left_out, 'unit')} left out: missing, censored or too late"
    if status.state == "running":
        gates = f"{one.min_days} days, {one.min_units} units in each arm and a lift of {one.min_lift:.0%}"
        yield f"a winner needs evidence of {status.threshold:.0f}, {gates}; the end is after {one.max_days} days"


def started(one: Experiment, *, dry_run: bool) -> str:
    """Return what was started, and what was planned."""
    head = "would start" if dry_run else "started"
    metrics = ", ".join(f"{metric.name} ({metric.better} is better)" for metric in one.metrics)
    lines = [
        f"{head} {one.name}: {listed(one.treatments, 10)} against {one.control} in {one.slot}",
        f"  each arm gets {one.traffic / len(one.arms):.1%} of the units, by a hash of the unit's name",
        f"  metrics: {metrics}; the first decides, the others must not get worse",
        f"  a winner needs {one.min_days} days, {one.min_units} units in each arm and a lift of {one.min_lift:.0%}",
    ]
    return neutralize_each([*lines, *(f"  {line}" for line in planned(one))])


def neutralize_each(lines: Sequence[str]) -> str:
    """Return lines, each neutralized but for its indent."""
    return "\n".join(f"{line[: len(line) - len(line.lstrip())]}{neutralize(line.lstrip())}" for line in lines)


def planned(one: Experiment) -> Iterator[str]:
    """Yield what was planned, or why it could not be."""
    plan = one.plan
    if plan.base is None:
        yield f"planned n: unknown, since there are too few earlier values of {one.primary.name}; --base says one"
    elif plan.units_per_arm is None:
        yield f"planned n: no number of units finds a lift of {one.min_lift:.0%} from {plan.base:.1%}"
    else:
        yield (
            f"planned n: {plan.units_per_arm:,} units in each arm find a lift of {one.min_lift:.0%} from "
            f"{plan.base:.1%} with a probability of 80%"
        )
    if plan.units_per_day is None:
        yield "expected days: unknown, since no unit came in the last 30 days; --per-day says how many"
    else:
        days = f"{math.ceil(plan.days):,} days" if plan.days else "unknown"
        yield f"expected days: {days}, at {plan.units_per_day:.3g} units in each arm a day"
        if plan.days and plan.days > one.max_days:
            yield f"  that is more than the {one.max_days} days that it may take: it will likely end without a verdict"
    if plan.detectable_lift is not None:
        yield f"minimum detectable effect in {one.max_days} days: a lift of {plan.detectable_lift:.1%}"


def plot(status: ExperimentStatus) -> str:
    """Return the evidence of an experiment, day by day, as SVG."""
    better = [Curve(name=one.arm, values=_values(one.path)) for one in status.treatments]
    worse = [Curve(name=one.arm, values=_values(one.harm_path)) for one in status.treatments]
    metrics = len(status.experiment.metrics)
    needed, harm = status.threshold, status.threshold * metrics
    panels = (
        EvidencePanel(
            title="evidence of being better", curves=better, bound=needed, bound_name=f"winner at {needed:.0f}"
        ),
        EvidencePanel(title="evidence of being worse", curves=worse, bound=harm, bound_name=f"harmful at {harm:.0f}"),
    )
    return evidence_plot(headline(status), status.first_day, panels)


def _values(path: Sequence[float]) -> list[float]:
    """Return evidence that is given as logarithms."""
    return [math.exp(min(50.0, max(-50.0, value))) for value in path]


def _rows(status: ExperimentStatus) -> Iterator[tuple[str, ...]]:
    """Yield a row for each metric of each treatment."""
    for one in status.treatments:
        for number, result in enumerate(one.metrics):
            yield (clip(one.arm, 40), *_cells(result), one.state if number == 0 else "guardrail")


def _cells(result: MetricResult) -> tuple[str, ...]:
    """Return the numbers of one metric."""
    return (
        f"{result.metric} ({result.better})",
        f"{_number(result.control)} (n {result.n_control})",
        f"{_number(result.treatment)} (n {result.n_treatment})",
        "" if result.lift is None else f"{result.lift:+.1%}",
        f"{_end(result.low)} to {_end(result.high)}",
        f"{result.e_value:.3g}",
        _p(result.p_value),
        f"{result.e_harm:.3g}",
    )


def _number(value: float | None) -> str:
    """Return a mean or median."""
    return "none" if value is None else f"{value:.4g}"


def _end(value: float | None) -> str:
    """Return the end of an interval."""
    return "?" if value is None else f"{value:+.1%}"


def _p(value: float) -> str:
    """Return a p-value."""
    return "< 0.0001" if value < 0.0001 else f"{value:.4f}"


def _own(statuses: Sequence[ExperimentStatus]) -> list[Refusal]:
    """Return the events that experiments refused."""
    return [one for status in statuses for one in status.refused]


def _refused(refused: Sequence[Refusal]) -> Iterator[str]:
    """Yield the events that make no sense."""
    if refused:
        yield f"{plural(len(refused), 'event')} left out:"
        yield from (f"  {one.event}: {clip(one.reason, 200)}" for one in refused[:20])
