"""What `ratchetry init` writes: planned as values, applied in one place."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from ratchetry.domain.record import Metric, RunRecord
from ratchetry.domain.score_model import ScoreModel
from ratchetry.domain.thresholds import BoundKind, Threshold, Thresholds
from ratchetry.pipeline.stubs import STUBS, Pin, stub
from ratchetry.settings import Settings
from ratchetry.state import score_model as score_model_file
from ratchetry.state import thresholds as thresholds_file

State = Literal["missing", "same", "differs"]

CONFIGURATION: Final = """\
# Settings of ratchetry; `ratchetry doctor` shows the ones in force.
# stages or metrics that may go unmeasured without changing the verdict
optional = []
# prompt and instruction documents to score
documents = ["README.md"]
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seed:
    """How the first bound of a metric follows from its first measurement."""

    kind: BoundKind
    step: float
    """The bound is the measured value, rounded towards the lenient side to a multiple of this."""
    target: float | None = None


SEEDS: Final[Mapping[str, Seed]] = {
    "tests.pass_rate": Seed(kind="minimum", step=0.001, target=1.0),
    "coverage.line": Seed(kind="minimum", step=1.0, target=100.0),
    "coverage.branch": Seed(kind="minimum", step=1.0, target=100.0),
    "lint.findings": Seed(kind="maximum", step=1.0, target=0.0),
    "format.files": Seed(kind="maximum", step=1.0, target=0.0),
    "types.errors": Seed(kind="maximum", step=1.0, target=0.0),
    "complexity.max": Seed(kind="maximum", step=1.0, target=10.0),
    "security.bandit.high": Seed(kind="maximum", step=1.0, target=0.0),
    "security.bandit.medium": Seed(kind="maximum", step=1.0, target=0.0),
    "security.secrets": Seed(kind="maximum", step=1.0, target=0.0),
    "security.vulnerabilities.critical": Seed(kind="maximum", step=1.0, target=0.0),
    "security.vulnerabilities.high": Seed(kind="maximum", step=1.0, target=0.0),
    "score.total": Seed(kind="minimum", step=0.01, target=0.90),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FileChange:
    """One file that a setup wants: what stands there now and what should."""

    path: str
    wanted: str
    present: str | None = None
    adds: bool = False
    """Whether what is wanted keeps all that stands there, and so needs no force."""

    @property
    def state(self) -> State:
        """Return how the file differs from what is wanted."""
        if self.present == self.wanted:
            return "same"
        return "missing" if self.present is None or self.adds else "differs"


def seeded(record: RunRecord, *, today: str) -> Thresholds:
    """Return bounds that the measured run just meets; what was not measured gets none."""
    bounds = tuple(
        _seed(name, record.metrics[name], seed) for name, seed in sorted(SEEDS.items()) if name in record.metrics
    )
    return Thresholds(updated_at=today, bounds=bounds)


def _seed(name: str, metric: Metric, seed: Seed) -> Threshold:
    """Return the first bound of a metric, never stricter than what was measured nor laxer than one step."""
    rounding = math.floor if seed.kind == "minimum" else math.ceil
    steps = rounding(round(metric.value / seed.step, 9))
    lenient = -1 if seed.kind == "minimum" else 1
    if (steps * seed.step - metric.value) * lenient < 0:
        steps += lenient  # a value a hair's breadth beside a whole step was rounded onto it
    bound = round(steps * seed.step, 9)
    reached = seed.target is not None and (bound >= seed.target if seed.kind == "minimum" else bound <= seed.target)
    target = bound if reached else seed.target
    return Threshold(metric=name, kind=seed.kind, bound=bound, target=target, increment=seed.step)


def plan_setup(
    root: Path, settings: Settings, thresholds: Thresholds | None, *, pin: Pin | None = None, branch: str = "main"
) -> tuple[FileChange, ...]:
    """Return every file that a repository needs.

    `thresholds` is None when they exist and need no measurement, `pin` when no workflows are wanted; `branch` is the
    default branch.
    """
    changes = [
        _configuration(root),
        _change(root, settings.score_model, score_model_file.dumps(ScoreModel()).decode()),
        *(() if pin is None else (_change(root, path, stub(path, pin, branch)) for path in STUBS)),
    ]
    if thresholds is not None:
        wanted = thresholds_file.dumps(thresholds).decode()
        changes.insert(1, _change(root, settings.thresholds, wanted))
    return tuple(changes)


def apply_setup(root: Path, changes: tuple[FileChange, ...], *, force: bool) -> tuple[FileChange, ...]:
    """Write what is missing and, when forced, what differs; return what was written."""
    from ratchetry.adapters.files import write_atomic

    written = tuple(change for change in changes if change.state == "missing" or (force and change.state == "differs"))
    for change in written:
        path = root / change.path
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(path, change.wanted.encode("utf-8"))
    return written


def _change(root: Path, path: str, wanted: str) -> FileChange:
    """Return the change of a file that is wholly ours."""
    target = root / path
    present = target.read_text(encoding="utf-8", errors="replace") if target.is_file() else None
    return FileChange(path=path, wanted=wanted, present=present)


def _configuration(root: Path) -> FileChange:
    """Return the change that gives the repository its settings: a table in pyproject.toml, or ratchetry.toml."""
    own, shared = root / "ratchetry.toml", root / "pyproject.toml"
    if own.is_file() or not shared.is_file():
        return _change(root, "ratchetry.toml", CONFIGURATION)
    present = shared.read_text(encoding="utf-8", errors="replace")
    if _has_table(present):
        return FileChange(path="pyproject.toml", wanted=present, present=present)
    wanted = f"{present.rstrip()}\n\n[tool.ratchetry]\n{CONFIGURATION}"
    return FileChange(path="pyproject.toml", wanted=wanted, present=present, adds=True)


def _has_table(text: str) -> bool:
    """Tell whether a pyproject.toml has our table, or is too broken to be given one."""
    try:
        tool = tomllib.loads(text).get("tool", {})
    except (tomllib.TOMLDecodeError, RecursionError):
        return True
    return isinstance(tool, dict) and "ratchetry" in tool
