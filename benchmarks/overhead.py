"""What the pipeline adds to a CI run beyond its tools: seconds of each job, jobs that are billed, requests to GitHub.

usage: python -m benchmarks.overhead [--rounds N] [--json FILE]     (from the checkout's root; needs Go, npm and node)

The workflows are run by act, one job at a time, for on GitHub each has a machine of its own; what is measured is a
package with one test.  "tools" is the time that the stage's tools took, as its fragment says; "added" is all the rest
of the job: installing ratchetry, its own work, and handing over.  Steps that any workflow has (checkout, setting up
Python) are stand-ins here and count for next to nothing.  The jobs of stages run side by side, so what a run takes
longer is what the slowest of them adds, and the whole of the score job.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from pathlib import Path

from ratchetry.adapters.clock import SystemClock
from ratchetry.state.record import loads
from tests.act import payloads
from tests.act.driver import ActRun, Trigger, run_workflow
from tests.act.log import Job
from tests.act.prepare import prepared
from tests.act.repositories import CI, measured
from tests.act.summaries import seeded, summary
from tests.act.toolchain import toolchain
from tests.act.world import World, adopt, world
from tests.adapters.repositories import git
from tests.e2e.osv_service import osv_service

STAGES = "validate,quality,test,security,benchmark"
FEEDBACK = ".github/workflows/pr-feedback.yml"
LEARNING = ".github/workflows/learning-feedback.yml"
ONE_AT_A_TIME = ("--concurrent-jobs=1",)


@dataclass(frozen=True, slots=True, kw_only=True)
class JobTime:
    """Seconds of one job: installing ratchetry, measuring, the tools within that, handing over, and what is added."""

    job: str
    environment: str
    install: float
    measure: float
    tools: float
    hand_over: float
    added: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """One flow: the jobs that are billed and the requests to GitHub's API."""

    flow: str
    jobs: int
    requests: int


@contextmanager
def place(root: Path) -> Iterator[World]:
    """Yield a world with a repository of which the newest commit is measured."""
    tools = toolchain()
    source = prepared(root / "source", ref="0" * 40)
    with osv_service() as advisories:
        environ = {"RATCHETRY_OSV_URL": advisories}
        with world(root / "world", tools, source=source, flat=source, environ=environ) as made:
            yield made


def push(made: World, checkout: Path, run_id: int, *, install: bool) -> ActRun:
    """Return what came of a push."""
    sha = made.repository.refs["refs/heads/main"]
    made.github.state.add_run(made.repository, run_id=run_id, sha=sha)
    trigger = Trigger(event="push", run_id=run_id, payload=payloads.push(made.repository, sha))
    environ = {"RATCHETRY_INSTALL": "true" if install else "false"}
    run = run_workflow(made, checkout, CI, trigger, environ=environ, flags=ONE_AT_A_TIME, timeout=900)
    if run.code:
        raise SystemExit(run.log)
    return run


def times(run: ActRun, *, install: bool) -> list[JobTime]:
    """Return the seconds of each job of a run."""
    record = loads(run.artifact("ci-metrics-summary-a1")["record.json"], "record.json")
    tools = {name: stage.duration for name, stage in record.stages.items()}
    return [_time(job, tools.get(job.id, 0.0), install=install) for job in run.jobs if job.steps]


def _time(job: Job, tools: float, *, install: bool) -> JobTime:
    """Return the seconds of a job whose tools took some of them."""
    setup = sum(seconds for step, seconds in job.seconds.items() if "setup-ratchetry" in step)
    measure = sum(job.seconds.get(step, 0.0) for step in ("Measure", "Judge", "Write findings as SARIF"))
    total = sum(job.seconds.values())
    return JobTime(
        job=job.id,
        environment="built" if install else "given",
        install=setup,
        measure=measure,
        tools=tools,
        hand_over=total - setup - measure,
        added=total - tools,
    )


def medians(rounds: Sequence[Sequence[JobTime]]) -> list[JobTime]:
    """Return the median of each column over the rounds."""
    found = []
    for rows in zip(*rounds, strict=True):
        columns = {
            name: round(statistics.median(float(asdict(row)[name]) for row in rows), 2)
            for name in ("install", "measure", "tools", "hand_over", "added")
        }
        found.append(JobTime(job=rows[0].job, environment=rows[0].environment, **columns))
    return found


def flows(made: World, checkout: Path, ran: ActRun) -> list[Flow]:
    """Return the jobs and requests of the flows around a run: CI, the comment, and learning from 1 and 30 runs."""
    found = [_flow("CI, five stages, one Python", ran)]
    state, repository = made.github.state, made.repository
    sha = repository.refs["refs/heads/main"]
    repository.refs["refs/heads/feature"] = sha
    pull = state.add_pull(repository, "feature")
    ended = state.add_run(repository, run_id=900, event="pull_request", branch="feature", sha=sha)
    record = loads(ran.artifact("ci-metrics-summary-a1")["record.json"], "record.json")
    changed = replace(record, run=replace(record.run, run_id="900", event="pull_request"))
    state.add_artifact(repository, ended, "ci-metrics-summary-a1", summary(changed, pull_request=pull.number))
    found.append(_flow("comment on a pull request", _after(made, checkout, FEEDBACK, 900)))
    for number, known in ((1, 0), (30, 1)):
        _seed(made, range(known, known + number), sha)
        found.append(_flow(f"learning from {number} new run(s)", _after(made, checkout, LEARNING, 1000)))
    return found


def _after(made: World, checkout: Path, workflow: str, run_id: int) -> ActRun:
    """Return what came of a workflow that runs after a run has ended."""
    own = made.github.state.add_run(made.repository, path=workflow, name=workflow, event="workflow_run")
    payload = payloads.workflow_run(made.repository, made.run(run_id))
    trigger = Trigger(event="workflow_run", run_id=own.id, payload=payload)
    run = run_workflow(made, checkout, workflow, trigger, flags=ONE_AT_A_TIME, timeout=900)
    if run.code:
        raise SystemExit(run.log)
    return run


def _seed(made: World, numbers: range, sha: str) -> None:
    """Give GitHub pushes with summaries."""
    first = SystemClock().now() - timedelta(hours=80)
    for number in numbers:
        time = f"{first + timedelta(hours=number):%Y-%m-%dT%H:%M:%SZ}"
        run = made.github.state.add_run(made.repository, run_id=1000 + number, sha=sha, created_at=time)
        record = seeded(made.repository.full_name, run.id, started=time, commit=sha, line=90.0, path=CI)
        made.github.state.add_artifact(made.repository, run, "ci-metrics-summary-a1", summary(record))


def _flow(name: str, run: ActRun) -> Flow:
    """Return what a run costs."""
    api = [request for request in run.requests if not request.path.startswith("/_artifacts/")]
    return Flow(flow=name, jobs=sum(1 for job in run.jobs if job.steps), requests=len(api))


def table(rows: Sequence[JobTime] | Sequence[Flow]) -> str:
    """Return values as a Markdown table."""
    names = list(asdict(rows[0]))
    lines = ["| " + " | ".join(names) + " |", "| " + " | ".join("---" for _ in names) + " |"]
    lines += ["| " + " | ".join(str(getattr(row, name)) for name in names) + " |" for row in rows]
    return "\n".join(lines)


def main() -> None:
    """Measure, print tables, and write JSON if asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        root = Path(directory)
        checkout = root / "checkout"
        checkout.mkdir()
        with place(root) as made:
            adopt(made.repository, measured(checkout, stages=STAGES))
            git(root, "clone", "-q", "--bare", str(checkout), "remote.git")
            git(checkout, "remote", "add", "origin", str(root / "remote.git"))
            jobs: list[JobTime] = []
            for install in (False, True):
                runs = [push(made, checkout, 100 + 10 * install + n, install=install) for n in range(options.rounds)]
                jobs += medians([times(run, install=install) for run in runs])
            costs = flows(made, checkout, runs[-1])
    print(table(jobs))
    for environment in ("given", "built"):
        rows = [job for job in jobs if job.environment == environment]
        stages = max(job.added for job in rows if job.job != "score")
        score = sum(job.added for job in rows if job.job == "score")
        print(f"\nadded to a run, environment {environment}: {stages + score:.1f} s")
    print()
    print(table(costs))
    if options.json:
        document = {"jobs": [asdict(job) for job in jobs], "flows": [asdict(flow) for flow in costs]}
        options.json.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
