"""Names in chunks that runs share."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratchetry.errors import StateError
from ratchetry.history.chunks import Name, chunk_bytes, chunk_id, chunk_names, cut
from ratchetry.state.codec import LIMIT


def chunks(names: Sequence[Name]) -> dict[str, bytes]:
    """Return the chunks of sorted names."""
    files = [chunk_bytes(names[place]) for place in cut(names)]
    return {chunk_id(data): data for data in files}


@given(st.lists(st.lists(st.text(max_size=6), min_size=1, max_size=3).map(tuple), unique=True, max_size=40).map(sorted))
def test_names_come_back(names: list[Name]) -> None:
    """The chunks, one after the other, hold the names."""
    files = [chunk_bytes(names[place]) for place in cut(names)]
    assert [name for data in files for name in chunk_names(data, "chunk")] == names


def test_one_test_more_changes_one_chunk() -> None:
    """Adding and removing names anywhere leaves all chunks but one or two as they are."""
    names = sorted({(f"tests/test_{number % 40}.py::test_{number}",) for number in range(5000)})
    before = chunks(names)
    assert 10 < len(before) < 60
    for position in (0, 1234, 4999):
        fewer = chunks([name for at, name in enumerate(names) if at != position])
        assert len(before.keys() - fewer.keys()) <= 2
        assert len(fewer.keys() - before.keys()) <= 2


def test_a_chunk_has_an_end_whatever_the_names() -> None:
    """Names of which none ends a chunk are cut at 1,024 of them."""
    names = [(f"{number:06}",) for number in range(60_000)]
    sizes = [place.stop - place.start for place in cut(names)]
    assert sum(sizes) == len(names)
    assert max(sizes) == 1024
    assert 200 < len(names) / len(sizes) < 300


@pytest.mark.parametrize(
    "data",
    [b"", b"{}", b"[1]", b'["a"', b"[[[]]]", b"\xff", b"[" * 100_000, b'["' + b"x" * 9000 + b'"]'],
)
def test_a_file_that_is_no_chunk_is_refused(data: bytes) -> None:
    """What holds no names is a StateError that names the file."""
    with pytest.raises(StateError, match=r"^chunk: "):
        chunk_names(data, "chunk")


def test_a_huge_file_is_refused() -> None:
    """A chunk beyond the limit is refused by its size."""
    with pytest.raises(StateError, match="are more than the"):
        chunk_names(b" " * (LIMIT + 1), "chunk")
