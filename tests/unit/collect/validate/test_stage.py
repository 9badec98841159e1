"""The validate stage."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from ratchetry.collect.validate import stage
from ratchetry.domain.command import ToolOutcome
from ratchetry.domain.record import Fragment
from ratchetry.errors import StateError
from ratchetry.settings import Settings
from tests.unit.collect.contexts import context_of

DATA = Path(__file__).parents[3] / "data" / "check-jsonschema-0.39.0"
CLEAN: Mapping[str, str | bytes] = {
    "README.md": "# A\n\n[a](#a)\n",
    "pyproject.toml": '[project]\nname = "a"\nversion = "1"\n',
    "src/a/__init__.py": "",
    "logo.png": b"\x89PNG",
}
VERSIONS = {"check-jsonschema": "0.39.0", "validate-pyproject": "0.27", "markdown-it-py": "4.3.0"}


def loads(data: bytes, origin: str) -> object:
    """Accept any JSON."""
    try:
        return json.loads(data)
    except ValueError as problem:
        msg = f"{origin}: {problem}"
        raise StateError(msg) from problem


STAGE = stage({"thresholds": loads, "score_model": loads})


def run(
    changes: Mapping[str, str | bytes], settings: Settings | None = None, outcomes: tuple[ToolOutcome, ...] = ()
) -> Fragment:
    """Return what the stage makes of a clean repository with changes."""
    context = replace(context_of({**CLEAN, **changes}, settings=settings), own_distributions=VERSIONS)
    return STAGE.interpret(context, {outcome.name: outcome for outcome in outcomes})


def rules(fragment: Fragment) -> list[tuple[str, str]]:
    """Return the rules and paths of the findings."""
    return [(finding.rule, finding.path) for finding in fragment.findings]


def test_clean() -> None:
    """A clean repository passes, with no errors and no warnings over the files that were read."""
    fragment = run({})
    assert fragment.stages["validate"].status == "passed"
    assert {name: (metric.value, metric.n) for name, metric in fragment.metrics.items()} == {
        "validate.errors": (0.0, 3),
        "validate.warnings": (0.0, 3),
    }
    assert fragment.stages["validate"].tools == {"validate-pyproject": "0.27", "markdown-it-py": "4.3.0"}
    assert fragment.findings == ()


@pytest.mark.parametrize(
    ("path", "text", "rule"),
    [
        ("a.yml", "a: [", "unparsable-yaml"),
        ("a.py", "<<<<<<< a\n=======\n>>>>>>> b\n", "merge-conflict"),
        ("pyproject.toml", "[project]\n", "invalid-metadata"),
        ("sub/pyproject.toml", "[project]\n", "invalid-metadata"),
        ("quality-thresholds.json", "{", "invalid-state-file"),
        ("PromptScoreModel.json", "", "invalid-state-file"),
    ],
)
def test_errors(path: str, text: str, rule: str) -> None:
    """Each kind of error fails the stage, and is found once."""
    fragment = run({path: text})
    assert rules(fragment) == [(rule, path)]
    assert fragment.stages["validate"].status == "failed"
    assert fragment.metrics["validate.errors"].value == 1
    assert all(len(finding.fingerprint) == 16 for finding in fragment.findings)


def test_unparsable_metadata() -> None:
    """Metadata that cannot be parsed is one error, not two."""
    assert rules(run({"pyproject.toml": "["})) == [("unparsable-toml", "pyproject.toml")]


def test_warnings() -> None:
    """Warnings do not fail the stage."""
    fragment = run({"README.md": "[a](b.md) [c](d.md)"})
    assert fragment.stages["validate"].status == "passed"
    assert fragment.metrics["validate.warnings"].value == 2


def test_required_files() -> None:
    """The settings name files that must be there."""
    fragment = run({}, Settings(required_files=("LICENSE",)))
    assert rules(fragment) == [("missing-file", "LICENSE")]
    assert fragment.stages["validate"].status == "failed"


def test_left_alone() -> None:
    """Excluded files, test data and templates may be malformed."""
    changes = {"x/a.yml": "[", "tests/data/a.json": "{", "src/a/templates/b.toml": "=", "tests/pyproject.toml": "x = 1"}
    assert rules(run(changes, Settings(exclude=("x",)))) == []


def test_large_file() -> None:
    """A file too large to be read is said not to have been checked, and does not count as one that was."""
    fragment = run({"a.json": b" " * 5_000_001})
    assert [(row.rule, row.severity) for row in fragment.findings] == [("not-checked", "info")]
    assert fragment.metrics["validate.errors"].n == 3
    assert fragment.stages["validate"].status == "passed"


def test_plan() -> None:
    """Tools run only for files there are, and not for excluded or vanished ones."""
    assert STAGE.plan(context_of(CLEAN)) == ()
    texts = {**CLEAN, ".github/workflows/a.yml": "", ".github/workflows/b.yml": "", "action.yml": ""}
    commands = STAGE.plan(context_of(texts, settings=Settings(exclude=("action.yml", ".github/**/b.yml"))))
    assert isinstance(commands, tuple)
    assert [(command.name, command.argv[-1]) for command in commands] == [
        ("github-workflows", ".github/workflows/a.yml")
    ]


def test_schemas() -> None:
    """What check-jsonschema reports counts, except what is known already."""
    outcome = ToolOutcome(name="github-workflows", exit_code=1, stdout=(DATA / "workflows.json").read_bytes())
    fragment = run({".github/workflows/unparsable.yml": "on: [push\njobs: {}\n"}, outcomes=(outcome,))
    assert sorted(rules(fragment)) == [
        ("schema", ".github/workflows/alternatives.yml"),
        ("schema", ".github/workflows/branch.yml"),
        ("unparsable-yaml", ".github/workflows/unparsable.yml"),
    ]
    assert fragment.metrics["validate.errors"].value == 2
    assert fragment.stages["validate"].tools["check-jsonschema"] == "0.39.0"


@pytest.mark.parametrize(
    "outcome",
    [
        ToolOutcome(name="github-actions", exit_code=2, stderr="Error: no such option"),
        ToolOutcome(name="github-actions", exit_code=0, stdout=b""),
        ToolOutcome(name="github-actions", exit_code=None, problem="killed after 5 s"),
    ],
)
def test_tool_failed(outcome: ToolOutcome) -> None:
    """Without the report of check-jsonschema errors are not measured, though what was found is kept."""
    fragment = run({"README.md": "[a](b.md)"}, outcomes=(outcome,))
    result = fragment.stages["validate"]
    assert result.status == "not_measured"
    assert set(result.unmeasured) == {"validate.errors"}
    assert set(fragment.metrics) == {"validate.warnings"}
    assert rules(fragment) == [("broken-link", "README.md")]


def test_tool_failed_beside_errors() -> None:
    """An error that was found without the tool still fails the stage, and errors stay unmeasured."""
    outcome = ToolOutcome(name="github-actions", exit_code=None, problem="killed after 5 s")
    fragment = run({"a.json": "{"}, outcomes=(outcome,))
    assert fragment.stages["validate"].status == "failed"
    assert set(fragment.stages["validate"].unmeasured) == {"validate.errors"}
    assert "validate.errors" not in fragment.metrics


def test_many_findings() -> None:
    """Every finding counts, though only a hundred of a kind are listed for a file."""
    fragment = run({"README.md": "\n".join(f"[a](no-{number}.md)" for number in range(150))})
    assert fragment.metrics["validate.warnings"].value == 150
    assert len(fragment.findings) == 101
