"""What vetting says, for people."""

from __future__ import annotations

from collections.abc import Iterator

from ratchetry.domain.vetting import VetReport, Vetted
from ratchetry.report.text import code, duration, escape_markdown, listed, neutralize, plural


def terminal(report: VetReport) -> str:
    """Return a report for a terminal."""
    rows = [f"{test.verdict:15} {neutralize(test.test)}{_more(test)}" for test in report.unsteady]
    rows += [f"{test.verdict:15} {neutralize(test.test)}: {test.reason}" for test in _not_run(report)]
    return "\n".join([neutralize(headline(report)), *rows, *map(neutralize, notes(report))])


def markdown(report: VetReport) -> str:
    """Return a report in GitHub Flavored Markdown."""
    lines = ["### Vetted tests", "", escape_markdown(headline(report)), ""]
    lines += [
        f"- {test.verdict}: {code(test.test)}{escape_markdown(_more(test))}"
        for test in (*report.unsteady, *_not_run(report))
    ]
    return "\n".join([*lines, *(f"- {escape_markdown(note)}" for note in notes(report))]) + "\n"


def headline(report: VetReport) -> str:
    """Return a report in one line."""
    if not report.tests:
        return "no test to vet" if not report.problems else "no test could be run"
    stable = sum(test.verdict == "stable" for test in report.tests)
    rounds = f"{plural(report.rounds, 'shuffled round')} from seed {report.seed}, {duration(report.seconds)}"
    return f"{stable:,} of {plural(len(report.tests), 'test')} stable ({rounds})"


def notes(report: VetReport) -> Iterator[str]:
    """Yield what could not be run, and how the first failure is seen again."""
    yield from (f"not measured: {problem}" for problem in report.problems)
    first = next((test for test in report.unsteady if test.seed is not None), None)
    if first is not None:
        yield f"to see it again: ratchetry flaky vet '{first.test}' --rounds 1 --seed {first.seed}"


def _not_run(report: VetReport) -> Iterator[Vetted]:
    """Yield the tests that did not run, or only to be skipped."""
    return (test for test in report.tests if test.verdict in {"not-run", "skipped"})


def _more(test: Vetted) -> str:
    """Return what else there is to say of a test."""
    parts = [f"failed {test.failures} of {plural(test.runs, 'time')}"] if test.runs else [test.reason]
    if test.seed is not None:
        parts.append(f"such as with seed {test.seed}")
    if test.after:
        parts.append(f"only after {listed(test.after)}")
    if test.needs:
        parts.append(f"needs {listed(test.needs)} before it")
    return f": {', '.join(neutralize(part) for part in parts)}"
