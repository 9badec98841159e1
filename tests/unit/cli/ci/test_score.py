"""`ratchetry ci score` and its neighbors end with the right code and set the outputs of the step."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from ratchetry.cli.app import run
from ratchetry.pipeline.ci.stage import write_envelope
from tests.pipeline.ci.envelopes import envelope


@pytest.fixture(name="repository")
def _repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the current directory, a repository with a bound and without documents to score."""
    (tmp_path / "quality-thresholds.json").write_text('{"metrics": {"lint.findings": {"maximum": 3}}}')
    monkeypatch.chdir(tmp_path)
    for name in ("GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "RATCHETRY_NEEDS", "RATCHETRY_FAIL_ON"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GITHUB_OUTPUT", str(tmp_path / "outputs"))
    return tmp_path


def outputs(repository: Path) -> dict[str, str]:
    """Return the outputs that were set, the last of each name."""
    text = (repository / "outputs").read_text()
    return {name: value for name, _, value in re.findall(r"([\w-]+)<<(\w+)\n(.*?)\n\2\n", text, re.DOTALL)}


def fragments(repository: Path, value: float | None, reason: str = "") -> None:
    """Leave the fragment of a quality stage with lint findings, which passed, perhaps with a warning."""
    write_envelope(repository / "fragments", envelope(value=value, reason=reason, commit="", run_id="local-1"))


@pytest.mark.parametrize(
    ("value", "reason", "arguments", "code"),
    [
        (2, "", (), 0),
        (4, "", (), 1),
        (4, "", ("--fail-on", "never"), 0),
        (4, "", ("--evaluate-only",), 0),
        (2, "worth a look", (), 0),
        (2, "worth a look", ("--fail-on", "warn"), 1),
        (2, "", ("--fail-on", "warn"), 0),
        (None, "", (), 3),
        (None, "", ("--fail-on", "warn"), 3),
        (None, "", ("--evaluate-only",), 0),
        (2, "", ("--needs", "{"), 2),
        (2, "", ("--expected", "everything"), 2),
        (2, "", ("--python-versions", "3.13"), 2),
        (2, "", ("--needs", '{"quality": {"result": "cancelled"}}'), 3),
    ],
)
def test_exit_codes(repository: Path, value: float | None, reason: str, arguments: tuple[str, ...], code: int) -> None:
    """A failed gate is 1, something unmeasured 3, a wrong input 2; what is only to be evaluated is 0."""
    fragments(repository, value, reason)
    assert run(["ci", "score", "--fragments", "fragments", "--expected", "quality", *arguments]) == code


def test_inputs_come_from_variables(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a workflow every input is a variable; an empty one is none."""
    fragments(repository, 4)
    for name, value in {
        "RATCHETRY_FRAGMENTS": "fragments",
        "RATCHETRY_EXPECTED": "quality",
        "RATCHETRY_NEEDS": '{"quality": {"result": "success"}}',
        "RATCHETRY_PYTHON_VERSIONS": "",
        "RATCHETRY_FAIL_ON": "never",
        "RATCHETRY_EVALUATE_ONLY": "false",
    }.items():
        monkeypatch.setenv(name, value)
    assert run(["ci", "score"]) == 0
    monkeypatch.setenv("RATCHETRY_FAIL_ON", "")
    assert run(["ci", "score"]) == 1


def test_the_outputs_of_the_step(repository: Path) -> None:
    """They name the summary to upload; it holds the record and its context."""
    fragments(repository, 2)
    assert run(["ci", "score", "--expected", "quality"]) == 0
    given = outputs(repository)
    assert given["name"] == "ci-metrics-summary-a1"
    summary = Path(given["path"])
    assert sorted(path.name for path in summary.iterdir()) == ["context.json", "record.json"]
    assert json.loads((summary / "record.json").read_text())["verdict"] == "pass"
    assert Path(given["report"]).is_file()


def test_refused_fragments_are_told(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A fragment that is not believed is named, and the stage was not measured."""
    fragments(repository, 2)
    (repository / "fragments" / "ci-metrics-quality-3.13-a1" / "fragment.json").write_text("{}")
    assert run(["ci", "score", "--expected", "quality"]) == 3
    assert "warning: refused the fragment ci-metrics-quality-3.13-a1" in capsys.readouterr().err


def test_emit(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """There is always something to upload, under the name that the outputs say."""
    assert run(["ci", "emit", "--stage", "test", "--key", "3.12"]) == 0
    given = outputs(repository)
    assert given["name"] == "ci-metrics-test-3.12-a1"
    assert (Path(given["path"]) / "fragment.json").is_file()
    assert "left no fragment" in capsys.readouterr().err
    assert run(["ci", "emit", "--stage", "test", "--key", "../x"]) == 2
    assert run(["ci", "emit", "--stage", "score"]) == 2


def test_sarif(repository: Path) -> None:
    """A stage that was measured is in the file, one that was not is left out."""
    fragments(repository, 2)
    assert run(["ci", "emit", "--stage", "test"]) == 0
    assert run(["ci", "sarif", "--output", "out/x.sarif"]) == 0
    assert outputs(repository)["stages"] == "quality"
    runs = json.loads((repository / "out" / "x.sarif").read_text())["runs"]
    assert [row["automationDetails"]["id"] for row in runs] == ["ratchetry/quality/"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["ci", "aggregate"],
        ["ci", "aggregate", "--from-github", "--metrics-dir", "x"],
        ["ci", "aggregate", "--metrics-dir", "gone", "--repository", "a/b"],
        ["ci", "persist", "--batch", "gone"],
        ["ci", "report", "--batch", "gone", "--history", "x"],
        ["ci", "feedback", "--record", "x"],
    ],
)
@pytest.mark.usefixtures("repository")
def test_wrong_calls(arguments: list[str]) -> None:
    """What makes no sense is a usage error."""
    assert run(arguments) == 2


def test_the_door(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Aggregating says what became of every run, as JSON where that is asked for, and writes nothing when dry."""
    (repository / "metrics").mkdir()
    (repository / "metrics" / "bad.json").write_text("{")
    base = ["ci", "aggregate", "--metrics-dir", "metrics", "--repository", "a/b", "--history", "history", "--dry-run"]
    assert run(base) == 0
    assert "rejected: run bad.json-1" in capsys.readouterr().out
    assert run([*base, "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["decisions"][0]["fate"] == "rejected"
    assert not (repository / "history").exists()
