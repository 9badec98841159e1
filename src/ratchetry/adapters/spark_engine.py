"""Apache Spark over the views in Parquet files: a session of our own, quiet and bound to this machine, or a cluster's.

A local session starts a Java virtual machine, which takes ten seconds and 0.7 GB: it is never started unasked.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ratchetry.errors import UsageError
from ratchetry.fleet.rows import Cell
from ratchetry.fleet.tables import IN_FILES, ROLLED, ROLLUPS, VIEWS, Kind, View

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession
    from pyspark.sql.types import DataType, StructType

    from ratchetry.fleet.frames import Frame, Frames

INSTALL: Final = 'pip install "ratchetry[spark]"'
_QUIET: Final[Mapping[str, str]] = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.sources.partitionColumnTypeInference.enabled": "false",
}
_LOCAL: Final[Mapping[str, str]] = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.sql.catalogImplementation": "in-memory",
    "spark.sql.shuffle.partitions": "8",
}


@contextmanager
def session(master: str, scratch: Path) -> Iterator[SparkSession]:
    """Yield a session on `master` (local[2], spark://…, sc://… for Spark Connect), and stop it at the end.

    What Spark and Java say goes to `spark.log` in the directory `scratch`, where Spark also keeps its files.
    Raises UsageError when PySpark or Java is missing, or no session comes about.
    """
    try:
        from pyspark.errors import PySparkException
        from pyspark.sql import SparkSession
    except ModuleNotFoundError as error:
        msg = f"the engine spark needs the library {error.name}, which is not installed: {INSTALL}"
        raise UsageError(msg) from error
    _require_java(master)
    scratch.mkdir(parents=True, exist_ok=True)
    log = scratch / "spark.log"
    builder = SparkSession.builder.appName("ratchetry")
    builder = builder.remote(master) if master.startswith("sc://") else builder.master(master)
    for name, value in _settings(master, scratch).items():
        builder = builder.config(name, value)
    try:
        with _errors_to(log):
            running = builder.getOrCreate()
    except (PySparkException, RuntimeError, OSError, ImportError) as error:
        msg = f"Spark gave no session on {master}: {str(error).splitlines()[0]}; {log} has the rest"
        raise UsageError(msg) from error
    try:
        yield running
    finally:
        running.stop()


def frames_of(running: SparkSession, source: str) -> Frames:
    """Return the views of a directory or object store of views as lazy frames, empty where there are no files.

    Raises UsageError when there are no views.
    """
    import narwhals as nw

    found = {name: _read(running, source, view) for name, view in IN_FILES.items()}
    if not any(found.values()):
        msg = f"{source}: holds no views; `ratchetry history export --format parquet` writes them"
        raise UsageError(msg)
    views = (*VIEWS, *(ROLLUPS if found[ROLLED] else ()))
    frames = {view.name: found[view.name] or running.createDataFrame([], _schema(view)) for view in views}
    return {name: nw.from_native(frame) for name, frame in frames.items()}


def collected(frame: Frame) -> list[dict[str, Cell]]:
    """Return the rows of a frame that lives on Spark."""
    import narwhals as nw
    from pyspark.sql import DataFrame

    native = nw.to_native(frame)
    if not isinstance(native, DataFrame):
        msg = f"a frame of Spark was expected, not {type(native).__name__}"
        raise TypeError(msg)
    return [row.asDict() for row in native.collect()]


def _settings(master: str, scratch: Path) -> dict[str, str]:
    """Return the settings of a session; a cluster's own stay as they are."""
    if not master.startswith("local"):
        return dict(_QUIET)
    places = {"spark.local.dir": str(scratch), "spark.sql.warehouse.dir": str(scratch / "warehouse")}
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    return {**_QUIET, **_LOCAL, **places}


def _require_java(master: str) -> None:
    """Raise UsageError when a session needs Java on this machine and there is none."""
    home = os.environ.get("JAVA_HOME")
    found = shutil.which("java", path=f"{home}/bin") if home else shutil.which("java")
    if found is None and not master.startswith("sc://"):
        where = f"in JAVA_HOME ({home})" if home else "on PATH"
        msg = (
            f"the engine spark needs Java 17 or newer, and there is no java {where}: install it, or ask another engine"
        )
        raise UsageError(msg)


@contextmanager
def _errors_to(log: Path) -> Iterator[None]:
    """Lead standard error into a file meanwhile, so that the Java machine that starts here keeps it for good."""
    sys.stderr.flush()
    kept = os.dup(2)
    try:
        with log.open("ab") as file:
            os.dup2(file.fileno(), 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


def _read(running: SparkSession, source: str, view: View) -> DataFrame | None:
    """Return the rows of a view, None when there are none."""
    from pyspark.errors import AnalysisException

    place = f"{source.rstrip('/')}/{view.name}"
    if "://" not in source and not any(Path(place).rglob("*.parquet")):
        return None
    try:
        return running.read.schema(_schema(view)).parquet(place).select(*view.names)
    except AnalysisException as error:
        if "PATH_NOT_FOUND" in str(error):
            return None
        raise


def _schema(view: View) -> StructType:
    """Return the columns of a view as Spark's types."""
    from pyspark.sql import types

    kinds: dict[Kind, DataType] = {
        "text": types.StringType(),
        "name": types.StringType(),
        "integer": types.LongType(),
        "number": types.DoubleType(),
        "flag": types.BooleanType(),
        "time": types.TimestampNTZType(),
        "date": types.DateType(),
    }
    return types.StructType([types.StructField(column.name, kinds[column.kind]) for column in view.columns])
