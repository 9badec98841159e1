"""Suggestions for people: a table for terminals, Markdown, and how often each kind of advice has worked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ratchetry.domain.suggestion import Goal, HitRate, Suggestion, SuggestionReport
from ratchetry.report.blocks import prose, shown_name, table, table_row
from ratchetry.report.plain_table import plain_table
from ratchetry.report.text import clip, clip_middle, listed, neutralize, number, plural, signed

RATES: Final = ("advice", "worked", "did not", "cannot tell", "open", "rate", "95%")
_SHARES: Final = frozenset({"flaky-test", "uncovered-module"})
"""Kinds whose interval is one of a share, not of a difference in the metric's unit."""
_TITLE: Final = 70
_WHY: Final = 400
_COMMAND: Final = 160


def terminal(report: SuggestionReport) -> str:
    """Return suggestions for a terminal: a table, and below it what to do about each."""
    parts = [neutralize(headline(report))]
    if report.suggestions:
        rows = [
            (str(place), clip_middle(one.title, _TITLE), one.kind, f"{one.score:.1f}")
            for place, one in enumerate(report.suggestions, start=1)
        ]
        parts += ["", plain_table(("#", "suggestion", "kind", "score"), rows)]
        for place, one in enumerate(report.suggestions, start=1):
            parts += ["", f"{place}. {neutralize(clip(one.why, _WHY))}"]
            parts += [f"   next: {neutralize(clip(one.command, _COMMAND))}", f"   done: {neutralize(done(one))}"]
            parts += [f"   seen: {neutralize(seen)}" for seen in (evidence(one),) if seen]
    parts += [f"not looked at: {neutralize(line)}" for line in unmeasured(report)]
    return "\n".join(parts)


def markdown(report: SuggestionReport) -> str:
    """Return suggestions in GitHub Flavored Markdown."""
    rows = [
        table_row(str(place), prose(clip_middle(one.title, 200)), prose(one.why), _code(one.command), prose(done(one)))
        for place, one in enumerate(report.suggestions, start=1)
    ]
    lines = ["### Suggestions\n", f"\n{prose(headline(report))}\n"]
    if rows:
        lines.append(table("", ("#:", "What", "Why", "Next", "Done when"), rows, "suggestion").text(len(rows)))
    lines += [f"\n_Not looked at: {prose(line)}_\n" for line in unmeasured(report)]
    return "".join(lines)


def headline(report: SuggestionReport) -> str:
    """Return in one line how much is suggested."""
    basis = f"{report.branch or 'no branch'} as of {report.as_of[:10] or 'no run'}"
    if not report.found:
        return f"nothing to suggest on {basis}"
    shown = f", the first {len(report.suggestions)} shown" if len(report.suggestions) < report.found else ""
    return f"{plural(report.found, 'suggestion')} on {basis}{shown}"


def done(one: Suggestion) -> str:
    """Return when a suggestion counts as done."""
    return f"{wanted(one.goal, one.unit)} in {plural(one.goal.runs, 'run')}{' in a row' if one.goal.runs > 1 else ''}"


def wanted(goal: Goal, unit: str) -> str:
    """Return what a goal wants to be measured."""
    sign = "at least" if goal.kind == "minimum" else "at most"
    match goal.measure:
        case "metric":
            return f"{goal.metric} is {sign} {number(goal.bound, unit)}"
        case "bound":
            return f"the {goal.kind} of {goal.metric} is {sign} {number(goal.bound, unit)}"
        case "tests":
            return f"{listed(goal.tests, 1)} {'does' if len(goal.tests) == 1 else 'do'} not fail"
        case "findings":
            place = f" in {goal.path}" if goal.path else ""
            return f"{goal.tool} finds no {goal.rule or 'error'}{place}"


def evidence(one: Suggestion) -> str:
    """Return the runs, commits and the interval that a suggestion rests on."""
    found = []
    if one.runs:
        found.append(f"run {listed(one.runs, 3)}")
    commits = [commit[:12] for commit in one.commits if commit]
    if commits:
        found.append(f"commit {listed(commits, 3)}")
    if one.interval is not None:
        shown = [f"{100 * each:.3g}%" if one.kind in _SHARES else signed(each, one.unit) for each in one.interval]
        found.append(f"95 % interval {shown[0]} to {shown[1]}")
    return ", ".join(found)


def unmeasured(report: SuggestionReport) -> tuple[str, ...]:
    """Return what could not be looked at, each in a line."""
    return tuple(f"{name}: {reason}" for name, reason in sorted(report.unmeasured.items()))


def rates_terminal(rates: Sequence[HitRate]) -> str:
    """Return how often each kind of advice worked, for a terminal."""
    if not rates:
        return "no advice has been given yet: `ratchetry ci report` opens issues, and what follows is measured"
    return plain_table(RATES, [_rate(rate) for rate in rates])


def rates_markdown(rates: Sequence[HitRate]) -> str:
    """Return how often each kind of advice worked, in Markdown; nothing where none was given."""
    rows = [table_row(shown_name(rate.kind), *_rate(rate)[1:]) for rate in rates]
    columns = (RATES[0], *(f"{name}:" for name in RATES[1:]))
    return table("### How often advice worked", columns, rows, "kind").text(len(rows)) if rows else ""


def _rate(rate: HitRate) -> tuple[str, ...]:
    """Return the cells of one kind of advice."""
    counts = (rate.hits, rate.misses, rate.censored, rate.waiting)
    low, high = rate.interval
    return (rate.kind, *map(str, counts), f"{rate.mean:.0%}", f"{low:.0%}-{high:.0%}")


def _code(text: str) -> str:
    """Return a command as a code span."""
    return shown_name(clip(text, _COMMAND))
