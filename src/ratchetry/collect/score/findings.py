"""What a score asks people to do, as findings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ratchetry.collect.score.measure import Measure
from ratchetry.collect.score.scoring import Scoring
from ratchetry.domain.fingerprint import fingerprinted
from ratchetry.domain.record import Finding, Severity
from ratchetry.domain.score_model import ScoreModel

TOOL: Final = "ratchetry-score"
_LIMIT: Final = 4096


def findings_of(scoring: Scoring, model: ScoreModel, model_path: str) -> tuple[Finding, ...]:
    """Return the findings of a score: bounds that are missed, metrics left out, and what to mend in each document."""
    return fingerprinted((*_bounds(scoring, model, model_path), *_left_out(scoring, model_path), *_advice(scoring)))


def _bounds(scoring: Scoring, model: ScoreModel, path: str) -> Iterator[Finding]:
    """Yield a finding for each bound of the model that is missed."""
    evaluation = scoring.evaluation
    if evaluation.total is not None and evaluation.total < model.fail:
        yield _finding("score-below-fail", "high", path, f"the score {evaluation.total:.3f} is below {model.fail:g}")
    elif evaluation.total is not None and evaluation.total < model.warn:
        yield _finding("score-below-warn", "medium", path, f"the score {evaluation.total:.3f} is below {model.warn:g}")
    for name in evaluation.below_minimum:
        metric = evaluation.metrics[name]
        message = f"{name} is {metric.value:.3f}, below its minimum {metric.minimum:g}"
        yield _finding("metric-below-minimum", "high", path, message)


def _left_out(scoring: Scoring, path: str) -> Iterator[Finding]:
    """Yield a finding for each metric without a value; its weight went to the others."""
    for name, reason in scoring.evaluation.left_out.items():
        yield _finding("left-out", "info", path, f"{name} is left out and its weight shared out: {reason}")
    for problem in scoring.unreadable:
        yield _finding("unreadable-document", "medium", problem.partition(":")[0], problem)


def _advice(scoring: Scoring) -> Iterator[Finding]:
    """Yield a finding for each thing to mend in a document."""
    for document in scoring.documents:
        for name, measure in document.measures.items():
            for advice in measure.advice if isinstance(measure, Measure) else ():
                yield _finding(advice.rule, "low", document.path, f"{name}: {advice.message}", line=advice.line)


def _finding(rule: str, severity: Severity, path: str, message: str, *, line: int = 0) -> Finding:
    """Return a finding of this stage."""
    return Finding(tool=TOOL, rule=rule, severity=severity, path=path[:_LIMIT], line=line, message=message[:_LIMIT])
