"""The stages of the main job, in the order they are shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Final

from ratchetry.collect import benchmark, quality, score, security, test, validate
from ratchetry.collect.stage import Stage
from ratchetry.settings import Settings
from ratchetry.state import score_model, thresholds, weights

_QUALITY_READS: Final = frozenset({".py", ".pyi", ".toml", ".cfg", ".ini", ".ipynb"})


def _decides_quality(path: str) -> bool:
    """Tell whether lint, format, types or complexity may depend on a file."""
    return PurePosixPath(path).suffix in _QUALITY_READS or PurePosixPath(path).name in {"py.typed", ".gitignore"}


STAGES: Final[tuple[Stage, ...]] = (
    validate.stage({"thresholds": thresholds.loads, "score_model": score_model.loads, "weights": weights.loads}),
    replace(quality.STAGE, reads=_decides_quality),
    test.STAGE,
    security.STAGE,
    benchmark.STAGE,
    score.stage(score_model.loads),
)


def wanted(settings: Settings) -> tuple[Stage, ...]:
    """Return the stages to run, in the order they are shown."""
    by_name: Mapping[str, Stage] = {stage.name: stage for stage in STAGES}
    return tuple(by_name[name] for name in by_name if name in settings.stages)
