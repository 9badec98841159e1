"""From the histories of many repositories to one page, and a dashboard of each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from ratchetry.adapters.dashboard_files import BELOW, DashboardFiles
from ratchetry.adapters.history_directory import HistoryDirectory
from ratchetry.domain.fingerprint import short_hash
from ratchetry.domain.moment import date_of, days_of
from ratchetry.errors import RatchetryError, UsageError
from ratchetry.fleet.page import Target, fleet_page
from ratchetry.fleet.report import NEEDED, Rows, fleet_report, repository_weeks
from ratchetry.pipeline.dashboard.build import Asked, Built, build
from ratchetry.pipeline.fleet import find_histories

WEEKS: Final = 26
"""Full weeks before the newest run that the page is of, unless a day is named."""
_PLAIN: Final = re.compile(r"[^A-Za-z0-9._-]+")
_LONGEST: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetBuilt:
    """What was written: the page of the fleet, and the dashboards of those that could be made, by repository."""

    index: Path
    page_bytes: int
    dashboards: Mapping[str, Built]
    missing: Mapping[str, str]


def build_fleet(sources: Sequence[str], asked: Asked, target: Path) -> FleetBuilt:
    """Write the page on the histories below some directories, and a dashboard of each, into a directory.

    Raises UsageError when there is no history, StateError naming a file that cannot be read.
    """
    from ratchetry.fleet.light import ANALYSES
    from ratchetry.fleet.results import Reader

    places = list(dict.fromkeys(place for source in sources for place in find_histories(source)))
    since = _since(places, asked.since)
    files = DashboardFiles(target)
    dashboards: dict[str, Built] = {}
    missing: dict[str, str] = {}
    answers: dict[str, Rows] = dict.fromkeys(NEEDED, ())
    for place in places:
        history = HistoryDirectory(place)
        runs = Reader(history.names).runs(history.columns(since.isoformat()))
        answers = {name: (*answers[name], *ANALYSES[name](runs)) for name in NEEDED}
        for name in dict.fromkeys(run.repository for run in runs):
            made = _dashboard(place, name, asked, target)
            if isinstance(made, Built):
                dashboards[name] = made
            else:
                missing[name] = made
    targets = {name: Target(address=f"{directory_of(name)}/index.html") for name in dashboards}
    targets |= {name: Target(reason=reason) for name, reason in missing.items() if name not in dashboards}
    page = fleet_page(fleet_report(since, answers), repository_weeks(answers), targets)
    written = files.finish(page)
    return FleetBuilt(index=written.index, page_bytes=len(page), dashboards=dashboards, missing=missing)


def directory_of(repository: str) -> str:
    """Return the directory of a repository's dashboard: its name made plain, with a hash where that changed it."""
    plain = _PLAIN.sub("-", repository).strip(".-")[:_LONGEST]
    return f"{BELOW}/{plain if plain == repository else f'{plain}-{short_hash(repository)[:8]}'}"


def _dashboard(place: Path, repository: str, asked: Asked, target: Path) -> Built | str:
    """Write the dashboard of a history, or return why there is none."""
    root = place.parent if place.name == asked.settings.output_dir else place
    try:
        return build(HistoryDirectory(place), replace(asked, root=root), target / directory_of(repository))
    except RatchetryError as error:
        return str(error)


def _since(places: Iterable[Path], wanted: str) -> date:
    """Return the first day that is looked at: the one that is named, else so many weeks before the newest run's."""
    if wanted:
        return date.fromisoformat(wanted)
    newest = [days for place in places if (days := _newest(place)) is not None]
    if not newest:
        msg = "the histories hold no run that started at a time which can be read"
        raise UsageError(msg)
    day = date.fromisoformat(date_of(max(newest)))
    return day - timedelta(days=day.weekday() + 7 * WEEKS)


def _newest(place: Path) -> float | None:
    """Return when the newest run of a history started, in days since 1970."""
    history = HistoryDirectory(place)
    for month in reversed(history.months.all("runs")):
        entries = history.months.entries("runs", month)
        if entries:
            return days_of(max(entry.time for entry in entries))
    return None
