"""Tokens that repeat or only mark up are found and counted."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ratchetry.collect.score.efficiency import PASSAGE, efficiency, repeated
from ratchetry.collect.score.measure import LeftOut
from ratchetry.collect.score.tokens import tokens
from tests.unit.collect.score.documents import document, rules, value

TEXT = " ".join(f"word{number} stands here" for number in range(30))


def test_tokens_are_split_like_those_of_gpt_2() -> None:
    """Words, numbers, signs and contractions are pieces of their own; white space is none."""
    assert tokens("Don't pay  42.50 €, snake_case!\n") == (
        *("don", "'t", "pay", "42", ".", "50", "€,", "snake", "_", "case", "!"),
    )
    assert tokens(" \n\t") == ()


def test_plain_text_is_worth_all_of_its_tokens() -> None:
    """Without markup and repetition the share is 1."""
    unlike = " ".join(chr(97 + number % 26) * (1 + number // 26) for number in range(100))
    assert value(efficiency(document(unlike))) == 1


def test_repeated_passages_and_markup_are_named() -> None:
    """The advice quotes the first repetition and counts the tokens of markup."""
    twice = efficiency(document(f"{TEXT}\n\n{TEXT}\n"))
    assert value(twice) < 0.6
    assert rules(twice) == ["repeated-text"]
    badges = efficiency(document("[a](https://example.org/very/long/path?with=query&and=more)\n" * 30))
    assert "little-content" in rules(badges)


def test_a_few_words_are_left_out() -> None:
    """Below twenty tokens there is nothing to tell."""
    assert efficiency(document("# Title\n")) == LeftOut(reason="README.md has 1 tokens of text, fewer than 20")


@given(st.lists(st.sampled_from("ab"), max_size=40))
def test_repeated_tokens_agree_with_the_definition(pieces: list[str]) -> None:
    """A token is repeated when a passage over it equals an earlier one: compared with the quadratic definition."""
    starts = range(len(pieces) - PASSAGE + 1)
    slow = {
        place
        for start in starts
        if any(pieces[start : start + PASSAGE] == pieces[other : other + PASSAGE] for other in range(start))
        for place in range(start, start + PASSAGE)
    }
    assert repeated(pieces) == tuple(sorted(slow))
