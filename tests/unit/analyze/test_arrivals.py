"""What is missing of a run was not measured, and says why."""

from __future__ import annotations

import itertools
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratchetry.analyze.arrivals import Arrivals, JobResult, Refused, newest, settle
from ratchetry.domain.envelope import Envelope, FragmentName
from ratchetry.domain.record import StageResult
from tests.pipeline.ci.envelopes import envelope


def quality(
    *envelopes: Envelope,
    jobs: Mapping[str, JobResult] | None = None,
    refused: tuple[Refused, ...] = (),
    keys: tuple[str, ...] = (),
    attempt: int = 1,
) -> StageResult:
    """Return how the quality stage ended, of which these envelopes arrived."""
    arrivals = Arrivals(
        attempt=attempt,
        expected=("quality",),
        envelopes=envelopes,
        refused=refused,
        jobs=jobs or {},
        keys={"quality": keys} if keys else {},
    )
    return settle(arrivals).stages["quality"]


def refused(stage: str = "quality", key: str = "3.13", attempt: int = 1) -> Refused:
    """Return a fragment that was refused."""
    claims = FragmentName(stage=stage, key=key, attempt=attempt)
    return Refused(name=f"ci-metrics-{stage}-{key}-a{attempt}", reason="it is malformed", claims=claims)


RESULTS: tuple[JobResult, ...] = ("success", "failure", "cancelled", "skipped")


@pytest.mark.parametrize(
    ("job", "why"),
    [
        (None, "no fragment of this stage arrived"),
        ("success", "no fragment of this stage arrived; its job ended as success"),
        ("failure", "no fragment of this stage arrived; its job ended as failure"),
        ("cancelled", "no fragment of this stage arrived; its job ended as cancelled"),
        ("skipped", "its job was skipped"),
    ],
)
def test_nothing_arrived(job: JobResult | None, why: str) -> None:
    """A stage that was expected and of which nothing came was not measured; how its job ended is the reason."""
    result = quality(jobs={"quality": job} if job else {})
    assert (result.status, result.reason) == ("not_measured", why)
    assert result.unmeasured == {"quality": why}


def test_what_arrived_counts() -> None:
    """A fragment of a job that succeeded, or of which nothing is known, stands as it is."""
    assert quality(envelope()).status == "passed"
    assert quality(envelope(), jobs={"quality": "success"}).status == "passed"
    assert quality(envelope(status="failed"), jobs={"quality": "failure"}).reason == "so"


@pytest.mark.parametrize("job", ["failure", "cancelled", "skipped"])
def test_a_job_that_died_is_not_covered_by_its_neighbor(job: JobResult) -> None:
    """A matrix of which one job died without a fragment was not measured, though another has passed."""
    result = quality(envelope(key="3.12"), jobs={"quality": job})
    assert result.status == "not_measured"
    assert f"its job ended as {job} in attempt 1" in result.reason


def test_a_fragment_of_an_earlier_attempt_does_not_explain_a_new_failure() -> None:
    """After a rerun that died, the old failing fragment says nothing about this attempt."""
    old = envelope(status="failed", attempt=1)
    assert quality(old, jobs={"quality": "failure"}, attempt=2).status == "failed"  # worse than not measured
    assert quality(envelope(attempt=1), jobs={"quality": "failure"}, attempt=2).status == "not_measured"
    assert quality(envelope(attempt=1), jobs={"quality": "success"}, attempt=2).status == "passed"


def test_the_highest_attempt_of_each_key_counts() -> None:
    """A rerun replaces what its own job has said, and nothing else."""
    rows = (
        envelope(key="a", status="failed", attempt=1),
        envelope(key="a", attempt=2),
        envelope(key="b", status="failed", attempt=1),
    )
    for order in itertools.permutations(rows):
        assert {(row.key, row.run.attempt) for row in newest(order)} == {("a", 2), ("b", 1)}
        assert quality(*order, attempt=2).status == "failed"
    assert quality(rows[0], rows[1], attempt=2).status == "passed"


def test_a_missing_key() -> None:
    """A version of a matrix that was to be tested and was not is named."""
    result = quality(envelope(key="3.12"), keys=("3.12", "3.13"), jobs={"quality": "success"})
    assert result.status == "not_measured"
    assert result.reason.startswith("no fragment arrived of 3.13")


def test_a_refused_fragment_spoils_its_stage_alone() -> None:
    """What was refused is missing, unless a later attempt of the same job has replaced it."""
    assert "was refused: it is malformed" in quality(envelope(key="3.12"), refused=(refused(),)).reason
    assert quality(envelope(), refused=(refused("test"),)).status == "passed"
    assert quality(envelope(attempt=2), refused=(refused(attempt=1),), attempt=2).status == "passed"
    assert quality(envelope(attempt=1), refused=(refused(attempt=2),), attempt=2).status == "not_measured"
    assert quality(envelope(), refused=(Refused(name="x", reason="y"),)).status == "passed"


def test_what_was_not_expected_is_absent() -> None:
    """A stage that was not asked for leaves no trace, whatever came."""
    arrivals = Arrivals(attempt=1, expected=("test",), envelopes=(envelope(), envelope("test")))
    assert set(settle(arrivals).stages) == {"test"}
    assert settle(Arrivals(attempt=1, expected=())).stages == {}


def test_a_missing_job_cannot_hide_behind_an_optional_family() -> None:
    """The stage itself is what was not measured, so that tolerating one of its families does not tolerate that."""
    partly = envelope("security", status="not_measured", reason="no advisory service")
    arrivals = Arrivals(
        attempt=1, expected=("security",), envelopes=(partly,), jobs={"security": "failure"}, keys={"security": ("x",)}
    )
    assert "security" in settle(arrivals).stages["security"].unmeasured


@given(
    st.lists(
        st.builds(
            envelope,
            key=st.sampled_from(["a", "b"]),
            status=st.sampled_from(["passed", "failed", "not_measured"]),
            attempt=st.integers(1, 3),
        ),
        max_size=5,
    ),
    st.sampled_from(RESULTS),
)
def test_nothing_unmeasured_passes(envelopes: list[Envelope], job: JobResult) -> None:
    """In any order, the stage passes only if the newest fragment of every job has passed and the job did not die."""
    result = quality(*envelopes, jobs={"quality": job}, attempt=3)
    again = quality(*reversed(newest(envelopes)), jobs={"quality": job}, attempt=3)
    assert again == result
    latest = newest(envelopes)
    if result.status == "passed":
        assert latest
        assert all(row.fragment.stages["quality"].status == "passed" for row in latest)
        assert job == "success"
