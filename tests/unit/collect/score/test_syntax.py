"""Files and code blocks that parse are counted where a stage, or this one, looked."""

from __future__ import annotations

import pytest

from ratchetry.collect.score.measure import LeftOut, Measure
from ratchetry.collect.score.syntax import syntactic_correctness
from ratchetry.domain.record import Finding, Fragment
from tests.builders import metric
from tests.unit.collect.contexts import project_of
from tests.unit.collect.score.documents import document

PROJECT = project_of({"a.py": "", "b.py": "", "c.toml": "", "d.yaml": "", "e.txt": "", "f.json": ""})
LOOKED = {"validate.errors": metric(0.0), "lint.findings": metric(0.0)}
TEXT = "# T\n"


def broken(path: str, rule: str) -> Finding:
    """Return a finding of a syntax error."""
    return Finding(tool="t", rule=rule, severity="high", path=path)


@pytest.mark.parametrize("rule", ["invalid-syntax", "E999", "syntax", "unparsable-toml"])
def test_files_with_syntax_errors_are_counted_once(rule: str) -> None:
    """Two errors in one file are one broken file of five."""
    earlier = Fragment(metrics=LOOKED, findings=(broken("a.py", rule), broken("a.py", rule), broken("b.py", "F401")))
    assert syntactic_correctness(document(TEXT), PROJECT, earlier) == Measure(value=0.8, n=5)


def test_only_files_of_measured_stages_count() -> None:
    """Without the quality stage nobody has looked at Python files."""
    earlier = Fragment(metrics={"validate.errors": metric(1.0)}, findings=(broken("c.toml", "unparsable-toml"),))
    outcome = syntactic_correctness(document(TEXT), PROJECT, earlier)
    assert isinstance(outcome, Measure)
    assert outcome.value == pytest.approx(2 / 3)
    assert outcome.n == 3


def test_files_and_blocks_weigh_the_same() -> None:
    """The mean of both shares: one broken block of two does not vanish among many files."""
    source = "```json\n{}\n```\n\n```json\n{\n```\n\n```text\n{\n```\n"
    outcome = syntactic_correctness(document(source), PROJECT, Fragment(metrics=LOOKED))
    assert isinstance(outcome, Measure)
    assert (outcome.value, outcome.n) == (0.75, 7)
    assert [(row.rule, row.line) for row in outcome.advice] == [("unparsable-block", 5)]


def test_without_anything_to_parse_it_is_left_out() -> None:
    """No stage measured and no code block: there is a reason and no number."""
    outcome = syntactic_correctness(document(TEXT), PROJECT, Fragment())
    assert isinstance(outcome, LeftOut)
    assert "README.md" in outcome.reason
