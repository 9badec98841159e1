"""Suggestions from what the newest run found: lint rules, type errors, dependencies, complexity, uncovered changes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final

from ratchetry.domain.record import Finding, RunRecord, Severity
from ratchetry.domain.suggestion import MOST_TESTS, Goal, Suggestion, suggestion_key
from ratchetry.domain.trend_report import ModuleEvidence
from ratchetry.learn.suggestions.made import code_type, command, no_findings, run_name, saturating, worth

MOST_OF_A_KIND: Final = 5
"""Rules, files or functions of which a suggestion is made each: those that count most."""
LEAST_COMPLEX: Final = 10.0
"""McCabe's own bound."""
COVERED: Final = 0.1
"""Points that the coverage has to gain: the uncovered lines themselves are no longer changed in the next commit."""
_NOT_LINT: Final = frozenset({"C901", "unformatted"})
_RATED: Final[Mapping[Severity, float]] = {
    "critical": 1.0,
    "high": 0.8,
    "medium": 0.5,
    "low": 0.3,
    "unknown": 0.5,
    "info": 0.2,
}


def finding_suggestions(record: RunRecord, modules: Sequence[ModuleEvidence] = ()) -> Iterator[Suggestion]:
    """Yield what the findings of a run suggest; `modules` tell where changes break something."""
    yield from _lint(record)
    yield from _types(record)
    yield from _vulnerable(record)
    yield from _complex(record)
    yield from _uncovered(record, modules)


def _lint(record: RunRecord) -> Iterator[Suggestion]:
    """Yield the rules with the most findings, where linting was measured."""
    if "lint.findings" not in record.metrics:
        return
    found = [row for row in record.findings if row.tool == "ruff" and row.rule not in _NOT_LINT]
    for rule, rows in _groups(found, key=lambda row: row.rule):
        files = _files(rows)
        yield Suggestion(
            fingerprint=suggestion_key("lint", rule),
            kind="lint-rule",
            code_type=code_type(files[0]),
            title=f"{_many(len(rows), 'finding')} of {rule}",
            why=f"The rule has {len(rows)} of {len(found)} findings, most in {files[0]}: {rows[0].message}",
            files=files,
            rule=rule,
            runs=(run_name(record.run),),
            commits=(record.run.commit,),
            command=command("ruff", "check", "--select", rule, *files[:1]),
            goal=no_findings("lint.findings", tool="ruff", rule=rule),
            value=float(len(rows)),
            worth=worth(
                "lint-rule", evidence=1.0, gain=len(rows) / len(found), severity=2.0 * _RATED[rows[0].severity]
            ),
        )


def _types(record: RunRecord) -> Iterator[Suggestion]:
    """Yield the files with the most type errors, where types were checked."""
    found = [row for row in record.findings if row.tool == "mypy"] if "types.errors" in record.metrics else []
    for path, rows in _groups(found, key=lambda row: row.path):
        yield Suggestion(
            fingerprint=suggestion_key("types", path),
            kind="type-errors",
            code_type=code_type(path),
            title=f"{_many(len(rows), 'type error')} in {path}",
            why=f"The file has {len(rows)} of {len(found)} type errors; line {rows[0].line}: {rows[0].message}",
            files=(path,),
            rule=Counter(row.rule for row in rows).most_common(1)[0][0],
            runs=(run_name(record.run),),
            commits=(record.run.commit,),
            command=command("mypy", path),
            goal=no_findings("types.errors", tool="mypy", path=path),
            value=float(len(rows)),
            worth=worth("type-errors", evidence=1.0, gain=len(rows) / len(found)),
        )


def _vulnerable(record: RunRecord) -> Iterator[Suggestion]:
    """Yield the advisories about dependencies, the worst first."""
    found = [row for row in record.findings if row.tool == "pip-audit" and row.rule != "unaudited"]
    for row in sorted({row.rule: row for row in found}.values(), key=lambda row: (-_RATED[row.severity], row.rule)):
        name = row.message.partition(" ")[0] or row.rule
        yield Suggestion(
            fingerprint=suggestion_key("vulnerability", row.rule, name),
            kind="vulnerable-dependency",
            code_type="dependencies",
            title=f"{name} has the vulnerability {row.rule}",
            why=f"Its severity is {row.severity}: {row.message}",
            files=(row.path,) if row.path else (),
            rule=row.rule,
            runs=(run_name(record.run),),
            commits=(record.run.commit,),
            command=command("pip", "install", "--upgrade", name),
            goal=no_findings(f"security.vulnerabilities.{_counted(row.severity)}", tool="pip-audit", rule=row.rule),
            value=1.0,
            worth=worth("vulnerable-dependency", evidence=1.0, gain=1.0, severity=_RATED[row.severity]),
        )


def _complex(record: RunRecord) -> Iterator[Suggestion]:
    """Yield the file with the most complex function, where that is more complex than it should be."""
    metric = record.metrics.get("complexity.max")
    spots = [row for row in record.findings if row.tool == "ruff" and row.rule == "C901"]
    if metric is None or metric.value <= LEAST_COMPLEX or not spots:
        return
    worst = next((row for row in spots if f" {metric.value:.0f} " in f" {row.message} "), spots[0])
    yield Suggestion(
        fingerprint=suggestion_key("complexity", "complexity.max"),
        kind="complexity",
        code_type=code_type(worst.path),
        title=f"{worst.path} holds the most complex function",
        why=f"Line {worst.line}: {worst.message}; {LEAST_COMPLEX:.0f} are McCabe's bound.",
        files=(worst.path,),
        rule="C901",
        runs=(run_name(record.run),),
        commits=(record.run.commit,),
        command=command("ruff", "check", "--select", "C901", worst.path),
        goal=Goal(
            measure="metric",
            metric="complexity.max",
            kind="maximum",
            bound=max(LEAST_COMPLEX, float(int(metric.value * 0.75))),
        ),
        value=metric.value,
        unit=metric.unit,
        worth=worth("complexity", evidence=1.0, gain=saturating(metric.value - LEAST_COMPLEX, LEAST_COMPLEX)),
    )


def _uncovered(record: RunRecord, modules: Sequence[ModuleEvidence]) -> Iterator[Suggestion]:
    """Yield the changed files with the most places that no test executes; those that break things count more."""
    covered = record.metrics.get("coverage.line")
    if covered is None or covered.value >= 100.0:
        return
    found = [row for row in record.findings if row.tool == "coverage"]
    for path, rows in _groups(found, key=lambda row: row.path):
        blame = max((each.interval[0] for each in modules if _within(path, each.module)), default=0.0)
        lines = ", ".join(str(row.line) for row in rows[:5])
        risk = f" Changes to it broke something in at least {blame:.0%} of cases." if blame else ""
        yield Suggestion(
            fingerprint=suggestion_key("uncovered", path),
            kind="uncovered-module",
            code_type=code_type(path),
            title=f"Changes to {path} are not covered",
            why=f"{_many(len(rows), 'changed place')} of it {'is' if len(rows) == 1 else 'are'} executed by no test, "
            f"from line {lines}.{risk}",
            files=(path,),
            runs=(run_name(record.run),),
            commits=(record.run.commit,),
            command=command("pytest", f"--cov={path.rpartition('/')[0] or '.'}", "--cov-report=term-missing"),
            goal=Goal(
                measure="metric", metric="coverage.line", kind="minimum", bound=min(100.0, covered.value + COVERED)
            ),
            value=covered.value,
            unit=covered.unit,
            better="higher",
            worth=worth("uncovered-module", evidence=1.0, gain=min(1.0, len(rows) / len(found) + blame)),
        )


def _groups(rows: Iterable[Finding], *, key: Callable[[Finding], str]) -> list[tuple[str, list[Finding]]]:
    """Return findings by what they share, the largest groups first."""
    found: dict[str, list[Finding]] = {}
    for row in rows:
        found.setdefault(key(row), []).append(row)
    return sorted(found.items(), key=lambda pair: (-len(pair[1]), pair[0]))[:MOST_OF_A_KIND]


def _files(rows: Iterable[Finding]) -> tuple[str, ...]:
    """Return the files of findings, those with the most first."""
    return tuple(path for path, _ in Counter(row.path for row in rows).most_common(MOST_TESTS))


def _counted(severity: Severity) -> str:
    """Return under which metric a severity is counted."""
    return "unknown" if severity == "info" else severity


def _within(path: str, module: str) -> bool:
    """Tell whether a file is a module or lies in it."""
    return bool(module) and (path == module or path.startswith(f"{module.rstrip('/')}/"))


def _many(count: int, noun: str) -> str:
    """Return a count with its noun."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
