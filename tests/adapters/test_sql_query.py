"""Questions in SQL: what they can read, and that they can do nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from ratchetry.adapters.duckdb_engine import Limits
from ratchetry.adapters.history_directory import HistoryDirectory
from ratchetry.adapters.sql_query import answered
from ratchetry.adapters.views_cache import update_views
from ratchetry.errors import UsageError
from tests.docs.pages import document
from tests.histories import Shape, history

EXAMPLES = tuple(fence.content for fence in document("docs/querying.md").fences if fence.language == "sql")


@pytest.fixture(scope="module")
def views(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the views of a made-up history."""
    root = tmp_path_factory.mktemp("history")
    kept = HistoryDirectory(root)
    for record in history(Shape(runs=40)):
        kept.add(record)
    update_views(root, kept, root / "cache")
    return root / "cache"


def ask(views: Path, sql: str, limits: Limits | None = None) -> tuple[tuple[str, ...], list[tuple[object, ...]]]:
    """Return the columns and rows that answer a query."""
    with answered(sql, views, views / "spill", limits or Limits()) as answer:
        return answer.columns, list(answer.rows)


@pytest.mark.parametrize("sql", EXAMPLES, ids=[f"example {at}" for at in range(len(EXAMPLES))])
def test_examples_in_the_documentation_have_answers(views: Path, sql: str) -> None:
    """Each query that the page shows finds something in a history of forty runs."""
    columns, rows = ask(views, sql)
    assert columns
    assert rows


def test_an_answer_has_columns_and_rows(views: Path) -> None:
    """Names and values come as the query says."""
    assert ask(views, "SELECT count(*) AS n, min(run_id) AS first FROM runs") == (("n", "first"), [(40, "1000")])


@pytest.mark.parametrize("sql", ["DESCRIBE runs", "SUMMARIZE metrics", "FROM runs LIMIT 1", "EXPLAIN FROM tests"])
def test_reading_takes_other_forms(views: Path, sql: str) -> None:
    """What only reads is answered."""
    assert ask(views, sql)[1]


@pytest.mark.parametrize(
    "sql",
    [
        "COPY runs TO '{views}/stolen.csv'",
        "COPY (SELECT 1) TO '{part}' (FORMAT parquet)",
        "CREATE TABLE t AS SELECT 1",
        "ATTACH '{views}/x.db'",
        "INSTALL httpfs",
        "SET enable_external_access = true",
        "SET threads = 1",
        "SELECT * FROM read_text('/etc/hostname')",
        "SELECT * FROM glob('/*')",
        "SELECT * FROM '{views}/_sources/*.json'",
        "SELECT * FROM read_parquet('{views}/elsewhere.parquet')",
        "SELECT 1; SELECT 2",
        "",
        "-- nothing",
        "PRAGMA database_list",
        "CALL pragma_version()",
        "SELECT getenv('PATH')",
    ],
)
def test_nothing_but_reading_the_views_is_possible(views: Path, sql: str) -> None:
    """Files, settings, extensions and more than one statement are out of reach, and nothing is changed."""
    part = next(views.glob("runs/*/*.parquet"))
    before = {path: path.read_bytes() for path in views.rglob("*") if path.is_file()}
    with pytest.raises(UsageError):
        ask(views, sql.format(views=views, part=part))
    assert {path: path.read_bytes() for path in views.rglob("*") if path.is_file()} == before


def test_an_error_points_to_the_place(views: Path) -> None:
    """The line and a caret say where the query is wrong."""
    with pytest.raises(UsageError, match=r'"nope" not found') as caught:
        ask(views, "SELECT day,\n       nope\nFROM runs")
    assert "LINE 2:" in str(caught.value)
    assert "^" in str(caught.value)


def test_an_endless_query_is_stopped(views: Path) -> None:
    """A query that takes longer than it may is ended, with a hint."""
    with pytest.raises(UsageError, match="--timeout"):
        ask(views, "SELECT count(*) FROM range(1000000000000) WHERE random() < 0", Limits(seconds=0.2))


def test_memory_is_bounded(views: Path) -> None:
    """A query that wants more than memory and disk may hold ends with an error."""
    with pytest.raises(UsageError, match="cannot be answered"):
        ask(views, "SELECT list(range) FROM range(100000000)", Limits(memory="50MB", spill="1MB"))
