"""Planning, reusing, running and interpreting stages, with stages and tools that are fakes of our own ports."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ratchetry.adapters.cache import StageCache
from ratchetry.adapters.scheduler import Scheduler
from ratchetry.adapters.tree import WorkingTree
from ratchetry.collect.stage import Context, Stage, measured
from ratchetry.domain.command import Command, Plan, Skip, ToolOutcome, Unable
from ratchetry.domain.flaky import Quarantine
from ratchetry.domain.project import Base, Interpreter, Project
from ratchetry.domain.record import Change, Fragment, StageResult, Status, TestResult
from ratchetry.errors import ReportError
from ratchetry.pipeline.measure import Measured, measure, plan_stages, stage_key
from ratchetry.pipeline.survey import Places, Survey
from ratchetry.settings import Settings
from tests.builders import RUN, RUNNER

FILES = {"src/a.py": "1", "README.md": "2"}


@dataclass
class World:
    """A runner, clock, progress and fetch that touch nothing and write down what they were asked."""

    ran: list[str] = field(default_factory=list)
    finished_stages: dict[str, StageResult] = field(default_factory=dict)
    on_run: Callable[[Command], None] = lambda _: None

    def __call__(self, command: Command, timeout: float) -> ToolOutcome:
        """Return the command's name as its report."""
        assert timeout > 0
        self.ran.append(command.name)
        self.on_run(command)
        return ToolOutcome(name=command.name, exit_code=0, stdout=command.name.encode())

    def fetch(self, url: str) -> bytes:
        """Fail: no stage here may fetch."""
        raise AssertionError(url)

    def now(self) -> datetime:
        """Return a fixed moment."""
        return datetime(2026, 1, 2, tzinfo=UTC)

    def monotonic(self) -> float:
        """Return a time that stands still."""
        return 0.0

    def preparing(self, what: str) -> None:
        """Ignore it."""

    def planned(self, stages: Sequence[str]) -> None:
        """Ignore it."""

    def started(self, stage: str, command: str) -> None:
        """Ignore it."""

    def ended(self, stage: str, command: str, seconds: float) -> None:
        """Ignore it."""

    def finished(self, stage: str, result: StageResult) -> None:
        """Write down how a stage ended."""
        self.finished_stages[stage] = result


def _survey(root: Path, **changes: object) -> Survey:
    """Return what is known of an empty repository."""
    places = Places(root=root, output=root / ".ratchetry")
    known = Survey(
        places=places,
        settings=Settings(),
        tree=WorkingTree(root, places.output),
        project=Project(root=str(root)),
        interpreter=Interpreter(executable="python", version="3.11.2", distributions={"pytest": "9"}),
        runner=RUNNER,
        run=RUN,
        change=Change(),
        base=None,
        base_problem="",
        own_distributions={"ruff": "1"},
    )
    return replace(known, **changes)  # type: ignore[arg-type]  # a wrong field fails the test


def _stage(
    name: str = "quality",
    *,
    status: Status = "passed",
    plan: Plan | None = None,
    needs: tuple[str, ...] = (),
    perishable: bool = False,
    broken: Exception | None = None,
) -> Stage:
    """Return a stage whose lint findings are the number of its commands' report bytes."""

    def interpret(context: Context, outcomes: Mapping[str, ToolOutcome]) -> Fragment:
        if broken:
            raise broken
        size = sum(len(outcome.require(0)) for outcome in outcomes.values())
        size += sum(int(metric.value) for metric in context.earlier.metrics.values())
        result = StageResult(status=status, reason="" if status == "passed" else "so")
        return Fragment(stages={name: result}, metrics=dict([measured("lint.findings", size, name)]))

    commands: Plan = (Command(name=f"{name}-tool", argv=("x",)),) if plan is None else plan
    return Stage(
        name=name,
        plan=lambda _: commands,
        interpret=interpret,
        needs=needs,
        reads=lambda path: path.endswith(".py"),
        perishable=perishable,
    )


def _measure(root: Path, world: World, *stages: Stage, **changes: object) -> Measured:
    """Return what the stages measured."""
    day, digests = str(changes.pop("day", "2026-01-02")), changes.pop("digests", FILES)
    cache, quarantine = changes.pop("cache", True), changes.pop("quarantine", ())
    assert isinstance(digests, dict)
    assert isinstance(quarantine, tuple)
    known = _survey(root, **changes)
    store = StageCache(known.places.cache) if cache else None
    plans = plan_stages(known, stages, digests=digests, cache=store, fetch=world.fetch, day=day)
    scheduler = Scheduler(runner=world, progress=world, clock=world, slots=2, timeout=60)
    return measure(plans, scheduler, cache=store, progress=world, quarantine=quarantine)


def test_stages_are_run_interpreted_and_merged(tmp_path: Path) -> None:
    """Every stage's commands run, and its interpretation is in the one fragment."""
    world = World()
    fragment = _measure(tmp_path, world, _stage("quality"), _stage("validate")).fragment
    assert sorted(world.ran) == ["quality-tool", "validate-tool"]
    assert {name: result.status for name, result in fragment.stages.items()} == {
        "quality": "passed",
        "validate": "passed",
    }
    assert set(world.finished_stages) == {"quality", "validate"}


def test_what_has_not_changed_is_reused_and_marked(tmp_path: Path) -> None:
    """A second run with the same inputs runs nothing, says so, and gives the same figures."""
    first = _measure(tmp_path, World(), _stage()).fragment
    world = World()
    second = _measure(tmp_path, world, _stage()).fragment
    assert world.ran == []
    assert second.stages["quality"].cached
    assert not first.stages["quality"].cached
    assert second.metrics == first.metrics


@pytest.mark.parametrize(
    "changes",
    [
        {"digests": {**FILES, "src/a.py": "changed"}},
        {"digests": {**FILES, "src/b.py": "new"}},
        {"interpreter": Interpreter(executable="python", version="3.12.0", distributions={"pytest": "9"})},
        {"interpreter": Interpreter(executable="python", version="3.11.2", distributions={"pytest": "10"})},
        {"own_distributions": {"ruff": "2"}},
        {"settings": Settings(pytest_args=("-x",))},
        {"base": Base(commit="abc")},
    ],
)
def test_any_changed_input_is_measured_anew(tmp_path: Path, changes: dict[str, object]) -> None:
    """Sources, tools, environment, settings and base all belong to the inputs."""
    _measure(tmp_path, World(), _stage())
    world = World()
    _measure(tmp_path, world, _stage(), **changes)
    assert world.ran == ["quality-tool"]


@pytest.mark.parametrize(
    "changes",
    [
        {"digests": {**FILES, "README.md": "changed"}},  # the stage does not read it
        {"settings": Settings(jobs=7, timeout=1.0, optional=("test",))},  # only how it is run and judged
        {"day": "2026-01-03"},
    ],
)
def test_what_is_no_input_does_not_matter(tmp_path: Path, changes: dict[str, object]) -> None:
    """A change that cannot change the result does not cost a run."""
    _measure(tmp_path, World(), _stage())
    world = World()
    _measure(tmp_path, world, _stage(), **changes)
    assert world.ran == []


def test_a_perishable_result_lasts_for_a_day(tmp_path: Path) -> None:
    """Advisories of today say nothing about tomorrow."""
    _measure(tmp_path, World(), _stage(perishable=True))
    world = World()
    _measure(tmp_path, world, _stage(perishable=True), day="2026-01-03")
    assert world.ran == ["quality-tool"]


@pytest.mark.parametrize("status", ["failed", "not_measured"])
def test_only_what_passed_is_reused(tmp_path: Path, status: Status) -> None:
    """A failure may be a flake and a missing measurement an outage: both are tried again."""
    _measure(tmp_path, World(), _stage(status=status))
    world = World()
    _measure(tmp_path, world, _stage(status=status))
    assert world.ran == ["quality-tool"]


def test_a_failure_in_quarantine_is_passed_over_for_once_and_not_cached(tmp_path: Path) -> None:
    """The stage passes with what it passes over; what was measured had failed, and is tried again."""

    def interpret(_context: Context, _outcomes: Mapping[str, ToolOutcome]) -> Fragment:
        tests = (TestResult(id="tests/a.py::test", outcome="failed"),)
        return Fragment(stages={"test": StageResult(status="failed", reason="1 of 1 tests failed")}, tests=tests)

    stage = Stage(name="test", plan=lambda _: (Command(name="pytest", argv=("x",)),), interpret=interpret)
    listed = (Quarantine(test="tests/a.py::test", reason="slow", until="2026-12-01"),)
    assert _measure(tmp_path, World(), stage, quarantine=listed).fragment.stages["test"].status == "passed"
    world = World()
    assert _measure(tmp_path, world, stage).fragment.stages["test"].status == "failed"
    assert world.ran == ["pytest"]


def test_nothing_is_reused_when_the_cache_is_off(tmp_path: Path) -> None:
    """Without a cache everything runs, every time."""
    _measure(tmp_path, World(), _stage())
    world = World()
    _measure(tmp_path, world, _stage(), cache=False)
    assert world.ran == ["quality-tool"]


def test_a_damaged_entry_is_measured_anew(tmp_path: Path) -> None:
    """A corrupted cache costs time, nothing else."""
    _measure(tmp_path, World(), _stage())
    (entry,) = (tmp_path / ".ratchetry" / "cache").iterdir()
    entry.write_bytes(entry.read_bytes()[:-5])
    world = World()
    fragment = _measure(tmp_path, world, _stage()).fragment
    assert world.ran == ["quality-tool"]
    assert fragment.stages["quality"].status == "passed"


def test_artifacts_come_back_with_a_reused_result(tmp_path: Path) -> None:
    """A bill of materials stands there after a run that reused its stage, too."""
    artifact = tmp_path / ".ratchetry" / "artifacts" / "quality" / "sbom.json"

    def write(_command: Command) -> None:
        artifact.parent.mkdir(parents=True)
        artifact.write_bytes(b"components")

    _measure(tmp_path, World(on_run=write), _stage())
    artifact.unlink()
    world = World()
    _measure(tmp_path, world, _stage())
    assert (world.ran, artifact.read_bytes()) == ([], b"components")


def test_a_stage_reads_what_the_stages_it_needs_have_measured(tmp_path: Path) -> None:
    """A stage waits for its needs, reused or not; without commands it is cheap and never reused itself."""
    stages = (_stage("score", plan=(), needs=("quality",)), _stage("quality"))
    first, second = (_measure(tmp_path, World(), *stages).fragment for _ in range(2))
    assert first.metrics["lint.findings"].value == second.metrics["lint.findings"].value == len("quality-tool")
    assert [second.stages[name].cached for name in ("quality", "score")] == [True, False]


def test_a_need_that_does_not_run_is_not_waited_for(tmp_path: Path) -> None:
    """`--stage score` alone ends, and finds nothing of the others."""
    fragment = _measure(tmp_path, World(), _stage("score", plan=(), needs=("quality",))).fragment
    assert fragment.metrics["lint.findings"].value == 0


@pytest.mark.parametrize(
    ("plan", "status"),
    [(Skip(reason="nothing there"), "skipped"), (Unable(reason="nothing there"), "not_measured")],
)
def test_a_stage_with_nothing_to_run_says_why(tmp_path: Path, plan: Plan, status: Status) -> None:
    """Skipped and unable are results with a reason."""
    result = _measure(tmp_path, World(), _stage(plan=plan)).fragment.stages["quality"]
    assert (result.status, result.reason) == (status, "nothing there")


def test_a_report_that_cannot_be_read_leaves_its_stage_unmeasured(tmp_path: Path) -> None:
    """A ReportError is the stage's reason, and no error of ratchetry."""
    outcome = _measure(tmp_path, World(), _stage(broken=ReportError("junit.xml: cut short")))
    assert outcome.fragment.stages["quality"].reason == "junit.xml: cut short"
    assert outcome.broken == ()


def test_an_error_of_ours_spoils_no_other_stage(tmp_path: Path) -> None:
    """A bug in one interpretation is told as such, and the other stages are kept."""
    outcome = _measure(tmp_path, World(), _stage("quality", broken=ZeroDivisionError("oops")), _stage("validate"))
    assert outcome.fragment.stages["quality"].status == "not_measured"
    assert outcome.fragment.stages["quality"].reason.startswith("ratchetry itself broke")
    assert outcome.fragment.stages["validate"].status == "passed"
    assert [type(error) for error in outcome.broken] == [ZeroDivisionError]


def test_only_the_benchmark_depends_on_the_machine(tmp_path: Path) -> None:
    """Timings of another processor are not reused, everything else is."""
    here, there = _survey(tmp_path), _survey(tmp_path, runner=replace(RUNNER, cpu_model="another"))
    for name, same in (("quality", True), ("benchmark", False)):
        keys = {stage_key(_stage(name), known, FILES, "day") for known in (here, there)}
        assert (len(keys) == 1) is same
