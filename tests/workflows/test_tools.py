"""What the checkers of workflows say: zizmor, GitHub's schemas, and actionlint."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from tests.workflows.files import PIN, ROOT, texts

ACTIONLINT: Final = "v1.7.12"
TOOLS: Final = ROOT / ".tools" / f"actionlint-{ACTIONLINT}"
IGNORED: Final = re.compile(r"zizmor: ignore\[[a-z-]+\](?P<reason>.*)")


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a directory with all workflows and actions; those that init writes have a repository of their own."""
    place = tmp_path_factory.mktemp("workflows")
    for path, text in texts().items():
        file = place / "stubs" / path.removeprefix("init:") if path.startswith("init:") else place / "own" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return place


def said(*command: str | Path, cwd: Path) -> tuple[int, str]:
    """Return how a program ended, and all it said."""
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False, timeout=300)
    return done.returncode, done.stdout + done.stderr


def beside(name: str) -> Path:
    """Return a program that is installed where these tests run."""
    return Path(sys.executable).with_name(name)


@pytest.mark.parametrize("part", ["own", "stubs"])
def test_zizmor_finds_nothing(checkout: Path, part: str) -> None:
    """The most exacting persona has nothing to say of our files, nor of those that init writes."""
    options = ("--offline", "--no-progress", "--no-config", "--persona", "auditor")
    code, text = said(beside("zizmor"), *options, ".github", cwd=checkout / part)
    assert code == 0, text


def test_every_ignored_finding_has_a_reason() -> None:
    """What zizmor is told to pass over says why, and is little."""
    rows = [match["reason"] for text in texts().values() for match in IGNORED.finditer(text)]
    assert 0 < len(rows) <= 5
    assert all(len(reason.split()) > 5 for reason in rows)


@pytest.mark.parametrize("part", ["own", "stubs"])
@pytest.mark.parametrize(("schema", "pattern"), [("workflows", "workflows/*.yml"), ("actions", "actions/*/action.yml")])
def test_files_fit_the_schemas(checkout: Path, part: str, schema: str, pattern: str) -> None:
    """Workflows and actions have the shape that GitHub publishes."""
    files = sorted((checkout / part / ".github").glob(pattern))
    if part == "stubs" and schema == "actions":
        assert not files
        return
    code, text = said(beside("check-jsonschema"), "--builtin-schema", f"vendor.github-{schema}", *files, cwd=checkout)
    assert code == 0, text


@pytest.fixture(scope="module")
def actionlint() -> Path:
    """Return actionlint, built when it was not."""
    program = TOOLS / "actionlint"
    if not program.is_file():
        go = shutil.which("go")
        if go is None:
            pytest.skip("go is not installed here, and is needed to build actionlint")
        command = ("env", f"GOBIN={TOOLS}", go, "install", f"github.com/rhysd/actionlint/cmd/actionlint@{ACTIONLINT}")
        code, text = said(*command, cwd=ROOT)
        assert code == 0, text
    return program


@pytest.mark.e2e
@pytest.mark.parametrize("part", ["own", "stubs"])
def test_actionlint_finds_nothing(checkout: Path, actionlint: Path, part: str, tmp_path: Path) -> None:
    """Types, contexts and availability of what stands in expressions are right, and scripts pass shellcheck.

    actionlint does not know `$/` and `queue` yet, both of 2026: the first becomes `./`, the second is passed over.
    """
    place = Path(shutil.copytree(checkout / part, tmp_path / "repository"))
    (place / ".git").mkdir()
    for file in place.rglob("*.yml"):
        text = file.read_text(encoding="utf-8").replace("uses: $/", "uses: ./")
        file.write_text(text.replace(f"{PIN.repository}/.github", "octocat/other/.github"), encoding="utf-8")
    code, text = said(actionlint, "-oneline", "-ignore", 'unexpected key "queue"', cwd=place)
    assert code == 0, text


def test_faults_would_be_found(checkout: Path, tmp_path: Path) -> None:
    """The checkers are at work: a workflow with an unpinned action and an expression in a command is refused."""
    place = Path(shutil.copytree(checkout / "stubs", tmp_path / "repository"))
    bad = place / ".github" / "workflows" / "bad.yml"
    job = "{runs-on: x, steps: [{uses: actions/checkout@v4}, {run: 'echo ${{ github.head_ref }}'}]}"
    bad.write_text(f"name: bad\non: pull_request\njobs:\n  a: {job}\n", encoding="utf-8")
    code, text = said(beside("zizmor"), "--offline", "--no-progress", "--no-config", ".github", cwd=place)
    assert code != 0
    assert {"unpinned-uses", "template-injection"} <= set(re.findall(r"\[([a-z-]+)\]", text))
    bad.write_text("name: bad\non: pull_request\njobs: {a: {steps: 3}}\n", encoding="utf-8")
    code, _ = said(beside("check-jsonschema"), "--builtin-schema", "vendor.github-workflows", bad, cwd=place)
    assert code != 0
