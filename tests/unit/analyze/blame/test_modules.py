"""Names of files as modules, and how much they have to do with what broke."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratchetry.analyze.blame.modules import affinity, dotted, imported, is_test, is_text, module_of


@pytest.mark.parametrize(
    ("path", "module"),
    [
        ("src/shop/cart/prices.py", "shop.cart.prices"),
        ("src/shop/cart/rules/vat.py", "shop.cart.rules"),
        ("shop/__init__.py", "shop"),
        ("setup.py", "setup"),
        ("src/shop.py", "shop"),
        ("tests/unit/cart/test_prices.py", "tests.unit.cart"),
        ("docs/guide/start.md", "docs/guide"),
        ("docs/guide/deep/er/start.md", "docs/guide"),
        ("pyproject.toml", "pyproject.toml"),
        (".github/workflows/ci.yml", ".github/workflows"),
        ("__init__.py", "__init__"),
        ("", ""),
    ],
)
def test_modules(path: str, module: str) -> None:
    """Python files by their dotted name, others by their directory."""
    assert module_of(path) == module


@given(st.text(max_size=40))
def test_any_name_has_a_module(path: str) -> None:
    """Hostile names are names."""
    assert isinstance(module_of(path), str)
    assert bool(module_of(path)) == bool(path)
    assert 0.0 <= affinity(path, path[::-1]) <= 1.0
    dotted(path)


def test_affinity_is_by_words_of_the_name() -> None:
    """The file under test is nearest, its neighbors less, others not at all."""
    test = "tests/unit/cart/test_prices.py::test_sums"
    assert affinity("tests/unit/cart/test_prices.py", test) == 1.0
    assert affinity("src/shop/cart/prices.py", test) > affinity("src/shop/cart/basket.py", test) > 0.0
    assert affinity("src/shop/auth/login.py", test) == 0.0
    assert affinity("src/shop/auth/login.py", test, frozenset({"shop.auth.login"})) == 1.0
    assert affinity("src/shop/auth/__init__.py", test, frozenset({"shop.auth.login"})) == 1.0
    assert affinity("src/shop/parse.py", "benchmark.parse_large") > 0.5


def test_imports_are_read_line_by_line() -> None:
    """Also in code that nobody could parse."""
    source = (
        b"from shop.cart import prices\nimport os.path as p\n    import late\nfrom . import x\n\xff(\nimporter = 1\n"
    )
    assert imported(source) == {"shop.cart", "os.path", "late", "."}


def test_files_with_tests() -> None:
    """By their names, as pytest collects them."""
    assert [is_test(path) for path in ("a/test_x.py", "x_test.py", "conftest.py", "test_x.txt")] == [
        True,
        True,
        False,
        False,
    ]


def test_texts() -> None:
    """Pages and pictures are read by people."""
    assert is_text("docs/a.MD")
    assert not is_text("pyproject.toml")
