"""Questions in SQL about a history, and its export to files of other formats."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ratchetry.errors import UsageError
from ratchetry.fleet.rows import ROWS, Row, event_row
from ratchetry.fleet.tables import BY_NAME
from ratchetry.state.codec import encode

if TYPE_CHECKING:
    from ratchetry.adapters.derived_files import Updated
    from ratchetry.adapters.history_directory import HistoryDirectory
    from ratchetry.adapters.sql_query import Answer

VIEWS: Final = "cache/views"
SPILL: Final = "cache/spill"


@contextmanager
def query(history: HistoryDirectory, cache: Path, sql: str, seconds: float) -> Iterator[Answer]:
    """Yield the answer to a question about a history, whose views are brought up to date below `cache` first."""
    from ratchetry.adapters.duckdb_engine import Limits
    from ratchetry.adapters.sql_query import answered
    from ratchetry.adapters.views_cache import source_place, update_views

    views = cache / VIEWS / source_place(history.root)
    if not update_views(history.root, history, views).rows and not any(views.glob("*/month=*")):
        msg = f"{history.root}: there is no history here yet: `ratchetry run` keeps runs, `history add` records"
        raise UsageError(msg)
    with answered(sql, views, cache / SPILL, Limits(seconds=seconds)) as answer:
        yield answer


def export_parquet(history: HistoryDirectory, target: Path) -> Updated:
    """Bring the Parquet files of a history's views below a directory up to date."""
    from ratchetry.adapters.views_cache import update_views

    return update_views(history.root, history, target)


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """The runs and events to export: those of [since, until), ISO 8601; empty means without an end."""

    since: str = ""
    until: str = ""


def record_lines(history: HistoryDirectory, period: Period) -> Iterator[bytes]:
    """Yield every run as a line of JSON: its whole record."""
    from ratchetry.state.record import dumps

    for record in history.records(period.since, period.until):
        yield dumps(record)


def table_rows(history: HistoryDirectory, view: str, period: Period) -> Iterator[Row]:
    """Yield the rows of one view, in the order of the history."""
    if view == "events":
        yield from map(event_row, history.events(period.since, period.until))
        return
    for record in history.records(period.since, period.until):
        yield from ROWS[view](record)


def table_lines(history: HistoryDirectory, view: str, period: Period) -> Iterator[bytes]:
    """Yield the rows of one view, each as a line of JSON."""
    names = BY_NAME[view].names
    for row in table_rows(history, view, period):
        fields: Mapping[str, object] = dict(zip(names, row, strict=True))
        yield encode(fields)
