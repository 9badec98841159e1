"""The security stage: known vulnerabilities, risky code, secrets and the bill of materials."""

from __future__ import annotations

from ratchetry.collect.security.stage import STAGE

__all__ = ["STAGE"]
