"""bandit_weights.json."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratchetry.domain.weights import (
    Arm,
    ArmEvidence,
    CiFeedback,
    ModuleFeedback,
    Provenance,
    Weights,
    context_key,
    context_of,
)
from ratchetry.errors import StateError
from ratchetry.state.weights import dumps, loads

EVIDENCE = {"alpha": 1.5, "beta": 0.5, "n": 3, "reward": 2.0, "last": "2026-01-02T00:00:00Z"}
DOCUMENT: dict[str, object] = {
    "version": 1,
    "arms": [{"name": "brief", "aliases": ["terse"]}, {"name": "long"}],
    "contexts": {"code_type=api": {"brief": EVIDENCE}},
    "priorities": {"src/auth": 0.8},
}


def test_the_documented_shape_is_read() -> None:
    """Arms keep their order, the first is the static default."""
    weights = loads(json.dumps(DOCUMENT).encode(), "file")
    assert weights.active == ("brief", "long")
    assert weights.contexts["code_type=api"]["brief"].reward == 2.0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"arms": [{"name": "a b"}]}, "arms[0].name: Expected `str` matching regex"),
        ({"arms": [{"name": "a"}, {"name": "b", "aliases": ["a"]}]}, "arms: 'a' stands there 2 times"),
        ({"arms": [{"name": "a", "weight": 1}]}, "unknown field `weight`"),
        ({"arms": [{"name": "long\n"}]}, "is no name of an arm"),
        ({"contexts": {"": {"long": {**EVIDENCE, "alpha": -1}}}}, "Expected `float` >= 0"),
        ({"contexts": {"": {"long": {**EVIDENCE, "alpha": 1e300}}}}, "Expected `float` <= "),
        ({"contexts": {"": {"long": {**EVIDENCE, "n": 1.5}}}}, "Expected `int`"),
        ({"contexts": {"": {"long": {**EVIDENCE, "n": 1}}}}, "there is more evidence than 1 outcomes can give"),
        ({"contexts": {"": {"terse": EVIDENCE}}}, "contexts..terse: there is no such arm"),
        ({"contexts": {"b=1,a=2": {}}}, "contexts.b=1,a=2: 'b=1,a=2' is no context"),
        ({"contexts": {"api": {}}}, "contexts.api: context api: '' must be 1 to 200 printable characters"),
        ({"parameters": {"policy": "magic"}}, "parameters.policy: Invalid enum value 'magic'"),
        ({"parameters": {"floor": 0}}, "parameters.floor: Expected `float` >= 0.0001"),
        ({"priorities": {"x": 2}}, "priorities.x: Expected `float` <= 1"),
        (
            {"ci_feedback": {"modules": {"x": {"passed": 1, "failed": 1, "mean": 0.9, "low": 0.1, "high": 0.5}}}},
            "ci_feedback.modules.x: the mean must lie within its interval",
        ),
        ({"version": 2}, "version 2 is newer than the 1 that is read here"),
        ({"best_arm": "long"}, "unknown field `best_arm`"),
    ],
)
def test_what_is_wrong_is_named_with_file_and_field(change: dict[str, object], message: str) -> None:
    """A malformed document is refused, never half read."""
    with pytest.raises(StateError) as caught:
        loads(json.dumps({**DOCUMENT, **change}).encode(), "bandit_weights.json")
    assert str(caught.value).startswith("bandit_weights.json: ")
    assert message in str(caught.value)


_NAMES = st.sampled_from(["a", "macros/review.md", "v1.2", "x@y"])
_SHARES = st.floats(min_value=0, max_value=1)


@st.composite
def _weights(draw: st.DrawFn) -> Weights:
    """Return weights as the learners make them."""
    names = draw(st.lists(_NAMES, unique=True, min_size=1))
    contexts = draw(
        st.lists(
            st.dictionaries(st.sampled_from(["module", "kind"]), st.sampled_from(["a=b", "c,d", "%", "ü"]), max_size=2),
            max_size=3,
        )
    )

    def evidence() -> ArmEvidence:
        n, share, kept = draw(st.integers(1, 10**6)), draw(_SHARES), draw(_SHARES)
        return ArmEvidence(alpha=n * share * kept, beta=n * (1 - share) * kept, n=n, reward=n * share, last="2026")

    low, mean, high = sorted(draw(st.tuples(_SHARES, _SHARES, _SHARES)))
    return Weights(
        arms=tuple(Arm(name=name, retired=draw(st.sampled_from(["", "2026-01-01T00:00:00Z"]))) for name in names),
        contexts={context_key(one): {name: evidence() for name in names} for one in contexts},
        ci_feedback=CiFeedback(
            modules={"src/x": ModuleFeedback(passed=3.5, failed=1.0, mean=mean, low=low, high=high)},
            recommended_priorities={"src/x": draw(_SHARES)},
        ),
        fold=Provenance(events=draw(st.integers(0, 99)), evidence="0123", as_of="2026"),
    )


@given(_weights())
def test_what_is_written_is_read_back_to_six_digits(weights: Weights) -> None:
    """Writing what was read gives the same bytes, and nothing but digits is lost by writing."""
    data = dumps(weights)
    read = loads(data, "file")
    assert dumps(read) == data
    assert replace(read, contexts={}, ci_feedback=CiFeedback()) == replace(
        weights, contexts={}, ci_feedback=CiFeedback()
    )
    for key, arms in weights.contexts.items():
        for name, one in arms.items():
            assert read.contexts[key][name].alpha == pytest.approx(one.alpha, abs=1e-6)


def test_what_could_not_be_read_back_is_not_written() -> None:
    """Evidence of an arm that is not there, or numbers that are none, never reach the file."""
    for one in (ArmEvidence(alpha=1.0, n=1, reward=1.0), ArmEvidence(alpha=float("nan"), n=1)):
        with pytest.raises(StateError, match="the weights cannot be kept"):
            dumps(Weights(contexts={"": {"a": one}}))


@given(
    st.binary()
    | st.recursive(st.none() | st.floats() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)).map(
        lambda x: json.dumps(x).encode()
    )
    | st.tuples(
        st.sampled_from(["arms", "contexts", "parameters", "ci_feedback", "priorities", "fold"]),
        st.recursive(
            st.none() | st.floats() | st.text() | st.integers(),
            lambda x: st.lists(x) | st.dictionaries(st.sampled_from(["name", "", "a=1", "modules"]), x),
        ),
    ).map(lambda pair: json.dumps({**DOCUMENT, pair[0]: pair[1]}).encode())
)
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    """Nothing in a file leads to another error than a StateError that names the file."""
    try:
        loads(data, "file")
    except StateError as error:
        assert str(error).startswith("file: ")  # noqa: PT017  # the other outcome is just as good


@given(st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=10))
def test_any_context_has_a_key_that_tells_it_or_is_refused(context: dict[str, str]) -> None:
    """A key is as good as the context it stands for."""
    try:
        key = context_key(context)
    except ValueError:
        return
    assert context_of(key) == context
