"""What all importers share: what they find, the runs they build, and text, numbers and times that nobody vouches for.

An imported run says what its source says and nothing else.  Its event is `import`; it has no gates, so its verdict is
`not_measured` and never counts as passed or failed; a stage of it is failed where the source shows a failure, otherwise
`not_measured` with what the source does not hold: it never passes.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from ratchetry import __version__
from ratchetry.domain.fingerprint import short_hash
from ratchetry.domain.record import Benchmark, Failure, Metric, RunInfo, Runner, RunRecord, StageResult, TestResult
from ratchetry.errors import ReportError
from ratchetry.report.text import clip, neutralize
from ratchetry.state.codec import LIMIT

EVENT: Final = "import"
NOWHERE: Final = Runner(os="", cpu_model="", cores=0, python="")
"""The machine of a run whose source does not tell it."""
MAX_TEXT: Final = 500
"""Characters of a name, a branch or a message that are taken over."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_COMMIT: Final = re.compile(r"[0-9a-fA-F]{4,64}")
_REPOSITORY: Final = re.compile(r"[\w.-]{1,100}(?:/[\w.-]{1,100}){1,5}", re.ASCII)
_NUMBER: Final = re.compile(r"[+-]?(?:\d{1,30}(?:\.\d{0,30})?|\.\d{1,30})(?:[eE][+-]?\d{1,4})?", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file of a source: what it is called in messages, what it holds, and when it was last changed (ISO 8601)."""

    name: str
    data: bytes
    modified: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What whoever imports says of the runs where their source does not say it; what is empty is not known."""

    repository: str = ""
    commit: str = ""
    branch: str = ""
    started: str = ""
    dirty: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """Something of a source that was not taken: where it stands, and why."""

    where: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Something that was taken as it is not quite said by the source: where it stands, and what was assumed."""

    where: str
    what: str


Found = RunRecord | LeftOut | Note


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What an imported run measured."""

    stages: Mapping[str, StageResult]
    metrics: Mapping[str, Metric]
    tests: tuple[TestResult, ...] = ()
    failures: tuple[Failure, ...] = ()
    benchmarks: tuple[Benchmark, ...] = ()


def run_record(identity: tuple[str, ...], about: About, content: Content, runner: Runner = NOWHERE) -> RunRecord:
    """Return an imported run; the identifier follows from the format's name and what else makes the identity."""
    kind, *parts = identity
    run = RunInfo(
        repository=about.repository,
        run_id=f"import-{kind}-{short_hash(about.repository, *parts)}",
        event=EVENT,
        commit=about.commit,
        branch=about.branch,
        dirty=about.dirty,
        started=about.started,
        runner=runner,
    )
    return RunRecord(
        ratchetry=__version__,
        run=run,
        stages=content.stages,
        metrics=content.metrics,
        tests=content.tests,
        failures=content.failures,
        benchmarks=content.benchmarks,
    )


def told(about: About, *, repository: str = "", commit: str = "", branch: str = "", started: str = "") -> About:
    """Return what is known of a run: what its source says, otherwise what whoever imports it says."""
    return replace(
        about,
        repository=repository or about.repository,
        commit=commit or about.commit,
        branch=branch or about.branch,
        started=started or about.started,
    )


def read_json(data: bytes, origin: str, what: str) -> object:
    """Return the value of a JSON document, null for every NaN and infinity in it.

    Raises ReportError naming the file when it is too large, not in UTF-8, cut off or otherwise no JSON.
    """
    check_text(data, origin, what)
    try:
        document: object = json.loads(data.removeprefix(b"\xef\xbb\xbf"), parse_constant=lambda _: None)
    except (ValueError, RecursionError) as error:
        msg = f"{origin}: cannot be read as {what}: {said(error)}"
        raise ReportError(msg) from error
    return document


def check_text(data: bytes, origin: str, what: str) -> None:
    """Raise ReportError naming a file that is empty, too large, or not in UTF-8."""
    if len(data) > LIMIT:
        msg = f"{origin}: it has more than the {LIMIT:,} bytes of {what} that are read"
        raise ReportError(msg)
    if not data.strip():
        msg = f"{origin}: it is empty"
        raise ReportError(msg)
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in data[:4]:
        msg = f"{origin}: it is in UTF-16 or UTF-32; save it in UTF-8"
        raise ReportError(msg)
    try:
        data.decode()
    except UnicodeDecodeError as error:
        msg = f"{origin}: it is not in UTF-8: byte {error.start:,} cannot be read; save it in UTF-8"
        raise ReportError(msg) from error


def said(error: Exception) -> str:
    """Return what an error says, fit for a message: without what hides or steers, and not too long."""
    return clip(neutralize(str(error) or type(error).__name__), MAX_TEXT)


def wrong(error: Exception) -> str:
    """Return what msgspec says is wrong with a value, the field first where it names one."""
    what, _, where = (str(error) or type(error).__name__).partition(" - at `$")
    field = where.rstrip("`").removeprefix(".")
    return clip(neutralize(f"{field}: {what}" if field else what), MAX_TEXT)


def plain(text: object) -> str:
    """Return a text that can be kept: what is no text is empty, half characters are replaced, length is bounded."""
    if not isinstance(text, str):
        return ""
    return clip(text.encode("utf-8", "replace").decode(), MAX_TEXT)


def number(value: object) -> float | None:
    """Return a finite number, also one that stands there as text, None for anything else."""
    if isinstance(value, str):
        return number(float(value)) if _NUMBER.fullmatch(value.strip()) else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        found = float(value)
    except OverflowError:
        return None
    return found if math.isfinite(found) else None


def count(value: object) -> int:
    """Return a number of things from 1 on, 0 for anything else."""
    found = number(value)
    return int(found) if found is not None and 1 <= found < 2**53 else 0


def commit_of(value: object) -> str:
    """Return a commit's hash in lower case, nothing for a text that is none."""
    return value.lower() if isinstance(value, str) and _COMMIT.fullmatch(value) else ""


def repository_of(value: object) -> str:
    """Return owner/name, alone or at the end of the address of a repository; nothing for a text that holds none."""
    if not isinstance(value, str) or len(value) > MAX_TEXT:
        return ""
    _, scheme, rest = value.partition("://")
    name = (rest.partition("/")[2] if scheme else value).strip("/").removesuffix(".git")
    return name if _REPOSITORY.fullmatch(name) else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A time in UTC (ISO 8601), and whether its source said what zone it is in."""

    text: str
    zoned: bool = True


def moment(value: object) -> Moment | None:
    """Return the moment that a text in ISO 8601 names, taken for UTC where it names no zone; None for any other."""
    if not isinstance(value, str) or not 10 <= len(value) <= 64:
        return None
    try:
        found = datetime.fromisoformat(value.strip())
        zoned = found.tzinfo is not None
        universal = found.astimezone(UTC) if zoned else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
    # Go's zero time, and whatever else clocks show that were never set
    return Moment(text=_iso(universal), zoned=zoned) if universal > _EPOCH else None


def moment_of_milliseconds(value: object) -> Moment | None:
    """Return the moment so many milliseconds after the beginning of 1970, None for what is no such number."""
    found = number(value)
    if found is None or found <= 0:
        return None
    try:
        return Moment(text=_iso(_EPOCH + timedelta(milliseconds=found)))
    except OverflowError:
        return None


def _iso(moment_in_utc: datetime) -> str:
    """Return a moment to the second."""
    return f"{moment_in_utc:%Y-%m-%dT%H:%M:%SZ}" if moment_in_utc.year >= 1000 else ""
