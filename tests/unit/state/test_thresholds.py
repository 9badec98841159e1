"""quality-thresholds.json."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratchetry.domain.thresholds import Threshold, Thresholds
from ratchetry.errors import StateError
from ratchetry.state.thresholds import dumps, loads

DOCUMENT = {
    "version": 1,
    "updated_at": "2026-01-02",
    "coverage": {"minimum": 60, "target": 80, "ratchet_increment": 1},
    "score": {"minimum": 0.80, "target": 0.90, "ratchet_increment": 0.01},
    "metrics": {"test_pass_rate": {"minimum": 1.0, "weight": 0.40}, "lint.findings": {"maximum": 3}},
    "history": [{"metric": "coverage.line", "from": 59, "to": 60, "runs": ["1", "2"]}],
}


def test_the_documented_shape_is_read() -> None:
    """Coverage and score stand at the top, the score model's names may be written short."""
    thresholds = loads(json.dumps(DOCUMENT).encode(), "file")
    assert [(bound.metric, bound.kind, bound.bound) for bound in thresholds.bounds] == [
        ("coverage.line", "minimum", 60),
        ("lint.findings", "maximum", 3),
        ("score.test_pass_rate", "minimum", 1.0),
        ("score.total", "minimum", 0.80),
    ]
    assert thresholds.history == ({"metric": "coverage.line", "from": 59, "to": 60, "runs": ("1", "2")},)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"metrics": {"lint.findngs": {"maximum": 1}}}, "metrics.lint.findngs: unknown metric; did you mean 'lint.fi"),
        ({"metrics": {"lint.findings": {"minimum": 1}}}, "metrics.lint.findings: needs a maximum and nothing else"),
        ({"metrics": {"lint.findings": {}}}, "metrics.lint.findings: needs a maximum"),
        ({"metrics": {"lint.findings": {"maximum": "1"}}}, "metrics.lint.findings.maximum: Expected `float`"),
        ({"metrics": {"lint.findings": {"maximum": 1, "max": 2}}}, "metrics.lint.findings: Object contains unknown"),
        ({"metrics": {"benchmark.*": {"maximum": 1}}}, "metrics.benchmark.*: unknown metric"),
        ({"metrics": {"coverage.line": {"minimum": 1}}}, "coverage: coverage.line has a bound already"),
        ({"coverage": {"minimum": None}}, "coverage.minimum: Expected `float`"),
        ({"metrcs": {}}, "Object contains unknown field `metrcs`"),
        ({"version": 2}, "version 2 is newer than the 1 that is read here"),
        ({"version": 0}, "version: Expected `int` >= 1"),
    ],
)
def test_what_is_wrong_is_named_with_file_and_field(change: dict[str, object], message: str) -> None:
    """A malformed document is refused, never half read."""
    with pytest.raises(StateError) as caught:
        loads(json.dumps({**DOCUMENT, **change}).encode(), "quality-thresholds.json")
    assert str(caught.value).startswith("quality-thresholds.json: ")
    assert message in str(caught.value)


_METRICS = ["coverage.line", "score.total", "lint.findings", "types.errors", "score.structure", "benchmark.a b"]
_LOWER = {"lint.findings", "types.errors", "benchmark.a b"}
_NUMBERS = st.floats(allow_nan=False, allow_infinity=False)


@st.composite
def _thresholds(draw: st.DrawFn) -> Thresholds:
    """Return thresholds over a few metrics."""
    names = draw(st.sets(st.sampled_from(_METRICS)))
    bounds = tuple(
        Threshold(
            metric=name,
            kind="maximum" if name in _LOWER else "minimum",
            bound=draw(_NUMBERS),
            target=draw(st.none() | _NUMBERS),
            increment=draw(st.none() | st.floats(min_value=0, max_value=9)),
        )
        for name in sorted(names)
    )
    return Thresholds(updated_at=draw(st.text()), bounds=bounds)


@given(_thresholds())
def test_what_is_written_is_read_back(thresholds: Thresholds) -> None:
    """Writing and reading loses nothing, and writing again gives the same bytes."""
    data = dumps(thresholds)
    assert loads(data, "file") == thresholds
    assert dumps(loads(data, "file")) == data


@given(
    st.binary()
    | st.recursive(st.none() | st.floats() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)).map(
        lambda x: json.dumps(x).encode()
    )
)
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    """Nothing in a file leads to another error than a StateError that names the file."""
    try:
        loads(data, "file")
    except StateError as error:
        assert str(error).startswith("file: ")  # noqa: PT017  # the other outcome is just as good


WAIVER = {"metric": "coverage.branch", "to": 70, "reason": "r", "since": "2026-01-01", "until": "2026-03-31"}
MORE = {
    "metrics": {
        "lint.findings[src/legacy/**]": {"maximum": 9, "ratchet_increment": 1, "tolerance": 2},
        "types.errors": {"ratchet_increment": 5, "target": 0},
        "coverage.branch": {"minimum": 80},
    },
    "waivers": [WAIVER],
}


def test_bounds_of_paths_wishes_and_waivers_are_read() -> None:
    """A row may be of some paths, wait for its bound, or be waived for a while; all of it is written back."""
    found = loads(json.dumps(MORE).encode(), "file")
    assert [(row.metric, row.tolerance) for row in found.bounds] == [
        ("coverage.branch", None),
        ("lint.findings[src/legacy/**]", 2),
    ]
    assert [(row.metric, row.kind, row.increment) for row in found.wishes] == [("types.errors", "maximum", 5)]
    assert [(row.metric, row.to, row.until) for row in found.waivers] == [("coverage.branch", 70, "2026-03-31")]
    assert loads(dumps(found), "file") == found


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"metrics": {"coverage.line[src/**]": {"minimum": 1}}}, "coverage.line is not known by path"),
        ({"metrics": {"types.errors": {"ratchet_increment": 0}}}, "ratchet_increment must be above 0 to seed"),
        ({"metrics": {"types.errors": {"minimum": 1, "ratchet_increment": 1}}}, "needs a maximum and nothing else"),
        ({"waivers": [{**WAIVER, "until": "2026-04-02"}]}, "a waiver lasts at most 90 days"),
        ({"waivers": [{**WAIVER, "until": "2025-12-31"}]}, "a waiver lasts at most 90 days"),
        ({"waivers": [{**WAIVER, "until": "2026-02-30"}]}, "waivers[0]: day is out of range"),
        ({"waivers": [{**WAIVER, "metric": "lint"}]}, "waivers[0]: lint: unknown metric"),
        ({"waivers": [{**WAIVER, "reason": " "}]}, "needs a finite number and a reason"),
    ],
)
def test_what_makes_no_sense_of_them_is_refused(change: dict[str, object], message: str) -> None:
    """A waiver without end, or a path of what has none, is no way out."""
    with pytest.raises(StateError) as caught:
        loads(json.dumps({**MORE, **change}).encode(), "file")
    assert message in str(caught.value)
