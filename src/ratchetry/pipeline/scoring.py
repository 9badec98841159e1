"""Scoring documents on their own: load model, record and repository, score, and say it as JSON."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ratchetry.adapters.files import read_bounded
from ratchetry.collect.score import Evidence, ScoredDocument, Scoring, documents_of, model_of, score
from ratchetry.collect.score.measure import LeftOut, Measure, Outcome
from ratchetry.domain.record import Fragment, RunRecord, Verdict
from ratchetry.domain.score_model import ScoreModel
from ratchetry.errors import UsageError
from ratchetry.pipeline.past import last_record, read_record
from ratchetry.pipeline.survey import Places
from ratchetry.settings import Settings
from ratchetry.state import score_model as score_model_file

if TYPE_CHECKING:
    from ratchetry.adapters.tree import WorkingTree

_DOCUMENTS: Final = (".md", ".markdown", ".prompt.txt")
"""How the documents in a directory end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What to score: the model's file and the record's (None: where a run looks for them), and the documents."""

    model: str | None
    record: str | None
    inputs: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """A score, the model it was made with, and the run it rests on."""

    scoring: Scoring
    model: ScoreModel
    record: RunRecord | None

    def verdict(self, *, in_ci: bool) -> Verdict:
        """Return the verdict; in continuous integration a total below `ci.minimum_score` fails as well."""
        evaluation = self.scoring.evaluation
        too_low = evaluation.total is not None and evaluation.total < self.model.ci_minimum_score
        return "fail" if in_ci and too_low else evaluation.verdict


def score_documents(places: Places, settings: Settings, request: Request) -> Scored:
    """Return the score of documents of the repository.

    Raises UsageError or StateError naming the file, and the field where it can, that is missing or malformed.
    """
    from ratchetry.adapters.tree import WorkingTree
    from ratchetry.collect.discovery import discover

    tree = WorkingTree(str(places.root), str(places.output))
    record = read_record(Path(request.record)) if request.record else last_record(places)
    model = (
        score_model_file.loads(read_bounded(request.model, request.model), request.model)
        if request.model
        else model_of(tree, settings, score_model_file.loads)
    )
    project = discover(tree, settings)
    evidence = Evidence(tree=tree, project=project, settings=settings, earlier=_earlier(record))
    paths = tuple(_documents(request.inputs, tree, places.root)) or documents_of(project.files, settings.documents)
    return Scored(scoring=score(model, paths, evidence), model=model, record=record)


def document_of(scored: Scored, *, in_ci: bool) -> dict[str, object]:
    """Return a score as what is written to JSON."""
    evaluation = scored.scoring.evaluation
    return {
        "total": evaluation.total,
        "verdict": scored.verdict(in_ci=in_ci),
        "record": scored.record.run.run_id if scored.record else None,
        "metrics": {
            name: {
                "value": metric.value,
                "weight": metric.weight,
                "share": metric.share,
                "minimum": metric.minimum,
                "n": scored.scoring.observations[name],
            }
            for name, metric in evaluation.metrics.items()
        },
        "left_out": dict(evaluation.left_out),
        "documents": [_document(row) for row in scored.scoring.documents],
        "unreadable": list(scored.scoring.unreadable),
    }


def _document(document: ScoredDocument) -> dict[str, object]:
    """Return one document's measures and what would raise them."""
    return {
        "path": document.path,
        "metrics": {name: _value(outcome) for name, outcome in document.measures.items()},
        "advice": [
            {"metric": name, "rule": advice.rule, "line": advice.line, "message": advice.message}
            for name, outcome in document.measures.items()
            if isinstance(outcome, Measure)
            for advice in outcome.advice
        ],
    }


def _value(outcome: Outcome) -> Mapping[str, object]:
    """Return a measure, or why there is none."""
    match outcome:
        case Measure(value=value, n=n):
            return {"value": value, "n": n}
        case LeftOut(reason=reason):
            return {"value": None, "reason": reason}


def _earlier(record: RunRecord | None) -> Fragment:
    """Return what a run measured, nothing without one."""
    if record is None:
        return Fragment()
    return Fragment(stages=record.stages, metrics=record.metrics, findings=record.findings)


def _documents(inputs: Sequence[str], tree: WorkingTree, root: Path) -> Iterator[str]:
    """Yield the documents that were named, relative to the repository; of a directory, those below it.

    Raises UsageError for what is not there, lies outside or, as a directory, holds none.
    """
    for name in inputs:
        path = Path(name).resolve()
        if not path.exists():
            msg = f"{name}: no such file or directory to score"
            raise UsageError(msg)
        if not path.is_relative_to(root):
            msg = f"{name}: lies outside of the repository {root}; name its repository with --path"
            raise UsageError(msg)
        relative = path.relative_to(root).as_posix()
        yield from _below(relative, name, tree.files()) if path.is_dir() else (relative,)


def _below(folder: str, name: str, files: Iterable[str]) -> tuple[str, ...]:
    """Return the documents below a directory; raises UsageError when there is none."""
    start = "" if folder == "." else posixpath.join(folder, "")
    found = tuple(path for path in files if path.startswith(start) and path.lower().endswith(_DOCUMENTS))
    if not found:
        msg = f"{name}: no document below it ({', '.join(_DOCUMENTS)})"
        raise UsageError(msg)
    return found
