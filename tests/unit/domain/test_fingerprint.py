"""Fingerprints of findings."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from ratchetry.domain.fingerprint import fingerprinted, short_hash
from ratchetry.domain.record import Finding

FINDING = Finding(tool="ruff", rule="F401", severity="low", path="a.py", line=3, message="`os` imported but unused")


@given(st.lists(st.integers(min_value=0, max_value=9), max_size=6), st.integers(min_value=1, max_value=50))
def test_moving_all_lines_changes_no_fingerprint(lines: list[int], shift: int) -> None:
    """Lines inserted above leave every fingerprint as it was."""
    findings = [replace(FINDING, line=line) for line in lines]
    moved = [replace(finding, line=finding.line + shift) for finding in findings]
    before = [finding.fingerprint for finding in fingerprinted(findings)]
    assert [finding.fingerprint for finding in fingerprinted(moved)] == before


@given(st.lists(st.integers(min_value=0, max_value=3), max_size=6))
def test_no_two_findings_of_a_run_share_a_fingerprint(lines: list[int]) -> None:
    """Even findings that are alike in everything are told apart."""
    prints = [finding.fingerprint for finding in fingerprinted(replace(FINDING, line=line) for line in lines)]
    assert len(set(prints)) == len(prints)


def test_a_number_in_the_message_does_not_matter() -> None:
    """A function that grew from 11 to 12 paths is the same finding."""
    (before,) = fingerprinted([replace(FINDING, message="`f` is too complex (11 > 10)")])
    (after,) = fingerprinted([replace(FINDING, message="`f` is too complex (12 > 10)")])
    assert after.fingerprint == before.fingerprint


def test_parts_of_a_hash_do_not_run_into_each_other() -> None:
    """Moving a character from one part to the next gives another hash; what is no Unicode is hashed as well."""
    assert short_hash("ab", "c") != short_hash("a", "bc")
    assert len(short_hash("\ud800")) == 16
