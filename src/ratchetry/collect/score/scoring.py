"""Scoring documents: every measure of every document, their means, and the model applied to them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ratchetry.collect.score.document import Document, parse_document
from ratchetry.collect.score.efficiency import efficiency
from ratchetry.collect.score.measure import LeftOut, Measure, Outcome
from ratchetry.collect.score.model import Evaluation, evaluate
from ratchetry.collect.score.relevance import semantic_relevance
from ratchetry.collect.score.selector import selector_accuracy_at_1
from ratchetry.collect.score.structure import structure
from ratchetry.collect.score.syntax import syntactic_correctness
from ratchetry.collect.score.vocabulary import Vocabulary, vocabulary
from ratchetry.domain.project import Project
from ratchetry.domain.record import Fragment
from ratchetry.domain.score_model import ScoreModel
from ratchetry.errors import ReportError
from ratchetry.ports import SourceTree
from ratchetry.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoredDocument:
    """One document with its measures by metric."""

    path: str
    measures: Mapping[str, Outcome]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scoring:
    """The score of a project's documents, on how many observations each metric rests, and what could not be read."""

    evaluation: Evaluation
    documents: tuple[ScoredDocument, ...] = ()
    observations: Mapping[str, int] = field(default_factory=dict)
    unreadable: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """All that documents are scored against: the repository, what this run has measured, and where the log is."""

    tree: SourceTree
    project: Project
    settings: Settings
    earlier: Fragment


def score(model: ScoreModel, paths: Iterable[str], evidence: Evidence) -> Scoring:
    """Return the score of documents; without one that can be read its total is None and its verdict not_measured."""
    documents, unreadable = read_documents(paths, evidence.tree)
    if not documents:
        reason = "; ".join(unreadable) or "no document matches"
        nothing = evaluate(model, {}, dict.fromkeys(model.metrics, reason))
        return Scoring(evaluation=nothing, unreadable=unreadable)
    words = vocabulary(evidence.project, evidence.tree)
    scored = tuple(ScoredDocument(path=row.path, measures=_measures(row, words, evidence)) for row in documents)
    combined: dict[str, Outcome] = {
        "test_pass_rate": _test_pass_rate(evidence.earlier),
        "selector_accuracy_at_1": selector_accuracy_at_1(evidence.tree, evidence.settings),
        **{name: _mean(tuple(row.measures[name] for row in scored)) for name in scored[0].measures},
    }
    values = {name: row.value for name, row in combined.items() if isinstance(row, Measure)}
    reasons = {name: row.reason for name, row in combined.items() if isinstance(row, LeftOut)}
    return Scoring(
        evaluation=evaluate(model, values, reasons),
        documents=scored,
        observations={name: row.n for name, row in combined.items() if isinstance(row, Measure)},
        unreadable=unreadable,
    )


def read_documents(paths: Iterable[str], tree: SourceTree) -> tuple[tuple[Document, ...], tuple[str, ...]]:
    """Return the documents that can be read, and why the others cannot."""
    documents, problems = [], []
    for path in paths:
        try:
            documents.append(parse_document(path, tree.read(path)))
        except ReportError as error:
            problems.append(str(error))
    return tuple(documents), tuple(problems)


def _measures(document: Document, words: Vocabulary, evidence: Evidence) -> dict[str, Outcome]:
    """Return the measures of one document."""
    return {
        "semantic_relevance": semantic_relevance(document, words, evidence.tree),
        "syntactic_correctness": syntactic_correctness(document, evidence.project, evidence.earlier),
        "structure": structure(document),
        "efficiency": efficiency(document),
    }


def _test_pass_rate(earlier: Fragment) -> Outcome:
    """Return the share of tests that passed in this run."""
    metric = earlier.metrics.get("tests.pass_rate")
    if metric is not None:
        return Measure(value=metric.value, n=metric.n)
    stage = earlier.stages.get("test")
    why = (stage.unmeasured.get("tests.pass_rate") or stage.reason) if stage else "there is no run of them"
    return LeftOut(reason=f"the tests were not measured: {why or 'none passed or failed'}")


def _mean(outcomes: tuple[Outcome, ...]) -> Outcome:
    """Return the mean over the documents that were measured, or the first reason why none was."""
    measures = [row for row in outcomes if isinstance(row, Measure)]
    if not measures:
        return next(row for row in outcomes if isinstance(row, LeftOut))
    return Measure(value=math.fsum(row.value for row in measures) / len(measures), n=sum(row.n for row in measures))
