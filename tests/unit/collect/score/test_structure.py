"""Each check of the structure sees its own mistake, says where, and applies only where it can."""

from __future__ import annotations

import pytest

from ratchetry.collect.score.measure import LeftOut, Measure
from ratchetry.collect.score.structure import LONGEST_SECTION, structure
from tests.unit.collect.score.documents import document, rules, value

GOOD = "# Title\n\nText.\n\n## Part\n\nText.\n\n### Deeper\n\n```sh\nls\n```\n\n## Other\n\nText.\n"


def test_a_well_built_document_has_no_advice() -> None:
    """All seven checks apply and are met."""
    outcome = structure(document(GOOD))
    assert outcome == Measure(value=1.0, n=7)


@pytest.mark.parametrize(
    ("source", "rule", "line"),
    [
        (GOOD.replace("# Title", "## Title", 1), "no-title", 1),
        (GOOD + "\n# Second\n\nText.\n", "several-titles", 19),
        ("## First\n\nText.\n\n" + GOOD, "title-not-first", 5),
        (GOOD.replace("### Deeper", "#### Deeper"), "heading-jump", 9),
        ("#### Deep\n\nText.\n", "heading-jump", 1),
        (GOOD.replace("## Other\n\nText.", "## Other"), "empty-section", 15),
        (GOOD.replace("## Other", "## PART"), "same-heading", 15),
        (GOOD.replace("## Other", "## --- "), "empty-heading", 15),
        (GOOD.replace("```sh", "```"), "unlabeled-fence", 11),
        (GOOD + "word " * (LONGEST_SECTION + 1), "long-section", 15),
    ],
)
def test_each_mistake_costs_and_is_named_at_its_line(source: str, rule: str, line: int) -> None:
    """The advice stands at the line of the mistake."""
    outcome = structure(document(source))
    assert isinstance(outcome, Measure)
    assert outcome.value < 1
    assert (rule, line) in {(advice.rule, advice.line) for advice in outcome.advice}


def test_same_headings_under_different_parents_are_fine() -> None:
    """Only siblings must differ."""
    source = "# T\n\n## A\n\n### Example\n\nx\n\n## B\n\n### Example\n\ny\n"
    assert "same-heading" not in rules(structure(document(source)))


def test_more_titles_cost_more() -> None:
    """The check is graded, so that a second title is not as bad as ten."""
    two, ten = (value(structure(document("# T\n\nx\n\n" * count))) for count in (2, 10))
    assert ten < two


def test_checks_that_do_not_apply_do_not_count() -> None:
    """A document without code blocks or headings is not judged by those it does not have."""
    assert structure(document("# T\n\nText.\n")) == Measure(value=1.0, n=6)
    outcome = structure(document("Text.\n"))
    assert (value(outcome), rules(outcome)) == (0.5, ["no-title"])


def test_an_empty_document_is_left_out() -> None:
    """Nothing is measured where nothing stands."""
    assert structure(document(" \n")) == LeftOut(reason="README.md holds no text")
