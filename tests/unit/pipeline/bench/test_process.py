"""One process runs as long as it should, and what it leaves is read."""

from __future__ import annotations

import json
from pathlib import Path

from ratchetry.domain.command import Command, ToolOutcome
from ratchetry.pipeline.bench.plan import Effort
from ratchetry.pipeline.bench.process import MOST_BENCHMARKS, process_command, read
from tests.unit.collect.contexts import context_of

DATA = Path(__file__).parents[3] / "data" / "pytest-benchmark-5.3.1"
CONTEXT = context_of({"tests/test_a.py": "def test_a(benchmark):\n    benchmark(sum, [1, 2])\n"})
PLANNED = Command(name="pytest-benchmark", argv=("python", "-m", "pytest"), environment={"A": "1"})


def outcome(exit_code: int, *, report: bytes | None = None, stdout: bytes = b"") -> ToolOutcome:
    """Return how pytest ended."""
    return ToolOutcome(name="pytest-benchmark", exit_code=exit_code, report=report, stdout=stdout, duration=2.5)


def test_our_options_follow_those_of_the_project() -> None:
    """The effort, the expression and the names stand at the end, none of which can be taken for another option."""
    asked = process_command(
        PLANNED, ("@b.py::t[-x]", "-c.py"), Effort(seconds=0.05, rounds=3), 42, expression="-not slow"
    )
    assert asked.argv[:3] == PLANNED.argv
    assert {"--benchmark-max-time=0.05", "--benchmark-min-rounds=3", "-k-not slow"} <= set(asked.argv)
    assert asked.argv[-2:] == ("./@b.py::t[-x]", "./-c.py")
    assert asked.environment == {"A": "1", "PYTHONHASHSEED": "42"}
    assert not any(word.startswith("-k") for word in process_command(PLANNED, (), Effort(seconds=1, rounds=1), 0).argv)


def test_the_rounds_of_a_report_are_read() -> None:
    """Each benchmark has its rounds; the process took what it took, and there is no problem."""
    found = read(CONTEXT, outcome(0, report=(DATA / "test_speed.json").read_bytes()))
    assert found.rounds
    assert (found.problem, found.failures, found.seconds) == ("", (), 2.5)
    assert found.warm_up(found.rounds).calls == tuple(min(rounds) for rounds in found.rounds.values())


def test_failures_are_told_beside_what_was_measured() -> None:
    """A benchmark that fails leaves the times of the others."""
    name = "tests/test_bad.py::test_bad"
    said = f"= short test summary info =\nFAILED {name} - assert 0\n= 1 failed =\n".encode()
    found = read(CONTEXT, outcome(1, report=(DATA / "test_speed.json").read_bytes(), stdout=said))
    assert found.failures == (f"{name}: assert 0",)
    assert (bool(found.rounds), found.problem) == (True, "")


def test_a_process_without_a_report_has_a_problem() -> None:
    """Whatever kept it from measuring is the reason, the failure first where one is known."""
    assert "exit code 3" in read(CONTEXT, outcome(3)).problem
    said = b"= short test summary info =\nERROR a.py - ModuleNotFoundError: x\n= 1 error =\n"
    assert "a.py" in read(CONTEXT, outcome(2, stdout=said)).problem
    assert read(CONTEXT, outcome(0, report=b"{")).problem
    assert "-k" in read(CONTEXT, outcome(5)).problem


def test_too_many_benchmarks_are_refused() -> None:
    """A report may hold more of them than can be compared."""
    rows = [{"fullname": f"t{number}", "stats": {"data": [1.0]}} for number in range(MOST_BENCHMARKS + 1)]
    found = read(CONTEXT, outcome(0, report=json.dumps({"benchmarks": rows}).encode()))
    assert not found.rounds
    assert "choose with -k" in found.problem
