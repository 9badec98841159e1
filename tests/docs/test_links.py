"""Links and paths in the documentation lead somewhere."""

from __future__ import annotations

import re
from typing import Final

import pytest

from ratchetry.collect.validate.links import check_links
from ratchetry.collect.validate.markdown_page import read_page
from tests.docs.pages import ROOT, WRITTEN, spans, tree

OURS: Final = re.compile(r"(?:\.ci|benchmarks|docs|requirements|scripts|src/ratchetry)/[\w./-]+")


def test_relative_links_and_anchors_resolve() -> None:
    """Every relative link of a page outside of the tests leads to a file, and to a heading if it names one."""
    paths = [path for path in tree().files() if path.endswith(".md") and not path.startswith("tests/")]
    pages = {path: tree().read(path).decode("utf-8") for path in paths}
    assert set(WRITTEN) <= set(pages)
    broken = check_links(pages, tree().files(), tree().exists)
    assert [f"{row.path}:{row.line}: {row.message}" for row in broken] == []


@pytest.mark.parametrize("path", WRITTEN)
def test_every_page_can_be_reached_from_the_readme(path: str) -> None:
    """The README links to every page that people wrote."""
    targets = {link.target for link in read_page((ROOT / "README.md").read_text(encoding="utf-8")).links}
    assert path == "README.md" or path in targets


def test_paths_in_the_text_exist() -> None:
    """A piece of inline code that names a file below one of our directories names one that is there."""
    named = [(path, text) for path, text in spans() if OURS.fullmatch(text)]
    assert named
    assert [f"{path}: {text}" for path, text in named if not tree().exists(text)] == []
