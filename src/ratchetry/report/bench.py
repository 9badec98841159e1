"""What a comparison by benchmarks says: as JSON, as a table for terminals, and as Markdown."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Final

from ratchetry.domain.bench import WORKING_TREE, BenchReport, Side
from ratchetry.domain.comparison import Comparison
from ratchetry.report.plain_table import plain_table
from ratchetry.report.text import duration, escape_markdown, listed, neutralize, plural

COLUMNS: Final = ("benchmark", "verdict", "base", "head", "change", "95 % interval", "q", "pairs")
_ORDER: Final = ("regressed", "improved", "inconclusive", "unchanged")
_SHORT: Final = 12


def document(report: BenchReport) -> str:
    """Return all of a report as JSON, the time of every pair included."""
    import msgspec

    return json.dumps(msgspec.to_builtins(report), indent=2)


def terminal(report: BenchReport) -> str:
    """Return a report for a terminal."""
    rows = [_row(each) for each in by_verdict(report)]
    table = f"\n\n{plain_table(COLUMNS, rows)}" if rows else ""
    remarks = [neutralize(remark) for remark in _remarks(report)]
    return neutralize(headline(report)) + table + "".join(f"\n{line}" for line in ["", *remarks])


def markdown(report: BenchReport) -> str:
    """Return a report in Markdown."""
    lines = [f"**{escape_markdown(headline(report))}**", ""]
    if report.comparisons:
        lines += [_line(COLUMNS), _line(["---"] * len(COLUMNS))]
        lines += [_line([escape_markdown(cell) for cell in _row(each)]) for each in by_verdict(report)]
        lines.append("")
    lines += [f"- {escape_markdown(remark)}" for remark in _remarks(report)]
    return "\n".join(lines) + "\n"


def headline(report: BenchReport) -> str:
    """Return what came out, in a line."""
    sides = f"{shown_side(report.head)} against {shown_side(report.base)}"
    if not report.comparisons:
        return f"{sides}: not measured"
    counts = {kind: sum(each.verdict == kind for each in report.comparisons) for kind in _ORDER}
    told = ", ".join(f"{count} {kind}" for kind, count in counts.items() if count)
    return f"{sides}: {told}"


def shown_side(side: Side) -> str:
    """Return how a side was named, with its commit where that is something else."""
    commit = side.commit[:_SHORT]
    if side.ref in WORKING_TREE:
        return (
            f"the files here ({commit} and uncommitted changes)" if side.uncommitted else f"the files here ({commit})"
        )
    return commit if side.commit.startswith(side.ref) else f"{side.ref} ({commit})"


def shown_change(share: float) -> str:
    """Return a change as a share of the base, with its sign."""
    return f"{round(100 * share, 1) or 0.0:+.1f} %"


def by_verdict(report: BenchReport) -> list[Comparison]:
    """Return the comparisons, regressions first, the largest change first of each verdict."""
    return sorted(report.comparisons, key=lambda each: (_ORDER.index(each.verdict), -abs(each.difference), each.name))


def _row(comparison: Comparison) -> tuple[str, ...]:
    """Return the cells of a benchmark."""
    low, high = comparison.interval
    q_value = comparison.p_value if comparison.q_value is None else comparison.q_value
    return (
        comparison.name,
        comparison.verdict,
        duration(comparison.base),
        duration(comparison.head),
        shown_change(comparison.difference),
        f"{shown_change(low)} to {shown_change(high)}",
        "" if q_value is None else f"{q_value:.2g}",
        str(comparison.n_base),
    )


def _remarks(report: BenchReport) -> Iterator[str]:
    """Yield all that there is to say besides."""
    if report.comparisons:
        timer = "waits for a processor left out" if report.timer == "running" else "waits included"
        margin = report.comparisons[0].margin
        yield (
            f"{plural(report.pairs, 'pair')} of processes in turn, the {report.estimator} of the rounds of each; "
            f"{timer}; changes up to {100 * margin:g} % matter to nobody; seed {report.seed}; "
            f"{duration(report.seconds)}"
        )
    for comparison in by_verdict(report):
        if comparison.verdict == "inconclusive" and comparison.reason:
            yield f"{comparison.name}: {comparison.reason}"
    for each in report.not_compared:
        yield f"not measured: {f'{each.name}: ' if each.name else ''}{each.reason}"
    alone: Mapping[str, tuple[str, ...]] = {"base": report.only_base, "head": report.only_head}
    for side, names in alone.items():
        if names:
            yield f"only the {side} has {listed(names, most=10)}"
    yield from report.notes


def _line(cells: tuple[str, ...] | list[str]) -> str:
    """Return a row of a table in Markdown."""
    return f"| {' | '.join(cells)} |"
