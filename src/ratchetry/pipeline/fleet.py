"""Reports on many repositories: find what there is to read, reduce it on an engine, add it up."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from ratchetry.errors import UsageError
from ratchetry.fleet.report import NEEDED, FleetReport, Rows, fleet_report
from ratchetry.fleet.rows import Cell
from ratchetry.history.layout import LAYOUT_FILE

if TYPE_CHECKING:
    from ratchetry.adapters.derived_files import Updated
    from ratchetry.fleet.frames import Frame, Frames

Engine = Literal["light", "duckdb", "spark"]
ENGINES: Final[tuple[Engine, ...]] = ("light", "duckdb", "spark")
DEPTH: Final = 3
"""How deep below the given directory histories are looked for: owner/repository/.ratchetry is as deep as they lie."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What to report on: a directory or URL, the engine (None: the lightest that can), since when, where to work."""

    source: str
    engine: Engine | None
    since: date
    master: str
    scratch: Path


def report(request: Request) -> FleetReport:
    """Return the report on all repositories of a directory or URL.

    Raises UsageError when there is nothing to report on or the engine cannot read it, StateError naming a file that
    cannot be read.
    """
    return fleet_report(request.since, answers(request, NEEDED))


def rollup(source: str, target: Path, scratch: Path) -> Updated:
    """Bring the roll-ups of all repositories of a directory up to date in the directory `target`.

    Raises UsageError when there is nothing to roll up or `target` cannot be written, StateError naming a file that
    cannot be read.
    """
    from ratchetry.adapters.rollup_files import update_rollups

    if "://" in source:
        msg = f"{source}: roll-ups are made where the files are, from a directory: run this there, or copy them here"
        raise UsageError(msg)
    histories = () if holds_views(source) else tuple(find_histories(source))
    return update_rollups(Path(_views(source, histories, scratch)), target)


def answers(request: Request, names: tuple[str, ...]) -> Mapping[str, Rows]:
    """Return the rows of analyses, computed on the engine of a request."""
    histories = () if holds_views(request.source) else tuple(find_histories(request.source))
    engine = request.engine or ("light" if histories else "duckdb")
    match engine:
        case "light":
            return _on_light(request, histories, names)
        case "duckdb":
            return _on_duckdb(request, _views(request.source, histories, request.scratch), names)
        case "spark":
            return _on_spark(request, _views(request.source, histories, request.scratch), names)


def holds_views(source: str) -> bool:
    """Tell whether a place has the views in Parquet files: a URL is taken to, a directory is looked at."""
    return "://" in source or any(Path(source).glob("runs/month=*"))


def find_histories(source: str) -> Iterator[Path]:
    """Yield the directories of histories in a directory, which may be one itself, sorted.

    Raises UsageError when there is none.
    """
    root = Path(source)
    if not root.is_dir():
        msg = f"{source}: no such directory"
        raise UsageError(msg)
    found = sorted(_histories_below(root, DEPTH))
    if not found:
        msg = f"{source}: holds neither histories nor views; `ratchetry history export --format parquet` writes views"
        raise UsageError(msg)
    yield from found


def is_history(root: Path) -> bool:
    """Tell whether a directory is a history."""
    return (root / LAYOUT_FILE).is_file() or any((root / "runs").glob("[0-9][0-9][0-9][0-9]"))


def _histories_below(root: Path, depth: int) -> Iterator[Path]:
    """Yield the directories of histories down to some depth; one is not looked into."""
    if is_history(root):
        yield root
    elif depth:
        for entry in root.iterdir():
            if entry.is_dir() and not entry.is_symlink():
                yield from _histories_below(entry, depth - 1)


def _on_light(request: Request, histories: tuple[Path, ...], names: tuple[str, ...]) -> Mapping[str, Rows]:
    """Return the rows of analyses in Python alone, repository by repository."""
    from ratchetry.adapters.history_directory import HistoryDirectory
    from ratchetry.fleet.light import ANALYSES
    from ratchetry.fleet.results import Reader

    if not histories:
        msg = f"the engine light reads histories, and {request.source} holds Parquet files: use duckdb or spark"
        raise UsageError(msg)
    rows: dict[str, list[Mapping[str, Cell]]] = {name: [] for name in names}
    for place in histories:
        history = HistoryDirectory(place)
        runs = Reader(history.names).runs(history.columns(request.since.isoformat()))
        for name in names:
            rows[name] += ANALYSES[name](runs)
    return rows


def _views(source: str, histories: tuple[Path, ...], scratch: Path) -> str:
    """Return where the views are: those of histories are brought up to date first, all in one directory."""
    if not histories:
        return source
    from ratchetry.adapters.history_directory import HistoryDirectory
    from ratchetry.adapters.views_cache import source_place, update_views

    views = scratch / "fleet" / source_place(Path(source))
    for place in histories:
        update_views(place, HistoryDirectory(place), views)
    return str(views)


def _on_duckdb(request: Request, views: str, names: tuple[str, ...]) -> Mapping[str, Rows]:
    """Return the rows of analyses, computed by DuckDB."""
    from ratchetry.adapters.duckdb_engine import Limits, collected, connected, frames_of

    with connected(views, request.scratch / "spill", Limits()) as connection:
        return _evaluated(frames_of(connection), collected, request, names)


def _on_spark(request: Request, views: str, names: tuple[str, ...]) -> Mapping[str, Rows]:
    """Return the rows of analyses, computed by Spark."""
    from ratchetry.adapters.spark_engine import collected, frames_of, session

    with session(request.master, request.scratch / "spark") as running:
        return _evaluated(frames_of(running, views), collected, request, names)


def _evaluated(
    frames: Frames, collect: Callable[[Frame], Rows], request: Request, names: tuple[str, ...]
) -> Mapping[str, Rows]:
    """Return the rows of analyses on an engine's frames."""
    from ratchetry.fleet.expressions import ANALYSES, since

    recent = since(frames, request.since)
    return {name: collect(ANALYSES[name](recent)) for name in names}
