"""What a document claims about a project is found in its code and links, and checked."""

from __future__ import annotations

import pytest

from ratchetry.collect.score.mentions import mentions
from ratchetry.collect.score.vocabulary import Vocabulary
from tests.unit.collect.contexts import MemoryTree
from tests.unit.collect.score.documents import document

WORDS = Vocabulary(
    packages=("shop",),
    commands=("shopctl",),
    ranked=("total", "Cart"),
    known=frozenset({"shop", "total", "Cart", "add", "prices"}),
    options=frozenset({"--verbose"}),
    foreign=frozenset({"print", "json", "True"}),
)
TREE = MemoryTree({"src/shop/cart.py": "", "docs/guide.md": "", "LICENSE": "", "docs/my file.md": ""})


def said(source: str, path: str = "README.md", words: Vocabulary = WORDS) -> list[tuple[str, str, bool]]:
    """Return what a document mentions as kind, text and whether it exists."""
    return [(row.kind, row.text, row.exists) for row in mentions(document(source, path), words, TREE)]


@pytest.mark.parametrize(
    ("span", "kind", "exists"),
    [
        ("shop.total", "name", True),
        ("shop.prices.total()", "name", True),
        ("@shop.nothing", "name", False),
        ("Cart.add(item)", "name", True),
        ("total", "name", True),
        ("make_order", "name", False),
        ("OrderBook", "name", False),
        ("pay()", "name", False),
        ("src/shop/cart.py", "path", True),
        ("./src/shop/", "path", True),
        ("src/shop/gone", "path", False),
        ("setup.py", "path", False),
        ("notes/", "path", False),
        ("--verbose", "option", True),
        ("--quiet=1", "option", False),
        ("shopctl", "command", True),
        ("shopctl run --now", "command", True),
        ("python -m shop", "command", True),
    ],
)
def test_code_in_a_line_is_a_claim(span: str, kind: str, exists: bool) -> None:  # noqa: FBT001  # expected result
    """Names, paths, options and commands are told apart and looked up."""
    assert [(row[0], row[2]) for row in said(f"See `{span}`.")] == [(kind, exists)]


@pytest.mark.parametrize(
    "span",
    [
        *("shop", "word", "print", "json.dumps()", "True", "__init__", "HOME_DIR", "pip install x", "a/b", "1.2"),
        *("../other/file.py", "https://example.org/a.py", "python -m pip", "x = 1", "-v", "", "/etc/x.toml", "*.py"),
    ],
)
def test_other_code_is_no_claim(span: str) -> None:
    """Words, the language, environment variables, other tools' commands and places outside are not judged."""
    assert said(f"See ` {span} `.") == []


def test_links_are_resolved_from_the_document() -> None:
    """Anchors, queries and escapes are undone; other sites and places outside are not judged."""
    source = (
        "[a](guide.md#part) [b](../LICENSE) [c](gone.md?x) [d](https://example.org/x) [e](#here) [f](mailto:a@b.c)"
        " [g](/x) [h](../../up.md) [i](my%20file.md) [j](%00)"
    )
    assert said(source, "docs/index.md") == [
        ("path", "guide.md", True),
        ("path", "../LICENSE", True),
        ("path", "gone.md", False),
        ("path", "my file.md", True),
    ]


def test_blocks_of_python_are_read_for_what_they_take() -> None:
    """Imports and attributes of the packages, in scripts and in sessions; a block that does not parse says nothing."""
    script = "```python\nimport shop as s, json\nfrom shop.prices import total, toatl\ns.Cart(json.x)\n```\n"
    assert said(script) == [
        ("name", "shop.Cart", True),
        ("name", "shop.prices.toatl", False),
        ("name", "shop.prices.total", True),
    ]
    assert said("```python\n>>> import shop\n>>> shop.gone\nshop.output\n```\n") == [("name", "shop.gone", False)]
    assert said("```python\nimport shop (\n```\n") == []


def test_other_blocks_are_read_for_commands() -> None:
    """With and without a prompt; each command is mentioned once, at its first line."""
    (mention,) = mentions(document("```sh\npip install shop\n$ shopctl a\nshopctl b\n```\n"), WORDS, TREE)
    assert (mention.text, mention.line) == ("shopctl", 3)


def test_options_are_judged_only_where_a_project_has_some() -> None:
    """A library's document may speak of other tools' options."""
    assert said("`--quiet`", words=Vocabulary()) == []
