"""The test stage over real suites, run by the real pytest and coverage.py as the pipeline runs them."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Mapping
from importlib.metadata import distributions
from pathlib import Path

import pytest

from ratchetry.adapters.process import ProcessRunner
from ratchetry.adapters.tree import WorkingTree
from ratchetry.collect.discovery import discover
from ratchetry.collect.stage import Context
from ratchetry.collect.test import STAGE
from ratchetry.domain.project import Interpreter
from ratchetry.domain.record import Fragment
from ratchetry.settings import Settings
from tests.unit.collect.contexts import no_fetch
from tests.unit.collect.test.suites import DATA

pytestmark = pytest.mark.e2e

PACKAGE = "def sign(x):\n    if x < 0:\n        return -1\n    return 1\n"


def measured(
    root: Path, texts: Mapping[str, str], *, settings: Settings | None = None, timeout: float = 60
) -> Fragment:
    """Return what the stage measures of a repository with these files."""
    for path, text in {"pkg/__init__.py": PACKAGE, **texts}.items():
        (root / "repo" / path).parent.mkdir(parents=True, exist_ok=True)
        (root / "repo" / path).write_text(text, encoding="utf-8")
    tree = WorkingTree(str(root / "repo"), str(root / "out"))
    scratch, reports = root / "out" / "scratch", root / "out" / "reports"
    reports.mkdir(parents=True)
    tree.copy_to(str(scratch))
    context = Context(
        project=discover(tree, settings or Settings()),
        settings=settings or Settings(),
        interpreter=Interpreter(
            executable=sys.executable,
            distributions={one.name.lower(): one.version for one in distributions()},
            import_path=(str(scratch),),
        ),
        tree=tree,
        fetch=no_fetch,
        scratch=str(scratch),
        reports=str(reports),
        artifacts=str(root / "out" / "artifacts"),
        own_python=sys.executable,
        own_distributions={},
    )
    plan = STAGE.plan(context)
    assert isinstance(plan, tuple)
    run = ProcessRunner(
        directories={"repository": str(root / "repo"), "scratch": str(scratch)}, environ=dict(os.environ), grace=1
    )
    return STAGE.interpret(context, {command.name: run(command, timeout) for command in plan})


def why(fragment: Fragment) -> str:
    """Return why the tests were not measured."""
    assert fragment.stages["test"].status == "not_measured"
    return fragment.stages["test"].unmeasured["tests"]


def test_every_way_a_test_can_end(tmp_path: Path) -> None:
    """The suite that the test data comes from gives the same outcomes under the installed pytest."""
    texts = {
        "tests/__init__.py": "",
        "tests/shared.py": "class Inherited:\n    def test_inherited(self):\n        assert self is None\n",
        "tests/test_import.py": "import absent\n",
        "tests/test_outcomes.py": (DATA / "pytest-suite" / "outcomes.py").read_text(encoding="utf-8"),
        "tests/test_syntax.py": "def f(:\n",
    }
    fragment = measured(tmp_path, texts)
    outcomes = Counter(test.outcome for test in fragment.tests)
    assert outcomes == {"passed": 3, "flaky": 4, "failed": 9, "error": 6, "skipped": 3}
    attempts = {test.id.rpartition("::")[2]: test.attempts for test in fragment.tests}
    assert (attempts["test_fails_every_time"], attempts["test_fails_and_teardown_error_twice"]) == (3, 2)


def test_unittest_suites_run_through_pytest(tmp_path: Path) -> None:
    """A suite in tests/tests.py, which only unittest would find, is measured with its coverage."""
    suite = (
        "import unittest\nfrom pkg import sign\n\n\nclass T(unittest.TestCase):\n"
        "    def test_sign(self):\n        self.assertEqual(sign(3), 1)\n"
    )
    fragment = measured(tmp_path, {"tests/tests.py": suite, "tests/testhelp.py": "raise SystemExit(1)\n"})
    assert fragment.stages["test"].status == "passed"
    assert [test.id for test in fragment.tests] == ["tests/tests.py::T::test_sign"]
    assert (fragment.metrics["coverage.line"].value, fragment.metrics["coverage.branch"].value) == (75, 50)


def test_a_hanging_suite_is_killed_and_named(tmp_path: Path) -> None:
    """The reason says how long it ran and in which test it hung."""
    suite = "import time\n\n\ndef test_ok():\n    pass\n\n\ndef test_hangs():\n    time.sleep(600)\n"
    reason = why(measured(tmp_path, {"tests/test_a.py": suite}, timeout=8))
    assert "killed after 8 s" in reason
    assert reason.endswith("in tests/test_a.py::test_hangs")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("import os; os._exit(0)", "pytest ended with exit code 0 and wrote no report"),
        ("import ctypes; ctypes.string_at(0)", "the test process crashed (Segmentation fault)"),
    ],
)
def test_a_suite_that_dies_is_no_pass(tmp_path: Path, body: str, reason: str) -> None:
    """A test that takes the process down is named, whatever the exit code."""
    found = why(measured(tmp_path, {"tests/test_a.py": f"def test_dies():\n    {body}\n"}))
    assert found.startswith(reason)
    assert found.endswith("in tests/test_a.py::test_dies")


def test_a_broken_conftest_is_quoted(tmp_path: Path) -> None:
    """A tests folder that fails to import says why."""
    texts = {"tests/conftest.py": "import absent\n", "tests/test_a.py": "def test_a():\n    pass\n"}
    assert "No module named 'absent'" in why(measured(tmp_path, texts))


def test_no_tests_is_not_measured(tmp_path: Path) -> None:
    """A repository without tests has no pass rate."""
    assert why(measured(tmp_path, {"README.md": "nothing\n"})).startswith("no test was run")


def test_the_options_of_the_project_do_not_get_in_the_way(tmp_path: Path) -> None:
    """Stopping early, spreading, quiet output, pytest-cov and its bounds: all tests are still measured."""
    addopts = "-q -x -n 2 --cov=pkg --cov-fail-under=100 -p no:cacheprovider --strict-config --tb=no"
    pytest_table = f'[tool.pytest.ini_options]\naddopts = "{addopts}"\n'
    texts = {
        "pyproject.toml": f"{pytest_table}[tool.coverage.report]\nfail_under = 100\n",
        "tests/test_a.py": "from pkg import sign\n\n\ndef test_a():\n    assert 0\n\n\ndef test_b():\n    sign(1)\n",
    }
    fragment = measured(tmp_path, texts)
    assert [(test.id, test.outcome) for test in fragment.tests] == [
        ("tests/test_a.py::test_a", "failed"),
        ("tests/test_a.py::test_b", "passed"),
    ]
    assert fragment.findings[0].line == 5
    assert fragment.metrics["coverage.line"].value == 75
    assert not fragment.stages["test"].unmeasured


@pytest.mark.parametrize(
    ("configuration", "body"),
    [
        (
            'concurrency = ["multiprocessing"]\nbranch = true',
            "p = multiprocessing.get_context('spawn').Process(target=sign, args=(-1,)); p.start(); p.join()",
        ),
        ('patch = ["subprocess"]', "subprocess.run([sys.executable, '-c', 'import pkg; pkg.sign(-1)'], check=True)"),
    ],
)
def test_child_processes_are_measured_where_the_project_asks(tmp_path: Path, configuration: str, body: str) -> None:
    """What only a child process executes is covered."""
    imports = "import multiprocessing, subprocess, sys\nfrom pkg import sign\n\n\n"
    texts = {
        "pyproject.toml": f"[tool.coverage.run]\n{configuration}\n",
        "tests/test_a.py": f"{imports}def test_a():\n    assert sign(1) == 1\n    {body}\n",
    }
    fragment = measured(tmp_path, texts)
    assert fragment.stages["test"].status == "passed"
    assert fragment.metrics["coverage.line"].value == 100


def test_nothing_is_written_into_the_repository(tmp_path: Path) -> None:
    """The measured repository looks the same afterwards, and the scratch copy holds no cache of pytest's."""
    texts = {"tests/test_a.py": "def test_a():\n    open('left', 'w').close()\n"}
    measured(tmp_path, texts)
    left = {str(path.relative_to(tmp_path / "repo")) for path in (tmp_path / "repo").rglob("*") if path.is_file()}
    assert left == {"pkg/__init__.py", "tests/test_a.py"}
    assert not (tmp_path / "out" / "scratch" / ".pytest_cache").exists()
