"""Names, test paths and configured tools; and hostile files, which tell nothing and break nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratchetry.collect.discovery.declared import ini_list, parse_ini, parse_toml
from ratchetry.collect.discovery.requirement_files import read_requirement_file
from ratchetry.collect.discovery.setup_py import read_setup_py
from ratchetry.collect.discovery.values import inside, texts
from ratchetry.errors import ConfigError
from ratchetry.settings import Settings
from tests.unit.collect.discovery.trees import project

READ = ("pyproject.toml", "setup.cfg", "setup.py", "tox.ini", "pytest.ini", "requirements.txt", "requirements-dev.txt")

PIECES = (
    b"[project]\n",
    b"[options]\n",
    b"name = 3\n",
    b"name = 'x'\n",
    b"dependencies = {}\n",
    b"dependencies = [1, 'a', []]\n",
    b"[project.optional-dependencies]\ntest = 'x'\n",
    b"[dependency-groups]\ntest = [{include-group='test'}, {include-group=[]}]\n",
    b"[tool.setuptools]\npackages = 3\n",
    b"[tool.setuptools.packages]\nfind = []\n",
    b"[tool.poetry]\npackages = [1, {include = 3}, {include = '..', from = '..'}]\n",
    b"[tool.poetry.dependencies]\na = [[]]\nb = {version = 1}\n",
    b"[tool.pytest.ini_options]\ntestpaths = [[], '../..', '[', '**']\n",
    b"[tool.hatch.envs]\na = 1\n",
    b"install_requires = %(x)s\n",
    b"  continued\n",
    b"setup(packages=find_packages(1, 2, 3, 4), package_dir={1: 2, 'a': None})\n",
    b"setup(**X)\n",
    b"X = {**X, 'a': X}\n",
    b"-r requirements.txt\n",
    b"-r ../../etc/passwd\n",
    b"-e \\\n",
    b"\xff\xfe\n",
    b"\x00",
    b"=" * 50,
    b"(" * 3000,
)


@given(
    texts_by_name=st.dictionaries(
        st.sampled_from(READ), st.lists(st.sampled_from(PIECES) | st.binary(max_size=20)).map(b"".join)
    )
)
def test_hostile_files_never_raise(texts_by_name: dict[str, bytes]) -> None:
    """Whatever the declaring files contain, discovery returns a project whose paths are in the repository."""
    found = project({**texts_by_name, "pkg/__init__.py": b"", "tests/test_x.py": b""})
    assert {package.path for package in found.packages} <= {"pkg"}
    assert set(found.test_paths) <= {"tests", "tests/test_x.py", ".", "pkg", "pkg/__init__.py", *texts_by_name}
    assert all(isinstance(row, str) for row in (*found.requirements.runtime, *found.requirements.test))


@given(st.binary(max_size=300))
def test_parsers_return_something_for_any_bytes(data: bytes) -> None:
    """No bytes make the readers of the declaring files raise."""
    assert isinstance(parse_toml(data), dict)
    assert parse_ini(data) is not None
    assert read_setup_py(data) is not None
    assert read_requirement_file(lambda _: data, "requirements.txt") is not None


def test_deep_nesting_is_no_declaration() -> None:
    """Files that would exhaust the stack, or are too large, say nothing."""
    assert parse_toml(b"a = " + b"[" * 100_000) == {}
    assert not read_setup_py(b"setup(" + b"-" * 200_000 + b"1)").present
    assert not read_setup_py(b"setup()\n" + b"#" * 600_000).present


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({"pyproject.toml": "[project]\nname = 'A.b-c'"}, "A.b-c"),
        ({"pyproject.toml": "[tool.poetry]\nname = 'p'"}, "p"),
        ({"pyproject.toml": "[project]\nname = 'evil name; rm'", "setup.cfg": "[metadata]\nname = c"}, "c"),
        ({"setup.py": "from setuptools import setup\nsetup(name='s')"}, "s"),
        ({"setup.py": "setup(name=compute())"}, ""),
        ({"pyproject.toml": "not toml ["}, ""),
    ],
)
def test_names(content: dict[str, bytes | str], expected: str) -> None:
    """The name is the first valid one that is declared."""
    assert project(content).name == expected


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({"pyproject.toml": "[tool.pytest.ini_options]\ntestpaths = ['checks', 'gone']"}, ("checks",)),
        ({"pyproject.toml": "[tool.pytest.ini_options]\ntestpaths = 'checks pkg/tests'"}, ("checks", "pkg/tests")),
        ({"pyproject.toml": "[tool.pytest]\ntestpaths = ['ch*']"}, ("checks",)),
        ({"pytest.ini": "[pytest]\ntestpaths = checks"}, ("checks",)),
        ({"tox.ini": "[pytest]\ntestpaths =\n  checks"}, ("checks",)),
        ({"setup.cfg": "[tool:pytest]\ntestpaths = checks"}, ("checks",)),
        ({"pytest.toml": "[pytest]\ntestpaths = ['checks']"}, ("checks",)),
        ({"pytest.ini": "[pytest]", "setup.cfg": "[tool:pytest]\ntestpaths = checks"}, ("pkg/tests", "tests")),
        ({}, ("pkg/tests", "tests")),
    ],
)
def test_test_paths(content: dict[str, bytes | str], expected: tuple[str, ...]) -> None:
    """Pytest's own configuration decides, in pytest's order; otherwise directories called tests."""
    files = ("pkg/__init__.py", "pkg/tests/test_a.py", "pkg/test/support.py", "tests/unit/tests/test_b.py")
    assert project(content, *files, "checks/c.py", "examples/tests/test_x.py").test_paths == expected


def test_tests_beside_the_code() -> None:
    """Without a directory of tests, files named like tests are taken, except those of examples."""
    assert project(None, "a.py", "test_a.py", "pkg/b_test.py", "docs/test_x.py").test_paths == (
        "pkg/b_test.py",
        "test_a.py",
    )


def test_tests_from_settings() -> None:
    """settings.tests overrides, keeps node identifiers, and is an error where nothing is."""
    found = project(None, "tests/test_a.py", settings=Settings(tests=("./tests/test_a.py::test_x",)))
    assert found.test_paths == ("tests/test_a.py::test_x",)
    with pytest.raises(ConfigError, match="tests: there is no 'gone'"):
        project(None, "a.py", settings=Settings(tests=("gone",)))


def test_configured_tools() -> None:
    """A tool counts as configured by its own file or by its section in a shared one."""
    text = "[tool.ruff]\n[tool.coverage.run]\n[tool.bandit]\n"
    assert project({"pyproject.toml": text}).configured == {"ruff", "coverage", "bandit"}
    files = ("ruff.toml", "mypy.ini", "pytest.ini", ".coveragerc", ".bandit", ".secrets.baseline")
    assert project(None, *files).configured == {"ruff", "mypy", "pytest", "coverage", "bandit", "detect-secrets"}
    ini: dict[str, bytes | str] = {
        "setup.cfg": "[mypy]\n[tool:pytest]\n",
        "tox.ini": "[tox]\n[coverage:run]\n",
        "sub/ruff.toml": "",
    }
    assert project(ini).configured == {"mypy", "pytest", "coverage"}


def test_values_are_what_they_are_expected_to_be_or_absent() -> None:
    """Lists lose what is no text; paths are normalized and stay inside; INI lists know both spellings."""
    assert texts(["a", 1, None, "b" * 3000]) == ("a",)
    assert (inside("./a/../b"), inside("../x"), inside("/x"), inside("x", "a"), inside(".")) == (
        "b", None, None, "a/x", "."
    )  # fmt: skip
    assert ini_list("a, b") == ini_list("\n a\n # c\n b") == ("a", "b")
