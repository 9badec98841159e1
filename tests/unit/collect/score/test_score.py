"""The score stage measures, fails, warns and leaves out as the model says."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from ratchetry.collect.score import documents_of, stage
from ratchetry.collect.stage import Context
from ratchetry.domain.command import Skip
from ratchetry.domain.record import Fragment, StageResult
from ratchetry.domain.score_model import ScoreMetric, ScoreModel
from ratchetry.errors import ConfigError, StateError
from ratchetry.settings import Settings
from ratchetry.state.score_model import dumps, loads
from tests.builders import metric
from tests.unit.collect.contexts import context_of

STAGE = stage(loads)
README = "# Shop\n\n`shop.total` adds up.\n\n" + " ".join(f"w{chr(97 + n)}" for n in range(26)) + "\n"
FILES: dict[str, str | bytes] = {
    "README.md": README,
    "src/shop/__init__.py": "def total(): ...\n",
    ".ratchetry/decisions.jsonl": '{"decision": "1", "arm": "a", "outcome": "success"}\n',
}
EARLIER = Fragment(
    stages={"test": StageResult(status="passed")},
    metrics={"tests.pass_rate": metric(1.0), "validate.errors": metric(0.0), "lint.findings": metric(0.0)},
)


def interpreted(context: Context) -> Fragment:
    """Return what the stage measures."""
    assert STAGE.plan(context) == ()
    return STAGE.interpret(context, {})


def with_model(**changes: object) -> dict[str, str | bytes]:
    """Return the files with a score model of their own."""
    model = replace(ScoreModel(), **changes)  # type: ignore[arg-type]  # a wrong field fails the test
    return {**FILES, "PromptScoreModel.json": dumps(model)}


def test_a_good_document_passes_with_every_metric() -> None:
    """Six metrics and their total, each in the catalog, and no finding above low."""
    fragment = interpreted(context_of(FILES, earlier=EARLIER))
    assert fragment.stages["score"].status == "passed"
    names = {"total", "test_pass_rate", "semantic_relevance", "syntactic_correctness", "structure", "efficiency"}
    assert set(fragment.metrics) == {f"score.{name}" for name in (*names, "selector_accuracy_at_1")}
    assert fragment.metrics["score.total"].value > 0.9
    assert {row.severity for row in fragment.findings} <= {"low"}


def test_what_cannot_be_measured_is_a_finding_and_its_weight_is_shared_out() -> None:
    """The stage still passes: the report says what was left out, and why."""
    files = {path: text for path, text in FILES.items() if not path.startswith(".ratchetry")}
    fragment = interpreted(context_of(files, earlier=Fragment()))
    assert fragment.stages["score"].status == "passed"
    left_out = {row.message.split(" ")[0] for row in fragment.findings if row.rule == "left-out"}
    assert left_out == {"test_pass_rate", "selector_accuracy_at_1", "syntactic_correctness"}
    parts = {name: row.value for name, row in fragment.metrics.items() if name != "score.total"}
    weights = {"score.semantic_relevance": 0.20, "score.structure": 0.10, "score.efficiency": 0.05}
    expected = sum(weights[name] * value for name, value in parts.items()) / 0.35
    assert fragment.metrics["score.total"].value == pytest.approx(expected)


@pytest.mark.parametrize(
    ("earlier", "why"),
    [
        (Fragment(), "there is no run of them"),
        (Fragment(stages={"test": StageResult(status="skipped", reason="no tests")}), "no tests"),
        (
            Fragment(stages={"test": StageResult(status="failed", unmeasured={"tests.pass_rate": "killed"})}),
            "killed",
        ),
    ],
)
def test_the_reason_why_tests_are_left_out_is_theirs(earlier: Fragment, why: str) -> None:
    """A suite that hung, was skipped or never ran is never a pass rate."""
    fragment = interpreted(context_of(FILES, earlier=earlier))
    assert "score.test_pass_rate" not in fragment.metrics
    assert any(row.rule == "left-out" and row.message.endswith(why) for row in fragment.findings)


def test_failing_tests_miss_their_minimum() -> None:
    """The default model wants every test to pass."""
    earlier = replace(EARLIER, metrics={**EARLIER.metrics, "tests.pass_rate": metric(0.99)})
    fragment = interpreted(context_of(FILES, earlier=earlier))
    assert fragment.stages["score"].status == "failed"
    (missed,) = [row for row in fragment.findings if row.severity == "high"]
    assert (missed.rule, missed.path) == ("metric-below-minimum", "PromptScoreModel.json")


def test_a_total_below_fail_fails_and_below_warn_warns() -> None:
    """The bounds are those of the model in the repository."""
    only = {"structure": ScoreMetric(weight=1.0)}
    files = {**with_model(metrics=only), "README.md": "## A\n\n```\nx\n```\n"}
    total = interpreted(context_of(files)).metrics["score.total"].value
    for fail, warn, status, rule in (
        (total + 0.01, 1.0, "failed", "score-below-fail"),
        (total - 0.01, total + 0.01, "passed", "score-below-warn"),
        (0.0, total, "passed", None),
    ):
        fragment = interpreted(
            context_of({**with_model(metrics=only, fail=fail, warn=warn), "README.md": files["README.md"]})
        )
        assert fragment.stages["score"].status == status
        assert bool(fragment.stages["score"].reason) is (rule is not None)
        assert {row.rule for row in fragment.findings if row.rule.startswith("score-below")} == ({rule} - {None})


@pytest.mark.parametrize(
    ("files", "settings", "says"),
    [
        ({"a.py": ""}, Settings(documents=("docs/*",)), "no file matches the setting documents (docs/*)"),
        ({"README.md": b"\xff"}, Settings(), "README.md: cannot be read as Markdown"),
        ({"README.md": ""}, Settings(decision_log="none"), "no metric of the model could be measured"),
    ],
)
def test_without_a_document_to_score_the_stage_is_not_measured(
    files: dict[str, str | bytes], settings: Settings, says: str
) -> None:
    """Nothing is scored 0, and nothing passes."""
    fragment = interpreted(context_of(files, settings=settings))
    assert fragment.stages["score"].status == "not_measured"
    assert says in fragment.stages["score"].unmeasured["score"]
    assert not fragment.metrics


def test_a_project_without_a_readme_that_names_no_documents_is_skipped() -> None:
    """Nobody asked for a score there; who names documents that are not there is told so."""
    plan = STAGE.plan(context_of({"src/a/__init__.py": ""}))
    assert plan == Skip(reason="no README.md: name the documents to score in the setting documents")


def test_several_documents_are_scored_by_their_mean() -> None:
    """Each keeps its own advice; one that cannot be read is a finding and does not count."""
    files: dict[str, str | bytes] = {**FILES, "docs/a.md": "# A\n\nx\n", "docs/b.md": "x\n", "docs/c.md": b"\xff"}
    fragment = interpreted(context_of(files, settings=Settings(documents=("docs/*.md",)), earlier=EARLIER))
    assert fragment.metrics["score.structure"].value == pytest.approx((1 + 1 / 2) / 2)
    assert {row.path for row in fragment.findings if row.rule == "no-title"} == {"docs/b.md"}
    assert {row.path for row in fragment.findings if row.rule == "unreadable-document"} == {"docs/c.md"}


def test_a_malformed_model_ends_the_run_before_it_starts() -> None:
    """Planning raises what the decoder does, naming file and field."""
    files: dict[str, str | bytes] = {
        **FILES,
        "PromptScoreModel.json": json.dumps({"metrics": {"sense": {"weight": 1}}}),
    }
    with pytest.raises(StateError, match=r"PromptScoreModel\.json: metrics\.sense"):
        STAGE.plan(context_of(files))


def test_a_model_that_is_named_must_be_there() -> None:
    """Only the default file may be absent."""
    with pytest.raises(ConfigError, match=r"score-model: no file at mine\.json"):
        STAGE.plan(context_of(FILES, settings=Settings(score_model="mine.json")))


def test_globs_choose_documents() -> None:
    """A star also stands for directories; nothing matches by accident."""
    files = ("README.md", "docs/README.md", "prompts/a/b.md", "prompts/c.txt")
    assert documents_of(files, ("README.md",)) == ("README.md",)
    assert documents_of(files, ("./prompts/*.md", "*.txt")) == ("prompts/a/b.md", "prompts/c.txt")
