"""Flaky tests of a history, told from broken ones and from outages."""

from __future__ import annotations

import random
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from ratchetry.analyze.flaky.detect import detect
from ratchetry.analyze.flaky.results import RunResults
from tests.unit.analyze.flaky.suites import ALWAYS, found, only, runs_of, twice

TEST = "tests/test_mail.py::test_send"
OTHER = "tests/test_web.py::test_get"


def letters(rate: float, length: int, seed: int) -> str:
    """Return the outcomes of a test that fails at random."""
    chance = random.Random(seed)  # noqa: S311 - made-up data, no secret
    return "".join("F" if chance.random() < rate else "P" for _ in range(length))


def test_no_run_at_all() -> None:
    """Nothing is said of nothing."""
    report = detect([])
    assert (report.runs, report.tests, report.flaky) == (0, 0, ())


def test_both_outcomes_on_one_commit_make_a_test_flaky() -> None:
    """A test that fails and passes on the same commit, on two of them, is flaky: code does not explain that."""
    test = only(detect(runs_of({TEST: "PP" * 10 + "FP" + "PP" * 9 + "FP" + "PP" * 5}, commits=twice(26))))
    assert (test.status, test.reruns, test.flips, test.failures, test.results) == ("active", 2, 0, 2, 52)
    assert test.low < test.rate < test.high
    assert test.outcomes.endswith("FPPPPPPPPPPP")


def test_one_observation_is_never_enough() -> None:
    """A single failure that a rerun mended may have been the machine's."""
    assert not found(detect(runs_of({TEST: "PPPPFPPPPP"}, commits=twice(5))), "active", "resolved")


def test_passing_when_run_again_counts_like_a_rerun() -> None:
    """What passed only at its second try in a run is flaky."""
    assert only(detect(runs_of({TEST: "P" * 20 + "R" + "P" * 20 + "R" + "PPP"}))).reruns == 2


def test_without_reruns_it_takes_three_failures_that_nothing_repaired() -> None:
    """A failure that is gone with the next commit is weak evidence: two may be bad commits, many are not."""
    assert not found(detect(runs_of({TEST: "P" * 40 + "F" + "P" * 60 + "F" + "P" * 40})), "active")
    test = only(detect(runs_of({TEST: ("P" * 30 + "F") * 4 + "PPP"})))
    assert (test.status, test.flips) == ("active", 4)


def test_a_regression_and_its_repair_are_not_flaky() -> None:
    """What fails from one commit on, until another one, is broken: also when it happens twice."""
    report = detect(runs_of({TEST: "P" * 50 + "F" * 9 + "P" * 60 + "F" * 5 + "P" * 50}))
    assert not report.flaky
    assert not report.broken


def test_what_fails_at_the_end_is_broken_until_it_passes_once() -> None:
    """Failures that go on at the newest run say that a commit broke the test; its name is told."""
    report = detect(runs_of({TEST: "P" * 30 + "FFF"}))
    assert not report.flaky
    (broken,) = report.broken
    assert (broken.test, broken.commit, broken.run, broken.failures) == (TEST, "c30", "31-1", 3)


def test_a_flaky_test_that_just_failed_is_not_broken_but_one_that_goes_on_failing_is() -> None:
    """A known flaky test may fail at the end; not ten times in a row with its rate."""
    steady = ("P" * 9 + "F") * 12
    assert not detect(runs_of({TEST: steady + "PPPPF"})).broken
    report = detect(runs_of({TEST: steady + "PPPP" + "F" * 10}))
    assert [one.test for one in report.broken] == [TEST]
    assert only(report).failures == 12


def test_breaks_of_a_flaky_test_do_not_count_for_its_rate() -> None:
    """A flaky test that a commit broke keeps the rate that it has otherwise."""
    test = only(detect(runs_of({TEST: ("P" * 19 + "F") * 6 + "P" * 5 + "F" * 25 + "P" * 10})))
    assert test.failures == 6
    assert test.broken == 1
    assert "B" in test.outcomes


def test_failing_on_one_python_only_is_not_flaky() -> None:
    """A test that always fails on one version of Python passes on the same commits on another: it is broken there."""
    old = runs_of({TEST: "F" * 40}, python="3.11.9")
    new = [replace(run, name=f"n{run.name}") for run in runs_of({TEST: "P" * 40}, python="3.13.1")]
    report = detect([*old, *new])
    assert not report.flaky
    assert [one.test for one in report.broken] == [TEST]


def test_a_break_that_passes_elsewhere_on_its_commit_is_better_evidence() -> None:
    """Failures on one version of Python, with passes of the same commits on another, need fewer of them."""
    outcomes = "P" * 30 + "F" + "P" * 40 + "F" + "P" * 40 + "F" + "P" * 150
    alone = detect(runs_of({TEST: outcomes}))
    other = [replace(run, name=f"n{run.name}") for run in runs_of({TEST: "P" * 263}, python="3.13.1")]
    assert only(detect([*runs_of({TEST: outcomes}), *other])).probability > only(alone).probability


def test_what_the_next_commit_repaired_in_the_file_of_the_test_was_broken() -> None:
    """A failure whose end changed the file of the test is no evidence."""
    runs = runs_of({TEST: ("P" * 30 + "F") * 4 + "PPP"})
    edited = [
        replace(run, changed=frozenset({"tests/test_mail.py"})) if runs[at - 1].outcomes[0] == "F" else run
        for at, run in enumerate(runs)
    ]
    assert detect(runs).flaky
    assert not detect(edited).flaky


def test_a_break_from_outside_is_not_flaky() -> None:
    """A test that passed on a commit, and fails on it and on later ones, was broken by something besides the code."""
    commits = [*(f"c{number}" for number in range(30)), *(["c29"] * 4), "c30", "c31", "c32", "c33"]
    assert not detect(runs_of({TEST: "P" * 30 + "F" * 6 + "PP"}, commits=commits)).flaky


def test_an_outage_says_nothing() -> None:
    """Runs in which a large share of the suite failed at once count for no test, and are told."""
    runs = runs_of({TEST: "P" * 60})
    out = [replace(run, outcomes="F" * 30 + "P" * 11) if at % 10 == 4 else run for at, run in enumerate(runs)]
    report = detect(out)
    assert not report.flaky
    assert [one.failed for one in report.outages] == [30] * 6
    assert "73% of the tests" in report.outages[0].reason


def test_failures_alike_in_unrelated_files_are_an_outage() -> None:
    """Tests of several files that fail in the same way have one cause outside of them; another failure still counts."""
    runs = runs_of({TEST: "P" * 60})
    places = tuple(range(1, 33, 6))

    def hit(run: RunResults) -> RunResults:
        outcomes = "".join("F" if at in places else letter for at, letter in enumerate(run.outcomes))
        return replace(run, outcomes=outcomes, signatures=dict.fromkeys(places, "no-route"))

    report = detect(hit(run) if at in {10, 20, 30, 40} else run for at, run in enumerate(runs))
    assert not report.flaky
    assert len(report.outages) == 4
    assert "failed alike" in report.outages[0].reason


def test_a_way_of_failing_that_all_tests_share_is_no_outage() -> None:
    """Where every failure has the same signature, it says nothing of outages."""
    tests = {f"tests/test_x{number}.py::test_it": letters(0.15, 120, number) for number in range(12)}
    runs = [
        replace(run, signatures={at: "same" for at, letter in enumerate(run.outcomes) if letter == "F"})
        for run in runs_of(tests)
    ]
    assert found(detect(runs), "active") == set(tests)


def test_far_more_failures_than_usual_are_an_outage() -> None:
    """A run with a handful of failures where there are hardly any counts for none of them."""
    runs = runs_of({TEST: "P" * 100}, sound=tuple(f"tests/t{number}.py::test" for number in range(200)))
    hit = [
        replace(run, outcomes="P" * 7 + "F" * 9 + "P" * 185) if at in {20, 40, 60, 80} else run
        for at, run in enumerate(runs)
    ]
    report = detect(hit)
    assert not report.flaky
    assert "where 0.5 are usual" in report.outages[0].reason


def test_hysteresis() -> None:
    """A flaky test stays so until so many clean results have come as its rate makes unlikely; then it is resolved."""
    flaky = ("P" * 9 + "F") * 10
    test = only(detect(runs_of({TEST: flaky + "P" * 30})))
    assert (test.status, test.clean) == ("active", 30)
    assert test.needed > 60
    later = only(detect(runs_of({TEST: flaky + "P" * test.needed})))
    assert (later.status, later.rate) == ("resolved", later.rate)
    assert later.results == 100
    again = only(detect(runs_of({TEST: flaky + "P" * test.needed + "F" + "P" * 5})))
    assert again.status == "resolved"
    relapsed = only(detect(runs_of({TEST: flaky + "P" * test.needed + flaky})))
    assert relapsed.status == "active"


def test_new_tests_are_listed() -> None:
    """A test that only the newest runs know is to be vetted; in a young history all are new, and none is listed."""
    runs = runs_of({TEST: "P" * 40})
    newest = [replace(run, tests=(OTHER, *run.tests), outcomes=f"P{run.outcomes}") for run in runs[-3:]]
    assert detect([*runs[:-3], *newest]).new == (OTHER,)
    assert detect(runs[:5]).new == ()


def test_what_a_flaky_test_costs() -> None:
    """A failed run is shared by the tests that failed in it; a rerun costs its own time."""
    runs = runs_of({TEST: ("P" * 9 + "F") * 4 + "P", OTHER: ("P" * 9 + "F") * 4 + "P"})
    costs = {test.test: test.lost for test in detect(runs).flaky}
    assert costs == {TEST: 120.0, OTHER: 120.0}
    again = [replace(run, seconds=lambda: (2.5, *(0.1 for _ in ALWAYS))) for run in runs_of({TEST: "PPPPPPPPPR" * 4})]
    assert only(detect(again)).lost == 10.0


HISTORIES = st.builds(
    lambda seed, rate: runs_of({TEST: letters(rate, 80, seed), OTHER: letters(0.02, 80, seed + 1)}, commits=twice(40)),
    st.integers(0, 10_000),
    st.sampled_from([0.0, 0.02, 0.1, 0.4, 0.9]),
)


@given(HISTORIES, st.randoms(use_true_random=False))
@settings(max_examples=40)
def test_the_order_and_duplicates_of_runs_do_not_matter(runs: list[RunResults], chance: random.Random) -> None:
    """The same runs in another order, some of them twice, give the same report."""
    mixed = [*runs, *chance.sample(runs, 10)]
    chance.shuffle(mixed)
    assert detect(mixed) == detect(runs)


@given(HISTORIES, st.integers(0, 79))
@settings(max_examples=40)
def test_one_more_outage_changes_no_verdict(runs: list[RunResults], at: int) -> None:
    """A run in which everything fails leaves every judgement as it was."""
    before = runs[at]
    outage = replace(before, name="outage-1", started=before.started[:-1] + ".5Z", outcomes="F" * len(before.outcomes))
    expected = detect(runs).flaky
    plain = tuple(replace(test, outcomes="", cause=test.cause) for test in expected)
    assert tuple(replace(test, outcomes="") for test in detect([*runs, outage]).flaky) == plain


@given(st.lists(st.sampled_from("PPPPS"), min_size=1, max_size=80).map("".join), st.integers(0, 1000))
@settings(max_examples=40)
def test_a_test_that_never_failed_is_never_flaky(outcomes: str, seed: int) -> None:
    """Whatever other tests do, one without a failure is not listed."""
    runs = runs_of({TEST: outcomes, OTHER: letters(0.3, len(outcomes), seed)})
    report = detect(runs)
    assert TEST not in found(report, "active", "suspected", "resolved")
    assert TEST not in {one.test for one in report.broken}


@given(HISTORIES)
@settings(max_examples=40)
def test_numbers_hold_together(runs: list[RunResults]) -> None:
    """Rates lie in their intervals, counts add up, and probabilities are some."""
    for test in detect(runs).flaky:
        assert 0.0 <= test.low <= test.rate <= test.high <= 1.0
        assert 0.5 <= test.probability <= 1.0
        assert test.reruns + test.flips <= test.failures <= test.results
        assert test.needed >= 20
