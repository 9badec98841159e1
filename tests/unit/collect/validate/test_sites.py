"""Documentation sites."""

from __future__ import annotations

import pytest

from ratchetry.collect.validate.sites import site_of, site_roots


@pytest.mark.parametrize(
    ("file", "root"),
    [
        ("mkdocs.yml", "docs"),
        ("site/mkdocs.yml", "site/docs"),
        ("docs/conf.py", "docs"),
        ("web/docusaurus.config.js", "web"),
        ("docs/.vitepress/config.mts", "docs"),
        ("book/book.toml", "book/src"),
    ],
)
def test_roots(file: str, root: str) -> None:
    """The configuration of a generator tells where its pages are."""
    assert site_roots((file, "README.md")) == (root,)
    assert site_of(f"{root}/guide/a.md", (root,)) == root
    assert site_of("README.md", (root,)) is None


def test_root_is_no_site() -> None:
    """Pages at the root are GitHub's, whatever a generator does with them."""
    assert site_roots(("conf.py", "_config.yml", ".vitepress/config.mts")) == ()
