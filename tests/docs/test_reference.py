"""The generated pages are current, and there are no others."""

from __future__ import annotations

from typing import Final

import pytest

from scripts.reference import LIMITS, REFERENCE, bound_of, pages

PAGES: Final = pages()


@pytest.mark.parametrize("name", PAGES)
def test_a_generated_page_is_current(name: str) -> None:
    """Each page says what the code says now; `make docs` writes it."""
    assert (REFERENCE / name).read_text(encoding="utf-8") == PAGES[name]


def test_there_is_no_page_that_nothing_generates() -> None:
    """The directory of generated pages holds nothing else."""
    assert {path.relative_to(REFERENCE).as_posix() for path in REFERENCE.rglob("*") if path.is_file()} == set(PAGES)


@pytest.mark.parametrize("place", [limit.place for limit in LIMITS])
def test_a_limit_is_a_number_in_the_code(place: str) -> None:
    """Each limit that is listed is a positive number at the place that is named."""
    assert bound_of(place) > 0


def test_a_limit_that_is_no_number_is_refused() -> None:
    """A place that holds something else, or nothing, does not become a row."""
    with pytest.raises(TypeError):
        bound_of("ratchetry.state.schema:DOCUMENTS")
    with pytest.raises(AttributeError):
        bound_of("ratchetry.state.schema:NO_SUCH_NAME")
