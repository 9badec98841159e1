"""A project's names are found and ranked by use."""

from __future__ import annotations

import pytest

from ratchetry.collect.score.vocabulary import Vocabulary, commands, vocabulary
from ratchetry.domain.project import Package, Requirements
from tests.unit.collect.contexts import MemoryTree, project_of

FILES: dict[str, str | bytes] = {
    "src/shop/__init__.py": "from .cart import Cart as Cart\nfrom .prices import total\nfrom . import cart\n",
    "src/shop/cart.py": "class Cart:\n    def add(self, item): self.items = [item]\n\ndef empty(): ...\n",
    "src/shop/prices.py": "def total(cart, *, currency='EUR'): ...\ndef tax(): ...\nf('--verbose')\n",
    "src/shop/_secret.py": "def hidden(): ...\n",
    "tests/test_shop.py": "import shop\nfrom shop.prices import tax\nshop.total(shop.Cart())\n",
    "tests/test_more.py": "import shop\nshop.total\nf('--not-ours')\n",
    "tests/broken.py": "def (",
}


def words_of(files: dict[str, str | bytes], **changes: object) -> Vocabulary:
    """Return the vocabulary of a repository in memory."""
    return vocabulary(project_of(files, **changes), MemoryTree(files))


def test_names_are_ranked_by_the_files_that_use_them() -> None:
    """Used by two files, by one at the top, by one below, by none; private modules and modules are not names."""
    assert words_of(FILES).ranked == ("total", "Cart", "tax", "empty")


def test_without_users_the_top_of_the_package_comes_first() -> None:
    """Then what the package itself uses, then the order of definition."""
    alone = {path: text for path, text in FILES.items() if path.startswith("src/")}
    assert words_of(alone).ranked == ("Cart", "total", "empty", "tax")


def test_everything_the_package_binds_is_known() -> None:
    """Methods, parameters, attributes, modules, private ones too; names of tests are not."""
    words = words_of(FILES)
    assert words.known >= {"shop", "cart", "Cart", "add", "items", "currency", "hidden", "_secret"}
    assert not words.known & {"test_shop", "broken"}
    assert words.options == {"--verbose"}
    assert words.packages == ("shop",)


def test_a_single_file_is_a_package_too() -> None:
    """Its definitions are the project's names."""
    files: dict[str, str | bytes] = {"six.py": "def moves(): ...\nclass Iterator: ...\n"}
    assert words_of(files, packages=(Package(name="six", path="six.py"),)).ranked == ("moves", "Iterator")


def test_reading_ends_at_a_limit_and_passes_over_huge_files() -> None:
    """A repository of any size is read in bounded time, its packages first."""
    filler = "#" * 999_000
    huge: dict[str, str | bytes] = {"src/shop/huge.py": f"def no(): ...\n{filler}{filler}"}
    many: dict[str, str | bytes] = {f"tests/test_{n:02}.py": f"import shop\nshop.empty\n{filler}" for n in range(12)}
    users: dict[str, str | bytes] = {"tests/zz.py": "import shop\nshop.tax\n" * 9}
    words = words_of({**FILES, **huge, **many, **users})
    assert words.ranked[0] == "empty"
    assert "no" not in words.known


def test_names_of_the_language_and_requirements_are_foreign() -> None:
    """A package that shares its name with a requirement is still its own."""
    requirements = Requirements(runtime=("PyYAML>=6", "typing-extensions; python_version<'3.12'", "shop"), test=("?",))
    foreign = words_of(FILES, requirements=requirements).foreign
    assert foreign >= {"None", "print", "json", "match", "PyYAML", "pyyaml", "typing_extensions"}
    assert "shop" not in foreign


@pytest.mark.parametrize(
    ("tables", "expected"),
    [
        (
            {"project": {"scripts": {"a": "m:f", "b": "m:g"}}, "tool": {"poetry": {"scripts": {"b": "m:g", "c": "m"}}}},
            "abc",
        ),
        ({}, ""),
        ({"project": []}, ""),
        ({"project": {"scripts": "a"}}, ""),
        ({"tool": {"poetry": 3}}, ""),
    ],
)
def test_commands_are_read_from_both_tables(tables: dict[str, object], expected: str) -> None:
    """Whatever a broken table holds is no command."""
    assert commands(tables) == tuple(expected)
