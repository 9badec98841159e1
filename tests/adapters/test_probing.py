"""What an interpreter tells about itself is checked before it is believed."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratchetry.adapters.probing import TooOldError, read_answer
from ratchetry.errors import ReportError

MARKERS = {"python_version": "3.12", "sys_platform": "linux", "python_full_version": "3.12.1"}


def answer(*distributions: tuple[str, str, list[str]], version: str = "3.12.1") -> bytes:
    """Return what the probe would write."""
    content = {"version": version, "markers": MARKERS, "distributions": distributions, "packages": {"a": ["/a"]}}
    return json.dumps(content).encode()


def test_requirements_hold_for_the_interpreter_and_the_extras_that_are_asked_for() -> None:
    """Markers are evaluated for that interpreter; extras count where something asks for them, also indirectly."""
    found = read_answer(
        answer(
            ("A.b", "1", ["C[fast]>=1", "win ; sys_platform == 'win32'", "old ; python_version < '3'"]),
            ("c", "2", ["d ; extra == 'fast'", "e ; extra == 'slow'", "not a requirement !"]),
            ("D", "3", ["c[slow]"]),
            ("f", "4", ["g ; extra == 'x'"]),
            ("a-b", "0", []),
        ),
        "python",
        ("f[x]>1", "-e ."),
    )
    assert found.distributions == {"a-b": "1", "c": "2", "d": "3", "f": "4"}
    assert found.requires == {"a-b": ("c",), "c": ("d", "e"), "d": ("c",), "f": ("g",)}
    assert found.locations == {"a": ("/a",)}


@pytest.mark.parametrize("version", ["", "3", "3.12", "x.y.z", "3.12.1; rm", "9" * 500 + ".1.1"])
def test_a_version_that_is_none(version: str) -> None:
    """An answer without a version is none."""
    with pytest.raises(ReportError, match="answered nonsense"):
        read_answer(answer(version=version), "python")


def test_old_versions_are_told_apart() -> None:
    """A Python that is too old has an error of its own."""
    with pytest.raises(TooOldError, match=r"Python 3\.7\.17; ratchetry measures projects on Python 3\.8 or newer"):
        read_answer(answer(version="3.7.17"), "python")
    assert read_answer(answer(version="3.8.0"), "python").version == "3.8.0"


@given(st.binary(max_size=100), st.integers(0, 200))
def test_any_answer(noise: bytes, cut: int) -> None:
    """Noise and damaged answers are read or are a ReportError."""
    whole = answer(("a", "1", ["b ; python_version > '3'"]))
    for data in (noise, whole[:cut] + noise + whole[cut:], whole[:cut]):
        try:
            read_answer(data, "python")
        except ReportError:
            continue


@given(st.lists(st.tuples(st.text(max_size=8), st.text(max_size=5), st.lists(st.text(max_size=30), max_size=3))))
def test_any_distributions(rows: list[tuple[str, str, list[str]]]) -> None:
    """Whatever names, versions and requirements installed packages claim to have, all are read."""
    found = read_answer(answer(*rows), "python")
    assert set(found.requires) == set(found.distributions)
    assert len(found.distributions) <= len(rows)
