"""What a stage is: a pure plan of commands and a pure interpretation of how they ended."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from ratchetry.domain.catalog import definition
from ratchetry.domain.command import Plan, ToolOutcome
from ratchetry.domain.project import Base, Interpreter, Project
from ratchetry.domain.record import Fragment, Metric, StageResult, Status
from ratchetry.ports import Fetch, SourceTree
from ratchetry.settings import Settings

OWN_TOOL_ENVIRONMENT: Final = {"PYTHONSAFEPATH": "1", "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUTF8": "1"}
"""For ratchetry's own tools: a ruff.py or click.py in the measured repository must not run in a tool's place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """All a stage may know.

    `scratch` is the copy of the repository in which code may be executed; `reports` the directory for this
    stage's reports and caches (both absolute, both inside the output directory).  `own_python` runs ratchetry's
    tools, whose versions are in `own_distributions`.
    """

    project: Project
    settings: Settings
    interpreter: Interpreter
    tree: SourceTree
    fetch: Fetch
    scratch: str
    reports: str
    artifacts: str
    """Directory for files that are kept for the user, such as the SBOM."""
    own_python: str
    own_distributions: Mapping[str, str]
    base: Base | None = None
    earlier: Fragment = field(default_factory=Fragment)
    """What the stages that this one needs have measured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One stage of the main job.

    `plan` says which commands to run, or why there is nothing to do; `interpret` turns their outcomes into a
    fragment that holds exactly this stage.  `needs` names the stages whose fragments it reads (`Context.earlier`).
    """

    name: str
    plan: Callable[[Context], Plan]
    interpret: Callable[[Context, Mapping[str, ToolOutcome]], Fragment]
    needs: tuple[str, ...] = ()
    reads: Callable[[str], bool] = lambda _path: True
    """Tells of a file whether the stage's result may depend on it."""
    perishable: bool = False
    """Whether its result depends on more than the inputs, such as today's advisories: reused for a day at most."""


def status_of(
    *, failed: bool, unmeasured: Mapping[str, str], tools: Mapping[str, str], failure: str = "", warning: str = ""
) -> StageResult:
    """Return a stage's result: failed if it did, otherwise not measured if any family was not, otherwise passed.

    `failure` says why it failed, `warning` what is wrong although it passed; what was not measured follows.
    """
    reasons = [text] if (text := failure if failed else warning) else []
    reasons += [f"{family}: {why}" for family, why in sorted(unmeasured.items())]
    reason = "; ".join(reasons)[:4096]
    status: Status = "failed" if failed else "not_measured" if unmeasured else "passed"
    return StageResult(status=status, reason=reason, tools=tools, unmeasured=unmeasured)


def measured(name: str, value: float, stage: str, *, n: int = 1, spread: float | None = None) -> tuple[str, Metric]:
    """Return a metric of the catalog under its name, with its catalogued unit and direction.

    Raises KeyError for a name that is not in the catalog: names are added there first.
    """
    entry = definition(name)
    if entry is None:
        raise KeyError(name)
    return name, Metric(value=float(value), unit=entry.unit, better=entry.better, stage=stage, n=n, spread=spread)
