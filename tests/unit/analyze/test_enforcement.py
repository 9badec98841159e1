"""Which bounds a run is held to."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from ratchetry.analyze.enforcement import Base, Held, in_force
from ratchetry.analyze.gate import evaluate
from ratchetry.domain.record import Fragment, StageResult
from ratchetry.domain.thresholds import Threshold, Thresholds, Waiver, stricter
from tests.builders import metric

ROW = Threshold(metric="coverage.line", kind="minimum", bound=80)
WAIVER = Waiver(metric="coverage.line", to=70, reason="a move", actor="ann", since="2026-01-01", until="2026-01-31")
TODAY = "2026-01-15"


def _held(here: Thresholds, base: Thresholds | None, *, agreed: bool = False, today: str = TODAY) -> Held:
    """Return the bounds in force."""
    named = None if base is None else Base(thresholds=base, name="the base")
    return in_force(here, named, today=today, agreed=agreed)


def _verdict(held: Held, value: float) -> tuple[str, str]:
    """Return the verdict and the reason of the one gate for a value."""
    measured = Fragment(stages={"test": StageResult(status="passed")}, metrics={"coverage.line": metric(value)})
    gate = next(gate for gate in evaluate(held, measured, optional=(), expected=("test",)) if gate.bound is not None)
    return gate.verdict, gate.reason


def test_the_stricter_of_both_files_counts_and_is_named() -> None:
    """A row that was lowered here is held to the base's, a tightened one to the own."""
    lowered = Thresholds(bounds=(replace(ROW, bound=60),))
    held = _held(lowered, Thresholds(bounds=(ROW,)))
    assert _verdict(held, 70) == ("fail", "the bound of the base, stricter than 60 here")
    assert [row.bound for row in _held(Thresholds(bounds=(ROW,)), lowered).bounds] == [80]


def test_a_row_that_was_deleted_counts_as_lowered() -> None:
    """What the base holds is held, whatever is missing here."""
    assert _verdict(_held(Thresholds(), Thresholds(bounds=(ROW,))), 70) == (
        "fail",
        "the bound of the base: the row is missing here",
    )


def test_a_waiver_of_the_base_loosens_and_shows() -> None:
    """It warns where it was needed, and passes with its reason where it was not."""
    held = _held(Thresholds(bounds=(ROW,)), Thresholds(bounds=(ROW,), waivers=(WAIVER,)))
    told = "waived to 70 until 2026-01-31 by ann, instead of 80: a move"
    assert _verdict(held, 75) == ("warn", told)
    assert _verdict(held, 85) == ("pass", told)
    assert _verdict(held, 65) == ("fail", told)


def test_a_waiver_that_comes_with_a_change_waits() -> None:
    """A pull request excuses nothing; on the default branch the same waiver counts."""
    here = Thresholds(bounds=(ROW,), waivers=(WAIVER,))
    assert _verdict(_held(here, Thresholds(bounds=(ROW,))), 75) == (
        "fail",
        "a waiver in this change counts once it stands on the default branch",
    )
    assert _verdict(_held(here, Thresholds(bounds=(ROW,)), agreed=True), 75)[0] == "warn"


def test_a_waiver_ends_by_itself() -> None:
    """After its last day, and before its first, the bound itself counts."""
    here = Thresholds(bounds=(ROW,), waivers=(WAIVER,))
    assert _verdict(_held(here, None, agreed=True, today="2026-01-31"), 75)[0] == "warn"
    assert _verdict(_held(here, None, agreed=True, today="2026-02-01"), 75)[0] == "fail"
    assert _verdict(_held(here, None, agreed=True, today="2025-12-31"), 75)[0] == "fail"


_NAMES = ("coverage.line", "lint.findings", "types.errors")
_ROWS = st.dictionaries(st.sampled_from(_NAMES), st.integers(min_value=0, max_value=9)).map(
    lambda rows: Thresholds(
        bounds=tuple(
            Threshold(metric=name, kind="minimum" if name == "coverage.line" else "maximum", bound=bound)
            for name, bound in sorted(rows.items())
        ),
        waivers=tuple(replace(WAIVER, metric=name, to=bound) for name, bound in rows.items()),
    )
)


@given(_ROWS, _ROWS)
def test_a_change_never_lowers_its_own_bar(here: Thresholds, base: Thresholds) -> None:
    """Whatever a pull request writes into its file, no bound is looser than the base's, and no waiver is its own."""
    agreed_on = Thresholds(bounds=base.bounds)
    held = _held(here, agreed_on)
    bounds = {row.metric: row for row in held.bounds}
    for row in base.bounds:
        assert stricter(row.kind, bounds[row.metric].bound, row.bound) == bounds[row.metric].bound
    assert not held.waivers
