"""How jobs, steps and workflows are written: bounded in time, without logic, and one at a time where it matters."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import click
import pytest

from ratchetry.cli.app import cli
from ratchetry.cli.lazy import commands_below
from tests.workflows.files import ROOT, Step, actions, jobs, steps, workflows

PROGRAMS: Final = frozenset({"ratchetry", "make", "python", "git", "gh", "test", "mkdir", "ln", "echo"})
OURS: Final = (
    re.compile(r"^\S*ratchetry$"),
    re.compile(r"^\S*/python$"),
    re.compile(r"^\S*/uv$"),
    re.compile(r"^\$PYTHON$"),
)
GIVEN: Final = frozenset({"GITHUB_WORKSPACE", "GITHUB_PATH"})
"""Variables that every step has."""
CHOSEN: Final = {"$KIND": "note", "$STAGE": "test"}
"""What variables hold that stand where only some words are taken."""

NAME: Final = re.compile(r"\$\{?([A-Z_]+)")


def runs() -> Iterator[tuple[str, str]]:
    """Yield every command line that is run, with where it stands."""
    for place, step in steps():
        yield from ((place, line) for line in step.run.splitlines() if line.strip())


def test_there_are_command_lines_to_check() -> None:
    """The lines are found."""
    assert len(list(runs())) > 30


def test_no_expression_stands_in_a_command() -> None:
    """What an expression gives would be read by the shell: every input goes through the environment."""
    for place, line in runs():
        assert "${{" not in line, f"{place}: {line}"


def test_a_step_is_a_command_and_no_program() -> None:
    """A line has no branch, loop or pipe, and calls one of few programs."""
    for place, line in runs():
        words = shlex.split(line)
        known = words[0] in PROGRAMS or any(pattern.search(words[0]) for pattern in OURS)
        assert known, f"{place}: {line}"
        assert not {"if", "for", "while", "|", "||", "&&", ";"} & set(words), f"{place}: {line}"


def test_variables_are_quoted_and_set() -> None:
    """A variable in a command is one that its step, its job or the runner sets, and is never split into words."""
    for place, step, names in _environments():
        for line in step.run.splitlines():
            bare = re.sub(r'"[^"]*"', "", line)
            assert not NAME.search(bare), f"{place}: {line}"
            assert set(NAME.findall(line)) <= names | GIVEN, f"{place}: {line}"


def _environments() -> Iterator[tuple[str, Step, frozenset[str]]]:
    """Yield every step with the names of the variables that are set for it."""
    for place, job in jobs():
        yield from ((place, step, frozenset(job.env) | frozenset(step.env)) for step in job.steps)
    for path, action in actions().items():
        yield from ((path, step, frozenset(step.env)) for step in action.runs.steps)


STEPS: Final = ("stage", "emit", "score", "feedback", "ingest", "persist", "learn", "propose", "report")


def test_commands_of_ratchetry_are_understood() -> None:
    """Every call of ratchetry is one that its command line takes."""
    every = dict(commands_below(cli))
    called = []
    for place, line in runs():
        words = shlex.split(line)
        if not words[0].endswith("ratchetry") or words[1:2] == ["--version"]:
            continue
        name = " ".join(words[1:3]) if " ".join(words[1:3]) in every else words[1]
        assert name in every, f"{place}: there is no command {name!r}"
        assert not isinstance(every[name], click.Group), f"{place}: there is no command {' '.join(words[1:3])!r}"
        arguments = [CHOSEN.get(word, word) for word in words[1 + len(name.split()) :]]
        context = click.Context(cli, info_name="ratchetry")
        every[name].make_context(name, arguments, parent=context)
        called.append(name)
    assert {f"ci {step}" for step in STEPS} <= set(called)


def test_scripts_and_targets_exist() -> None:
    """What make or Python are told to run is there."""
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for place, line in runs():
        words = shlex.split(line)
        if words[0] == "make":
            assert set(words[1:]) <= targets, place
        for word in words:
            if word.startswith(("scripts/", "requirements/")):
                assert (ROOT / word).is_file(), f"{place}: {word}"
            if word.startswith("$SOURCE/"):
                assert (ROOT / word.removeprefix("$SOURCE/")).is_file(), f"{place}: {word}"


def test_every_job_ends() -> None:
    """Each job that runs steps has a limit of time, an hour at most, on a runner that is thrown away."""
    for place, job in jobs():
        if not job.uses:
            assert 0 < job.timeout_minutes <= 60, place
            assert job.runs_on in {"ubuntu-latest", "${{ matrix.system }}"}, place


def test_a_checkout_keeps_no_credentials() -> None:
    """The token of a checkout is not left in the directory that measured code can read."""
    checkouts = [(place, step) for place, step in steps() if step.uses.startswith("actions/checkout@")]
    assert len(checkouts) > 10
    for place, step in checkouts:
        assert step.with_.get("persist-credentials") is False, place


def test_artifacts_do_not_outlive_their_use() -> None:
    """What is uploaded between jobs is kept for two weeks, and nothing is uploaded silently empty."""
    for place, step in steps():
        if step.uses.startswith("actions/upload-artifact@"):
            assert step.with_.get("if-no-files-found") == "error", place
            assert step.with_.get("retention-days") == 14 or "release.yml" in place, place


@pytest.mark.parametrize("path", workflows())
def test_only_what_is_not_called_says_what_runs_at_a_time(path: str) -> None:
    """The same group in a caller and in what it calls would cancel itself: who is called declares none."""
    workflow = workflows()[path]
    assert bool(workflow.concurrency) != workflow.is_called


def test_only_pull_requests_are_cancelled() -> None:
    """A newer commit cancels the run of a pull request and no other; what writes the history waits its turn."""
    for path, workflow in workflows().items():
        group, cancels = workflow.concurrency.get("group"), workflow.concurrency.get("cancel-in-progress")
        if "pull_request" in workflow.on:
            assert cancels == "${{ github.event_name == 'pull_request' }}", path
        elif workflow.concurrency:
            assert cancels is False, path
        if group == "ratchetry-data":
            assert workflow.concurrency.get("queue") == "max", path
    groups = [row.concurrency.get("group") for row in workflows().values()]
    assert groups.count("ratchetry-data") == 3  # learning, its stub and the manual log


def test_schedules_avoid_the_hour() -> None:
    """GitHub drops what is scheduled for the beginning of an hour when it is busy."""
    crons = re.findall(r"cron: \"(\d+) \d+ \* \* \d\"", "\n".join(_texts()))
    assert len(crons) == 3
    assert all(minute not in {"0", "15", "30", "45"} for minute in crons)


def _texts() -> Iterator[str]:
    """Yield the text of every workflow."""
    from tests.workflows.files import texts

    yield from texts().values()


def test_followers_name_the_workflow_that_they_follow() -> None:
    """`workflow_run` goes by name: it is that of the workflow that measures, here and in what init writes."""
    for path, workflow in workflows().items():
        follows = workflow.on.get("workflow_run")
        if isinstance(follows, dict):
            measuring = "ratchetry.yml" if path.startswith("init:") else "ci.yml"
            leader = next(row for name, row in workflows().items() if Path(name).name == measuring)
            assert follows == {"workflows": [leader.name], "types": ["completed"]}, path


def test_the_verdict_is_given_also_after_failures() -> None:
    """Score waits for every stage and runs whatever became of them; what a stage leaves is checked also then."""
    main = workflows()[".github/workflows/ci-main.yml"]
    score = main.jobs["score"]
    assert set(score.needs) == set(main.jobs) - {"score"}
    assert score.if_ == "${{ !cancelled() }}"
    for path, workflow in workflows().items():
        if "stage-" in path:
            (job,) = workflow.jobs.values()
            assert [step.if_ for step in job.steps if "emit-metrics" in step.uses] == ["${{ !cancelled() }}"], path
