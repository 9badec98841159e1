"""Files of other tools, and what every importer must do with damaged ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

from hypothesis import strategies as st

from ratchetry.domain.record import RunRecord
from ratchetry.errors import ReportError
from ratchetry.history.chunks import chunk_names
from ratchetry.history.decoding import decode_record
from ratchetry.history.encoding import encode_record
from ratchetry.history.imports.entries import About, File, Found, LeftOut, Note
from ratchetry.history.normal import normalized

DATA: Final = Path(__file__).parents[3] / "data"
ABOUT: Final = About(repository="owner/name")


def sample(path: str) -> File:
    """Return a file of the test data under its own name."""
    return File(name=path.rpartition("/")[2], data=(DATA / path).read_bytes(), modified="2026-03-04T05:06:07Z")


def given(data: bytes, name: str = "file") -> File:
    """Return a file that holds some bytes."""
    return File(name=name, data=data, modified="2026-03-04T05:06:07Z")


def runs(found: Iterable[Found]) -> list[RunRecord]:
    """Return the runs among what was found."""
    return [one for one in found if isinstance(one, RunRecord)]


def reasons(found: Iterable[Found]) -> list[str]:
    """Return why things were left out."""
    return [f"{one.where}: {one.reason}" for one in found if isinstance(one, LeftOut)]


def notes(found: Iterable[Found]) -> list[str]:
    """Return what was assumed."""
    return [one.what for one in found if isinstance(one, Note)]


def check_survives(read: Callable[[File], Iterable[Found]], data: bytes) -> None:
    """Check that a file is read or refused by a ReportError, and that whatever is read can be kept."""
    try:
        found = list(read(given(data)))
    except ReportError:
        return
    for record in runs(found):
        assert record.verdict == "not_measured"
        assert not record.gates
        assert all(stage.status in {"failed", "not_measured"} for stage in record.stages.values())
        check_kept(normalized(record))


def check_kept(record: RunRecord) -> None:
    """Check that a record in normal form comes back out of its document."""
    encoded = encode_record(record)
    back = decode_record(encoded.document, "run", lambda name: chunk_names(encoded.chunks[name], name))
    assert back == record


def damaged(data: bytes) -> st.SearchStrategy[bytes]:
    """Return a file cut off, with a byte changed, or with a piece of it doubled."""
    place = st.integers(min_value=0, max_value=max(0, len(data) - 1))
    cut = place.map(lambda at: data[:at])
    changed = st.tuples(place, st.integers(0, 255)).map(
        lambda change: data[: change[0]] + bytes([change[1]]) + data[change[0] + 1 :]
    )
    doubled = st.tuples(place, place).map(
        lambda ends: data[: max(ends)] + data[min(ends) : max(ends)] + data[max(ends) :]
    )
    return st.one_of(cut, changed, doubled)


def json_values() -> st.SearchStrategy[object]:
    """Return JSON values, those that only some writers produce included."""
    plain = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8))
    return st.recursive(
        plain,
        lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)),
        max_leaves=8,
    )
