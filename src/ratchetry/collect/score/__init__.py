"""The score stage: PromptScoreModel.json applied to the project's prompt and instruction documents."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Final

from ratchetry.collect.score.findings import findings_of
from ratchetry.collect.score.model import Evaluation
from ratchetry.collect.score.scoring import Evidence, ScoredDocument, Scoring, score
from ratchetry.collect.stage import Context, Stage, measured, status_of
from ratchetry.domain.command import Plan, Skip, ToolOutcome
from ratchetry.domain.record import Fragment, Metric
from ratchetry.domain.score_model import ScoreModel
from ratchetry.errors import ConfigError
from ratchetry.ports import SourceTree
from ratchetry.settings import Settings

__all__ = ["Evidence", "ScoredDocument", "Scoring", "documents_of", "model_of", "score", "stage"]

_STAGE: Final = "score"
_NEEDS: Final = ("validate", "quality", "test")

LoadModel = Callable[[bytes, str], ScoreModel]


def stage(load_model: LoadModel) -> Stage:
    """Return the score stage; `load_model` decodes the model's file, given with its name.

    Planning raises what `load_model` does, so that a malformed model ends the run before it starts.
    """

    def plan(context: Context) -> Plan:
        """Return no commands: everything is measured from what the other stages have found."""
        model_of(context.tree, context.settings, load_model)
        documents = context.settings.documents
        if documents == Settings().documents and not documents_of(context.project.files, documents):
            return Skip(reason=f"no {documents[0]}: name the documents to score in the setting documents")
        return ()

    def interpret(context: Context, outcomes: Mapping[str, ToolOutcome]) -> Fragment:
        """Return the score of the project's documents."""
        del outcomes
        model = model_of(context.tree, context.settings, load_model)
        paths = documents_of(context.project.files, context.settings.documents)
        evidence = Evidence(
            tree=context.tree, project=context.project, settings=context.settings, earlier=context.earlier
        )
        return _fragment(score(model, paths, evidence), model, context.settings)

    return Stage(name=_STAGE, plan=plan, interpret=interpret, needs=_NEEDS)


def model_of(tree: SourceTree, settings: Settings, load_model: LoadModel) -> ScoreModel:
    """Return the project's score model, the default one where there is no file.

    Raises ConfigError when the settings name a file that is not there, ReportError when it cannot be read, and what
    `load_model` raises when it is malformed.
    """
    if not tree.exists(settings.score_model):
        if settings.score_model == Settings().score_model:
            return ScoreModel()
        msg = f"score-model: no file at {settings.score_model}"
        raise ConfigError(msg)
    return load_model(tree.read(settings.score_model), settings.score_model)


def documents_of(files: Iterable[str], globs: Iterable[str]) -> tuple[str, ...]:
    """Return the files that match one of the globs, in which * also stands for /."""
    patterns = tuple(glob.removeprefix("./") for glob in globs)
    return tuple(path for path in files if any(fnmatchcase(path, pattern) for pattern in patterns))


def _fragment(scoring: Scoring, model: ScoreModel, settings: Settings) -> Fragment:
    """Return what the stage measured: failed below a bound, not measured without a document to score."""
    evaluation = scoring.evaluation
    unmeasured = {} if evaluation.total is not None else {"score": _why_nothing(scoring, settings)}
    failed = evaluation.verdict == "fail"
    warning = f"the total {evaluation.total:.4g} is below {model.warn:g}" if evaluation.verdict == "warn" else ""
    result = status_of(
        failed=failed, failure=_why_failed(evaluation, model), warning=warning, unmeasured=unmeasured, tools={}
    )
    return Fragment(
        stages={_STAGE: result},
        metrics=dict(_metrics(scoring)),
        findings=findings_of(scoring, model, settings.score_model),
    )


def _metrics(scoring: Scoring) -> Iterable[tuple[str, Metric]]:
    """Yield the total and each of its parts."""
    evaluation = scoring.evaluation
    if evaluation.total is None:
        return
    yield measured("score.total", evaluation.total, _STAGE, n=len(evaluation.metrics))
    for name, metric in evaluation.metrics.items():
        yield measured(f"score.{name}", metric.value, _STAGE, n=scoring.observations[name])


def _why_failed(evaluation: Evaluation, model: ScoreModel) -> str:
    """Return which bounds of the model a score falls short of."""
    total = evaluation.total
    low = [f"the total {total:.4g} is below {model.fail:g}"] if total is not None and total < model.fail else []
    return ", ".join(low + [f"{name} is below its minimum" for name in evaluation.below_minimum])


def _why_nothing(scoring: Scoring, settings: Settings) -> str:
    """Return why there is no score."""
    if scoring.documents:
        parts = (f"{name}: {why}" for name, why in scoring.evaluation.left_out.items())
        return f"no metric of the model could be measured: {'; '.join(parts)}"[:4096]
    wanted = ", ".join(settings.documents)
    return ("; ".join(scoring.unreadable) or f"no file matches the setting documents ({wanted})")[:4096]
