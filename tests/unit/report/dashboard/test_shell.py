"""The page: what is inline is allowed by its hash, and no text can leave its place."""

from __future__ import annotations

import base64
import hashlib
import re

import pytest

from ratchetry.report.dashboard.shell import MARK, Shell, bundled_shell, policy, rendered_page

PAGE = (
    '<!doctype html><html><head><meta http-equiv="Content-Security-Policy" content="{{csp}}"><title>{{title}}</title>'
    '<style>{{style}}</style></head><body><script type="application/json" id="overview">{{overview}}</script>'
    "<script>{{script}}</script></body></html>"
)


def shell(**changes: str) -> Shell:
    """Return a small shell."""
    return Shell(page=PAGE, style=changes.get("style", "p{}"), script=changes.get("script", "f('{{title}}')"))


def hashed(text: str) -> str:
    """Return the hash that a policy has to name."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def test_what_is_inline_is_allowed_by_its_hash() -> None:
    """Style and script stand in the page as they were hashed; placeholders in them stay."""
    text = rendered_page(shell(), "x", {}).decode()
    style, script = re.findall(r"<style>(.*?)</style>", text), re.findall(r"<script>(.*?)</script>", text)
    assert style == ["p{}"]
    assert script == ["f('{{title}}')"]
    assert f"'{hashed(style[0])}'" in text
    assert f"'{hashed(script[0])}'" in text


def test_the_policy_allows_nothing_else() -> None:
    """Nothing is allowed by default, nothing unsafe, and no other place."""
    text = policy(shell())
    assert text.startswith("default-src 'none';")
    assert "unsafe" not in text
    assert "http" not in text
    assert '"' not in text


def test_titles_and_documents_cannot_leave_their_places() -> None:
    """Hostile names end no element; a title is cut."""
    text = rendered_page(shell(), "</title><script>alert(1)</script>" + "x" * 999, {"a": "</script><script>"}).decode()
    assert text.count("<script>") == 1
    assert "<script>alert" not in text
    assert len(text) < 2000


def test_the_page_tells_what_it_is() -> None:
    """A page without the mark gets it, so that a dashboard is never written over anything else."""
    text = rendered_page(shell(), "x", {}).decode()
    assert text.count(MARK) == 1


@pytest.mark.parametrize("changes", [{"style": "</STYLE>"}, {"script": "'</script>'"}, {"script": "<!--"}])
def test_assets_that_would_end_their_element_are_refused(changes: dict[str, str]) -> None:
    """A style or script that HTML would cut is a mistake of ours, not something to ship."""
    with pytest.raises(ValueError, match="ends its element"):
        rendered_page(shell(**changes), "x", {})


def test_the_bundled_shell_is_whole() -> None:
    """The assets that come with ratchetry make a page: each placeholder once, the mark, nothing from elsewhere."""
    bundled = bundled_shell()
    for name in ("csp", "title", "style", "script", "overview"):
        assert bundled.page.count(f"{{{{{name}}}}}") == 1
    assert MARK in bundled.page
    assert "load" in bundled.script
    assert not re.search(r"""(?:src|href)=["']?(?:https?:)?//""", bundled.page)
    assert rendered_page(bundled, "x", {}).startswith(b"<!doctype html>")
