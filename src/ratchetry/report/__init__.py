"""What people see of a run: pure functions from a record to text."""

from __future__ import annotations

from ratchetry.report.verdict import sentence

__all__ = ["sentence"]
