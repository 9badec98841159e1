"""What was gathered as documents, and the overview that names them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from ratchetry.domain.dashboard_details import (
    BenchmarksDocument,
    EventsDocument,
    ExperimentsDocument,
    MetricsDocument,
)
from ratchetry.report.dashboard.data import metric_chunk
from ratchetry.report.dashboard.gathered import Absent, Gathered
from ratchetry.report.dashboard.learned import (
    bandit_document,
    issues_document,
    marks_of,
    module_package,
    modules_document,
    thresholds_document,
)
from ratchetry.report.dashboard.overview import Ranked
from ratchetry.report.dashboard.rows import Seconds, metric_document
from ratchetry.report.dashboard.runs import runs_document
from ratchetry.report.dashboard.tests import flaky_document, package_of, strings, test_details, tests_documents

Document = tuple[str, object]


def packages_of(found: Gathered) -> dict[str, int]:
    """Return the packages of tests and modules, each with its place."""
    names = {package_of(name) for name in found.read.tests.names}
    return strings(sorted(names | {module_package(row.module) for row in found.report.modules}))


def documents(found: Gathered, ranked: Ranked, packages: Mapping[str, int], seconds: Seconds) -> Iterator[Document]:
    """Yield every document but the overview, by name; one that would be empty is left out."""
    yield "runs", runs_document(found.read.runs, seconds)
    for name, columns in found.read.metrics.items():
        yield metric_chunk(name), metric_document(columns, ranked.known.get(name), seconds)
    if ranked.more_metrics:
        yield "metrics", MetricsDocument(rows=ranked.more_metrics)
    if ranked.more_benchmarks:
        yield "benchmarks", BenchmarksDocument(rows=ranked.more_benchmarks)
    yield from _of_tests(found, packages)
    for make in _LEARNED:
        yield from make(found, packages, seconds)


def absent_parts(found: Gathered) -> dict[str, str]:
    """Return why each part that has no document has none."""
    parts = {"flaky": found.flaky, "bandit": found.bandit, "experiments": found.trials, "thresholds": found.bounds}
    absent = {name: part.reason for name, part in parts.items() if isinstance(part, Absent)}
    if not found.read.tests.names:
        absent["tests"] = "no run has results of tests"
    if not found.report.modules:
        absent["modules"] = found.report.unmeasured.get("modules", "no run says which files it changed")
    kinds = {one.kind for one in found.events}
    if "issue" not in kinds:
        absent["issues"] = "no issue has been opened"
    if "log" not in kinds:
        absent["events"] = "nothing was noted: `ratchetry history log` notes what happened"
    return absent


def _of_tests(found: Gathered, packages: Mapping[str, int]) -> Iterator[Document]:
    """Yield what there is to say of tests."""
    tests = found.read.tests
    flaky = None if isinstance(found.flaky, Absent) else found.flaky
    if tests.names:
        for number, index in enumerate(tests_documents(tests, flaky, packages)):
            yield f"tests-{number}", index
        for number, detail in enumerate(test_details(tests)):
            yield f"test-{number}", detail
    if flaky is not None:
        yield "flaky", flaky_document(flaky)


def _modules(found: Gathered, packages: Mapping[str, int], _seconds: Seconds) -> Iterator[Document]:
    """Yield what is known of modules."""
    if found.report.modules:
        yield "modules", modules_document(found.report.modules, packages)


def _bandit(found: Gathered, _packages: Mapping[str, int], seconds: Seconds) -> Iterator[Document]:
    """Yield what the bandit has learned."""
    arms = found.bandit
    if not isinstance(arms, Absent):
        yield "bandit", bandit_document(arms.standings, arms.choices, arms.policy, seconds)


def _experiments(found: Gathered, _packages: Mapping[str, int], _seconds: Seconds) -> Iterator[Document]:
    """Yield where experiments and versions stand."""
    trials = found.trials
    if not isinstance(trials, Absent):
        yield "experiments", ExperimentsDocument(experiments=trials.experiments, versions=trials.versions)


def _thresholds(found: Gathered, _packages: Mapping[str, int], _seconds: Seconds) -> Iterator[Document]:
    """Yield where the bounds stand."""
    if not isinstance(found.bounds, Absent):
        yield "thresholds", thresholds_document(found.bounds)


def _issues(found: Gathered, _packages: Mapping[str, int], seconds: Seconds) -> Iterator[Document]:
    """Yield the issues that events tell of."""
    issues = issues_document(found.events, seconds)
    if issues.rows:
        yield "issues", issues


def _events(found: Gathered, _packages: Mapping[str, int], seconds: Seconds) -> Iterator[Document]:
    """Yield what people noted."""
    marks = marks_of(found.events, seconds)
    if marks:
        yield "events", EventsDocument(marks=marks)


_LEARNED: tuple[Callable[[Gathered, Mapping[str, int], Seconds], Iterator[Document]], ...] = (
    _modules,
    _bandit,
    _experiments,
    _thresholds,
    _issues,
    _events,
)
