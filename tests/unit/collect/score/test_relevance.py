"""Relevance combines what a document says truly with how much of what matters it says."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratchetry.collect.score.measure import LeftOut, Measure
from ratchetry.collect.score.relevance import f_measure, gain, semantic_relevance
from ratchetry.collect.score.vocabulary import Vocabulary
from tests.unit.collect.contexts import MemoryTree
from tests.unit.collect.score.documents import document, rules, value

WORDS = Vocabulary(
    packages=("shop",),
    commands=("shopctl",),
    ranked=("total", "Cart", "tax_rate", "ib"),
    known=frozenset({"shop", "total", "Cart", "tax_rate", "ib"}),
)
TREE = MemoryTree({})
ALL = "`shopctl` has `shop.total`, `Cart`, `tax_rate` and `shop.ib`."


def relevance(source: str, words: Vocabulary = WORDS) -> float:
    """Return the relevance of a document."""
    return value(semantic_relevance(document(source), words, TREE))


def test_a_document_that_names_everything_and_nothing_wrong_has_1() -> None:
    """There is nothing left to advise."""
    outcome = semantic_relevance(document(ALL), WORDS, TREE)
    assert isinstance(outcome, Measure)
    assert (outcome.value, outcome.advice) == (1.0, ())


def test_a_document_that_names_nothing_has_0_and_learns_what_to_name() -> None:
    """The most important names come first."""
    outcome = semantic_relevance(document("# About something\n\nWords."), WORDS, TREE)
    assert isinstance(outcome, Measure)
    assert outcome.value == 0
    assert [row.message for row in outcome.advice] == ["does not name: shopctl, total, Cart, tax_rate, ib"]


def test_the_figure_can_be_worked_out_by_hand() -> None:
    """Of two claims one is wrong: precision 1/2; recall is the gain of `Cart` over that of all."""
    everything = 1 + sum(1 / math.log2(rank + 1) for rank in (1, 2, 3, 4))
    precision, recall = 1 / 2, (1 / math.log2(3)) / everything
    expected = 1.25 * precision * recall / (0.25 * precision + recall)
    assert relevance("`Cart` and `OrderBook`") == pytest.approx(expected)


def test_wrong_names_and_dead_paths_are_advised_against() -> None:
    """Each with its own rule."""
    outcome = semantic_relevance(document(f"{ALL} `order_book` [x](gone.md)"), WORDS, TREE)
    assert rules(outcome) == ["unknown-name", "dead-path"]


def test_important_names_are_worth_more() -> None:
    """Naming the first of the ranked names is worth more than naming the second."""
    assert relevance("`total`") > relevance("`Cart`")


def test_names_beyond_the_first_ten_count_a_little() -> None:
    """They are not wanted, but are part of what a document covers."""
    words = Vocabulary(packages=("a",), ranked=tuple(f"name_{n}" for n in range(30)))
    assert 0 < relevance("name_20", words) < relevance("name_2", words) < 1


@pytest.mark.parametrize(
    ("source", "names_it"),
    [
        ("the Cart", False),
        ("the tax_rate", True),
        ("total", False),
        ("`ib`", False),
        ("`x.ib`", True),
        ("\n\n    total\n", True),
    ],
)
def test_plain_words_of_prose_name_nothing(source: str, *, names_it: bool) -> None:
    """Only what nobody takes for a word counts outside of code, and short names only behind a dot."""
    assert (relevance(source) > 0) == names_it


def test_without_anything_to_speak_of_it_is_left_out() -> None:
    """A project without names and a document without claims have nothing to compare."""
    assert isinstance(semantic_relevance(document("# A"), Vocabulary(), TREE), LeftOut)


def test_without_names_only_claims_count() -> None:
    """A repository that is no package can still have documents with dead links."""
    source = "[a](LICENSE) [b](gone.md)"
    assert value(semantic_relevance(document(source), Vocabulary(), MemoryTree({"LICENSE": ""}))) == 0.5


SHARES = st.floats(min_value=0, max_value=1)


@given(SHARES, SHARES)
def test_f_lies_between_precision_and_recall(precision: float, recall: float) -> None:
    """It is a mean of both."""
    low, high = sorted((precision, recall))
    assert low - 1e-9 <= f_measure(precision, recall) <= high + 1e-9


def test_gain_is_discounted_by_rank() -> None:
    """The third of the names has half the gain of the first; a command has all of it."""
    assert gain(["total"], WORDS) == gain(["shopctl"], WORDS) == 1
    assert gain(["tax_rate"], WORDS) == 0.5
