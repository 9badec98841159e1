"""What Python source offers, binds and uses is read without running it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratchetry.collect.score.definitions import Module, module_of, read_module


def read(source: str | bytes) -> Module | None:
    """Return what a file says."""
    return read_module("a.py", source)


def test_a_literal_list_decides_what_is_public() -> None:
    """In its order and with what is added to it; private definitions may be in it, dunders are not."""
    module = module_of(
        "a.py", "__all__ = ['b', '_a', '__version__']\n__all__ += ('c',)\nfrom .x import y\ndef d(): ..."
    )
    assert (module.public, module.reexported) == (("b", "_a", "c"), ())


def test_without_a_list_definitions_and_reexports_are_public() -> None:
    """Functions, classes and constants; imports from the package itself or under their own name."""
    source = (
        "import os\nfrom json import dumps\nfrom json import loads as loads\nfrom .x import y, _z, w as v\n"
        "from .s import *\ndef f(): ...\nasync def g(): ...\nclass C: ...\nLIMIT = 1\nplain = 2\ndef _h(): ...\n"
    )
    module = module_of("a.py", source)
    assert module.public == ("f", "g", "C", "LIMIT")
    assert module.reexported == ("loads", "y", "v")


def test_every_bound_name_is_known() -> None:
    """Parameters, attributes, variables and imports are names a document may use."""
    source = (
        "import a.b as c\nclass D:\n    e: int = 1\n    def f(self, g, *, h=None):\n        self.i = [j for j in k]\n"
    )
    assert module_of("a.py", source).names >= {"c", "D", "e", "f", "g", "h", "i", "j"}
    assert "k" not in module_of("a.py", source).names


def test_options_are_literal_texts() -> None:
    """Both of a pair of switches are options."""
    assert module_of("a.py", "f('--color/--no-color', '-v', 'x--y')").options == {"--color", "--no-color", "-v"}


def test_uses_follow_imports() -> None:
    """Names taken by `from` and attributes of imported modules, under whatever name."""
    source = (
        "import click\nimport rich.table as t\nimport os.path\nfrom a.b import c\nfrom . import d\n"
        "click.echo(t.Table)\nx.y\n"
    )
    expected = {("click", "echo"), ("rich.table", "Table"), ("a.b", "c"), (".", "d")}
    assert module_of("a.py", source).uses == expected


@pytest.mark.parametrize("source", ["def (", b"\xff", b"a\0", "(" * 2_000, "x = " + "-" * 20_000 + "1"])
def test_what_is_no_python_says_nothing(source: str | bytes) -> None:
    """Hostile and broken files give None, not an error."""
    assert read(source) is None


@given(st.binary(max_size=100) | st.text(alphabet="ab=.,()[]:\n '\"__all__", max_size=60).map(str.encode))
def test_arbitrary_files_are_read_or_say_nothing(source: bytes) -> None:
    """No file raises."""
    read(source)
