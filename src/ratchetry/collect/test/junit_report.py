"""Reads the JUnit reports that pytest writes (xunit1 and xunit2): one test per identifier, however often it was tried.

A testcase that stands there several times was tried again (pytest-rerunfailures leaves the attempts that were given
up without any content), or failed both when called and when torn down.  Reruns are also told by the property that
ratchetry's own plugin adds, and by Surefire's elements:
https://maven.apache.org/surefire/maven-surefire-plugin/examples/rerun-failing-tests.html
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from ratchetry.domain.fingerprint import short_hash
from ratchetry.domain.record import Outcome
from ratchetry.errors import ReportError

RERUNS: Final = "ratchetry.reruns"
"""The property that says how often a test was tried again."""
MAX_TESTS: Final = 100_000
MAX_TEXT: Final = 4096

_MAX_BYTES: Final = 128_000_000
_MAX_ID: Final = 1000
_MAX_PROBLEMS: Final = 10
_MAX_SECONDS: Final = 1e9
_MAX_COUNT: Final = 1_000_000
_PROBLEMS: Final[Mapping[str, Kind]] = {"failure": "failed", "error": "error"}
_GIVEN_UP: Final[Mapping[str, Kind]] = {
    "flakyFailure": "failed",
    "rerunFailure": "failed",
    "flakyError": "error",
    "rerunError": "error",
}
_OUTPUT: Final = frozenset({"system-out", "system-err"})

Kind = Literal["failed", "error"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that went wrong in a test: what pytest says it was, and the traceback, cut to 4,096 characters."""

    kind: Kind
    message: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TestCase:
    """One test: how it ended, how often it was tried, and all that went wrong on the way.

    `path` is its file, relative to the root, and `line` where it is defined there; empty and 0 if not known.
    """

    __test__ = False

    id: str
    path: str = ""
    line: int = 0
    outcome: Outcome
    duration: float = 0.0
    attempts: int = 1
    problems: tuple[Problem, ...] = ()


def read_junit(report: bytes, files: Collection[str] = ()) -> tuple[TestCase, ...]:
    """Return the tests of a report, in its order; `files` are the repository's, to tell modules from classes.

    Raises ReportError when it is not a JUnit report, is damaged, or is larger than any suite's.
    """
    # its parser costs more to import than a whole small report to read
    from defusedxml.ElementTree import XMLParser

    if len(report) > _MAX_BYTES:
        why = f"it has {len(report):,} bytes, more than the {_MAX_BYTES:,} that are read"
        raise _unreadable(why)
    collector = _Collector()
    parser = XMLParser(target=collector, forbid_dtd=True)
    try:
        parser.feed(report)
        parser.close()
    except (SyntaxError, ValueError, LookupError) as error:  # ill-formed, forbidden by defusedxml, unknown encoding
        raise _unreadable(str(error) or type(error).__name__) from error
    by_id: dict[str, list[_Entry]] = {}
    for entry in collector.entries:
        by_id.setdefault(_identifier(entry, files), []).append(entry)
    return tuple(_test_case(name, entries, files) for name, entries in by_id.items())


@dataclass(slots=True)
class _Entry:
    """One testcase element."""

    name: str
    classname: str
    file: str
    line: int
    seconds: float
    problems: list[Problem] = field(default_factory=list)
    given_up: list[Problem] = field(default_factory=list)
    reruns: int = 0
    skipped: bool = False

    def is_teardown(self) -> bool:
        """Tell whether this is what pytest adds when a test that failed cannot be torn down either."""
        return bool(self.problems) and all(one.message.startswith("failed on teardown") for one in self.problems)


class _Collector:
    """Takes the parser's events and keeps the testcases; no tree is built."""

    def __init__(self) -> None:
        self.entries: list[_Entry] = []
        self._rooted = False
        self._entry: _Entry | None = None
        self._problem: tuple[str, str] | None = None
        self._text: list[str] = []
        self._length = 0
        self._silent = False

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Hear that an element begins."""
        if not self._rooted:
            if tag not in {"testsuites", "testsuite"}:
                why = f"its root element is {tag[:100]!r}"
                raise _unreadable(why)
            self._rooted = True
        if tag == "testcase":
            self._begin_test(attributes)
        elif self._entry is not None:
            self._inside(self._entry, tag, attributes)

    def data(self, text: str) -> None:
        """Hear text; only the first part of a problem's is kept."""
        if self._problem is not None and not self._silent and self._length < MAX_TEXT:
            self._text.append(text[: MAX_TEXT - self._length])
            self._length += len(text)

    def end(self, tag: str) -> None:
        """Hear that an element ends."""
        if tag == "testcase":
            self._entry = None
        elif tag in _OUTPUT:
            self._silent = False
        elif self._entry is not None and self._problem is not None and tag == self._problem[0]:
            found = self._entry.given_up if tag in _GIVEN_UP else self._entry.problems
            kind = _GIVEN_UP[tag] if tag in _GIVEN_UP else _PROBLEMS[tag]
            problem = Problem(kind=kind, message=self._problem[1], text="".join(self._text).strip())
            if len(found) < _MAX_PROBLEMS:
                found.append(problem)
            self._problem = None

    def close(self) -> None:
        """Hear that the document ends."""

    def _begin_test(self, attributes: Mapping[str, str]) -> None:
        """Open a testcase."""
        if self._entry is not None:
            why = "a testcase stands inside another"
            raise _unreadable(why)
        if len(self.entries) >= MAX_TESTS:
            why = f"it has more than the {MAX_TESTS:,} testcases that are read"
            raise _unreadable(why)
        self._problem, self._silent = None, False
        self._entry = _Entry(
            name=attributes.get("name", ""),
            classname=attributes.get("classname", ""),
            file=attributes.get("file", ""),
            line=_count(attributes.get("line", "-1")) + 1,
            seconds=_seconds(attributes.get("time", "0")),
        )
        self.entries.append(self._entry)

    def _inside(self, entry: _Entry, tag: str, attributes: Mapping[str, str]) -> None:
        """Note an element inside a testcase."""
        if tag in _PROBLEMS or tag in _GIVEN_UP:
            self._problem, self._text, self._length = (tag, attributes.get("message", "")[:MAX_TEXT]), [], 0
            if tag in _GIVEN_UP:
                entry.reruns += 1
        elif tag == "skipped":
            entry.skipped = True
        elif tag == "property" and attributes.get("name") == RERUNS:
            entry.reruns = max(entry.reruns, _count(attributes.get("value", "")))
        elif tag in _OUTPUT:
            self._silent = True


def _test_case(name: str, entries: list[_Entry], files: Collection[str]) -> TestCase:
    """Return the test that one or more testcases of one identifier speak of."""
    given_up = [entry for entry in entries[:-1] if not entry.problems and not entry.skipped]
    attempts = max(1 + len(given_up), 1 + max(entry.reruns for entry in entries))
    problems = tuple(problem for entry in entries for problem in entry.problems)
    if any(entry.reruns for entry in entries) and not entries[-1].is_teardown():
        problems = tuple(entries[-1].problems)  # the last attempt decides
    earlier = tuple(problem for entry in entries for problem in entry.given_up)
    path = _module(entries[0], files)
    return TestCase(
        id=name,
        path=path,
        line=entries[0].line if path == entries[0].file else 0,
        outcome=_outcome(problems, skipped=entries[-1].skipped, attempts=attempts),
        duration=sum(entry.seconds for entry in entries),
        attempts=attempts,
        problems=(*problems, *earlier)[:_MAX_PROBLEMS],
    )


def _outcome(problems: Iterable[Problem], *, skipped: bool, attempts: int) -> Outcome:
    """Return how a test ended: a failure outweighs an error, and what passed after a rerun is flaky."""
    kinds = {problem.kind for problem in problems}
    if kinds:
        return "failed" if "failed" in kinds else "error"
    if skipped:
        return "skipped"
    return "flaky" if attempts > 1 else "passed"


def _identifier(entry: _Entry, files: Collection[str]) -> str:
    """Return pytest's node identifier, as far as the report lets it be known; a very long one is cut and hashed."""
    module = _module(entry, files)
    if not entry.classname and module:  # a module that could not be collected
        name = module
    elif module:
        classes = entry.classname[len(_dotted(module)) :].strip(".")
        name = "::".join(part for part in (module, *classes.split("."), entry.name) if part)
    else:
        name = "::".join(part for part in (entry.classname, entry.name) if part)
    return name if len(name) <= _MAX_ID else f"{name[: _MAX_ID - 20]}…{short_hash(name)}"


def _module(entry: _Entry, files: Collection[str]) -> str:
    """Return the file a test was collected from: for an inherited test not the one that `file` names."""
    where = entry.classname or entry.name
    if entry.file and (where == _dotted(entry.file) or where.startswith(f"{_dotted(entry.file)}.")):
        return entry.file
    parts = where.split(".") if len(where) <= _MAX_ID else []
    for length in range(len(parts), 0, -1):
        path = "/".join(parts[:length]) + ".py"
        if path in files:
            return path
    return "" if entry.classname else entry.file


def _dotted(path: str) -> str:
    """Return a path the way pytest writes it into `classname`."""
    return path.removesuffix(".py").replace("/", ".")


def _seconds(text: str) -> float:
    """Return a duration; clocks that tests have turned back make none.

    Raises ReportError when it is no number of seconds.
    """
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not seconds <= _MAX_SECONDS:
        why = f"a testcase says that it took {text[:50]!r} seconds"
        raise _unreadable(why)
    return max(seconds, 0.0)


def _count(text: str) -> int:
    """Return a whole number, or -1 when the text is none of a sensible size."""
    digits = text if text.isascii() and text.isdigit() and len(text) < 10 else "-1"
    return min(int(digits), _MAX_COUNT)


def _unreadable(why: str) -> ReportError:
    """Return the error that says why the report cannot be used."""
    return ReportError(f"the JUnit report cannot be read: {why}")
