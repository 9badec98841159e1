"""The test stage: pytest under coverage.py, unittest suites included."""

from __future__ import annotations

from ratchetry.collect.test.stage import STAGE

__all__ = ["STAGE"]
