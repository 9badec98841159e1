"""What is found out about a repository before its stages run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from ratchetry.adapters.clock import SystemClock
from ratchetry.domain.record import StageResult
from ratchetry.pipeline.survey import places_of, survey
from ratchetry.settings import Settings


@dataclass
class Heard:
    """What was said to be under way."""

    prepared: list[str] = field(default_factory=list)

    def preparing(self, what: str) -> None:
        """Write down what is being set up."""
        self.prepared.append(what)

    def planned(self, stages: Sequence[str]) -> None:
        """Ignore it."""

    def started(self, stage: str, command: str) -> None:
        """Ignore it."""

    def ended(self, stage: str, command: str, seconds: float) -> None:
        """Ignore it."""

    def finished(self, stage: str, result: StageResult) -> None:
        """Ignore it."""


@pytest.mark.parametrize(
    ("stages", "builds"), [(("validate", "benchmark", "score"), False), (("validate", "test"), True)]
)
def test_an_environment_is_built_only_for_stages_that_need_one(
    tmp_path: Path, *, stages: tuple[str, ...], builds: bool
) -> None:
    """Files are checked, and a suite without benchmarks is passed over, without building what they would not use."""
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "small"\nversion = "1"\n', encoding="utf-8")
    settings = Settings(stages=stages)
    heard = Heard()
    survey(places_of(str(tmp_path), settings), settings, environ={}, clock=SystemClock(), progress=heard)
    assert any("environment" in what for what in heard.prepared) == builds
