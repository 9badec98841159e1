"""What the project's configuration of pytest and coverage.py decides."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratchetry.collect.test.configuration import (
    CoverageConfiguration,
    PytestConfiguration,
    coverage_configuration,
    pytest_configuration,
)
from tests.unit.collect.contexts import MemoryTree


@pytest.mark.parametrize(
    "texts",
    [
        {"pytest.ini": "[pytest]\naddopts = -q --cov 'a b'\npython_files = check_*.py\n"},
        {".pytest.ini": "[pytest]\naddopts =\n    -q\n    --cov 'a b'\npython_files = check_*.py\n"},
        {"tox.ini": "[pytest]\naddopts = -q --cov 'a b'\npython_files = check_*.py\n"},
        {"setup.cfg": "[tool:pytest]\naddopts = -q --cov 'a b'\npython_files = check_*.py\n"},
        {"pyproject.toml": "[tool.pytest.ini_options]\naddopts = \"-q --cov 'a b'\"\npython_files = 'check_*.py'\n"},
        {"pyproject.toml": "[tool.pytest]\naddopts = ['-q', '--cov', 'a b']\npython_files = ['check_*.py']\n"},
        {"pytest.toml": "[pytest]\naddopts = ['-q', '--cov', 'a b']\npython_files = ['check_*.py']\n"},
        {"pytest.ini": "[pytest]\naddopts = -q --cov 'a b'\npython_files=x", "tox.ini": "[pytest]\naddopts = -x\n"},
    ],
)
def test_pytest_is_configured_in_one_of_several_files(texts: dict[str, str]) -> None:
    """Each file pytest reads is understood, and the first one counts."""
    found = pytest_configuration(MemoryTree(texts), ["-v"])
    assert found == PytestConfiguration(configured=True, addopts=("-q", "--cov", "a b", "-v"), names_files=True)


@pytest.mark.parametrize(
    "texts",
    [
        {},
        {"tox.ini": "[tox]\n", "setup.cfg": "[metadata]\n", "pyproject.toml": "[tool.ruff]\n"},
        {"pyproject.toml": "[tool.pytest"},
        {"setup.cfg": b"\xff\xfe"},
        {"pyproject.toml": "a = " + "[" * 5000},
    ],
)
def test_other_files_do_not_configure_pytest(texts: dict[str, str | bytes]) -> None:
    """Files without its table, and files that cannot be parsed, configure nothing."""
    assert not pytest_configuration(MemoryTree(texts)).configured


def test_an_empty_pytest_ini_configures_pytest() -> None:
    """pytest.ini counts by being there; what follows is not read."""
    texts = {"pytest.ini": "", "tox.ini": "[pytest]\naddopts = -x\n"}
    assert pytest_configuration(MemoryTree(texts)) == PytestConfiguration(configured=True)


def test_unbalanced_quotes_give_no_options() -> None:
    """Options that no shell could split are left to pytest to complain about."""
    assert pytest_configuration(MemoryTree({"tox.ini": "[pytest]\naddopts = -k 'x\n"})).addopts == ()


@pytest.mark.parametrize(
    ("addopts", "blocked", "loaded"),
    [
        ((), False, True),
        (("-p", "no:xdist"), True, False),
        (("-pno:xdist",), True, False),
        (("-p", "no:other"), False, True),
        (("--disable-plugin-autoload",), False, False),
        (("--disable-plugin-autoload", "-p", "xdist"), False, True),
        (("--disable-plugin-autoload", "-p", "xdist.plugin"), False, True),
    ],
)
def test_plugins_may_be_kept_from_loading(addopts: tuple[str, ...], blocked: bool, loaded: bool) -> None:  # noqa: FBT001 - a case's expectation
    """An option of a plugin that is not loaded would be an error."""
    found = PytestConfiguration(addopts=addopts)
    assert (found.blocks("xdist"), found.loads("xdist")) == (blocked, loaded)


@pytest.mark.parametrize(
    ("addopts", "values"),
    [
        (("--cov=a", "--cov", "b"), ("a", "b")),
        (("--cov", "--strict"), ()),
        (("--cov=", "--cov"), ()),
        (("--cov-report=html",), ()),
    ],
)
def test_values_of_an_option(addopts: tuple[str, ...], values: tuple[str, ...]) -> None:
    """Both notations are read; an option without a value has none."""
    assert PytestConfiguration(addopts=addopts).values("--cov") == values


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ({}, CoverageConfiguration()),
        ({".coveragerc": "[run]\nsource = a\n"}, CoverageConfiguration(chooses_sources=True)),
        ({".coveragerc": "[run]\nsource_pkgs =\n    a\n    b\n"}, CoverageConfiguration(chooses_sources=True)),
        ({".coveragerc.toml": "[run]\nsource_dirs = ['a']\n"}, CoverageConfiguration(chooses_sources=True)),
        ({"setup.cfg": "[coverage:run]\ninclude = a/*\n"}, CoverageConfiguration(chooses_sources=True)),
        ({"tox.ini": "[coverage:report]\ninclude = a/*\n"}, CoverageConfiguration(chooses_sources=True)),
        ({"pyproject.toml": "[tool.coverage.run]\nsource = ['a']\n"}, CoverageConfiguration(chooses_sources=True)),
        ({"pyproject.toml": "[tool.coverage.report]\nomit = ['a']\n"}, CoverageConfiguration(chooses_omissions=True)),
        ({"pyproject.toml": "[tool.coverage.run]\nbranch = true\n"}, CoverageConfiguration(branch=True)),
        ({"tox.ini": "[coverage:run]\nparallel = Yes\n"}, CoverageConfiguration(parallel=True)),
        ({"tox.ini": "[coverage:run]\nparallel = false\n"}, CoverageConfiguration()),
        (
            {".coveragerc": "[run]\nconcurrency = thread,multiprocessing\n"},
            CoverageConfiguration(parallel=True, follows_workers=True),
        ),
        (
            {"pyproject.toml": "[tool.coverage.run]\npatch = ['subprocess']\n"},
            CoverageConfiguration(parallel=True, follows_children=True),
        ),
        ({"setup.cfg": "[run]\nsource = a\n"}, CoverageConfiguration()),
        (
            {".coveragerc": "", "pyproject.toml": "[tool.coverage.run]\nsource = ['a']\n"},
            CoverageConfiguration(),
        ),
        ({"pyproject.toml": "[tool.coverage.run]\nsource = 3\nparallel = 'x'\nconcurrency = {}\n"}, None),
    ],
)
def test_what_the_configuration_of_coverage_decides(
    texts: dict[str, str], expected: CoverageConfiguration | None
) -> None:
    """Each file coverage.py reads is understood, the first one counts, and senseless values raise nothing."""
    found = coverage_configuration(MemoryTree(texts))
    assert found == (expected or CoverageConfiguration(chooses_sources=True))


def test_a_configuration_file_may_be_named() -> None:
    """The file that --cov-config names is the only one that is read, under either kind of heading."""
    texts = {"etc/cov.ini": "[run]\nparallel = 1\n", ".coveragerc": "[run]\nsource = a\n"}
    assert coverage_configuration(MemoryTree(texts), "etc/cov.ini") == CoverageConfiguration(parallel=True)
    assert coverage_configuration(MemoryTree(texts), "etc/none.ini") == CoverageConfiguration()


@given(
    st.sampled_from(["pytest.ini", "tox.ini", "setup.cfg", "pyproject.toml", "pytest.toml", ".coveragerc"]),
    st.binary(max_size=100) | st.text("[]=tool.pyescvrgun:\n \"'{}", max_size=80).map(str.encode),
)
def test_any_file_gives_a_configuration(path: str, content: bytes) -> None:
    """Whatever stands in a configuration file, nothing is raised."""
    tree = MemoryTree({path: content})
    assert isinstance(pytest_configuration(tree), PytestConfiguration)
    assert isinstance(coverage_configuration(tree), CoverageConfiguration)
