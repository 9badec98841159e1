"""A repository of somebody else that calls ratchetry's workflows by commit, with what `ratchetry init` wrote."""

from __future__ import annotations

from pathlib import Path

import pytest

from ratchetry.state.record import loads
from tests.act import nodes, payloads
from tests.act.conftest import REF, MakeWorld
from tests.act.driver import Trigger, run_workflow
from tests.act.world import adopt
from tests.e2e.commands import ratchetry
from tests.e2e.repositories import committed, sound

pytestmark = pytest.mark.e2e

WORKFLOW = ".github/workflows/ratchetry.yml"


def test_foreign_repository_is_measured_by_the_commit_it_names(make_world: MakeWorld, tmp_path: Path) -> None:
    """The stub calls the workflows of one commit, which build the project's environment and measure the caller."""
    world = make_world("acme/widget")
    sound(tmp_path)
    committed(tmp_path)
    wrote = ratchetry(tmp_path, "init", "--ref", REF, extra={"RATCHETRY_INSTALL": "false"})
    assert wrote.code == 0, wrote.err
    stub = nodes.read(tmp_path / WORKFLOW)
    call = nodes.mapping(nodes.get(nodes.mapping(nodes.get(stub, "jobs")), "ratchetry"))
    assert nodes.text(nodes.get(call, "uses")) == f"ratchetry/ratchetry/.github/workflows/ci-main.yml@{REF}"
    nodes.put(call, "with", nodes.of({"stages": "test", "evaluate-only": True}))  # the bounds are those of all stages
    nodes.write(tmp_path / WORKFLOW, stub)
    sha = adopt(world.repository, committed(tmp_path))
    world.github.state.add_run(
        world.repository, run_id=401, path=WORKFLOW, name="ratchetry", sha=sha, status="in_progress", conclusion=None
    )
    trigger = Trigger(event="push", run_id=401, payload=payloads.push(world.repository, sha))
    run = run_workflow(world, tmp_path, WORKFLOW, trigger, environ={"RATCHETRY_INSTALL": "true"})
    record = loads(run.artifact("ci-metrics-summary-a1")["record.json"], "record.json")
    assert run.results == {"test (3.13)": "success", "score": "success"}
    assert (record.run.repository, record.run.commit, record.run.workflow) == ("acme/widget", sha, WORKFLOW)
    assert record.metrics["tests.passed"].value == 1
    assert run.requests == ()
