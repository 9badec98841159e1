"""Files that ratchetry reads and a user got wrong: which one, where, and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.commands import run_in
from tests.e2e.repositories import flat

pytestmark = pytest.mark.e2e

VALIDATE = ("--stage", "validate")


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("quality-thresholds.json", '{"metrics": {"coverage.line": {"minimum": "80"}}}', "coverage.line"),
        ("quality-thresholds.json", '{"metrics": {"coverage.lines": {"minimum": 80}}}', "did you mean 'coverage.line'"),
        ("quality-thresholds.json", '{"metrics": {"types.errors": {"minimum": 0}}}', "needs a maximum"),
        ("quality-thresholds.json", '{"metrics": {"types.errors": {"maximum": NaN}}}', "quality-thresholds.json"),
        ("quality-thresholds.json", '{"metrics": ', "quality-thresholds.json"),
        ("quality-thresholds.json", '{"version": 99}', "version"),
        ("pyproject.toml", "[tool.ratchetry]\ntimeuot = 3\n", "did you mean 'timeout'?"),
        ("pyproject.toml", '[tool.ratchetry]\ntimeout = "long"\n', "timeout"),
        ("pyproject.toml", '[tool.ratchetry]\nstages = ["tset"]\n', "tset"),
        ("ratchetry.toml", "timeout = \n", "not valid TOML"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, name: str, text: str, said: str) -> None:
    """A run ends with exit code 2 before anything is measured, and tells the file and the field in one line."""
    ended = run_in(flat(tmp_path, {name: text}))
    assert ended.code == 2
    assert ended.err.startswith("error: ")
    assert name in ended.err
    assert said in ended.err
    assert len(ended.err.splitlines()) == 1
    assert not (ended.output / "record.json").exists()


def test_a_broken_pyproject_is_found_and_does_not_end_the_run(tmp_path: Path) -> None:
    """It may have been broken by the change that is being measured: the stage that checks it fails."""
    ended = run_in(flat(tmp_path, {"pyproject.toml": "[project\n"}), *VALIDATE)
    assert ended.code == 1
    assert [(row.path, row.line) for row in ended.record.findings if row.severity == "high"] == [("pyproject.toml", 1)]


def test_a_broken_score_model_leaves_the_score_unmeasured_or_ends_the_run(tmp_path: Path) -> None:
    """Weights that cannot be read never become other weights."""
    texts = {"PromptScoreModel.json": '{"metrics": {"structure": {"weight": "heavy"}}}', "README.md": "# pkg\n"}
    ended = run_in(flat(tmp_path, texts), "--stage", "score")
    assert ended.code in {2, 3}
    assert "PromptScoreModel.json" in ended.err + ended.out
    assert "weight" in ended.err + ended.out


@pytest.mark.parametrize(
    ("arguments", "extra", "said"),
    [
        (("--stage", "tests"), {}, "test"),
        (("--thresholds", "absent.json"), {}, "absent.json"),
        (("--python", "no-such-python", "--stage", "test"), {}, "no-such-python"),
        (("--base", "no-such-commit", *VALIDATE), {}, "no-such-commit"),
        (VALIDATE, {"RATCHETRY_JOBS": "many"}, "jobs"),
        (("nowhere", *VALIDATE), {}, "nowhere"),
        (("--timeout", "-1", *VALIDATE), {}, "timeout"),
    ],
)
def test_what_is_wrong_with_the_command_line_is_named(
    tmp_path: Path, arguments: tuple[str, ...], extra: dict[str, str], said: str
) -> None:
    """Options and variables are checked like files."""
    ended = run_in(flat(tmp_path), *arguments, extra=extra)
    assert ended.code == 2
    assert said in ended.err
    assert "Traceback" not in ended.err
