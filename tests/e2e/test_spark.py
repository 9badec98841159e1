"""Apache Spark for real: one local session over the views, and the report of the command line."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ratchetry.adapters.history_directory import HistoryDirectory
from ratchetry.adapters.rollup_files import update_rollups
from ratchetry.adapters.spark_engine import collected, frames_of, session
from ratchetry.adapters.views_cache import update_views
from ratchetry.fleet.expressions import ANALYSES
from tests.answers import assert_same, light_answer, write_histories
from tests.histories import Shape, history

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(find_spec("pyspark") is None, reason="the extra spark is not installed"),
    pytest.mark.skipif(shutil.which("java") is None, reason="Spark needs Java, and there is none"),
    pytest.mark.filterwarnings("default"),  # Python's own about sockets that PySpark leaves open
]


LARGE = Shape(repository="acme/crane", seed=11, runs=400, tests=90, flaky=0.3)


@pytest.fixture(scope="module")
def histories(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ...]:
    """Return some histories, one of them larger, with their views and roll-ups beside them."""
    root = tmp_path_factory.mktemp("fleet")
    large = HistoryDirectory(root / "large")
    for record in history(LARGE):
        large.add(record)
    found = (*write_histories(root), root / "large")
    for place in found:
        update_views(place, HistoryDirectory(place), root / "views")
    update_rollups(root / "views", root / "rollups")
    return found


@pytest.fixture(scope="module")
def running(histories: tuple[Path, ...]) -> Iterator[SparkSession]:
    """Yield a session of Spark whose Java compiles quickly rather than well: half of the time for so few rows."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JDK_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
        with session("local[2]", histories[0].parent / "spark") as started:
            yield started


@pytest.mark.parametrize("name", ANALYSES)
def test_answers_are_those_of_the_light_core(name: str, histories: tuple[Path, ...], running: SparkSession) -> None:
    """Each analysis has the same rows on Spark as in Python alone."""
    expected = light_answer(name, histories)
    assert expected
    views = frames_of(running, str(histories[0].parent / "views"))
    assert_same(collected(ANALYSES[name](views)), expected)


def test_answers_from_roll_ups_are_the_same(histories: tuple[Path, ...], running: SparkSession) -> None:
    """What roll-ups say about flaky tests is what all results say."""
    rollups = frames_of(running, str(histories[0].parent / "rollups"))
    assert_same(collected(ANALYSES["flaky"](rollups)), light_answer("flaky", histories))


def test_the_session_is_quiet(
    histories: tuple[Path, ...], running: SparkSession, capfd: pytest.CaptureFixture[str]
) -> None:
    """What Java says stands in a file, and nothing of it in the output of the command."""
    collected(frames_of(running, str(histories[0].parent / "views"))["runs"])
    assert capfd.readouterr().err == ""
    assert (histories[0].parent / "spark" / "spark.log").is_file()
