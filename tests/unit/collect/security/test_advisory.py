"""Severities of OSV advisories."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratchetry.collect.security.advisory import base_score, rate, rating
from tests.unit.collect.security.reports import hostile, refuses_or_reads


def advisory(*vectors: str, **fields: object) -> bytes:
    """Return an advisory with CVSS vectors."""
    return json.dumps(
        {"id": "X-1", "severity": [{"type": "CVSS", "score": vector} for vector in vectors], **fields}
    ).encode()


@pytest.mark.parametrize(
    ("vector", "score"),
    [
        ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", 9.3),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 9.8),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N", 7.5),
        ("CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:N/A:N", 8.6),
        ("CVSS:3.1/AV:N/AC:H/PR:N/UI:R/S:C/C:H/I:N/A:N", 6.1),
        ("AV:L/AC:M/Au:N/C:P/I:P/A:P", 4.4),
        ("CVSS:3.1/AV:N", None),
        ("9.8", None),
        ("", None),
    ],
)
def test_base_scores_are_those_the_databases_publish(vector: str, score: float | None) -> None:
    """Vectors of all three versions give their published score; what is no vector gives none."""
    assert base_score(vector) == score


@pytest.mark.parametrize(
    ("score", "severity"),
    [(10, "critical"), (9.0, "critical"), (8.9, "high"), (7.0, "high"), (6.9, "medium"), (4.0, "medium"), (0.1, "low")],
)
def test_ratings_begin_where_cvss_lets_them_begin(score: float, severity: str) -> None:
    """The bounds of the qualitative ratings are those of the CVSS specification."""
    assert rating(score) == severity


def test_the_worst_of_several_scores_counts() -> None:
    """An advisory rated by two versions of CVSS is as severe as the worse one says."""
    low, high = "AV:L/AC:M/Au:N/C:P/I:P/A:P", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
    assert rate(advisory(low, high)) == "critical"


def test_scores_of_an_affected_package_count() -> None:
    """Some databases rate each affected package instead of the advisory."""
    vector = {"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:H/PR:N/UI:R/S:C/C:H/I:N/A:N"}
    assert rate(advisory(affected=[{"severity": [vector]}])) == "medium"


@pytest.mark.parametrize(
    ("specific", "severity"),
    [
        ({"severity": "MODERATE"}, "medium"),
        ({"severity": "CRITICAL"}, "critical"),
        ({"severity": 7}, "unknown"),
        ({}, "unknown"),
    ],
)
def test_the_databases_own_word_stands_in(specific: dict[str, object], severity: str) -> None:
    """Without a usable vector the database's own word counts, and without that nothing is known."""
    assert rate(advisory("nonsense", database_specific=specific)) == severity


@given(st.text(max_size=80) | st.from_regex(r"CVSS:(3\.[01]|4\.0)(/[A-Z]{1,3}:[A-Z]){1,12}", fullmatch=True))
def test_any_vector_has_a_score_or_none(vector: str) -> None:
    """No text makes the scoring fail."""
    score = base_score(vector)
    assert score is None or 0 <= score <= 10


@given(st.data())
def test_hostile_advisories_are_read_or_refused(data: st.DataObject) -> None:
    """Whatever the advisory holds, the only exception is ReportError."""
    real = advisory("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", database_specific={"severity": "HIGH"})
    refuses_or_reads(rate, data.draw(hostile(real)))
