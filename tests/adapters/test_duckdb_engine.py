"""DuckDB over the views: the shared expressions give what the light core gives."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ratchetry.adapters.duckdb_engine import Limits, collected, connected, frames_of
from ratchetry.adapters.history_directory import HistoryDirectory
from ratchetry.adapters.views_cache import update_views
from ratchetry.errors import UsageError
from ratchetry.fleet.expressions import ANALYSES
from ratchetry.fleet.tables import VIEWS
from tests.answers import assert_same, light_answer, write_histories

if TYPE_CHECKING:
    from ratchetry.fleet.frames import Frames


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ...]:
    """Return the histories, and the views of all of them in one directory as the last."""
    root = tmp_path_factory.mktemp("fleet")
    histories = write_histories(root)
    for place in histories:
        update_views(place, HistoryDirectory(place), root / "views")
    return (*histories, root / "views")


@pytest.fixture(scope="module")
def frames(places: tuple[Path, ...]) -> Iterator[Frames]:
    """Yield the views on a connection."""
    with connected(str(places[-1]), places[-1] / "spill", Limits()) as connection:
        yield frames_of(connection)


@pytest.mark.parametrize("name", ANALYSES)
def test_answers_are_those_of_the_light_core(name: str, places: tuple[Path, ...], frames: Frames) -> None:
    """On made-up histories with ties, gaps and everything rare, each analysis has the same rows."""
    expected = light_answer(name, places[:-1])
    assert expected
    assert_same(collected(ANALYSES[name](frames)), expected)


@pytest.mark.parametrize("name", ANALYSES)
def test_one_run_has_the_same_answer(name: str, places: tuple[Path, ...], tmp_path: Path) -> None:
    """A history of one run, most of whose views are empty, is enough."""
    update_views(places[2], HistoryDirectory(places[2]), tmp_path)
    with connected(str(tmp_path), tmp_path / "spill", Limits()) as connection:
        assert_same(collected(ANALYSES[name](frames_of(connection))), light_answer(name, places[2:3]))


def test_every_view_has_its_columns(frames: Frames) -> None:
    """Views with and without files have all columns, in their order."""
    for view in VIEWS:
        assert frames[view.name].collect_schema().names() == list(view.names)


def test_a_directory_without_views_is_refused(tmp_path: Path) -> None:
    """The message says what writes views."""
    with (
        pytest.raises(UsageError, match="ratchetry history export"),
        connected(str(tmp_path), tmp_path, Limits()),
    ):
        pass
