"""The names that a file takes from packages are told from its text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratchetry.collect.score.definitions import module_of
from ratchetry.collect.score.usage import names_taken


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("import shop\nshop.total(shop.Cart)", {"total", "Cart"}),
        ("import shop.prices as p\np.tax()", {"tax"}),
        ("from shop import total, Cart as C", {"total", "Cart"}),
        ("    from shop.prices import (\n    tax,  # and, more\n    rate as r,\n)\n", {"tax", "rate"}),
        (">>> from shop import total\n", {"total"}),
        ("from shop import *", set()),
        ("from shopping import total\nworkshop.x\nmy.shop.y", set()),
        ("import json\njson.dumps()", set()),
    ],
)
def test_imports_and_attributes_are_found(text: str, names: set[str]) -> None:
    """Under whatever name, on one line or several; other packages' names are not."""
    assert names_taken(text, ("shop",)) == names


_LINES = st.lists(
    st.sampled_from(
        [
            "import a",
            "import a.b as c",
            "from a.b import d, e as f",
            "from g import h",
            "a.i()",
            "c.j",
            "g.k",
            "x = a.l",
        ]
    )
)


@given(_LINES)
def test_it_agrees_with_the_parser(lines: list[str]) -> None:
    """On plain code it finds at least what the syntax tree shows, which knows an attribute only of what is imported."""
    source = "\n".join(["import a", *lines])
    parsed = {name for module, name in module_of("x.py", source).uses if module.split(".")[0] == "a"}
    assert names_taken(source, ("a",)) == parsed


@given(st.text(max_size=100) | st.text(alphabet="from a.import()\n,#", max_size=200))
def test_arbitrary_text_is_read(text: str) -> None:
    """No text raises."""
    assert all(name.isidentifier() for name in names_taken(text, ("a", "from")))


@pytest.mark.parametrize(
    "text", ["from a import (" * 50_000, "\nfrom a import (" * 50_000, "a." * 300_000, "import a" + "." * 900_000]
)
def test_hostile_text_is_read_in_time(text: str) -> None:
    """Text made to be slow to search is searched like any other."""
    names_taken(text, ("a",))
