"""Everything that workflows refer to exists: inputs, outputs, steps, jobs and matrices."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

import pytest

from tests.workflows.files import Action, Input, Job, actions, jobs, target, texts, workflows

EXPRESSION: Final = re.compile(r"\$\{\{(?P<inside>.+?)\}\}", re.DOTALL)
NEEDS: Final = re.compile(r"\bneeds\.([\w-]+)\.outputs\.([\w-]+)")
STEPS: Final = re.compile(r"\bsteps\.([\w-]+)\.outputs\.([\w-]+)")
INPUTS: Final = re.compile(r"\binputs\.([\w-]+)")
MATRIX: Final = re.compile(r"\bmatrix\.([\w-]+)")
JOBS: Final = re.compile(r"\bjobs\.([\w-]+)\.outputs\.([\w-]+)")
OUTPUTS_OF: Final[Mapping[str, frozenset[str]]] = {
    "python": frozenset({"python-path"}),  # of actions/setup-python
    "emit": frozenset({"name", "path"}),  # of ratchetry ci emit
    "score": frozenset({"name", "path", "verdict", "score"}),  # of ratchetry ci score
    "sarif": frozenset({"stages"}),  # of ratchetry ci sarif
    "version": frozenset({"version"}),  # of scripts/ci/next_version.py
}
DEEPEST: Final = 3


def expressions(text: str) -> str:
    """Return what stands in the expressions of a text, one after the other."""
    return "\n".join(match["inside"] for match in EXPRESSION.finditer(text))


def in_job(job: Job) -> str:
    """Return the expressions of a job."""
    return expressions(repr(job))


@pytest.mark.parametrize("path", workflows())
def test_jobs_need_jobs_that_exist(path: str) -> None:
    """A job waits for jobs of its workflow, and takes outputs that they have only from those it waits for."""
    workflow = workflows()[path]
    for name, job in workflow.jobs.items():
        assert set(job.needs) <= set(workflow.jobs) - {name}
        for needed, output in NEEDS.findall(in_job(job)):
            assert needed in job.needs, f"{name} needs {needed}"
            assert output in workflow.jobs[needed].outputs, f"{name}: {needed}.{output}"


def test_outputs_come_from_steps_that_have_them() -> None:
    """A step that is referred to stands before, under that id, and sets that output."""
    referred = []
    for place, job in jobs():
        known = [step.id for step in job.steps]
        referred += [(place, known, *found) for found in STEPS.findall(in_job(job))]
    for path, action in actions().items():
        known = [step.id for step in action.runs.steps]
        referred += [(path, known, *found) for found in STEPS.findall(expressions(repr(action.runs)))]
    assert referred
    for place, known, step, output in referred:
        assert step in known, f"{place}: {step}"
        assert output in OUTPUTS_OF[step], f"{place}: {step}.{output}"


@pytest.mark.parametrize("path", [*workflows(), *actions()])
def test_inputs_are_declared_and_used(path: str) -> None:
    """Each input that is used is declared, and each that is declared is used."""
    used = set(INPUTS.findall(expressions(texts()[path])))
    assert used == set(_inputs_of(path))


def _inputs_of(path: str) -> Mapping[str, Input]:
    """Return the inputs of a workflow or an action."""
    return actions()[path].inputs if path in actions() else workflows()[path].call.inputs


def _calls() -> Iterator[tuple[str, str, frozenset[str]]]:
    """Yield every use of a file of ours: where, what, and which inputs it is given."""
    for place, job in jobs():
        if target(job.uses):
            yield place, target(job.uses), frozenset(job.with_)
        yield from ((place, target(step.uses), frozenset(step.with_)) for step in job.steps if target(step.uses))


def test_what_is_called_gets_inputs_that_it_has() -> None:
    """No input is given that is not declared, and none is missing that is required."""
    calls = list(_calls())
    assert len(calls) > 20
    for place, called, given in calls:
        inputs = _inputs_of(called)
        assert given <= set(inputs), f"{place}: {given - set(inputs)}"
        assert {name for name, row in inputs.items() if row.required} <= given, place


def test_all_inputs_of_the_stages_reach_them() -> None:
    """The workflow of CI hands every input that a stage takes on to it."""
    for name, job in workflows()[".github/workflows/ci-main.yml"].jobs.items():
        if job.uses:
            assert set(job.with_) == set(_inputs_of(target(job.uses))), name


def test_outputs_of_called_workflows_are_those_of_their_jobs() -> None:
    """What a called workflow gives is an output of one of its jobs."""
    for path, workflow in workflows().items():
        for output in workflow.call.outputs.values():
            ((job, name),) = JOBS.findall(output.value)
            assert name in workflow.jobs[job].outputs, path


def test_matrices_have_what_is_asked_of_them() -> None:
    """A job refers to columns of its own matrix."""
    for place, job in jobs():
        matrix = job.strategy.get("matrix", {})
        assert isinstance(matrix, dict)
        included = [key for row in matrix.get("include", []) for key in row]
        assert set(MATRIX.findall(in_job(job))) <= {*matrix, *included}, place


def test_workflows_are_called_through_few_levels() -> None:
    """From a caller to the deepest workflow there are three levels at most, and no circle."""
    assert max(depth(path, ()) for path in workflows()) == DEEPEST


def depth(path: str, above: tuple[str, ...]) -> int:
    """Return how many levels of workflows there are from one downwards; fails for one that calls itself."""
    assert path not in above
    called = [target(job.uses) for job in workflows()[path].jobs.values() if job.uses]
    return 1 + max((depth(name, (*above, path)) for name in called), default=0)


def test_actions_are_composite_and_say_which_shell() -> None:
    """An action has steps in bash, and every input says what it is."""
    for path, action in actions().items():
        _check(path, action)


def _check(path: str, action: Action) -> None:
    """Fail for an action that is not written like the others."""
    assert action.runs.using == "composite", path
    assert all(step.shell == "bash" for step in action.runs.steps if step.run), path
    assert all(row.description.endswith(".") for row in action.inputs.values()), path
