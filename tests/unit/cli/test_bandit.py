"""`ratchetry bandit` as it is called: choose, show, explain, fold, and the arms."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from ratchetry.adapters.history_directory import HistoryDirectory
from ratchetry.cli.app import cli
from ratchetry.collect.score.selector import outcomes as logged_outcomes
from ratchetry.domain.bandit import ArmOutcome, decision_of, outcome_event
from ratchetry.domain.weights import Arm, Weights
from ratchetry.errors import ConfigError, RatchetryError, StateError, UsageError
from ratchetry.learn.bandit.propensity import drawn
from ratchetry.learn.experiment.definition import start_event
from ratchetry.state.weights import dumps, loads
from tests.unit.learn.bandit.events import tried

SETTINGS = '[tool.ratchetry]\narms = ["terse", "detailed"]\n'


def call(*words: str) -> str:
    """Return what a command prints that ends well; raises what it raises."""
    result = CliRunner().invoke(cli, ["bandit", *words])
    if isinstance(result.exception, RatchetryError):
        raise result.exception
    assert result.exit_code == 0, (result.output, result.exception)
    return result.stdout


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the directory of a repository with two arms and what became of twenty decisions, made the current one."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pyproject.toml").write_text(SETTINGS, encoding="utf-8")
    history = HistoryDirectory(tmp_path / ".ratchetry")
    for kept in tried([("terse", 1.0), ("detailed", 0.0)] * 10, {"kind": "api"}):
        history.add_event(kept)
    return tmp_path


def kept_decisions(root: Path) -> list[str]:
    """Return the arms of the decisions in the log."""
    lines = (root / ".ratchetry" / "decisions.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["decision"] for line in lines]


def test_a_choice_is_printed_with_its_trailer_and_kept(repository: Path) -> None:
    """The event in the history and the line in the log are those of the decision that was printed."""
    said = call("choose", "--context", "kind=api", "--unit", "pr:12")
    trailer = said.splitlines()[-1]
    name = trailer.removeprefix("Ratchetry-Decision: ")
    (event,) = (one for one in HistoryDirectory(repository / ".ratchetry").events() if one.subject == name)
    decision = decision_of(event)
    assert said.startswith(f"arm: {decision.arm}\n")
    assert (decision.unit, dict(decision.context)) == ("pr:12", {"kind": "api"})
    assert drawn(name, decision.propensities) == decision.arm
    assert kept_decisions(repository) == [name]


def test_a_dry_run_keeps_nothing(repository: Path) -> None:
    """It chooses as ever, and leaves no event and no line."""
    before = len(list(HistoryDirectory(repository / ".ratchetry").events()))
    found = json.loads(call("choose", "--dry-run", "--format", "json", "--arms", "a, b,c"))
    assert set(found["propensities"]) == {"a", "b", "c"}
    assert found["trailer"] == f"Ratchetry-Decision: {found['decision']}"
    assert len(list(HistoryDirectory(repository / ".ratchetry").events())) == before
    assert not (repository / ".ratchetry" / "decisions.jsonl").exists()


def test_what_was_folded_moves_the_choice(repository: Path) -> None:
    """After folding, the arm that succeeded is chosen far more often, and a second fold changes nothing."""
    assert json.loads(call("choose", "--context", "kind=api", "--format", "json"))["propensities"]["terse"] == 0.5
    assert "40 events counted" in call("fold")
    data = (repository / "bandit_weights.json").read_bytes()
    found = json.loads(call("choose", "--context", "kind=api", "--format", "json"))
    assert found["propensities"]["terse"] > 0.9
    assert found["state"]
    assert call("fold").endswith("bandit_weights.json: unchanged\n")
    assert (repository / "bandit_weights.json").read_bytes() == data
    for policy in ("ucb1", "epsilon-greedy", "plain-thompson"):
        other = json.loads(call("choose", "--context", "kind=api", "--format", "json", "--policy", policy))
        assert other["policy"].startswith(f"{policy}:")
        assert other["propensities"]["terse"] > 0.9


def test_folding_dry_writes_nothing_and_names_what_is_left_out(repository: Path) -> None:
    """Events of arms that nobody knows are named; another policy remembers in its own way."""
    history = HistoryDirectory(repository / ".ratchetry")
    for kept in tried([("stranger", 1.0)]):
        history.add_event(kept)
    said = call("fold", "--dry-run")
    assert "unknown arm 'stranger'" in said
    assert '"contexts"' in said
    assert not (repository / "bandit_weights.json").exists()
    found = json.loads(call("fold", "--format", "json", "--policy", "discounted-thompson"))
    assert found["changed"]
    assert loads((repository / "bandit_weights.json").read_bytes(), "file").parameters.discount == 0.998


def test_the_log_gets_the_outcomes_that_it_lacks(repository: Path) -> None:
    """Once the outcome of a decision is known, folding appends it to the log, once."""
    name = json.loads(call("choose", "--format", "json"))["decision"]
    call("choose")
    decision = next(one for one in HistoryDirectory(repository / ".ratchetry").events() if one.subject == name)
    outcome = ArmOutcome(decision=name, time=decision.time, status="rewarded", reward=1.0)
    HistoryDirectory(repository / ".ratchetry").add_event(outcome_event(outcome))
    call("fold")
    call("fold")
    log = (repository / ".ratchetry" / "decisions.jsonl").read_bytes()
    assert logged_outcomes(log, "log") == {name: True}
    assert log.count(b"\n") == 3


def test_show_tells_where_the_arms_stand(repository: Path) -> None:
    """As a table, as JSON, as Markdown and as a drawing."""
    call("fold")
    shown = call("show", "--plot", "posterior.svg")
    assert "context kind=api (thompson:" in shown
    assert shown.index("terse") < shown.index("detailed")
    (one,) = json.loads(call("show", "--format", "json"))
    assert one["standings"][0]["belief"]["evidence"]["n"] == 10
    assert "#### Context `kind=api`" in call("show", "--format", "markdown")
    assert call("show", "--context", "kind=cli").startswith("context kind=cli")
    drawing = (repository / "posterior.svg").read_text(encoding="utf-8")
    assert drawing.startswith("<svg")
    assert "prefers-color-scheme:dark" in drawing


@pytest.mark.usefixtures("repository")
def test_explain_tells_why() -> None:
    """Of a decision: its draw, its outcome, and what is believed now; of a context: what would be chosen."""
    call("fold")
    said = call("explain", "--context", "kind=api")
    assert "10 outcomes here with 10 in rewards" in said
    assert "The newest outcomes in this context:" in said
    name = json.loads(call("choose", "--context", "kind=new", "--format", "json"))["decision"]
    said = call("explain", name.lower())
    assert "no outcome yet" in said
    assert "from 10.0 outcomes in other contexts" in said
    found = json.loads(call("explain", name, "--format", "json"))
    assert (found["repeated"], found["same_state"]) == (True, True)


def test_a_renamed_arm_stays_the_same_arm(repository: Path) -> None:
    """After renaming and folding, the new name has the evidence, and the settings may still say the old one."""
    assert "noted as event" in call("arm", "rename", "terse", "brief")
    call("fold")
    weights = loads((repository / "bandit_weights.json").read_bytes(), "file")
    assert weights.contexts["kind=api"]["brief"].n == 10
    assert "brief" in json.loads(call("choose", "--format", "json"))["propensities"]
    retired = json.loads(call("arm", "retire", "detailed", "--reason", "too long", "--format", "json"))
    assert retired["arm"] == "detailed"
    call("fold")
    assert json.loads(call("choose", "--format", "json"))["propensities"] == {"brief": 1.0}


@pytest.mark.usefixtures("repository")
def test_frozen_learning_takes_the_default_and_folds_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """With RATCHETRY_DISABLE_LEARNING=1 the first arm is taken, whatever was learned."""
    call("fold")
    monkeypatch.setenv("RATCHETRY_DISABLE_LEARNING", "1")
    found = json.loads(call("choose", "--context", "kind=api", "--format", "json", "--arms", "detailed,terse"))
    assert (found["arm"], found["propensities"], found["policy"]) == ("detailed", {"detailed": 1.0}, "static")
    with pytest.raises(UsageError, match="learning is disabled"):
        call("fold")


def test_an_experiment_decides_for_its_units(repository: Path) -> None:
    """While one runs on these arms, its fixed split decides for a unit that takes part, the same each time."""
    from tests.unit.learn.experiment.made import experiment

    one = replace(experiment(), control="terse", treatments=("detailed",))
    HistoryDirectory(repository / ".ratchetry").add_event(start_event(one))
    arms = {json.loads(call("choose", "--unit", "pr:7", "--format", "json"))["arm"] for _ in range(5)}
    assert len(arms) == 1
    decisions = [json.loads(call("choose", "--unit", f"pr:{number}", "--format", "json")) for number in range(8)]
    assert {row["arm"] for row in decisions} == {"terse", "detailed"}
    assert all(row["propensities"] == {"terse": 0.5, "detailed": 0.5} for row in decisions)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("choose", "--context", "api"), "must be NAME=VALUE"),
        (("choose", "--context", "a=1", "--context", "a=2"), "names 'a' twice"),
        (("choose", "--context", "a b=1"), "'a b' is no name for a context"),
        (("choose", "--arms", "a,b,a"), "arm 'a' is named twice"),
        (("choose", "--arms", "a b"), "'a b' is no name of an arm"),
        (("choose", "--weights-file", "missing.json"), "missing.json: there is no such weights file"),
        (("explain", "01ARZ3NDEKTSV4RRFFQ69G5FAV"), "there is no decision"),
        (("explain", "01ARZ3NDEKTSV4RRFFQ69G5FAV", "--context", "a=1"), "a decision has its own context"),
        (("show", "--context", "x"), "must be NAME=VALUE"),
        (("arm", "rename", "terse"), "rename takes the old and the new name"),
        (("arm", "retire", "stranger"), "there is no arm 'stranger'"),
    ],
)
def test_what_makes_no_sense_is_refused(words: tuple[str, ...], message: str, repository: Path) -> None:
    """Each message says what is wrong, and nothing is kept."""
    before = len(list(HistoryDirectory(repository / ".ratchetry").events()))
    with pytest.raises(UsageError, match=message):
        call(*words)
    assert len(list(HistoryDirectory(repository / ".ratchetry").events())) == before


def test_without_arms_the_message_says_where_to_name_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is chosen between nothing; a broken file of weights is named."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match="name them with --arms, or as arms in"):
        call("choose")
    (tmp_path / "bandit_weights.json").write_bytes(dumps(Weights(arms=(Arm(name="only"),))))
    assert json.loads(call("choose", "--format", "json"))["propensities"] == {"only": 1.0}
    (tmp_path / "bandit_weights.json").write_text("{}x", encoding="utf-8")
    with pytest.raises(StateError, match=r"bandit_weights.json: not valid JSON"):
        call("choose")
    monkeypatch.setenv("RATCHETRY_DISABLE_LEARNING", "perhaps")
    with pytest.raises(ConfigError, match="disable-learning"):
        call("choose")


def test_a_log_that_is_a_link_is_not_written_through(repository: Path) -> None:
    """A link in place of the log would lead somewhere else: it is refused."""
    (repository / "elsewhere").write_text("", encoding="utf-8")
    (repository / ".ratchetry" / "decisions.jsonl").symlink_to(repository / "elsewhere")
    with pytest.raises(UsageError, match="cannot append to"):
        call("choose")
    assert (repository / "elsewhere").read_text(encoding="utf-8") == ""


def test_a_choice_imports_nothing_heavy(repository: Path) -> None:
    """What takes long to import is not imported to choose: it happens at every commit."""
    heavy = ("numpy", "requests", "rich", "jinja2", "yaml", "github", "packaging", "ratchetry.pipeline.survey")
    program = (
        "import sys; from ratchetry.cli.app import run; "
        "code = run(['bandit', 'choose', '--context', 'kind=api']); "
        f"found = [name for name in {heavy!r} if name in sys.modules]; print(found); sys.exit(code)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=repository, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
