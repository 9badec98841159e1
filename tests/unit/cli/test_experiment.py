"""`ratchetry experiment` and `ratchetry versions` as they are called."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ratchetry.adapters.history_directory import HistoryDirectory
from ratchetry.cli.app import cli
from ratchetry.domain.event import Event, event
from ratchetry.errors import RatchetryError, UsageError
from ratchetry.learn.experiment.definition import start_event
from tests.adapters.repositories import git
from tests.unit.learn.experiment.made import START, experiment, units
from tests.unit.learn.watched import promoted, results, steady

LATELY = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return an empty repository."""
    git(tmp_path, "init", "-q", "-b", "main")
    return tmp_path


def invoke(root: Path, *words: str) -> Result:
    """Return how a command in a repository ends; raises what it raises."""
    result = CliRunner().invoke(cli, [*words, "--path", str(root)], standalone_mode=False)
    if isinstance(result.exception, RatchetryError):
        raise result.exception
    assert result.exception is None, result.exception
    return result


def call(root: Path, *words: str) -> str:
    """Return what a command in a repository prints."""
    return invoke(root, *words).stdout


def kept(root: Path, events: Iterator[Event] | tuple[Event, ...], days: float) -> None:
    """Keep events in the history of a repository, moved so that they end so many days after their start."""
    place = HistoryDirectory(root / ".ratchetry")
    shift = LATELY - START - timedelta(days=days)
    for one in events:
        moment = datetime.fromisoformat(one.time) + shift
        moved = f"{moment:%Y-%m-%dT%H:%M:%SZ}"
        place.add_event(
            event(one.kind, time=moved, repository=one.repository, subject=one.subject, runs=one.runs, data=one.data)
        )


def start(root: Path, *words: str) -> str:
    """Start the experiment tone."""
    where = ("--slot", "review-prompt", "--control", "v1", "--treatment", "v2")
    return call(root, "experiment", "start", "tone", *where, "--traffic", "1", *words)


def test_an_experiment_from_its_start_to_its_stop(root: Path) -> None:
    """Started once, units assigned and recorded once, its status told, stopped with a reason."""
    assert "would start tone" in start(root, "--dry-run")
    assert "no experiment yet" in call(root, "experiment", "status")
    assert re.search(r"planned n: 1,[12]\d\d units", start(root, "--base", "0.6", "--per-day", "40"))
    with pytest.raises(UsageError, match="there is an experiment 'tone' already"):
        start(root)
    first = call(root, "experiment", "assign", "tone", "--unit", "pr-12")
    assert first in {"v1\n", "v2\n"}
    again = json.loads(call(root, "experiment", "assign", "tone", "--unit", "pr-12", "--format", "json"))
    assert (again["arm"] + "\n", again["state"], again["propensities"]) == (first, "known", {"v1": 0.5, "v2": 0.5})
    assert len([one for one in HistoryDirectory(root / ".ratchetry").events() if one.kind == "decision"]) == 1
    record = ("experiment", "record", "tone", "--unit", "pr-12", "--metric")
    assert call(root, *record, "reward=1") == "recorded: pr-12\n"
    assert call(root, *record, "reward=1") == "recorded before, the same: pr-12\n"
    with pytest.raises(UsageError, match="the first record of a unit counts"):
        call(root, *record, "reward=0")
    assert "1 unit of days that do not count yet" in call(root, "experiment", "status", "tone")
    stopped = json.loads(call(root, "experiment", "stop", "tone", "--reason", "enough", "--format", "json"))
    assert "stopped: enough" in str(stopped)
    assert "stopped: enough" in call(root, "experiment", "status", "tone")
    with pytest.raises(UsageError, match="it has ended already: inconclusive"):
        call(root, "experiment", "stop", "tone", "--reason", "again")
    assert call(root, "experiment", "assign", "tone", "--unit", "pr-77") == "v1\n"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("assign", "ton", "--unit", "a"), "no experiment 'ton'; did you mean 'tone'"),
        (("status", "other"), "no experiment 'other'; there is tone"),
        (("assign", "tone", "--unit", " "), "a unit has 1 to 200 characters"),
        (("record", "tone", "--unit", "nobody", "--metric", "reward=1"), "no arm was assigned to it"),
        (("record", "tone", "--unit", "pr-1", "--metric", "reward"), "must be NAME=VALUE"),
        (("record", "tone", "--unit", "pr-1", "--metric", "rewards=1"), "no metric 'rewards'; did you mean 'reward'"),
        (("record", "tone", "--unit", "pr-1", "--metric", "reward=2"), "from 0 to 1"),
        (("record", "tone", "--unit", "pr-1", "--metric", "reward=nan"), "from 0 to 1"),
        (("stop", "tone", "--reason", " "), "needs a reason"),
        (("start", "x", "--slot", "a b", "--control", "c", "--treatment", "d"), "the name 'a b' may have"),
        (("start", "x", "--slot", "a", "--control", "c", "--treatment", "c"), "must differ"),
        (("start", "x", "--slot", "a", "--control", "c", "--treatment", "d", "--metric", "m"), "NAME:higher or"),
        (("start", "x", "--slot", "a", "--control", "c", "--treatment", "d", "--primary", "m"), "none of reward"),
        (("status", "--plot", "/x.svg", "--format", "json"), ""),
    ],
)
def test_what_makes_no_sense_is_said(root: Path, words: tuple[str, ...], message: str) -> None:
    """Each wrong call ends with what is wrong and what to do."""
    start(root)
    call(root, "experiment", "assign", "tone", "--unit", "pr-1")
    if not message:
        kept(root, (start_event(replace(experiment(), name="second")),), 1)
        message = "--plot draws one experiment, and there are 2"
    with pytest.raises(UsageError, match=message):
        call(root, "experiment", *words)


def test_a_decided_experiment_names_its_winner(root: Path, tmp_path: Path) -> None:
    """The status, its drawing, and what `assign` says afterwards."""
    one = experiment()
    kept(root, (start_event(one), *units(one, {"long": 0.2, "short": 0.95}, days=8, per_day=16)), 10)
    found = json.loads(call(root, "experiment", "status", "--format", "json"))
    assert (found["statuses"][0]["state"], found["statuses"][0]["winner"]) == ("winner", "short")
    assert "winner short" in call(root, "experiment", "status", "--format", "markdown")
    call(root, "experiment", "status", "tone", "--plot", str(tmp_path / "tone.svg"))
    assert (tmp_path / "tone.svg").read_text(encoding="utf-8").startswith("<svg")


def test_frozen_learning_assigns_the_control_and_notes_nothing(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With learning disabled everyone gets what is in use."""
    start(root)
    monkeypatch.setenv("RATCHETRY_DISABLE_LEARNING", "1")
    assert {call(root, "experiment", "assign", "tone", "--unit", f"pr-{number}") for number in range(8)} == {"v1\n"}
    call(root, "experiment", "record", "tone", "--unit", "pr-1", "--metric", "reward=1")
    assert [one.kind for one in HistoryDirectory(root / ".ratchetry").events()] == ["experiment"]


def test_assigning_starts_light(root: Path) -> None:
    """Choosing an arm imports no numeric or network library."""
    start(root)
    program = "import sys; from ratchetry.cli.app import run; run(sys.argv[1:]); print(*sys.modules, file=sys.stderr)"
    words = ("experiment", "assign", "tone", "--unit", "pr-1", "--path", str(root))
    done = subprocess.run([sys.executable, "-c", program, *words], capture_output=True, text=True, check=True)
    assert not {"numpy", "requests", "rich", "jinja2", "yaml"} & {
        name.partition(".")[0] for name in done.stderr.split()
    }
    assert done.stdout.strip() in {"v1", "v2"}


def test_versions_are_promoted_by_people_with_a_reason(root: Path) -> None:
    """The file and the history say so; what is active already, or has no name, is refused."""
    promote = ("versions", "promote", "review-prompt")
    assert "no version was promoted yet" in call(root, "versions", "show")
    assert "no version was promoted yet" in call(root, "versions", "check")
    assert "v1 is in use; commit" in call(root, *promote, "v1", "--reason", "the first")
    assert "v2 is in use instead of v1" in call(root, *promote, "v2", "--reason", "better")
    said = json.loads(call(root, *promote, "v3", "--reason", "best", "--format", "json"))
    assert (said["slot"], said["version"], said["previous"]) == ("review-prompt", "v3", "v2")
    with pytest.raises(UsageError, match="v3 is active already"):
        call(root, *promote, "v3", "--reason", "again")
    with pytest.raises(UsageError, match="needs a reason"):
        call(root, *promote, "v4", "--reason", "")
    with pytest.raises(UsageError, match="the version 'a b' may have"):
        call(root, *promote, "a b", "--reason", "x")
    assert json.loads((root / "active-versions.json").read_bytes())["slots"]["review-prompt"]["previous"] == "v2"
    shown = json.loads(call(root, "versions", "show", "--format", "json"))
    assert [one["version"] for one in shown["promotions"]] == ["v1", "v2", "v3"]
    assert "v3" in call(root, "versions", "show", "--format", "markdown")
    assert invoke(root, "versions", "check").return_value == 3
    with pytest.raises(UsageError, match="no slot 'review'; did you mean 'review-prompt'"):
        call(root, "versions", "check", "--slot", "review")


def test_a_degraded_version_fails_the_check(root: Path, tmp_path: Path) -> None:
    """The exit code is 1, the report names where to go back to, and the drawing shows the alarm."""
    events = (
        promoted("v1", "v0", -40),
        promoted("v2", "v1", 30),
        *results([steady("v1", 30, 0.9, 4), steady("v2", 9, 0.1, 4)]),
    )
    kept(root, events, 40)
    drawing = tmp_path / "watch.svg"
    result = invoke(root, "versions", "check", "--format", "json", "--plot", str(drawing))
    assert result.return_value == 1
    (found,) = json.loads(result.stdout)["slots"]
    assert (found["state"], found["rollback_to"]) == ("degraded", "v1")
    assert "evidence for an alarm" in drawing.read_text(encoding="utf-8")
    assert "degraded" in invoke(root, "versions", "check", "--format", "markdown").stdout
