"""What the commands of `ratchetry bandit` read from their command lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ratchetry.errors import UsageError


def context_from(pairs: Sequence[str]) -> Mapping[str, str]:
    """Return the context that NAME=VALUE options give; raises UsageError for one that is none, or named twice."""
    found: dict[str, str] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name:
            msg = f"--context {pair[:200]!r} must be NAME=VALUE, such as code_type=api"
            raise UsageError(msg)
        if name in found:
            msg = f"--context names {name[:64]!r} twice"
            raise UsageError(msg)
        found[name] = value
    return found


def arms_from(text: str) -> tuple[str, ...]:
    """Return the arms that an option lists, separated by commas."""
    return tuple(part.strip() for part in text.split(",") if part.strip())
