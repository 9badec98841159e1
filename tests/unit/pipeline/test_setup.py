"""What `ratchetry init` writes."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratchetry.analyze.enforcement import Held
from ratchetry.analyze.gate import evaluate
from ratchetry.domain.catalog import definition
from ratchetry.domain.record import Fragment
from ratchetry.domain.thresholds import Thresholds
from ratchetry.pipeline.setup import SEEDS, apply_setup, plan_setup, seeded
from ratchetry.pipeline.stubs import WORKFLOW, Pin
from ratchetry.settings import Settings
from tests.builders import metric, record

PIN = Pin(repository="octocat/ratchetry", commit="0123456789abcdef0123456789abcdef01234567", label="v1.2.3")


def _plan(root: Path, thresholds: Thresholds | None = None) -> dict[str, str]:
    """Return the state of every file that a setup wants."""
    return {change.path: change.state for change in plan_setup(root, Settings(), thresholds, pin=PIN)}


@given(st.sampled_from(sorted(SEEDS)), st.floats(min_value=0, max_value=1e6))
def test_a_seeded_bound_is_met_by_what_seeded_it(name: str, value: float) -> None:
    """A first bound passes on the run it was measured in, and is laxer by less than one step."""
    entry = definition(name)
    assert entry is not None
    metrics = {name: metric(value, better=entry.better, unit=entry.unit, stage=entry.stage)}
    bounds = seeded(record(metrics=metrics), today="2026-01-02")
    gates = evaluate(Held(bounds=bounds.bounds), Fragment(metrics=metrics), optional=(), expected=(entry.stage,))
    (gate,) = [gate for gate in gates if gate.metric == name]
    assert gate.verdict == "pass"
    assert gate.margin is not None
    assert gate.margin <= SEEDS[name].step + 1e-6


def test_only_what_was_measured_is_bounded() -> None:
    """A metric without a measurement gets no bound: none is invented."""
    bounds = seeded(record(metrics={"coverage.line": metric(81.7)}), today="2026-01-02").bounds
    assert [(bound.metric, bound.bound, bound.target) for bound in bounds] == [("coverage.line", 81, 100)]


def test_a_target_that_is_reached_is_the_bound() -> None:
    """The ratchet of a metric that is better than its target has nowhere to go."""
    (bound,) = seeded(record(metrics={"complexity.max": metric(7, better="lower")}), today="2026-01-02").bounds
    assert (bound.bound, bound.target) == (7, 7)


def test_a_second_setup_changes_nothing(tmp_path: Path) -> None:
    """What has been written is the same when it is planned again."""
    thresholds = seeded(record(metrics={"coverage.line": metric(80)}), today="2026-01-02")
    written = apply_setup(tmp_path, plan_setup(tmp_path, Settings(), thresholds, pin=PIN), force=False)
    assert len(written) == 6
    assert set(_plan(tmp_path, thresholds).values()) == {"same"}
    assert apply_setup(tmp_path, plan_setup(tmp_path, Settings(), thresholds, pin=PIN), force=False) == ()


def test_settings_are_added_to_a_pyproject_and_all_else_in_it_kept(tmp_path: Path) -> None:
    """The table is appended once; comments and other tables stay."""
    file = tmp_path / "pyproject.toml"
    file.write_text('# mine\n[project]\nname = "x"\n', encoding="utf-8")
    apply_setup(tmp_path, plan_setup(tmp_path, Settings(), None, pin=PIN), force=False)
    text = file.read_text(encoding="utf-8")
    assert text.startswith('# mine\n[project]\nname = "x"\n')
    assert set(tomllib.loads(text)["tool"]["ratchetry"]) == {"optional", "documents"}
    assert _plan(tmp_path)["pyproject.toml"] == "same"


def test_a_file_that_was_edited_stays_without_force(tmp_path: Path) -> None:
    """Nothing hand-edited is overwritten unless it is asked for."""
    file = tmp_path / WORKFLOW
    file.parent.mkdir(parents=True)
    file.write_text("mine", encoding="utf-8")
    changes = plan_setup(tmp_path, Settings(), None, pin=PIN)
    assert WORKFLOW not in {change.path for change in apply_setup(tmp_path, changes, force=False)}
    assert file.read_text(encoding="utf-8") == "mine"
    assert WORKFLOW in {change.path for change in apply_setup(tmp_path, changes, force=True)}


@pytest.mark.parametrize("text", ["[project", "[tool]\nratchetry = 3\n"])
def test_a_pyproject_that_cannot_be_given_a_table_is_left_alone(tmp_path: Path, text: str) -> None:
    """A broken file is not made worse."""
    (tmp_path / "pyproject.toml").write_text(text, encoding="utf-8")
    apply_setup(tmp_path, plan_setup(tmp_path, Settings(), None, pin=PIN), force=False)
    assert (tmp_path / "pyproject.toml").read_text(encoding="utf-8") == text
