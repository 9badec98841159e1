"""Scoring documents on their own reads model, record and repository, and says what it found as JSON."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ratchetry.domain.score_model import ScoreMetric, ScoreModel
from ratchetry.errors import StateError, UsageError
from ratchetry.pipeline.scoring import Request, Scored, document_of, score_documents
from ratchetry.pipeline.survey import places_of
from ratchetry.settings import Settings
from ratchetry.state import record as record_file
from ratchetry.state import score_model as score_model_file
from tests.builders import metric, record

README = "# Shop\n\n`shop.total` adds up what stands in a cart, and `shop.gone` does not.\n"


@pytest.fixture(name="repository")
def _repository(tmp_path: Path) -> Path:
    """Return a repository with a package, a README and two prompts."""
    root = tmp_path / "a répo"
    for name, text in {
        "README.md": README,
        "src/shop/__init__.py": "def total(): ...\n",
        "pyproject.toml": "[project]\nname = 'shop'\nversion = '1'\n",
        "prompts/first.md": "# First\n\nText.\n",
        "prompts/deep/second.md": "Text.\n",
        "prompts/data.json": "{}",
    }.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return root


def scored(root: Path, *inputs: Path, model: Path | None = None, run: Path | None = None) -> Scored:
    """Return the score of documents."""
    request = Request(
        model=str(model) if model else None, record=str(run) if run else None, inputs=tuple(str(row) for row in inputs)
    )
    return score_documents(places_of(str(root), Settings()), Settings(), request)


def test_without_inputs_the_documents_of_the_settings_are_scored(repository: Path) -> None:
    """The default model applies and no run is known."""
    result = scored(repository)
    assert [row.path for row in result.scoring.documents] == ["README.md"]
    assert result.record is None
    assert result.model == ScoreModel()


def test_a_directory_stands_for_the_documents_below_it(repository: Path) -> None:
    """Other files are left alone."""
    result = scored(repository, repository / "prompts", repository / "README.md")
    assert [row.path for row in result.scoring.documents] == [
        "prompts/deep/second.md",
        "prompts/first.md",
        "README.md",
    ]


def test_the_last_run_is_taken_unless_another_is_given(repository: Path) -> None:
    """Its pass rate is the score's; the run is named in the result."""
    last, other = (record(metrics={"tests.pass_rate": metric(value)}) for value in (0.5, 0.75))
    (repository / ".ratchetry").mkdir()
    (repository / ".ratchetry" / "record.json").write_bytes(record_file.dumps(last))
    given = repository.parent / "other.json"
    given.write_bytes(record_file.dumps(replace(other, run=replace(other.run, run_id="8"))))
    assert scored(repository).scoring.evaluation.metrics["test_pass_rate"].value == 0.5
    result = scored(repository, run=given)
    assert result.scoring.evaluation.metrics["test_pass_rate"].value == 0.75
    assert document_of(result, in_ci=False)["record"] == "8"


def test_the_document_holds_values_weights_reasons_and_advice(repository: Path) -> None:
    """All that is needed to see where a total comes from."""
    document = document_of(scored(repository), in_ci=False)
    assert document["verdict"] == "pass"
    metrics, left_out, documents = document["metrics"], document["left_out"], document["documents"]
    assert isinstance(metrics, dict)
    assert metrics["structure"] == {
        "value": 1.0,
        "weight": 0.1,
        "share": pytest.approx(0.1 / 0.3),
        "minimum": 0.0,
        "n": 6,
    }
    assert isinstance(left_out, dict)
    assert set(left_out) == {"efficiency", "syntactic_correctness", "selector_accuracy_at_1", "test_pass_rate"} - (
        set(metrics)
    )
    assert isinstance(documents, list)
    advice = {(row["metric"], row["rule"], row["line"]) for row in documents[0]["advice"]}
    assert advice == {("semantic_relevance", "unknown-name", 3)}


def test_continuous_integration_asks_for_more(repository: Path) -> None:
    """Between the two bounds a score passes here and fails there."""
    only = ScoreModel(metrics={"structure": ScoreMetric(weight=1.0)}, warn=0.1, fail=0.1, ci_minimum_score=0.6)
    path = repository / "model.json"
    path.write_bytes(score_model_file.dumps(only))
    result = scored(repository, repository / "prompts" / "deep", model=path)
    assert result.scoring.evaluation.total == 0.5
    assert (result.verdict(in_ci=False), result.verdict(in_ci=True)) == ("pass", "fail")


def test_missing_and_foreign_inputs_are_named(repository: Path, tmp_path: Path) -> None:
    """What is wrong on the command line is a usage error."""
    (tmp_path / "other.md").write_text("# A\n")
    for path, says in (
        (repository / "gone.md", "no such file"),
        (tmp_path / "other.md", "outside of the repository"),
        (repository / "src", "no document below it"),
    ):
        with pytest.raises(UsageError, match=says) as caught:
            scored(repository, path)
        assert path.name in str(caught.value)
    with pytest.raises(StateError, match=r"gone\.json: cannot be read"):
        scored(repository, model=repository / "gone.json")


def test_malformed_state_is_named_with_its_field(repository: Path) -> None:
    """A model and a record alike."""
    path = repository / "bad.json"
    path.write_text('{"metrics": {"structure": {"weight": "much"}}}')
    with pytest.raises(StateError, match=r"bad\.json: metrics\.structure\.weight"):
        scored(repository, model=path)
    path.write_text('{"run": 3}')
    with pytest.raises(StateError, match=r"bad\.json: run"):
        scored(repository, run=path)
