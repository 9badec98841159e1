"""What is changed in workflows before act runs them, and that tokens may do no more than GitHub would let them."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from tests.act import nodes
from tests.act.prepare import make_runnable, prepared, refuse_escalation
from tests.e2e.repositories import write

CALLER = """
on: push
jobs:
  all:
    uses: $/.github/workflows/called.yml
    permissions:
      contents: read
"""
CALLED = """
on: workflow_call
permissions: {}
jobs:
  one:
    permissions:
      contents: read
      issues: write
    steps:
      - uses: $/.github/actions/a
      - run: tool
        env:
          GITHUB_TOKEN: ${{ github.token }}
"""


def test_called_job_that_asks_for_more_than_its_caller_is_refused(tmp_path: Path) -> None:
    """GitHub does not start such a run, so neither does this."""
    write(tmp_path, {"caller.yml": CALLER, "called.yml": CALLED})
    with pytest.raises(ValueError, match=r"caller.yml: all gives called.yml no issues: write"):
        refuse_escalation(sorted(tmp_path.glob("*.yml")))


def test_each_job_has_a_token_of_its_own(tmp_path: Path) -> None:
    """A job's token stands where it asks for it, may do what the workflow states, and `on` stays a word."""
    write(tmp_path, {"called.yml": CALLED})
    tokens = make_runnable(tmp_path / "called.yml", "v1")
    assert tokens == {"ghs_called_one": {"contents": "read", "issues": "write"}}
    text = (tmp_path / "called.yml").read_text()
    assert "${{ 'ghs_called_one' }}" in text
    assert "ratchetry/ratchetry/.github/actions/a@v1" in text
    assert nodes.get(nodes.read(tmp_path / "called.yml"), "on") is not None


def test_flat_copy_has_the_stages_in_the_main_workflow(tmp_path: Path) -> None:
    """In the flat copy the main workflow calls no stage; conditions are kept, and inputs are the caller's."""
    source = prepared(tmp_path, ref="v1", flat=True)
    main = yaml.safe_load((source.root / ".github/workflows/ci-main.yml").read_text())
    test = main["jobs"]["test"]
    assert "uses" not in test
    assert "inputs.stages" in test["if"]
    assert test["strategy"]["matrix"]["python"] == "${{ fromJSON((inputs.python-versions)) }}"
    assert source.tokens["ghs_ci_main_test"] == {"contents": "read"}


def test_rerun_has_no_more_than_the_jobs_that_run_again(tmp_path: Path) -> None:
    """Jobs that are not run again are neither there nor waited for."""
    source = prepared(tmp_path, ref="v1", flat=True, only=("test", "score"))
    jobs = yaml.safe_load((source.root / ".github/workflows/ci-main.yml").read_text())["jobs"]
    assert (list(jobs), jobs["score"]["needs"]) == (["test", "score"], ["test"])
