"""`ratchetry run` over repositories of every usual shape, with the real tools."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.commands import TESTS, run_in
from tests.e2e.repositories import SIGN, calls_sign, flat, write

pytestmark = pytest.mark.e2e

SRC = {"src/pkg/__init__.py": SIGN, "tests/test_sign.py": calls_sign("pkg")}
FLAT = {"pkg/__init__.py": SIGN, "tests/test_sign.py": calls_sign("pkg")}
MODULE = {"sign_of.py": SIGN, "test_sign_of.py": calls_sign("sign_of")}
MONOREPO = {
    "packages/a/src/a/__init__.py": SIGN,
    "packages/a/tests/test_a.py": calls_sign("a"),
    "packages/a/pyproject.toml": '[project]\nname = "a"\nversion = "1"\ndependencies = ["jinja2==2.4.1"]\n',
    "packages/b/src/b/__init__.py": SIGN,
    "packages/b/tests/test_b.py": calls_sign("b"),
    "packages/b/pyproject.toml": '[project]\nname = "b"\nversion = "1"\n',
}
PYPROJECT = {"pyproject.toml": '[project]\nname = "pkg"\nversion = "1"\ndependencies = ["jinja2==2.4.1"]\n'}
SETUP_CFG = {"setup.cfg": "[metadata]\nname = pkg\n[options]\npackages = pkg\ninstall_requires =\n    jinja2==2.4.1\n"}
SETUP_PY = {
    "setup.py": "from setuptools import setup\n\n"
    "setup(name='sign-of', py_modules=['sign_of'], install_requires=['jinja2==2.4.1'])\n"
}
REQUIREMENTS = {"requirements.txt": "-r requirements/base.txt\n", "requirements/base.txt": "jinja2==2.4.1\n"}


@pytest.mark.parametrize(
    ("texts", "modules"),
    [
        pytest.param({**SRC, **PYPROJECT}, 1, id="src layout, pyproject.toml"),
        pytest.param({**FLAT, **SETUP_CFG}, 1, id="flat layout, setup.cfg"),
        pytest.param({**MODULE, **SETUP_PY}, 1, id="single module, setup.py"),
        pytest.param({**FLAT, **REQUIREMENTS}, 1, id="flat layout, requirements.txt"),
        pytest.param(MONOREPO, 2, id="several packages"),
    ],
)
def test_every_layout_is_measured(tmp_path: Path, texts: dict[str, str], modules: int) -> None:
    """Tests run, and only the package counts as covered."""
    ended = run_in(write(tmp_path, texts), *TESTS)
    assert ended.code == 0, ended.out + ended.err
    assert ended.values("tests.total", "tests.passed", "tests.pass_rate") == (modules, modules, 1)
    assert ended.values("coverage.line", "coverage.branch") == (75, 50)
    assert ended.record.metrics["coverage.line"].n == 4 * modules


def test_a_unittest_suite_needs_no_configuration(tmp_path: Path) -> None:
    """Suites in tests.py, and in files that only unittest's pattern finds, are run with subtests and skips."""
    suite = (
        "import unittest\n\nfrom pkg import sign\n\n\nclass SignTest(unittest.TestCase):\n"
        "    def test_positive(self):\n        self.assertEqual(sign(3), 1)\n\n"
        "    def test_negative(self):\n        self.assertEqual(sign(-3), -1)\n\n"
        "    @unittest.skip('not today')\n    def test_skipped(self):\n        self.fail()\n"
    )
    root = write(tmp_path, {"pkg/__init__.py": SIGN, "pkg/tests.py": suite})
    ended = run_in(root, *TESTS)
    assert ended.code == 0, ended.out
    assert ended.outcomes() == {"test_positive": "passed", "test_negative": "passed", "test_skipped": "skipped"}


def test_without_tests_the_stage_is_not_measured(tmp_path: Path) -> None:
    """No tests is no pass: exit code 3, with the reason and what to do."""
    ended = run_in(write(tmp_path, {"pkg/__init__.py": SIGN}), *TESTS)
    assert ended.code == 3
    assert ended.record.verdict == "not_measured"
    assert ended.record.stages["test"].reason.count("no test was run: pytest found none") == 1
    assert not [name for name in ended.record.metrics if name.startswith(("tests.", "coverage."))]


def test_a_repository_without_python_is_told_so(tmp_path: Path) -> None:
    """Neither tests nor quality invent a figure where there is no Python at all."""
    ended = run_in(write(tmp_path, {"main.go": "package main\n"}), "--stage", "quality", *TESTS)
    assert ended.code == 3
    assert ended.status("test") == "not_measured"
    assert ended.status("quality") in {"skipped", "not_measured"}
    assert "no Python" in ended.record.stages["quality"].reason
    assert {name for name in ended.record.metrics if not name.startswith("ci.")} == set()


def test_the_tools_use_the_projects_configuration(tmp_path: Path) -> None:
    """Sections of ruff, mypy, coverage and pytest decide, also with plugins in the project's own options."""
    configuration = (
        '[tool.ruff.lint]\nselect = ["F", "D103"]\n\n[tool.mypy]\ndisallow_untyped_defs = true\n\n'
        '[tool.coverage.run]\nomit = ["pkg/vendored.py"]\n\n'
        '[tool.pytest.ini_options]\naddopts = "-n 2 --cov=pkg --cov-fail-under=100 --strict-markers"\n'
        'markers = ["slow"]\n'
    )
    vendored = "import os\n\n\ndef never_called():\n    return 0\n"
    root = flat(tmp_path, {"pyproject.toml": configuration, "pkg/vendored.py": vendored})
    ended = run_in(root, "--stage", "quality", *TESTS)
    assert ended.code == 0, ended.out
    assert ended.values("coverage.line") == (75,)
    assert ended.record.metrics["coverage.line"].n == 4
    rules = {finding.rule for finding in ended.record.findings if finding.tool == "ruff"}
    assert rules == {"D103", "F401"}
    assert ended.values("types.errors") == (2,)
