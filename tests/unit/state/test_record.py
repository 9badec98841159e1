"""The run record as a file."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ratchetry.domain.record import Fragment
from ratchetry.errors import StateError
from ratchetry.state.record import dumps, dumps_fragment, loads, loads_fragment
from tests.builders import fragments, record


@given(fragments())
def test_a_record_survives_its_file(fragment: Fragment) -> None:
    """Writing and reading loses nothing, and the same record gives the same bytes."""
    written = record(stages=fragment.stages, metrics=fragment.metrics, tests=fragment.tests)
    assert loads(dumps(written), "file") == written
    assert loads_fragment(dumps_fragment(fragment), "file") == fragment


@given(st.integers(min_value=0, max_value=400), st.binary(max_size=3))
def test_a_damaged_record_is_refused_with_its_name(place: int, damage: bytes) -> None:
    """A cut or overwritten record is refused, or still a record, but never anything else."""
    data = dumps(record())
    for broken in (data[:place], data[:place] + damage + data[place + len(damage) :]):
        try:
            loads(broken, "record.json")
        except StateError as error:
            assert str(error).startswith("record.json: ")  # noqa: PT017  # the other outcome is just as good
