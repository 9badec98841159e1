"""What `ratchetry doctor` looks at."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ratchetry.adapters.tree import WorkingTree
from ratchetry.cli.doctor import exit_code
from ratchetry.domain.project import Interpreter, Package, Project
from ratchetry.domain.record import Change
from ratchetry.errors import UnreachableError
from ratchetry.pipeline.checkup import Check, check_up
from ratchetry.pipeline.survey import OWN_TOOLS, Places, Survey
from ratchetry.settings import Settings
from tests.builders import RUN, RUNNER


def answers(url: str) -> bytes:
    """Answer like a service that is there."""
    return url.encode()


def is_silent(url: str) -> bytes:
    """Answer like a network that is not there."""
    raise UnreachableError(url)


def _known(root: Path, **changes: object) -> Survey:
    """Return a survey of a repository in which everything can be measured."""
    places = Places(root=root, output=root / ".ratchetry")
    known = Survey(
        places=places,
        settings=Settings(),
        tree=WorkingTree(root, places.output),
        project=Project(root=str(root), packages=(Package(name="a", path="src/a"),), test_paths=("tests",)),
        interpreter=Interpreter(executable="python", version="3.12.1", origin="found", distributions={"pytest": "9"}),
        runner=RUNNER,
        run=RUN,
        change=Change(),
        base=None,
        base_problem="a shallow clone",
        own_distributions=dict.fromkeys(OWN_TOOLS, "1"),
    )
    return replace(known, **changes)  # type: ignore[arg-type]  # a wrong field fails the test


def _checks(known: Survey, *, silent: bool = False) -> dict[str, Check]:
    """Return the checks by what they look at."""
    return {check.what: check for check in check_up(known, is_silent if silent else answers, offline=False)}


def test_a_repository_that_can_be_measured_is_healthy(tmp_path: Path) -> None:
    """Notes cost nothing: the exit code is 0."""
    checks = _checks(_known(tmp_path))
    assert {check.health for check in checks.values()} == {"ok", "note"}
    assert checks["base commit"].found == "a shallow clone"
    assert exit_code(tuple(checks.values()), ()) == 0


def test_a_silent_service_is_missing_unless_it_is_optional(tmp_path: Path) -> None:
    """What a run would not measure costs exit code 3, what may go unmeasured nothing."""
    checks = tuple(_checks(_known(tmp_path), silent=True).values())
    assert exit_code(checks, ()) == 3
    assert exit_code(checks, ("security.vulnerabilities",)) == 0


def test_no_service_is_asked_offline(tmp_path: Path) -> None:
    """`--offline` looks only at what is here."""
    assert "services" not in {check.area for check in check_up(_known(tmp_path), is_silent, offline=True)}


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"project": Project(root="/")}, "packages"),
        ({"project": Project(root="/")}, "tests"),
        ({"own_distributions": {}}, "tools"),
        ({"interpreter": Interpreter(executable="", origin="given", problem="it does not run")}, "python"),
    ],
)
def test_what_is_missing_is_named_with_what_to_do(tmp_path: Path, changes: dict[str, object], what: str) -> None:
    """Each missing piece is found, and the exit code tells of it."""
    checks = _checks(_known(tmp_path, **changes))
    assert checks[what].health == "missing"
    assert exit_code(tuple(checks.values()), ()) == 3


def test_an_environment_that_a_run_would_build_is_no_fault(tmp_path: Path) -> None:
    """Nothing has to be done about what the next run does by itself."""
    builds = Interpreter(executable="", origin="built", problem="none yet; a run builds one")
    assert _checks(_known(tmp_path, interpreter=builds))["python"].health == "note"


@pytest.mark.parametrize("name", ["quality-thresholds.json", "PromptScoreModel.json"])
def test_a_malformed_state_file_is_wrong(tmp_path: Path, name: str) -> None:
    """It must be mended before a run: exit code 2."""
    (tmp_path / name).write_text('{"version": 99}', encoding="utf-8")
    checks = _checks(_known(tmp_path))
    assert checks[name].health == "wrong"
    assert exit_code(tuple(checks.values()), ()) == 2


def test_settings_that_are_not_the_default_are_shown_without_credentials(tmp_path: Path) -> None:
    """One page tells what applies here, and no password."""
    settings = Settings(osv_url="https://me:pw@osv.example", documents=("a.md", "b.md"))  # pragma: allowlist secret
    checks = _checks(_known(tmp_path, settings=settings))
    assert checks["osv-url"].found == checks["advisories"].found == "https://osv.example"
    assert checks["documents"].found == "a.md, b.md"
    assert "jobs" not in checks
