"""What the bandit knows, for people: hostile names made harmless, and nothing left unsaid."""

from __future__ import annotations

from dataclasses import replace
from xml.etree.ElementTree import fromstring

from ratchetry.domain.bandit import ArmDecision, ArmOutcome
from ratchetry.domain.belief import Belief, ContextStanding, Standing
from ratchetry.domain.explanation import Explanation, Observed
from ratchetry.domain.weights import ArmEvidence, Provenance
from ratchetry.report.bandit import explanation_text, fold_text, markdown, moves_markdown, terminal
from ratchetry.report.posterior_plot import MOST, plot

HOSTILE = "<script>|\u202e`::error::"


def standing(context: str = "kind=api", arms: tuple[str, ...] = ("brief", "long")) -> ContextStanding:
    """Return where some arms stand, the first the best."""
    return ContextStanding(
        context=context,
        policy="thompson:0123",
        floor=0.004,
        standings=tuple(
            Standing(
                belief=Belief(
                    arm=arm,
                    alpha=9.0 / (1 + number),
                    beta=3.0,
                    prior_mean=0.5,
                    prior_strength=2.0,
                    pooled=4.0 * number,
                    evidence=ArmEvidence(alpha=8.0, beta=2.0, n=10, reward=8.0) if number == 0 else ArmEvidence(),
                ),
                low=0.4,
                high=0.9,
                propensity=round(0.9**number / len(arms), 4),
                best=0.5,
            )
            for number, arm in enumerate(arms)
        ),
    )


def decision(**changes: object) -> ArmDecision:
    """Return a decision."""
    base = ArmDecision(id="D1", time="2026-03-01T00:00:00Z", arm="brief", propensities={"brief": 0.6, "long": 0.4})
    return replace(base, **changes)  # type: ignore[arg-type]  # a wrong field fails the test


def test_tables_list_the_likeliest_arm_first() -> None:
    """Of each context, in the terminal and as Markdown; the empty context is any."""
    said = terminal([standing(), standing("")])
    assert said.index("brief") < said.index("long")
    assert "context any" in said
    assert "| `brief` | 0.750 | 0.400 to 0.900 | 10 | 10.0 | 0.5000 |" in markdown([standing()])


def test_an_explanation_tells_each_part() -> None:
    """The prior, the evidence, the floor, and what became of it."""
    observed = (Observed(decision="D0", arm="long", reward=0.0, time="2026-02-01", runs=("7-1",)),)
    outcome = ArmOutcome(decision="D1", time="2026-03-02", status="missing", reason="an outage")
    said = explanation_text(
        Explanation(
            standing=standing(),
            decision=decision(experiment="tone"),
            outcome=outcome,
            same_state=False,
            repeated=False,
            observed=observed,
        )
    )
    for part in (
        "prior mean 0.500, worth 2.0 outcomes, from all arms together",
        "10 outcomes here with 8 in rewards, remembered as 8.0 of 10.0",
        "no outcome here yet",
        "from 4.0 outcomes in other contexts",
        "with the floor of 0.0040 under every arm",
        "the fixed split of the experiment tone decided",
        "does not draw this arm",
        "the weights have changed since",
        "outcome: missing, an outage",
        "Ratchetry-Decision: D1",
        "7-1",
    ):
        assert part in said, part
    assert "learning is disabled" in explanation_text(
        Explanation(standing=standing(), decision=decision(policy="static"))
    )


def test_what_changed_is_told_with_its_evidence() -> None:
    """Before and now beside each other, and what did not count."""
    provenance = Provenance(events=40, evidence="0123", as_of="2026-03-01T00:00:00Z", refused=2)
    said = moves_markdown(provenance, [(standing(), standing())], left_out=3)
    assert "40 events up to" in said
    assert "2 events made no sense" in said
    assert "3 more contexts changed" in said
    assert "| `brief` | 0.750 | 0.400 to 0.900 | 10 | 0.5000 | 0.5000 |" in said


def test_a_fold_names_what_it_leaves_out() -> None:
    """Some of it by name, the rest by number."""
    said = fold_text(Provenance(events=2, evidence="0"), [(f"e{n}", "why") for n in range(25)], waiting=1, silent=1)
    assert said.count("left out: event") == 20
    assert "left out: 5 more events" in said


def test_hostile_names_stay_text() -> None:
    """Nothing in a name becomes markup, a command of the runner or a table cell."""
    hostile = standing(f"kind={HOSTILE}", (HOSTILE, "b"))
    explained = Explanation(
        standing=hostile, decision=decision(unit=HOSTILE, propensities={HOSTILE: 0.5, "brief": 0.5})
    )
    for said in (terminal([hostile]), markdown([hostile]), plot([hostile]), explanation_text(explained)):
        assert "\u202e" not in said
        assert "::error::" not in said
    assert "<script>" not in plot([hostile]) + markdown([hostile])


def test_the_drawing_is_valid_and_bounded() -> None:
    """It has a row for each arm, says how many contexts it leaves out, and stays readable on dark grounds."""
    drawing = plot([standing(f"k={number}") for number in range(MOST + 3)])
    root = fromstring(drawing)  # noqa: S314  # our own drawing
    assert root.tag.endswith("svg")
    assert drawing.count("<polygon") == 2 * MOST
    assert "3 more contexts" in drawing
    assert "prefers-color-scheme:dark" in drawing
