"""`ratchetry explain`: what a metric is, its value, its bound and how it went."""

from __future__ import annotations

import difflib
from dataclasses import asdict
from typing import TYPE_CHECKING, Final

import click

from ratchetry.errors import UsageError

if TYPE_CHECKING:
    from ratchetry.domain.catalog import Definition
    from ratchetry.domain.record import RunRecord
    from ratchetry.domain.thresholds import Threshold

RUNS: Final = 30
_BARS: Final = "▁▂▃▄▅▆▇█"

EPILOG = """\b
Examples:
  ratchetry explain                      list every metric
  ratchetry explain coverage.line
  ratchetry explain benchmark.test_parse --format json
"""


@click.command(name="explain", epilog=EPILOG)
@click.argument("metric", required=False)
@click.option("--path", default=".", show_default=True, help="Repository whose values are shown.")
@click.option("--output-dir", help="Where the records are.  [default: .ratchetry]")
@click.option("--format", "output_format", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(metric: str | None, *, path: str, output_dir: str | None, output_format: str) -> None:
    """Tell what METRIC is, how it is measured, its current value, its bound and its history."""
    from ratchetry.cli.options import load_settings
    from ratchetry.domain.catalog import CATALOG
    from ratchetry.pipeline.bounds import load_thresholds
    from ratchetry.pipeline.past import past_records
    from ratchetry.pipeline.survey import places_of

    if metric is None:
        click.echo(_listing(CATALOG, output_format))
        return
    entry = _definition(metric)
    settings = load_settings(path, {"output_dir": output_dir})
    places = places_of(path, settings)
    records = past_records(places, RUNS)
    bounds = load_thresholds(places.root, settings).bounds
    bound = next((threshold for threshold in bounds if threshold.metric == metric), None)
    render = _as_json if output_format == "json" else _as_text
    click.echo(render(metric, entry, bound, records))


def _definition(metric: str) -> Definition:
    """Return what the catalog says of a metric; raises UsageError with the nearest name."""
    from ratchetry.domain.catalog import CATALOG, definition

    entry = definition(metric)
    if entry is None:
        near = difflib.get_close_matches(metric, [known.name for known in CATALOG], n=1)
        hint = f"did you mean {near[0]!r}?" if near else "`ratchetry explain` lists them."
        msg = f"unknown metric {metric!r}; {hint}"
        raise UsageError(msg)
    return entry


def _listing(catalog: tuple[Definition, ...], output_format: str) -> str:
    """Return the list of all metrics."""
    if output_format == "json":
        import json

        return json.dumps([asdict(entry) for entry in catalog], indent=2)
    width = max(len(entry.name) for entry in catalog)
    return "\n".join(f"{entry.name:{width}}  {entry.what}" for entry in catalog)


def _as_text(metric: str, entry: Definition, bound: Threshold | None, records: tuple[RunRecord, ...]) -> str:
    """Return the explanation for people."""
    measured = [(record, record.metrics[metric]) for record in records if metric in record.metrics]
    if measured:
        record, last = measured[-1]
        spread = f" ± {last.spread:g}" if last.spread is not None else ""
        now = f"{last.value:g}{spread} {last.unit} (n = {last.n}, {record.run.started}, {record.run.commit[:12]})"
    else:
        now = "not measured yet: run `ratchetry run`"
    values = [each.value for _, each in measured]
    lines = [
        metric,
        f"  what      {entry.what}",
        f"  how       {entry.how}",
        f"  unit      {entry.unit}, better when {entry.better}",
        f"  stage     {entry.stage}",
        f"  now       {now}",
        f"  bound     {_bound_text(bound)}",
    ]
    if len(values) > 1:
        lines.append(f"  history   {sparkline(values)}  {values[0]:g} → {values[-1]:g} over {len(values)} runs")
    return "\n".join(lines)


def _as_json(metric: str, entry: Definition, bound: Threshold | None, records: tuple[RunRecord, ...]) -> str:
    """Return the explanation for programs."""
    import json

    history = [
        {"started": record.run.started, "commit": record.run.commit, **asdict(record.metrics[metric])}
        for record in records
        if metric in record.metrics
    ]
    document = {
        **asdict(entry),
        "name": metric,
        "bound": None if bound is None else asdict(bound),
        "current": history[-1] if history else None,
        "history": history,
    }
    return json.dumps(document, indent=2)


def _bound_text(bound: Threshold | None) -> str:
    """Return a bound in words."""
    if bound is None:
        return "none"
    target = "" if bound.target is None else f", target {bound.target:g}"
    step = "" if bound.increment is None else f", moves by {bound.increment:g}"
    return f"{bound.kind} {bound.bound:g}{target}{step}"


def sparkline(values: list[float]) -> str:
    """Return values as a row of bars, the lowest and highest of them the shortest and tallest."""
    low, high = min(values), max(values)
    if high == low:
        return _BARS[0] * len(values)
    return "".join(_BARS[round((value - low) / (high - low) * (len(_BARS) - 1))] for value in values)
