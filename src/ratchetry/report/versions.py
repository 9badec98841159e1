"""Versions in use, for people: which are active and why, how they are doing, and whether going back has helped."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from ratchetry.domain.event import Refusal
from ratchetry.domain.versions import ActiveVersions, Drop, Promotion, Rollback, VersionsReport, WatchStatus
from ratchetry.report.evidence_plot import Curve, EvidencePanel, evidence_plot
from ratchetry.report.plain_table import plain_table
from ratchetry.report.text import clip, code, escape_markdown, neutralize, plural

SHOWN: Final = ("slot", "version", "since", "instead of", "cause", "why")
CHECKED: Final = ("slot", "version", "state", "last 7 days", "30 before", "fall", "95%", "evidence", "go back to")
ALARM: Final = 1000.0
_GAINS: Final[Mapping[str, str]] = {
    "helped": "has helped",
    "worse": "has made it worse",
    "unclear": "has made no clear difference",
    "too-early": "is too recent, or has too few results, to tell",
}


def shown_terminal(active: ActiveVersions, report: VersionsReport) -> str:
    """Return the active versions for a terminal."""
    rows = list(_active_rows(active))
    if not rows and not report.promotions:
        return "no version was promoted yet: `ratchetry versions promote` does, or the winner of an experiment"
    parts = [plain_table(SHOWN, rows)] if rows else ["the file names no active version"]
    parts += [neutralize(line) for line in (*_rollback_lines(report), *_history(report), *_refused(report.refused))]
    return "\n".join(parts)


def shown_markdown(active: ActiveVersions, report: VersionsReport) -> str:
    """Return the active versions in GitHub Flavored Markdown."""
    lines = ["### Versions in use", "", *_table(SHOWN, list(_active_rows(active))), ""]
    lines += [f"- {escape_markdown(line)}" for line in (*_rollback_lines(report), *_refused(report.refused))]
    return "\n".join(lines) + "\n"


def checked_terminal(report: VersionsReport) -> str:
    """Return how versions are doing, for a terminal."""
    if not report.slots:
        return "no version was promoted yet: there is nothing to watch"
    parts = [neutralize(headline(report)), "", plain_table(CHECKED, list(_checked_rows(report.slots))), ""]
    parts += [neutralize(line) for line in (*_reasons(report), *_rollback_lines(report), *_refused(report.refused))]
    return "\n".join(parts)


def checked_markdown(report: VersionsReport) -> str:
    """Return how versions are doing, in GitHub Flavored Markdown."""
    lines = ["### Watch over versions", "", escape_markdown(headline(report)), ""]
    lines += [*_table(CHECKED, list(_checked_rows(report.slots))), ""]
    told = (*_reasons(report), *_rollback_lines(report), *_refused(report.refused))
    return "\n".join([*lines, *(f"- {escape_markdown(line)}" for line in told)]) + "\n"


def headline(report: VersionsReport) -> str:
    """Return how versions are doing in one line."""
    degraded = [status.slot for status in report.slots if status.state == "degraded"]
    if degraded:
        return f"{plural(len(degraded), 'version')} degraded: {', '.join(degraded)}"
    little = sum(status.state == "too-little" for status in report.slots)
    rest = f", {little} with too few results to tell" if little else ""
    return f"none of {plural(len(report.slots), 'version')} is degraded{rest}"


def plot(status: WatchStatus) -> str:
    """Return the days of one version as SVG: their rates, and the detector against its bound."""
    evidence = [value or None for value in status.path]
    panels = (
        EvidencePanel(
            title="mean of each day", curves=[Curve(name="rate", values=status.rates)], logarithmic=False, dots=True
        ),
        EvidencePanel(
            title="detector of a fall",
            curves=[Curve(name=status.version, values=evidence)],
            bound=ALARM,
            bound_name="evidence for an alarm",
        ),
    )
    title = f"{status.slot}: {status.version} is {status.state}"
    return evidence_plot(title, status.first_day, panels, marks=status.alarms)


def _active_rows(active: ActiveVersions) -> Iterator[tuple[str, ...]]:
    """Yield a row for each active version."""
    for slot, one in sorted(active.slots.items()):
        cause = f"experiment {one.experiment}" if one.experiment else one.cause
        yield slot, one.version, one.since[:10], one.previous, cause, clip(one.reason, 80)


def _checked_rows(statuses: Sequence[WatchStatus]) -> Iterator[tuple[str, ...]]:
    """Yield a row for each watched version."""
    for status in statuses:
        drop = status.drop
        yield (
            status.slot,
            status.version,
            status.state,
            _window(drop.after.mean, drop.after.n),
            _window(drop.before.mean, drop.before.n),
            "" if drop.relative is None else f"{drop.relative:+.1%}",
            _interval(drop),
            f"{status.evidence:,.3g} of {ALARM:,.0f}",
            status.rollback_to if status.state == "degraded" else "",
        )


def _window(mean: float | None, n: int) -> str:
    """Return the mean of some days."""
    return f"none (n {n})" if mean is None else f"{mean:.1%} (n {n})"


def _interval(drop: Drop) -> str:
    """Return the interval of a difference."""
    return "" if drop.low is None or drop.high is None else f"{drop.low:+.1%} to {drop.high:+.1%}"


def _reasons(report: VersionsReport) -> Iterator[str]:
    """Yield why each version is where it is."""
    for status in report.slots:
        yield f"{status.slot}: {status.reason}"
        if status.state == "degraded" and not status.rollback_to:
            yield f"{status.slot}: there is no earlier version to go back to that was never degraded itself"


def _rollback_lines(report: VersionsReport) -> Iterator[str]:
    """Yield what rollbacks did."""
    for status in report.slots:
        yield from (gain_line(one) for one in status.rollbacks)


def gain_line(one: Rollback) -> str:
    """Return what a rollback did, in one line."""
    gain = one.gain
    numbers = "" if gain.relative is None else f": {gain.relative:+.1%}, 95% from {_interval(gain)}"
    return f"{one.slot}: going back from {one.left} to {one.to} on {one.time[:10]} {_GAINS[one.state]}{numbers}"


def _history(report: VersionsReport) -> Iterator[str]:
    """Yield the newest promotions."""
    newest: list[Promotion] = sorted(report.promotions, key=lambda one: one.since, reverse=True)[:10]
    if newest:
        yield "promotions:"
    for one in newest:
        yield f"  {one.since[:10]} {one.slot}: {one.previous or 'nothing'} -> {one.version} ({one.cause}) {one.reason}"


def _refused(refused: Sequence[Refusal]) -> Iterator[str]:
    """Yield the events that make no sense."""
    if refused:
        yield f"{plural(len(refused), 'event')} left out:"
        yield from (f"  {one.event}: {clip(one.reason, 200)}" for one in refused[:20])


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Return the lines of a Markdown table, its first column as code."""
    head = [f"| {' | '.join(columns)} |", f"| {' | '.join('---' for _ in columns)} |"]
    return [*head, *(f"| {' | '.join([code(first), *map(escape_markdown, rest)])} |" for first, *rest in rows)]
