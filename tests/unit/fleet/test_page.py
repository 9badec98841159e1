"""The page on many repositories: names that mean harm, weeks that are missing, and no script at all."""

from __future__ import annotations

import base64
import hashlib
import re
from datetime import date
from xml.etree.ElementTree import Element

from defusedxml import ElementTree

from ratchetry.fleet.page import Target, fleet_page
from ratchetry.fleet.report import FleetReport, Line

HOSTILE = "acme/</td><script>alert(1)</script>\u202e" + "x" * 5000


def line(name: str, coverage: float | None = 80.0) -> Line:
    """Return a line of a report."""
    return Line(
        name=name,
        repositories=1,
        runs=1234,
        minutes=5.0,
        success_rate=0.5,
        pass_rate=None,
        coverage=coverage,
        flaky_tests=2,
        regressions=1,
        unrecovered=0,
        lead_hours=None,
        debt=None,
        complexity=None,
        score_gap=0.1,
    )


def report(*names: str) -> FleetReport:
    """Return a report on repositories."""
    lines = tuple(map(line, names))
    return FleetReport(
        since=date(2026, 1, 5), total=line("all"), repositories=lines, owners=(), weeks=(), degrading=(), flaky=()
    )


def page(weeks: dict[str, tuple[Line, ...]], targets: dict[str, Target], *names: str) -> tuple[str, Element]:
    """Return a page as text, and its table of repositories as elements."""
    text = fleet_page(report(*names), weeks, targets).decode()
    found = re.search(r"<table>.*?</table>", text, re.DOTALL)
    assert found
    return text, ElementTree.fromstring(found[0])


def test_each_repository_has_its_row_and_link() -> None:
    """The name leads to the dashboard; without one it is plain, and the page says why."""
    targets = {"acme/anvil": Target(address="repositories/acme anvil/index.html"), "b": Target(reason="no run of main")}
    text, table = page({}, targets, "acme/anvil", "b")
    links = [link.attrib["href"] for link in table.iter("a")]
    assert links == ["repositories/acme%20anvil/index.html"]
    assert [cell.text for cell in table.iter("td")][:3] == ["1,234", "50.0%", "-"]
    assert "b (no run of main)" in text


def test_weeks_are_lines_with_gaps() -> None:
    """A week that was not measured breaks the line; a single week is no line."""
    weeks = {"a": tuple(line(str(at), value) for at, value in enumerate((80.0, 81.0, None, 79.0, 85.0))), "b": ()}
    _, table = page(weeks, {}, "a", "b")
    drawn = [picture for picture in table.iter("svg") if "%" in picture.attrib["aria-label"]]
    coverage = next(picture for picture in drawn if "79.0 to 85.0%" in picture.attrib["aria-label"])
    assert [len(piece.attrib["points"].split()) for piece in coverage.iter("polyline")] == [2, 2]
    rows = list(table.iter("tr"))
    assert not list(rows[2].iter("svg"))


def test_hostile_names_are_text() -> None:
    """No name becomes markup, hides anything or makes the page endless."""
    text, table = page({}, {HOSTILE: Target(address='x/"><script>/index.html')}, HOSTILE)
    assert "<script" not in text
    assert "\u202e" not in text
    assert len(text) < 10_000
    assert len(list(table.iter("a"))) == 1


def test_the_policy_allows_the_style_alone() -> None:
    """The hash in the policy is that of the page's style; nothing else is allowed."""
    text, _ = page({}, {}, "a")
    style = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)[0]
    wanted = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'sha256-{wanted}'; base-uri 'none'; form-action 'none'" in text
