"""Roll-ups of a directory of views in a directory of their own, brought up to date file by file.

Each file of `tests` becomes a file of the same name in each view of the roll-ups; `runs` and `changes` are taken as
they are.  A file is read again only when it has changed: with one for each repository and day no result is ever read
twice, with one for each month those of the running month are.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ratchetry.adapters.derived_files import Updated, update_pieces
from ratchetry.adapters.files import write_atomic
from ratchetry.adapters.parquet_files import files_of, require_sql, write_tables
from ratchetry.adapters.rollup_arrays import rolled
from ratchetry.adapters.views_cache import source_place
from ratchetry.errors import StateError, UsageError
from ratchetry.fleet.tables import COPIED, IN_FILES

if TYPE_CHECKING:
    import pyarrow as pa

TESTS: Final = "tests"


def update_rollups(views: Path, target: Path) -> Updated:
    """Bring the roll-ups of a directory of views up to date in the directory `target`; files that are the same stay.

    A file is read when its size or time is another.  Raises UsageError when there are no views, `target` is their own
    directory or cannot be written, or libraries are missing, StateError naming a file that is no view in Parquet.
    """
    require_sql()
    if views.resolve() == target.resolve():
        msg = f"{target}: the views are there: name another directory for the roll-ups"
        raise UsageError(msg)
    keys = {
        path.relative_to(views).as_posix(): f"{path.stat().st_size} {path.stat().st_mtime_ns}"
        for view in (TESTS, *COPIED)
        for path in files_of(views, view)
    }
    if not keys:
        msg = f"{views}: holds no views; `ratchetry history export --format parquet` writes them"
        raise UsageError(msg)

    def write(path: str) -> Mapping[str, int]:
        return _write(views / path, path, target)

    return update_pieces(keys, write, target, f"rollup-{source_place(views)}")


def _write(source: Path, path: str, target: Path) -> Mapping[str, int]:
    """Write what one file becomes, and return the files with how many rows each has."""
    view, _, rest = path.partition("/")
    if view in COPIED:
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        write_atomic(target / path, source.read_bytes())
        return {path: _read(source, view).num_rows}
    rows: dict[str, int] = {}
    for name, table in rolled(_read(source, view)).items():
        if table.num_rows:
            rows[f"{name}/{rest}"] = table.num_rows
            write_tables(target / name / rest, IN_FILES[name], [table])
    return rows


def _read(path: Path, view: str) -> pa.Table:
    """Return the rows in a file of a view; raises StateError when it is none."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns = IN_FILES[view].columns
    names = [column.name for column in columns]
    try:
        file = pq.ParquetFile(path, read_dictionary=[column.name for column in columns if column.kind == "name"])
        return file.read(columns=names).select(names)
    except (pa.ArrowException, KeyError, OSError) as error:
        msg = f"{path}: not a view in Parquet: {error}"
        raise StateError(msg) from error
