"""From a history to what each run says of the change that it measured."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from ratchetry.adapters.history_directory import HistoryDirectory
from ratchetry.analyze.flaky.detect import detect
from ratchetry.domain.bandit import TRAILER
from ratchetry.domain.commit_change import CommitChange
from ratchetry.domain.run_evidence import Ending, RunEvidence, order
from ratchetry.history.columns import RunColumns
from ratchetry.history.decoding import expanded
from ratchetry.pipeline.flaky import Selection, run_results

_OF_TESTS: Final = ("tests", "stage.test", "score")
"""Gates that fail when a test does: they say nothing when only flaky tests did."""
METRICS: Final = ("tests.total", "tests.skipped", "coverage.line")
"""What the guards of rewards look at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The runs of a branch, and those of pull requests where they were asked for, with the tests known as flaky."""

    runs: tuple[RunEvidence, ...]
    flaky: frozenset[str] = frozenset()


def run_evidence(
    history: HistoryDirectory,
    *,
    branch: str,
    since: str = "",
    pull_requests: bool = False,
    metrics: Sequence[str] = METRICS,
) -> Evidence:
    """Return what the runs of a branch say, oldest first, after those of flaky tests and outages are left out.

    Runs of changes that are not committed never count.  Raises StateError for a damaged history.
    """
    selection = Selection(branch=branch, since=since)
    taken = [run for run in history.columns(since) if _counts(run, branch, pull_requests=pull_requests)]
    report = detect(run_results(history, (run for run in taken if selection.takes(run))))
    flaky = frozenset(test.test for test in report.flaky if test.status == "active")
    outages = {outage.run: outage.reason for outage in report.outages}
    found = (_evidence(history, run, flaky, outages, metrics) for run in taken)
    return Evidence(runs=tuple(sorted(found, key=order)), flaky=flaky)


def with_changes(runs: Iterable[RunEvidence], commits: Sequence[CommitChange]) -> tuple[RunEvidence, ...]:
    """Return runs with the files that differ from the commit measured before, as far as the commits are known.

    A run that knows only its own commit's changes would leave out those of commits that no run has measured.
    """
    places = {commit.sha: at for at, commit in enumerate(commits)}
    files = [tuple(file.path for file in commit.files) for commit in commits]
    last: int | None = None
    found: list[RunEvidence] = []
    for run in sorted(runs, key=order):
        place = places.get(run.commit)
        if place is None or run.pull_request is not None:
            found.append(run)
            continue
        begin = place if last is None or last >= place else last + 1
        found.append(replace(run, changed=tuple(sorted({path for rows in files[begin : place + 1] for path in rows}))))
        last = place
    return tuple(found)


def _counts(run: RunColumns, branch: str, *, pull_requests: bool) -> bool:
    """Tell whether a run may say anything: of a commit of the branch, or of a pull request where those were asked for.

    Runs of the merge queue measure a commit that is none of the branch yet.
    """
    if run.run.dirty:
        return False
    if run.run.pull_request is not None:
        return pull_requests
    return run.run.branch == branch and run.run.event != "merge_group"


def _evidence(
    history: HistoryDirectory,
    run: RunColumns,
    flaky: frozenset[str],
    outages: Mapping[str, str],
    metrics: Sequence[str],
) -> RunEvidence:
    """Return what one run says."""
    info = run.run
    name = f"{info.run_id}-{info.attempt}"
    failing = tuple(dict.fromkeys(_failing(history, run)))
    ending, reason, broken = _ended(run, failing, flaky, outages.get(name, ""))
    wanted = set(metrics)
    return RunEvidence(
        run_id=info.run_id,
        attempt=info.attempt,
        started=info.started,
        seconds=info.duration,
        commit=info.commit,
        pull_request=info.pull_request,
        ending=ending,
        reason=reason,
        broken=broken,
        changed=run.changed,
        decisions=_decisions(run.trailers),
        metrics={name: value for name, value in run.values(history.names).items() if name in wanted},
    )


def _ended(
    run: RunColumns, failing: Sequence[str], flaky: frozenset[str], outage: str
) -> tuple[Ending, str, tuple[str, ...]]:
    """Return how a run ended, why, and what broke.

    | the run                                             | says    |
    | its tests were not run: nothing they read changed   | nothing |
    | an outage                                           | nothing |
    | passed, or warned                                   | passed  |
    | something required was not measured, nothing failed | nothing |
    | failed, and only tests known as flaky did           | nothing |
    | failed otherwise                                    | failed: those tests, and gates that are not of tests |
    """
    if "test" in run.reused:
        return "missing", "its test results are those of an earlier run with the same files", ()
    if outage:
        return "missing", f"an outage: {outage}", ()
    match run.verdict:
        case "pass" | "warn":
            return "passed", "", ()
        case "not_measured":
            return "missing", "something required was not measured", ()
        case "fail":
            pass
    counted = tuple(test for test in failing if test not in flaky)
    gates = tuple(gate for gate in run.unkept if not _is_of_tests(gate))
    if failing and not counted and not gates:
        return "missing", f"only flaky tests failed: {', '.join(failing[:3])}", ()
    broken = (*counted, *gates) or run.unkept or ("verdict",)
    return "failed", f"{', '.join(broken[:3])} failed", broken


def _is_of_tests(gate: str) -> bool:
    """Tell whether a gate fails when a test does."""
    return any(gate == family or gate.startswith(f"{family}.") for family in _OF_TESTS)


def _failing(history: HistoryDirectory, run: RunColumns) -> Iterator[str]:
    """Yield the tests of a run that failed."""
    for part in run.tests:
        places = sorted(part.positions("FE"))
        if places:
            rows = list(expanded(history.names(part.chunk), part.repeats)) if part.repeats else None
            names = history.names(part.chunk)
            yield from (rows[at][0] if rows else names[at][0] for at in places)


def _decisions(trailers: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Return the decisions that trailers name, however the trailer is spelled."""
    found = (value.strip() for name, values in trailers.items() if name.lower() == TRAILER.lower() for value in values)
    return tuple(dict.fromkeys(value[:200] for value in found if value))
