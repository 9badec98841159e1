"""`history query`, `history export` and `fleet report` as they are called."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Final

import pytest
from click.testing import CliRunner

from ratchetry.adapters.history_directory import HistoryDirectory
from ratchetry.cli.app import cli
from ratchetry.errors import RatchetryError, UsageError
from ratchetry.fleet.tables import VIEWS
from ratchetry.state.record import loads
from tests.histories import Shape, history

SINCE: Final = ("--since", "2026-01-05")


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a directory with two histories."""
    root = tmp_path_factory.mktemp("fleet")
    for name, shape in (("one", Shape(runs=30)), ("two", Shape(repository="acme/bolt", seed=2, runs=12))):
        kept = HistoryDirectory(root / name / ".ratchetry")
        for record in history(shape):
            kept.add(record)
    return root


def call(place: Path, *words: str, text: str | None = None) -> str:
    """Return what a command prints that ends well, called for the repository `one`; raises what it raises."""
    result = CliRunner().invoke(cli, [*words, "--path", str(place / "one")], input=text)
    if isinstance(result.exception, RatchetryError):
        raise result.exception
    assert result.exit_code == 0, (result.output, result.exception)
    return result.stdout


def test_a_query_as_table_json_and_csv(fleet: Path) -> None:
    """The same answer in three formats, times in UTC, what is not known as NULL, null or nothing."""
    sql = "SELECT run_id, started, coverage, pull_request FROM runs WHERE run_id = '1000'"
    table, document, lines = (
        call(fleet, "history", "query", sql, "--format", form) for form in ("table", "json", "csv")
    )
    (row,) = json.loads(document)
    assert (row["run_id"], row["started"], row["pull_request"]) == ("1000", "2026-01-05T08:00:00Z", None)
    assert [*csv.DictReader(io.StringIO(lines))] == [
        {"run_id": "1000", "started": row["started"], "coverage": str(row["coverage"]), "pull_request": ""}
    ]
    assert table.splitlines()[0].split() == ["run_id", "started", "coverage", "pull_request"]
    assert table.splitlines()[2].endswith("NULL")


def test_a_query_from_a_file_or_standard_input(fleet: Path, tmp_path: Path) -> None:
    """The query may stand in a file; rows may be limited."""
    (tmp_path / "q.sql").write_text("SELECT run_id FROM runs ORDER BY 1", encoding="utf-8")
    words = ("history", "query", "--format", "json", "--limit", "2", "--file")
    assert [row["run_id"] for row in json.loads(call(fleet, *words, str(tmp_path / "q.sql")))] == ["1000", "1001"]
    assert json.loads(call(fleet, *words, "-", text="SELECT 1 AS one WHERE false")) == []


def test_views_are_listed() -> None:
    """Every view and column is listed, for people and for programs."""
    text = CliRunner().invoke(cli, ["history", "query", "--list"]).output
    rows = json.loads(CliRunner().invoke(cli, ["history", "query", "--list", "--format", "json"]).output)
    assert len(rows) == sum(len(view.columns) for view in VIEWS)
    assert all(f"{view.name}: " in text for view in VIEWS)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("history", "query"), "--list"),
        (("history", "query", "SELECT 1", "--file", "x"), "give a query"),
        (("history", "query", "SELECT nope FROM runs"), "LINE 1"),
        (("history", "query", "--file", "nowhere.sql"), "nowhere.sql"),
        (("history", "export", "--format", "csv", "--output", "-"), "--table"),
        (("history", "export", "--format", "parquet", "--output", "x", "--table", "runs"), "--table"),
        (("history", "export", "--format", "jsonl", "--output", "no/such/directory/x"), "cannot write"),
        (("fleet", "report", "no/such/place"), "no such directory"),
        (("fleet", "rollup", "no/such/place", "--output", "x"), "no such directory"),
        (("fleet", "rollup", "s3://bucket/views", "--output", "x"), "from a directory"),
        (("fleet", "report", "s3://bucket/views", "--engine", "light"), "use duckdb or spark"),
    ],
)
def test_what_makes_no_sense_is_refused(fleet: Path, words: tuple[str, ...], message: str) -> None:
    """The message says what is wrong, or what to do."""
    with pytest.raises(RatchetryError) as caught:
        call(fleet, *words)
    assert message in str(caught.value)


def test_a_history_that_is_empty_is_no_answer(tmp_path: Path) -> None:
    """Nothing is asked about nothing."""
    (tmp_path / "one").mkdir()
    with pytest.raises(UsageError, match="no history here yet"):
        call(tmp_path, "history", "query", "SELECT 1")


def test_export_as_lines_and_tables(fleet: Path, tmp_path: Path) -> None:
    """JSON Lines has whole records or rows, CSV rows under their names; periods hold."""
    words = ("history", "export", "--since", "2026-01-06", "--until", "2026-01-07", "--format")
    records = call(fleet, *words, "jsonl", "--output", "-").splitlines()
    kept = HistoryDirectory(fleet / "one" / ".ratchetry").records("2026-01-06", "2026-01-07")
    assert [loads(line.encode(), "line") for line in records] == [*kept]
    rows = call(fleet, *words, "jsonl", "--table", "runs", "--output", "-").splitlines()
    assert [json.loads(row)["run_id"] for row in rows] == [json.loads(line)["run"]["run_id"] for line in records]
    call(fleet, *words, "csv", "--table", "runs", "--output", str(tmp_path / "runs.csv"))
    with (tmp_path / "runs.csv").open(encoding="utf-8", newline="") as file:
        table = [*csv.DictReader(file)]
    assert [row["run_id"] for row in table] == [json.loads(row)["run_id"] for row in rows]
    assert [path.name for path in tmp_path.iterdir()] == ["runs.csv"]


def test_the_report_is_the_same_on_both_engines_and_over_views(fleet: Path, tmp_path: Path) -> None:
    """Histories on the light core, on DuckDB, and views that were exported before: one report."""
    words = ("fleet", "report", "--format", "json", *SINCE)
    light = json.loads(call(fleet, *words, str(fleet)))
    assert [line["name"] for line in light["repositories"]] == ["acme/anvil", "acme/bolt"]
    assert light["total"]["runs"] == 42
    for name in ("one", "two"):
        source = str(fleet / name / ".ratchetry")
        call(fleet, "history", "export", "--format", "parquet", "--output", str(tmp_path), "--history", source)
    for report in (call(fleet, *words, str(fleet), "--engine", "duckdb"), call(fleet, *words, str(tmp_path))):
        other = json.loads(report)
        assert [approximate(line) for line in other["weeks"]] == [approximate(line) for line in light["weeks"]]
        assert other["flaky"] == light["flaky"]


def test_the_report_on_roll_ups_is_that_on_everything(fleet: Path, tmp_path: Path) -> None:
    """Roll-ups of histories, and those of views that were exported before, say what the histories say."""
    words = ("fleet", "report", "--format", "json", *SINCE)
    light = json.loads(call(fleet, *words, str(fleet)))
    for name in ("one", "two"):
        source = str(fleet / name / ".ratchetry")
        call(
            fleet, "history", "export", "--format", "parquet", "--output", str(tmp_path / "views"), "--history", source
        )
    for number, source in enumerate((str(fleet), str(tmp_path / "views"))):
        target = str(tmp_path / f"rollups-{number}")
        call(fleet, "fleet", "rollup", source, "--output", target)
        other = json.loads(call(fleet, *words, target))
        for part in ("weeks", "owners", "repositories"):
            assert [approximate(line) for line in other[part]] == [approximate(line) for line in light[part]]
        assert (other["flaky"], other["degrading"]) == (light["flaky"], light["degrading"])


def approximate(line: dict[str, object]) -> dict[str, object]:
    """Return a line with its numbers to nine digits."""
    return {name: float(f"{value:.8g}") if isinstance(value, float) else value for name, value in line.items()}


@pytest.mark.parametrize("form", ["table", "markdown"])
def test_the_report_for_people(fleet: Path, form: str) -> None:
    """It has a line for each repository and says what could not be told from chance."""
    text = call(fleet, "fleet", "report", str(fleet), "--format", form, *SINCE)
    assert "acme/bolt" in text
    assert "Nothing that could be told from chance" in text
