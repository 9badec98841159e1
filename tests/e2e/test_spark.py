"""Apache Spark for real: one local session over the views, and the report of the command line."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ratchetry.adapters.history_directory import HistoryDirectory
from ratchetry.adapters.spark_engine import collected, frames_of, session
from ratchetry.adapters.views_cache import update_views
from ratchetry.fleet.expressions import ANALYSES
from tests.answers import assert_same, light_answer, write_histories

if TYPE_CHECKING:
    from ratchetry.fleet.expressions import Frames

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(find_spec("pyspark") is None, reason="the extra spark is not installed"),
    pytest.mark.skipif(shutil.which("java") is None, reason="Spark needs Java, and there is none"),
    pytest.mark.filterwarnings("default"),  # Python's own about sockets that PySpark leaves open
]


@pytest.fixture(scope="module")
def histories(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ...]:
    """Return some histories."""
    return write_histories(tmp_path_factory.mktemp("fleet"))


@pytest.fixture(scope="module")
def frames(histories: tuple[Path, ...]) -> Iterator[Frames]:
    """Yield the views of all histories on a session of Spark."""
    views = histories[0].parent / "views"
    for place in histories:
        update_views(place, HistoryDirectory(place), views)
    with session("local[2]", views / "spark") as running:
        yield frames_of(running, str(views))


@pytest.mark.parametrize("name", ANALYSES)
def test_answers_are_those_of_the_light_core(name: str, histories: tuple[Path, ...], frames: Frames) -> None:
    """Each analysis has the same rows on Spark as in Python alone."""
    expected = light_answer(name, histories)
    assert expected
    assert_same(collected(ANALYSES[name](frames)), expected)


def test_the_session_is_quiet(frames: Frames, histories: tuple[Path, ...], capfd: pytest.CaptureFixture[str]) -> None:
    """What Java says stands in a file, and nothing of it in the output of the command."""
    collected(frames["runs"])
    assert capfd.readouterr().err == ""
    assert (histories[0].parent / "views" / "spark" / "spark.log").is_file()
