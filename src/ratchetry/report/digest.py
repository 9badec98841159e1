"""The weekly digest: where metrics go, what became better, what is worst, what moved, and what the learner did."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ratchetry.domain.comparison import ComparisonVerdict
from ratchetry.domain.event import Event
from ratchetry.domain.suggestion import SuggestionReport
from ratchetry.domain.trend_report import SeriesTrend, TrendReport
from ratchetry.report.blocks import Block, fitted, prose, shown_name, table, table_row
from ratchetry.report.lessons import event_words
from ratchetry.report.sparkline import sparkline
from ratchetry.report.suggestions import rates_markdown
from ratchetry.report.text import code, number, plural
from ratchetry.report.trends import change_text, headline

LIMIT: Final = 20_000
MOST_SHOWN: Final = 10
_LEARNED: Final = frozenset({"outcome", "experiment", "promotion", "alarm"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """What a week is told by: its name, the trends, the suggestions, and the events that happened in it."""

    name: str
    trends: TrendReport
    suggestions: SuggestionReport
    events: tuple[Event, ...] = ()


def title(repository: str) -> str:
    """Return the title of the digest; it stays the same from week to week."""
    return f"Weekly digest of {repository}" if repository else "Weekly digest"


def section(week: Week) -> str:
    """Return what there is to say of a week, in Markdown."""
    return fitted(tuple(_blocks(week)), LIMIT)


def _blocks(week: Week) -> Iterator[Block]:
    """Yield the parts: trends, wins, worst offenders, bounds, flaky tests, learning, hit rates."""
    yield Block(head=f"{prose(headline(week.trends))}\n")
    moving = [each for each in week.trends.series if each.trend.verdict in {"worsening", "improving"}]
    moving.sort(key=lambda each: (each.trend.verdict != "worsening", each.name))
    yield from _rows("### Trends", ("Metric", "Latest:", "History", "Trend", "In 30 days:"), map(_trend, moving))
    yield _list("### Worse than before", _moved(week.trends, "regressed"), "nothing became worse by more than chance")
    yield _list("### Wins", _wins(week), "nothing became better by more than chance")
    worst = [f"{prose(one.title)}: {shown_name(one.command)}" for one in week.suggestions.suggestions[:MOST_SHOWN]]
    yield _list("### Worst offenders", worst, "nothing to suggest")
    yield _list("### Bounds that moved", _words(week.events, {"threshold_move"}), "none")
    yield _list("### Flaky tests", _flaky(week.trends), _no_flaky(week.trends))
    learned = [*_words(week.events, _LEARNED), *_given(week.events)]
    yield _list("### What the learner did, and why", learned, "nothing: no decision had an outcome")
    rates = rates_markdown(tuple(row for row in week.suggestions.hit_rates if row.hits or row.misses or row.censored))
    if rates:
        yield Block(head=rates)
    missing = [f"{prose(name)}: {prose(why)}" for name, why in sorted(week.suggestions.unmeasured.items())]
    if missing:
        yield _list("### Not looked at", missing, "")


def _rows(heading: str, columns: tuple[str, ...], rows: Iterable[str]) -> Iterator[Block]:
    """Yield a table, or that there is nothing in it."""
    found = tuple(rows)
    yield table(heading, columns, found[:MOST_SHOWN], "row") if found else _list(heading, (), "none is certain")


def _trend(each: SeriesTrend) -> str:
    """Return one metric that moves as a row."""
    cells = (prose(number(each.latest, each.unit)), code(sparkline(each.sparkline)), each.trend.verdict)
    return table_row(shown_name(each.name), *cells, prose(change_text(each)))


def _wins(week: Week) -> list[str]:
    """Return what became better: metrics of the newest run, and improvements that were closed."""
    closed = [row for row in week.events if row.kind == "issue" and row.data.get("phase") == "closed"]
    done = [f"{shown_name(str(row.data.get('metric', '')))} has recovered: its improvement is closed" for row in closed]
    return [*done, *_moved(week.trends, "improved")]


def _moved(report: TrendReport, verdict: ComparisonVerdict) -> list[str]:
    """Return the metrics whose newest days differ from those before, or whose newest run does from its base."""
    days = [each.windows for each in report.series if each.windows is not None]
    found = {row.name: row for row in (*report.regressions, *days) if row.verdict == verdict}
    return [
        f"{shown_name(name)} went from {prose(number(row.base, row.unit, apart_from=(row.head,)))}"
        f" to {prose(number(row.head, row.unit, apart_from=(row.base,)))}"
        for name, row in sorted(found.items())
    ]


def _flaky(report: TrendReport) -> list[str]:
    """Return the flaky tests."""
    return [shown_name(name) for name in report.flaky.names] if report.flaky else []


def _no_flaky(report: TrendReport) -> str:
    """Return why no flaky test is named."""
    if report.flaky is None:
        return f"not known: {prose(report.unmeasured.get('flaky', 'no run has results of tests'))}"
    return f"none among {plural(report.flaky.tests, 'test')}"


def _words(events: Iterable[Event], kinds: Iterable[str]) -> list[str]:
    """Return what events of some kinds say, the newest first."""
    wanted = frozenset(kinds)
    ordered = sorted((one for one in events if one.kind in wanted), key=lambda one: (one.time, one.id), reverse=True)
    return [f"{one.time[:10]}: {prose(event_words(one))}" for one in ordered]


def _given(events: Sequence[Event]) -> list[str]:
    """Return the advice that was given, with how likely its kind was to be drawn."""
    drawn = {one.subject: one.data.get("propensities") for one in events if one.kind == "decision"}
    return [
        f"{one.time[:10]}: advised {shown_name(str(one.data.get('title', '')))} "
        f"({_why(str(one.data.get('advice', '')), drawn.get(str(one.data.get('decision', ''))))})"
        for one in events
        if one.kind == "issue" and one.data.get("phase") == "opened"
    ]


def _why(kind: str, shares: object) -> str:
    """Return why a kind of advice was given."""
    share = shares.get(kind) if isinstance(shares, Mapping) else None
    if not isinstance(share, float) or share >= 1.0:
        return f"{prose(kind)}, by far the most worth doing"
    return f"{prose(kind)}, drawn with probability {share:.2f}"


def _list(heading: str, lines: Sequence[str], empty: str) -> Block:
    """Return a list below its heading, or what is said when there is nothing in it."""
    if not lines:
        return Block(head=f"\n{heading}\n\n{empty[:1].upper()}{empty[1:]}.\n")
    rows = tuple(f"- {line}\n" for line in lines[:MOST_SHOWN])
    more = len(lines) - MOST_SHOWN
    tail = f"- and {more:,} more\n" if more > 0 else ""
    return Block(head=f"\n{heading}\n\n", rows=rows, tail=tail, noun="line")
