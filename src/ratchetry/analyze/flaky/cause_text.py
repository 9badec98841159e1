"""What the text of a failure says of its cause: words that little else uses, by the cause that they speak for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from ratchetry.domain.flaky import CauseKind

_WORDS: Final[Mapping[CauseKind, str]] = {
    "network": r"Connection(?:Error|Refused|Reset|Aborted)\w*|ECONN\w+|gaierror|getaddrinfo|Name or service not known"
    r"|(?:Read|Connect)Timeout\w*|SSLError|HTTPError|URLError|RemoteDisconnected|Max retries exceeded|Bad Gateway"
    r"|Service Unavailable|Gateway Time-?out|ProxyError|Network is unreachable",
    "time": r"utcnow|time ?zone|tzinfo|daylight|midnight|strftime|fromtimestamp|datetime\.\w+\(|timedelta\(|has expired"
    r"|clock|monotonic",
    "concurrency": r"deadlock|race condition|dictionary changed size|Event loop is closed|CancelledError"
    r"|never awaited|BrokenProcessPool|database is locked|queue\.Empty|BrokenBarrierError|can't start new thread"
    r"|different loop|Timeout waiting",
    "randomness": r"\brandom\b|\bseed\b|shuffle|Falsifying example|Unreliable|FlakyFailure|\bFlaky\b|uuid4",
    "resource": r"MemoryError|Errno (?:12|23|24|28)\b|No space left|Too many open files|Cannot allocate memory"
    r"|Resource temporarily unavailable|Address already in use|Errno 98\b|SIGKILL|ResourceWarning",
    "order": r"already (?:exists|registered|defined|initiali[sz]ed|configured|running)|UNIQUE constraint|duplicate key"
    r"|IntegrityError|FileExistsError|Directory not empty|left ?over|not been reset|ScopeMismatch",
}
_PATTERNS: Final = {kind: re.compile(words, re.IGNORECASE) for kind, words in _WORDS.items()}
_LONGEST: Final = 4096


def words_in(text: str) -> dict[CauseKind, str]:
    """Return, by cause, the first word of a text that speaks for it."""
    found: dict[CauseKind, str] = {}
    for kind, pattern in _PATTERNS.items():
        match = pattern.search(text[:_LONGEST])
        if match is not None:
            found[kind] = match[0]
    return found
