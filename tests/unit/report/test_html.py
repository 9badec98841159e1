"""Tests of ratchetry.report.html."""

from __future__ import annotations

import base64
import hashlib
import re

import pytest
from hypothesis import given

from ratchetry.domain.record import RunRecord
from ratchetry.report.html import render
from ratchetry.report.text import neutralize
from tests.unit.report import records, rendered
from tests.unit.report.hostile import HOSTILE_TEXTS, few, hostile

OURS = {
    "html", "head", "meta", "link", "title", "style", "body", "header", "nav", "main", "footer", "section",
    "div", "span", "a", "h1", "h2", "h3", "p", "small", "code", "pre", "ul", "li",
    "dl", "dt", "dd", "table", "thead", "tbody", "tr", "th", "td", "details", "summary", "svg",
    "g", "rect", "path",
}  # fmt: skip
NAMES = ["realistic", "passing", "warning", "empty"]


def pages() -> list[rendered.Page]:
    """Return the pages of all the usual records."""
    return [rendered.html(render(getattr(records, name)())) for name in NAMES]


def test_the_policy_allows_nothing_but_the_style_sheet() -> None:
    """The page's policy forbids every load and script, and its hash is that of the style sheet in the page."""
    page = pages()[0]
    (policy,) = [attrs["content"] for tag, attrs in page.tags if attrs.get("http-equiv") == "Content-Security-Policy"]
    digest = base64.b64encode(hashlib.sha256(page.style.encode()).digest()).decode()
    assert page.style.strip()
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"
    )


@pytest.mark.parametrize("name", NAMES)
def test_the_page_asks_nobody_for_anything(name: str) -> None:
    """No attribute and no style points outside of the page."""
    page = rendered.html(render(getattr(records, name)()))
    links = [
        value for _, attrs in page.tags for key, value in attrs.items() if key in {"href", "src", "srcset", "action"}
    ]
    assert all(link is not None and (link.startswith("#") or link == "data:,") for link in links)
    assert "url(" not in page.style
    assert "@import" not in page.style


@pytest.mark.parametrize("name", NAMES)
def test_the_page_is_well_formed(name: str) -> None:
    """Elements close, ids are unique, links within the page lead somewhere, and every table is rectangular."""
    page = rendered.html(render(getattr(records, name)()))
    ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
    targets = {str(attrs["href"])[1:] for tag, attrs in page.tags if tag == "a"}
    labels = {attrs["aria-labelledby"] for _, attrs in page.tags if "aria-labelledby" in attrs}
    assert page.unbalanced == []
    assert len(ids) == len(set(ids))
    assert targets <= set(ids)
    assert labels <= set(ids)
    assert all(len(set(row)) == 1 for row in page.rows)


@pytest.mark.parametrize("name", NAMES)
def test_the_page_can_be_read_aloud(name: str) -> None:
    """The page has a language and one main heading; header cells have a scope; drawings are hidden, being repeats."""
    page = rendered.html(render(getattr(records, name)()))
    assert ("html", {"lang": "en"}) in page.tags
    assert [tag for tag, _ in page.tags].count("h1") == 1
    assert all(attrs.get("scope") in {"col", "row"} for tag, attrs in page.tags if tag == "th")
    assert all(attrs.get("aria-hidden") == "true" for tag, attrs in page.tags if tag == "svg")


@few
@given(hostile)
def test_nothing_hostile_becomes_markup(record: RunRecord) -> None:
    """Whatever names a record holds, the page has only our elements, no style or handler of theirs, and no control."""
    text = render(record)
    page = rendered.html(text)
    assert {tag for tag, _ in page.tags} <= OURS
    assert page.unbalanced == []
    assert not any(key.startswith("on") or key == "style" for _, attrs in page.tags for key in attrs)
    assert all(character == "\n" or character.isprintable() for character in text)


@pytest.mark.parametrize("hostile_text", [text for text in HOSTILE_TEXTS if text and len(text) < 200])
def test_hostile_names_are_shown_as_they_are(hostile_text: str) -> None:
    """A hostile name is shown, escaped, rather than dropped."""
    record = records.realistic()
    stage = record.stages["validate"]
    text = render(RunRecord(run=record.run, stages={hostile_text: stage}))
    assert " ".join(neutralize(hostile_text).split())[:60] in " ".join(rendered.html(text).prose.split())


def luminance(color: str) -> float:
    """Return the relative luminance of a color (https://www.w3.org/TR/WCAG22/#dfn-relative-luminance)."""
    channels = [int(color[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, second: str) -> float:
    """Return the contrast ratio of two colors (https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio)."""
    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_text_stands_out_from_its_ground(scheme: int) -> None:
    """Every pair of text and ground has the contrast that WCAG asks for, 4.5, in both color schemes."""
    block = re.findall(r":root \{(.*?)\}", pages()[0].style, re.DOTALL)[scheme]
    colors = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", block))
    pairs = [("ink", "card"), ("ink", "page"), ("soft", "card"), ("soft", "page"), ("accent", "card")]
    pairs += [
        (tone, ground) for tone in ("pass", "warn", "fail", "none", "skip") for ground in ("card", f"{tone}-tint")
    ]
    weak = {pair: contrast(colors[pair[0]], colors[pair[1]]) for pair in pairs}
    assert {pair: ratio for pair, ratio in weak.items() if ratio < 4.5} == {}
