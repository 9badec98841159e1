"""The benchmark stage skips, refuses, runs and reads."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from ratchetry.collect.benchmark import STAGE
from ratchetry.collect.stage import Context
from ratchetry.domain.command import Command, Skip, ToolOutcome, Unable
from ratchetry.domain.project import Interpreter
from ratchetry.settings import Settings
from tests.unit.collect.contexts import PYTEST, context_of

DATA = Path(__file__).parents[3] / "data" / "pytest-benchmark-5.3.1"
TESTS: dict[str, str | bytes] = {"tests/test_a.py": "def test_a(benchmark):\n    benchmark(sum, [1, 2])\n"}


def only_command(context: Context) -> Command:
    """Return the one command of the plan."""
    planned = STAGE.plan(context)
    assert isinstance(planned, tuple)
    (command,) = planned
    return command


def outcome(
    exit_code: int | None, *, report: bytes | None = None, stdout: bytes = b"", problem: str = ""
) -> ToolOutcome:
    """Return how pytest ended."""
    return ToolOutcome(name="pytest-benchmark", exit_code=exit_code, report=report, stdout=stdout, problem=problem)


def test_a_refused_option_is_quoted() -> None:
    """The reason is pytest's complaint, not the directory that it prints after it."""
    stderr = (
        "ERROR: usage: python -m pytest [options] [file_or_dir] [file_or_dir] [...]\n"
        "python -m pytest: error: unrecognized arguments: --cov=pkg\n  inifile: /repo/tox.ini\n  rootdir: /repo\n"
    )
    ended = ToolOutcome(name="pytest-benchmark", exit_code=4, stderr=stderr)
    stage = STAGE.interpret(context_of(TESTS), {"pytest-benchmark": ended}).stages["benchmark"]
    assert stage.status == "not_measured"
    assert stage.reason.endswith("refused its command line or configuration: unrecognized arguments: --cov=pkg")


def test_without_benchmarks_the_stage_is_skipped() -> None:
    """The reason says what was looked for."""
    planned = STAGE.plan(context_of({"tests/test_a.py": "def test_a(): pass"}))
    assert planned == Skip(reason="no benchmarks: no test takes the benchmark fixture")


@pytest.mark.parametrize(
    ("interpreter", "says"),
    [
        (Interpreter(executable="/env/bin/python", distributions={"pytest": "9"}), "has no pytest-benchmark"),
        (Interpreter(executable="", problem="no Python 3.14 here"), "no Python 3.14 here"),
    ],
)
def test_benchmarks_that_cannot_be_run_are_not_measured(interpreter: Interpreter, says: str) -> None:
    """A missing plugin or interpreter is a reason, not a skip."""
    planned = STAGE.plan(context_of(TESTS, interpreter=interpreter))
    assert isinstance(planned, Unable)
    assert says in planned.reason


def test_the_command_runs_alone_and_writes_only_into_the_reports() -> None:
    """Every path it is told to write is below the reports; helpers that disturb timing are switched off if there."""
    distributions = {**PYTEST, "pytest-xdist": "3", "pytest-cov": "7"}
    interpreter = Interpreter(executable="/env/bin/python", distributions=distributions, import_path=("src", "/opt/a"))
    context = context_of(TESTS, interpreter=interpreter, settings=Settings(pytest_args=("-n", "4")))
    command = only_command(context)
    assert (command.cwd, command.exclusive) == ("scratch", True)
    assert command.argv[:4] == ("/env/bin/python", "-B", "-m", "pytest")
    assert command.argv.index("-n0") > command.argv.index("-n")
    assert {"--no-cov", "--benchmark-only", "--benchmark-enable"} <= set(command.argv)
    assert f"--benchmark-storage=file://{context.reports}/storage" in command.argv
    assert f"cache_dir={context.reports}/pytest-cache" in command.argv
    assert command.report == f"{context.reports}/benchmark.json"
    assert command.environment["PYTHONPATH"] == f"{context.scratch}/src:/opt/a"
    assert command.argv[-1] == "tests/test_a.py"


def test_plugins_that_are_not_installed_are_not_switched_off() -> None:
    """An option of a missing plugin would be a usage error of pytest's."""
    assert not {"-n0", "--no-cov"} & set(only_command(context_of(TESTS)).argv)


def test_a_file_that_is_called_like_an_option_is_none() -> None:
    """A hostile name cannot add options to the command."""
    texts: dict[str, str | bytes] = {"--co/test_a.py": "def test_a(benchmark): pass"}
    assert only_command(context_of(texts)).argv[-1] == "./--co/test_a.py"


def test_rounds_medians_and_versions_are_kept() -> None:
    """A clean run passes and gives one metric for each benchmark."""
    report = (DATA / "test_speed.json").read_bytes()
    fragment = STAGE.interpret(context_of(TESTS), {"pytest-benchmark": outcome(0, report=report)})
    result = fragment.stages["benchmark"]
    assert (result.status, result.tools) == ("passed", {"pytest": "9.0.0", "pytest-benchmark": "5.3.1"})
    assert len(fragment.metrics) == len(fragment.benchmarks) == 5
    assert fragment.metrics["benchmark.tests.test_speed.test_sum"].n == 12


def test_rounds_are_capped_but_the_median_rests_on_all() -> None:
    """The record keeps 10,000 rounds and says how many there were."""
    rounds = [float(value) for value in range(25_001)]
    report = json.dumps({"benchmarks": [{"fullname": "t", "stats": {"data": rounds}}]}).encode()
    fragment = STAGE.interpret(context_of(TESTS), {"pytest-benchmark": outcome(0, report=report)})
    (row,) = fragment.benchmarks
    assert (len(row.rounds), row.statistics["rounds_measured"]) == (10_000, 25_001)
    assert (fragment.metrics["benchmark.t"].value, fragment.metrics["benchmark.t"].n) == (12_500.0, 25_001)


def test_a_benchmark_that_fails_fails_the_stage_and_spares_the_others() -> None:
    """What was measured is kept, what failed becomes a finding with a fingerprint."""
    report, stdout = ((DATA / f"test_broken.{kind}").read_bytes() for kind in ("json", "txt"))
    fragment = STAGE.interpret(context_of(TESTS), {"pytest-benchmark": outcome(1, report=report, stdout=stdout)})
    assert fragment.stages["benchmark"].status == "failed"
    assert list(fragment.metrics) == ["benchmark.benchmarks.test_broken.test_wrong_afterwards"]
    assert len({row.fingerprint for row in fragment.findings}) == 2


def test_benchmarks_that_all_fail_fail_the_stage() -> None:
    """Without any data the stage is failed, and says that nothing was measured."""
    stdout = (DATA / "test_broken.txt").read_bytes()
    fragment = STAGE.interpret(context_of(TESTS), {"pytest-benchmark": outcome(1, report=b"", stdout=stdout)})
    assert fragment.stages["benchmark"].status == "failed"
    assert "empty" in fragment.stages["benchmark"].unmeasured["benchmark"]


def test_marks_of_another_plugin_are_no_benchmarks() -> None:
    """Where the mark is CodSpeed's and no test takes the fixture, there is nothing to measure."""
    context = context_of({"bench/test_a.py": "import pytest\n\npytestmark = pytest.mark.benchmark()\n"})
    assert "-rfEs" in only_command(context).argv
    stdout = (DATA / "test_marked.txt").read_bytes()
    result = STAGE.interpret(context, {"pytest-benchmark": outcome(0, stdout=stdout)}).stages["benchmark"]
    assert result.status == "skipped"
    assert result.reason.endswith("do not take the benchmark fixture")


def test_benchmarks_that_are_all_skipped_are_not_measured() -> None:
    """A skip that the project itself asks for hides benchmarks that exist."""
    stdout = (DATA / "test_marked.txt").read_bytes().replace(b"Skipping non-benchmark", b"could not import", 1)
    result = STAGE.interpret(context_of(TESTS), {"pytest-benchmark": outcome(0, stdout=stdout)}).stages["benchmark"]
    assert result.status == "not_measured"


@pytest.mark.parametrize(
    ("ended", "says"),
    [
        (outcome(0, report=b""), "empty"),
        (outcome(None, problem="killed after 1800 s"), "killed after 1800 s"),
        (outcome(4, report=b"", stdout=b"unrecognized arguments: -n0"), "exit code 4: unrecognized arguments"),
        (outcome(5, report=b"", stdout=b"no tests ran"), "exit code 5"),
        (
            outcome(2, report=b"", stdout=(DATA / "test_lost.txt").read_bytes()),
            "could not collect test_lost.py: ModuleNotFoundError: No module named 'absent'",
        ),
        (outcome(1, report=b'{"benchmarks": 3}'), "cannot be read"),
    ],
)
def test_a_run_without_data_is_not_measured(ended: ToolOutcome, says: str) -> None:
    """Benchmarks that exist and left nothing are never skipped and never a pass."""
    fragment = STAGE.interpret(context_of(TESTS), {"pytest-benchmark": ended})
    assert fragment.stages["benchmark"].status == "not_measured"
    assert says in fragment.stages["benchmark"].unmeasured["benchmark"]
    assert not fragment.metrics


@pytest.mark.parametrize("appended", [(), ("/nowhere",)])
def test_the_planned_command_measures_a_real_project(tmp_path: Path, appended: tuple[str, ...]) -> None:
    """pytest-benchmark runs as planned, with xdist and coverage wished for by the project, and leaves no trace."""
    scratch = tmp_path / "a b" / "scratch"
    (scratch / "tests").mkdir(parents=True)
    (scratch / "src").mkdir()
    (scratch / "pyproject.toml").write_text("[tool.pytest.ini_options]\naddopts = '-n2 --cov --benchmark-disable'\n")
    (scratch / "src" / "measured.py").write_text("def double(x):\n    return 2 * x\n")
    test = "import measured\n\ndef test_a(benchmark):\n    benchmark.pedantic(measured.double, (2,), rounds=7)\n"
    (scratch / "tests" / "test_a.py").write_text(test)
    distributions = {**PYTEST, "pytest-xdist": "3", "pytest-cov": "7"}
    interpreter = Interpreter(
        executable=sys.executable, distributions=distributions, import_path=("src",), appended_path=appended
    )
    context = replace(
        context_of({"tests/test_a.py": test}, interpreter=interpreter),
        scratch=str(scratch),
        reports=str(tmp_path / "reports"),
    )
    (tmp_path / "reports").mkdir()
    before = sorted(scratch.rglob("*"))
    command = only_command(context)
    ours = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    environment = {**ours, **command.environment}
    ended = subprocess.run(command.argv, cwd=scratch, env=environment, capture_output=True, timeout=120, check=False)
    assert command.report is not None
    report = Path(command.report).read_bytes()
    fragment = STAGE.interpret(
        context, {"pytest-benchmark": outcome(ended.returncode, report=report, stdout=ended.stdout)}
    )
    assert fragment.stages["benchmark"].status == "passed", ended.stdout.decode()
    assert fragment.metrics["benchmark.tests.test_a.test_a"].n == 7
    assert sorted(scratch.rglob("*")) == before
