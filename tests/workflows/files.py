"""The workflow and action files as values, with the text that YAML would not keep."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Final

import msgspec
import yaml
from msgspec import Struct, field

from ratchetry.pipeline.stubs import STUBS, Pin, stub

ROOT: Final = Path(__file__).parents[2]
WORKFLOWS: Final = ROOT / ".github" / "workflows"
ACTIONS: Final = ROOT / ".github" / "actions"
OWN: Final = "$/"
"""How a file names another one of its own repository and commit."""

PIN: Final = Pin(repository="ratchetry/ratchetry", commit="0123456789abcdef0123456789abcdef01234567", label="v1.2.3")

Scalar = str | int | float | bool | None


class Step(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One step of a job or of a composite action."""

    id: str = ""
    name: str = ""
    if_: str | bool = field(name="if", default="")
    uses: str = ""
    with_: dict[str, Scalar] = field(name="with", default_factory=dict)
    run: str = ""
    shell: str = ""
    env: dict[str, Scalar] = field(default_factory=dict)
    working_directory: str = field(name="working-directory", default="")


class Job(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One job: with steps of its own, or one that calls a workflow."""

    name: str = ""
    if_: str | bool = field(name="if", default="")
    needs: tuple[str, ...] = ()
    runs_on: str = field(name="runs-on", default="")
    timeout_minutes: int = field(name="timeout-minutes", default=0)
    permissions: dict[str, str] | None = None
    environment: str = ""
    env: dict[str, Scalar] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)
    strategy: dict[str, object] = field(default_factory=dict)
    steps: tuple[Step, ...] = ()
    uses: str = ""
    with_: dict[str, Scalar] = field(name="with", default_factory=dict)


class Input(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One input of a workflow or action."""

    description: str
    type: str = "string"
    default: Scalar = None
    required: bool = False
    options: tuple[str, ...] = ()


class Output(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One output of a workflow that is called."""

    description: str
    value: str


class Call(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a workflow that is called, or requested by hand, takes and gives."""

    inputs: dict[str, Input] = field(default_factory=dict)
    outputs: dict[str, Output] = field(default_factory=dict)


class Workflow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One workflow."""

    name: str
    on: dict[str, object]
    permissions: dict[str, str] | None = None
    concurrency: dict[str, Scalar] = field(default_factory=dict)
    jobs: dict[str, Job]

    @property
    def is_called(self) -> bool:
        """Tell whether other workflows call this one."""
        return "workflow_call" in self.on

    @property
    def call(self) -> Call:
        """Return what it takes and gives, by call or by hand."""
        row = self.on.get("workflow_call") or self.on.get("workflow_dispatch") or {}
        return msgspec.convert(row, Call)


class Runs(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a composite action does."""

    using: str
    steps: tuple[Step, ...]


class Action(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One composite action."""

    name: str
    description: str
    inputs: dict[str, Input] = field(default_factory=dict)
    outputs: dict[str, Output] = field(default_factory=dict)
    runs: Runs


@cache
def texts() -> Mapping[str, str]:
    """Return the text of every workflow and action by its path, the stubs that init writes among them."""
    paths = [*sorted(WORKFLOWS.glob("*.yml")), *sorted(ACTIONS.glob("*/action.yml"))]
    own = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in paths}
    return {**own, **{f"init:{path}": stub(path, PIN, "main") for path in STUBS}}


@cache
def workflows() -> Mapping[str, Workflow]:
    """Return every workflow by its path."""
    return {path: _workflow(text) for path, text in texts().items() if "/workflows/" in path}


@cache
def actions() -> Mapping[str, Action]:
    """Return every action by its path."""
    return {
        path: msgspec.convert(yaml.safe_load(text), Action) for path, text in texts().items() if "/actions/" in path
    }


def _workflow(text: str) -> Workflow:
    """Return a workflow, with `on` as it is written and every list that may be one word a list."""
    document = yaml.safe_load(text)
    document["on"] = document.pop(True)
    return msgspec.convert(document, Workflow)


def jobs() -> Iterator[tuple[str, Job]]:
    """Yield every job, with where it stands."""
    for path, workflow in workflows().items():
        yield from ((f"{path} {name}", job) for name, job in workflow.jobs.items())


def steps() -> Iterator[tuple[str, Step]]:
    """Yield every step of jobs and actions, with where it stands."""
    for place, job in jobs():
        yield from ((f"{place} step {number}", step) for number, step in enumerate(job.steps, start=1))
    for path, action in actions().items():
        yield from ((f"{path} step {number}", step) for number, step in enumerate(action.runs.steps, start=1))


def uses() -> Iterator[tuple[str, str]]:
    """Yield everything that is used, by steps and by jobs, with where it stands."""
    yield from ((place, job.uses) for place, job in jobs() if job.uses)
    yield from ((place, step.uses) for place, step in steps() if step.uses)


def target(used: str) -> str:
    """Return the path in this repository of what is used of it, empty for what is of others."""
    for prefix in (OWN, f"{PIN.repository}/"):
        if used.startswith(prefix):
            path = used.removeprefix(prefix).partition("@")[0]
            return path if path.endswith(".yml") else f"{path}/action.yml"
    return ""
