"""Identifiers of decisions: unique, in the order of their time, and fit for a commit trailer.

As https://github.com/ulid/spec has them: 26 characters of base 32, ten for the milliseconds since 1970, sixteen of
entropy.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Final

ENTROPY: Final = 10
"""Bytes of entropy in an identifier."""
_DIGITS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PATTERN: Final = re.compile(f"[0-7][{_DIGITS}]{{25}}")
_START: Final = datetime(1970, 1, 1, tzinfo=UTC)


def decision_id(moment: datetime, entropy: bytes) -> str:
    """Return the identifier of a decision that is taken at a moment; raises ValueError for too little entropy."""
    if len(entropy) != ENTROPY:
        msg = f"an identifier takes {ENTROPY} bytes of entropy, not {len(entropy)}"
        raise ValueError(msg)
    milliseconds = max(0, (moment - _START) // timedelta(milliseconds=1)) % (1 << 48)
    value = milliseconds << 80 | int.from_bytes(entropy, "big")
    return "".join(_DIGITS[value >> shift & 31] for shift in range(125, -1, -5))


def moment_in(identifier: str) -> datetime | None:
    """Return the moment that an identifier says, None for a text that is none or a moment that no calendar has."""
    if _PATTERN.fullmatch(identifier) is None:
        return None
    milliseconds = 0
    for digit in identifier[:10]:
        milliseconds = milliseconds << 5 | _DIGITS.index(digit)
    try:
        return _START + timedelta(milliseconds=milliseconds)
    except OverflowError:
        return None
