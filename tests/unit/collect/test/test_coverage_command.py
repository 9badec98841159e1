"""How coverage.py is started in projects of all kinds."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from ratchetry.collect.test.configuration import pytest_configuration
from ratchetry.collect.test.coverage_command import COMBINE, COVERAGE, why_unmeasurable
from ratchetry.collect.test.pytest_command import PYTEST, commands
from ratchetry.domain.command import Command
from ratchetry.domain.project import Interpreter
from ratchetry.settings import Settings
from tests.unit.collect.test.suites import SUITE, TOOLS, context

REPORTS = "/repo/.ratchetry/inside/reports/stage"
DATA = f"--data-file={REPORTS}/coverage.data"


def planned(texts: Mapping[str, str | bytes]) -> dict[str, Command]:
    """Return the commands of a repository by name."""
    return {command.name: command for command in commands(context({**SUITE, **texts}))}


def run_options(texts: Mapping[str, str | bytes]) -> tuple[str, ...]:
    """Return the options of `coverage run`."""
    argv = planned(texts)[PYTEST].argv
    return argv[argv.index("run") + 1 : argv.index("-m", 2)]


def reason(texts: Mapping[str, str | bytes], interpreter: Interpreter, *pytest_args: str) -> str:
    """Return why coverage cannot be measured."""
    where = context({**SUITE, **texts}, interpreter=interpreter, settings=Settings(pytest_args=pytest_args))
    return why_unmeasurable(where, pytest_configuration(where.tree, pytest_args))


def test_the_packages_are_measured_with_branches() -> None:
    """A project that configures nothing has its packages measured, files never imported included."""
    assert run_options({}) == (DATA, "--branch", "--source=src/pkg")


@pytest.mark.parametrize(
    ("texts", "options"),
    [
        ({".coveragerc": "[run]\nsource = pkg\n"}, (DATA, "--branch")),
        ({"tox.ini": "[pytest]\naddopts = --cov=src --cov other\n"}, (DATA, "--branch", "--source=src,other")),
        (
            {"tox.ini": "[pytest]\naddopts = --cov-config=etc/c\n", "etc/c": "[run]\nsource = a\n"},
            (DATA, "--rcfile=etc/c", "--branch"),
        ),
        ({".coveragerc": "[run]\nconcurrency = multiprocessing\n"}, (DATA, "--source=src/pkg")),
        (
            {".coveragerc": "[run]\nconcurrency = multiprocessing\nbranch = true\n"},
            (DATA, "--branch", "--source=src/pkg"),
        ),
    ],
)
def test_the_projects_configuration_is_respected(texts: dict[str, str], options: tuple[str, ...]) -> None:
    """Its sources, its options for pytest-cov and its way of following processes decide."""
    assert run_options(texts) == options


def test_without_packages_everything_but_the_tests_is_measured() -> None:
    """Tests that cover themselves are no coverage."""
    where = context({"tests/test_a.py": "", "run.sh": ""})
    argv = commands(where)[0].argv
    assert f"--omit={REPORTS}/observer/*" in argv
    assert not [word for word in argv if word.startswith("--source")]


def test_a_bound_of_the_project_does_not_fail_the_report() -> None:
    """fail_under is for the project's own runs: here the figure is wanted."""
    report = planned({})[COVERAGE]
    assert (report.after, report.cwd, report.report) == (PYTEST, "scratch", f"{REPORTS}/coverage.json")
    assert {"json", DATA, "--fail-under=0"} <= set(report.argv)


def test_data_of_several_processes_is_combined_first() -> None:
    """Parallel data files land among the reports and are combined before the report is written."""
    found = planned({".coveragerc": "[run]\nparallel = true\n"})
    assert list(found) == [PYTEST, COMBINE, COVERAGE]
    assert found[PYTEST].environment["COVERAGE_FILE"] == f"{REPORTS}/coverage.data"
    assert (found[COMBINE].after, found[COVERAGE].after) == (PYTEST, COMBINE)


def test_suites_that_run_coverage_themselves_are_left_alone() -> None:
    """Without parallel data nothing tells other runs of coverage.py where to write."""
    assert "COVERAGE_FILE" not in planned({})[PYTEST].environment


def test_what_workers_measure_beyond_the_packages_is_left_out() -> None:
    """Options do not reach multiprocessing's children: the report is limited instead."""
    found = planned({".coveragerc": "[run]\nconcurrency = multiprocessing\n"})
    assert "--include=src/pkg/*" in found[COVERAGE].argv
    assert not [word for word in planned({})[COVERAGE].argv if word.startswith("--include")]


def test_a_missing_coverage_says_what_to_do() -> None:
    """Without coverage.py the reason names the interpreter and the remedy."""
    assert "add it to the project's test dependencies" in reason({}, Interpreter(executable="/env/bin/python"))


@pytest.mark.parametrize("option", ["concurrency = multiprocessing", "patch = subprocess"])
def test_a_borrowed_coverage_cannot_follow_processes(option: str) -> None:
    """Child processes would not find it: a lower figure would look like a real one."""
    texts = {".coveragerc": f"[run]\n{option}\n"}
    borrowed = Interpreter(executable="/env/bin/python", distributions=TOOLS, appended_path=("/own/lib",))
    own = Interpreter(executable="/env/bin/python", distributions=TOOLS)
    assert "needs coverage.py in the project's own environment" in reason(texts, borrowed)
    assert not reason(texts, own)
    assert not reason({}, borrowed)


@pytest.mark.parametrize("option", [("-n", "2"), ("-n4",), ("-nauto",), ("--numprocesses=3",), ("--tx", "2*popen")])
def test_spreading_by_request_leaves_coverage_unmeasured(option: tuple[str, ...]) -> None:
    """Workers are not measured, unless coverage.py is told to follow them."""
    python = Interpreter(executable="/env/bin/python", distributions={**TOOLS, "pytest-xdist": "3.8.0"})
    assert "worker processes" in reason({}, python, *option)
    assert not reason({".coveragerc": "[run]\npatch = subprocess\n"}, python, *option)


def test_one_process_by_request_is_measured() -> None:
    """-n0 and unrelated options spread nothing, and without pytest-xdist nothing does."""
    python = Interpreter(executable="/env/bin/python", distributions={**TOOLS, "pytest-xdist": "3.8.0"})
    assert not reason({}, python, "-n0", "-k", "not slow")
    assert not reason({}, Interpreter(executable="/env/bin/python", distributions=TOOLS), "-n", "2")
