"""Names that try to speak for the run: they are shown, and do nothing."""

from __future__ import annotations

import re

import pytest
from markdown_it import MarkdownIt

from tests.e2e.commands import TESTS, Ended, run_in
from tests.e2e.repositories import flat, write

pytestmark = pytest.mark.e2e

SUITE = r"""
import pytest

NAMES = [
    "two\nlines",
    "\x1b[2J\x1b[31mred\x1b]0;title\x07",
    "\n::error title=forged::forged\n::set-output name=verdict::pass",
    "<script>alert(1)</script><img src=x onerror=alert(2)>",
    "[click](javascript:alert(3)) | **bold** | `code` <details> @everyone",
    "x" * 10_000,
    "\u202eright to left\u2066",
    "%0A::error::encoded",
]


@pytest.mark.parametrize("index", range(len(NAMES)), ids=[name.encode().decode("latin-1") for name in NAMES])
def test_hostile(index):
    raise AssertionError(NAMES[index])
"""


@pytest.fixture(scope="module")
def ended(tmp_path_factory: pytest.TempPathFactory) -> Ended:
    """Return how a run in GitHub Actions ended over a suite of hostile names, one file's name among them."""
    base = tmp_path_factory.mktemp("hostile")
    root = flat(base / "repo", {"tests/test_names.py": SUITE})
    write(root, {"tests/test_a\n::error::forged\n.py": "def test_in_it():\n    assert False, 'in a file with lines'\n"})
    (base / "outputs").touch()
    (base / "summary").touch()
    steps = {"GITHUB_OUTPUT": str(base / "outputs"), "GITHUB_STEP_SUMMARY": str(base / "summary")}
    return run_in(root, *TESTS, extra={"GITHUB_ACTIONS": "true", **steps})


def test_every_hostile_test_is_counted(ended: Ended) -> None:
    """What a test is called does not change what became of it."""
    assert ended.code == 1
    assert ended.values("tests.total", "tests.failed") == (10, 9)
    assert len({test.id for test in ended.record.tests}) == 10


def test_no_name_starts_a_workflow_command(ended: Ended) -> None:
    """Every line that the runner would obey is one of ours."""
    commands = [line for line in (ended.out + ended.err).splitlines() if line.lstrip().startswith("::")]
    assert commands
    assert all(re.match(r"::(error|warning) (file|title)=", line) for line in commands)
    assert not [line for line in commands if "title=forged" in line.split("::")[1]]
    assert not [line for line in commands if "set-output" in line.split("::")[1]]
    outputs = (ended.output.parent.parent / "outputs").read_text(encoding="utf-8")
    assert re.findall(r"^([\w-]+)<<", outputs, re.MULTILINE) == ["verdict", "score", "record-path"]
    assert "\nfail\n" in outputs


def test_no_name_reaches_the_terminal(ended: Ended) -> None:
    """No escape sequence, bell or change of direction gets through, and no line is ten thousand columns long."""
    shown = ended.out + ended.err
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", shown)
    assert "x" * 5_000 not in shown


def test_no_name_becomes_markup(ended: Ended) -> None:
    """The summary, rendered, and the page hold the names as text."""
    summary, page = ((ended.output / name).read_text(encoding="utf-8") for name in ("summary.md", "report.html"))
    for text in (MarkdownIt("gfm-like", {"linkify": False}).render(summary), page):
        assert "alert(1)" in text
        assert "<script>alert" not in text
        assert "<img src=x" not in text
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]", text)
        assert 'href="javascript:' not in text
        assert "<strong>bold" not in text
