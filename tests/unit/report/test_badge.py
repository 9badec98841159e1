"""Badges: what they say, in which color, and that no text breaks them."""

from __future__ import annotations

import json

import pytest
from defusedxml import ElementTree

from ratchetry.report.badge import BADGES, Badge, BadgeName, Facts, badge, endpoint, svg

SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize(
    ("name", "metrics", "message", "color"),
    [
        ("score", {"score.total": 0.934}, "0.93", "brightgreen"),
        ("score", {"score.total": 0.49}, "0.49", "red"),
        ("coverage", {"coverage.line": 85.0}, "85.0%", "green"),
        ("coverage", {"coverage.line": 84.99}, "84.99%", "yellow"),
        ("tests", {"tests.total": 1200, "tests.passed": 1190, "tests.failed": 0}, "1,190 passed", "brightgreen"),
        ("tests", {"tests.total": 40, "tests.passed": 38, "tests.failed": 2}, "2 of 40 failed", "red"),
        ("tests", {"tests.total": 0, "tests.passed": 0, "tests.failed": 0}, "none", "lightgrey"),
        ("debt", {"lint.findings": 3, "types.errors": 2, "size.source_lines": 1000}, "5 in 1,000 lines", "yellow"),
        ("debt", {"lint.findings": 0, "types.errors": 0}, "0", "brightgreen"),
        ("debt", {"lint.findings": 3}, "unknown", "lightgrey"),
    ],
)
def test_a_badge_says_what_was_measured(name: BadgeName, metrics: dict[str, float], message: str, color: str) -> None:
    """Message and color follow from the metrics of a run."""
    assert badge(name, Facts(metrics=metrics)) == Badge(label=name, message=message, color=color)


@pytest.mark.parametrize(("flaky", "message", "color"), [(0, "0", "brightgreen"), (30, "30", "red")])
def test_flaky_tests_are_counted(flaky: int, message: str, color: str) -> None:
    """No flaky test is the best there is."""
    assert badge("flaky", Facts(metrics={}, flaky=flaky)) == Badge(label="flaky", message=message, color=color)


@pytest.mark.parametrize("name", BADGES)
def test_what_was_not_measured_is_unknown(name: BadgeName) -> None:
    """A badge never guesses, and its endpoint says so."""
    one = badge(name, Facts(metrics={}))
    assert (one.message, one.color) == ("unknown", "lightgrey")
    assert json.loads(endpoint(one)) == {
        "schemaVersion": 1,
        "label": name,
        "message": "unknown",
        "color": "lightgrey",
        "isError": True,
    }


@pytest.mark.parametrize("text", ["<script>&\"'", "\u202ex\x1b[1m", "x" * 10_000, "", "日本語"])
def test_hostile_texts_are_texts(text: str) -> None:
    """Whatever a badge is to say, it is a drawing of sensible size with that text, cut and made harmless."""
    drawing = svg(Badge(label=text, message=text, color="nonsense"))
    root = ElementTree.fromstring(drawing)
    assert root.tag == f"{SVG}svg"
    assert int(root.attrib["width"]) < 2000
    assert not list(root.iter(f"{SVG}script"))
    assert root.findtext(f"{SVG}title") == root.attrib["aria-label"]
    assert "\u202e" not in drawing.decode()
