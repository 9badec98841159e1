"""What the bandit knows, and why it chose, for people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ratchetry.domain.bandit import TRAILER, ArmDecision
from ratchetry.domain.belief import Belief, ContextStanding, Standing
from ratchetry.domain.explanation import Explanation
from ratchetry.domain.weights import Provenance
from ratchetry.report.plain_table import plain_table
from ratchetry.report.text import code, escape_markdown, neutralize, plural

_COLUMNS = ("arm", "mean", "90% interval", "outcomes", "remembered", "probability")
_STATIC = "static"


def decision_text(decision: ArmDecision) -> str:
    """Return a decision for people: the arm, how likely each was, and the trailer for the commit."""
    rows = [
        (arm, f"{share:.6f}", "chosen" if arm == decision.arm else "")
        for arm, share in sorted(decision.propensities.items(), key=lambda row: (-row[1], row[0]))
    ]
    lines = (
        f"arm       {neutralize(decision.arm)}",
        f"decision  {decision.id}",
        f"policy    {_policy(decision)}",
        "",
        plain_table(("arm", "probability", ""), rows),
        "",
        f"{TRAILER}: {decision.id}",
    )
    return "\n".join(lines)


def terminal(standings: Sequence[ContextStanding]) -> str:
    """Return where the arms stand in each context, as tables."""
    return "\n\n".join(_section(standing) for standing in standings)


def markdown(standings: Sequence[ContextStanding]) -> str:
    """Return where the arms stand in each context, as Markdown."""
    return "\n\n".join(_markdown_section(standing) for standing in standings) + "\n"


def moves_markdown(
    provenance: Provenance, moves: Sequence[tuple[ContextStanding, ContextStanding]], *, left_out: int
) -> str:
    """Return how contexts stood and stand now, as Markdown that says on which events that rests."""
    refused = f"; {plural(provenance.refused, 'event')} made no sense and did not count" if provenance.refused else ""
    told = f"{plural(provenance.events, 'event')} up to {escape_markdown(provenance.as_of) or 'now'}"
    parts = [f"What became of decisions so far, from {told} (evidence {code(provenance.evidence)}){refused}."]
    parts += [_move(before, after) for before, after in moves]
    if left_out:
        parts.append(f"{plural(left_out, 'more context')} changed; `ratchetry bandit show` tells of all.")
    return "\n\n".join(parts) + "\n"


def explanation_text(explanation: Explanation) -> str:
    """Return why an arm was, or would be, chosen."""
    decision = explanation.decision
    parts = [_section(explanation.standing), "\n".join(_reasons(explanation.standing))]
    if decision is not None:
        parts = [decision_text(decision), "\n".join(_facts(explanation)), "By the weights as they are now:", *parts]
    if explanation.observed:
        rows = [(one.time, one.arm, one.reward, one.decision, " ".join(one.runs)) for one in explanation.observed]
        parts += [
            "The newest outcomes in this context:",
            plain_table(("time", "arm", "reward", "decision", "runs"), rows),
        ]
    return "\n\n".join(parts)


def context_name(standing: ContextStanding) -> str:
    """Return how people call a context."""
    return standing.context or "any"


def _section(standing: ContextStanding) -> str:
    """Return where the arms stand in one context."""
    rows = [_row(one) for one in _ordered(standing)]
    return f"context {neutralize(context_name(standing))} ({standing.policy})\n{plain_table(_COLUMNS, rows)}"


def _markdown_section(standing: ContextStanding) -> str:
    """Return where the arms stand in one context, as a Markdown table under its name."""
    lines = [
        f"#### Context {code(context_name(standing))}",
        "",
        f"| {' | '.join(_COLUMNS)} |",
        "| --- |" + " ---: |" * 5,
    ]
    for one in _ordered(standing):
        arm, *cells = _row(one)
        lines.append(f"| {code(str(arm))} | {' | '.join(escape_markdown(str(cell)) for cell in cells)} |")
    return "\n".join(lines)


def _move(before: ContextStanding, after: ContextStanding) -> str:
    """Return how one context stood and stands now."""
    earlier = {one.belief.arm: one.propensity for one in before.standings}
    lines = [
        f"#### Context {code(context_name(after))}",
        "",
        "| arm | mean | 90% interval | outcomes | probability before | now |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for one in _ordered(after):
        arm, mean, interval, outcomes, _, now = _row(one)
        lines.append(f"| {code(str(arm))} | {mean} | {interval} | {outcomes} | {earlier[one.belief.arm]:.4f} | {now} |")
    return "\n".join(lines)


def _ordered(standing: ContextStanding) -> list[Standing]:
    """Return the arms of a context, the likeliest first."""
    return sorted(standing.standings, key=lambda one: (-one.propensity, one.belief.arm))


def _row(one: Standing) -> tuple[object, ...]:
    """Return the cells of an arm."""
    belief, evidence = one.belief, one.belief.evidence
    return (
        belief.arm,
        f"{belief.mean:.3f}",
        f"{one.low:.3f} to {one.high:.3f}",
        evidence.n,
        f"{evidence.alpha + evidence.beta:.1f}",
        f"{one.propensity:.4f}",
    )


def _reasons(standing: ContextStanding) -> Iterator[str]:
    """Yield what the belief in each arm, and its probability, is made of."""
    for one in _ordered(standing):
        belief = one.belief
        yield f"{neutralize(belief.arm)}: {'; '.join(_parts(belief))}"
        yield (
            f"  best of all with probability {one.best:.4f}; "
            f"with the floor of {standing.floor:.4f} under every arm it is chosen with {one.propensity:.4f}"
        )


def _parts(belief: Belief) -> Iterable[str]:
    """Yield what a belief is made of."""
    evidence = belief.evidence
    source = f"from {belief.pooled:.1f} outcomes in other contexts" if belief.pooled else "from all arms together"
    yield f"prior mean {belief.prior_mean:.3f}, worth {belief.prior_strength:.1f} outcomes, {source}"
    if evidence.n:
        yield (
            f"{plural(evidence.n, 'outcome')} here with {evidence.reward:g} in rewards, "
            f"remembered as {evidence.alpha:.1f} of {evidence.alpha + evidence.beta:.1f}"
        )
    else:
        yield "no outcome here yet"


def _facts(explanation: Explanation) -> Iterator[str]:
    """Yield what is known of a decision."""
    decision, outcome = explanation.decision, explanation.outcome
    if decision is None:
        return
    yield f"taken at {neutralize(decision.time)} for {neutralize(decision.unit) or 'nothing that was named'}"
    if decision.experiment:
        yield f"the fixed split of the experiment {neutralize(decision.experiment)} decided, not the bandit"
    if not explanation.repeated:
        yield "its identifier does not draw this arm from these probabilities: the event was not made by ratchetry"
    if not explanation.same_state:
        yield "the weights have changed since"
    if outcome is None:
        yield "no outcome yet"
    else:
        told = f"reward {outcome.reward:g}" if outcome.reward is not None else outcome.status
        yield f"outcome: {told}{f', {neutralize(outcome.reason)}' if outcome.reason else ''}"


def _policy(decision: ArmDecision) -> str:
    """Return which policy decided."""
    if decision.policy == _STATIC:
        return "static: learning is disabled, so the default arm is taken"
    return neutralize(decision.policy)


def fold_text(
    provenance: Provenance, refused: Sequence[tuple[str, str]], *, waiting: int, silent: int, most: int = 20
) -> str:
    """Return what folding has come to, with the events that were left out."""
    newest = f", the newest of {provenance.as_of}" if provenance.as_of else ""
    lines = [
        f"{plural(provenance.events, 'event')} counted{newest} (evidence {provenance.evidence})",
        f"{plural(waiting, 'decision')} without an outcome yet, {silent:,} whose outcome is missing or censored",
    ]
    lines += [f"left out: event {name}: {neutralize(reason)}" for name, reason in refused[:most]]
    if len(refused) > most:
        lines.append(f"left out: {len(refused) - most:,} more events")
    return "\n".join(lines)
