"""What people see of a run: pure functions from a record to text."""

# No `from __future__ import annotations` here: it would hide the module of that name.
from ratchetry.report.verdict import sentence

__all__ = ["sentence"]
