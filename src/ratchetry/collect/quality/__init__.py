"""The quality stage: what ruff and mypy find, how complex the functions are and how much source there is."""

from __future__ import annotations

from ratchetry.collect.quality.interpret import interpret
from ratchetry.collect.quality.plan import plan
from ratchetry.collect.stage import Stage

STAGE = Stage(name="quality", plan=plan, interpret=interpret)

__all__ = ["STAGE"]
