"""`ratchetry dashboard` and `badge` as they are called: over a history with hostile names, several, and none."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest
from click.testing import CliRunner

from ratchetry.adapters.history_directory import HistoryDirectory
from ratchetry.cli.app import cli
from ratchetry.domain.bandit import ArmDecision, ArmOutcome, decision_event, outcome_event
from ratchetry.domain.event import event
from ratchetry.domain.record import Gate, Metric, Outcome, RunRecord, TestResult
from ratchetry.errors import UsageError
from ratchetry.pipeline.history import log_event
from tests.histories import Shape, history

SHAPE: Final = Shape(runs=30, tests=40, seed=4, flaky=0.3)
HOSTILE: Final = "tests/x.py::test_</script><script>alert(1)</script>[\u202egnp|@octocat #1]"
BOUNDS: Final = '{"version": 1, "coverage": {"minimum": 70}, "metrics": {"lint.findings": {"maximum": 20}}}'
WEIGHTS: Final = '{"version": 1, "arms": [{"name": "cot"}, {"name": "few-shot"}]}'


def call(*words: str) -> str:
    """Return what a command prints; its errors are raised."""
    ended = CliRunner().invoke(cli, words, catch_exceptions=False)
    assert ended.exit_code == 0, ended.output
    return ended.output


def runs() -> Iterator[RunRecord]:
    """Yield runs with a benchmark, a hostile test, a hostile metric and a gate that failed."""
    for number, record in enumerate(history(SHAPE)):
        outcome: Outcome = "failed" if number % 5 == 4 else "passed"
        yield replace(
            record,
            tests=(*record.tests, TestResult(id=HOSTILE, outcome=outcome, duration=0.5, signature="ab")),
            metrics={
                **record.metrics,
                "benchmark.<b>speed</b>": Metric(value=0.01, unit="seconds", better="lower", stage="benchmark", n=9),
            },
            gates=(Gate(metric="coverage.line", kind="minimum", bound=99.0, value=80.0, margin=-19.0, verdict="fail"),),
        )


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a repository whose history has runs, notes, decisions, bounds and issues."""
    root = tmp_path_factory.mktemp("repository")
    kept = HistoryDirectory(root / ".ratchetry")
    for record in runs():
        kept.add(record)
    moment = datetime(2026, 1, 6, tzinfo=UTC)
    log_event(kept, moment, "Upgraded <b>Python</b>", kind="upgrade", subject="", actor="", repository="")
    for number in range(4):
        taken = f"2026-01-07T0{number}:00:00Z"
        decision = ArmDecision(id=f"d{number}", time=taken, arm="cot", propensities={"cot": 0.5, "few-shot": 0.5})
        kept.add_event(decision_event(decision))
        if number % 2:
            kept.add_event(outcome_event(ArmOutcome(decision=f"d{number}", time=taken, status="rewarded", reward=0.5)))
    kept.add_event(
        event("issue", time="2026-01-08T00:00:00Z", subject="f1", data={"state": "opened", "title": "<i>", "number": 7})
    )
    (root / "quality-thresholds.json").write_text(BOUNDS)
    (root / "bandit_weights.json").write_text(WEIGHTS)
    return root


@pytest.fixture(scope="module")
def site(repository: Path) -> Path:
    """Return the directory of the repository's dashboard."""
    call("dashboard", "--path", str(repository), "--branch", "main")
    return repository / ".ratchetry" / "dashboard"


def overview(site: Path) -> dict[str, object]:
    """Return the document in the page."""
    page = (site / "index.html").read_text(encoding="utf-8")
    inline = re.findall(r'<script type="application/json" id="overview">(.*?)</script>', page, re.DOTALL)
    assert len(inline) == 1
    found: dict[str, object] = json.loads(inline[0])
    return found


def document(site: Path, name: str) -> dict[str, list[object]]:
    """Return a document from its file, whose name and call have to agree with the page."""
    files = overview(site)["files"]
    assert isinstance(files, dict)
    text = (site / "data" / f"{name}.{files[name]}.js").read_text(encoding="utf-8")
    start = f'ratchetry.load("{name}",'
    assert text.startswith(start)
    assert text.endswith(")\n")
    found: dict[str, list[object]] = json.loads(text.removeprefix(start)[:-2])
    return found


def test_every_document_that_the_page_names_is_there(site: Path) -> None:
    """The files in data/ are those that the overview names, each with the hash of its content."""
    files = overview(site)["files"]
    assert isinstance(files, dict)
    there = {path.name: hashlib.sha256(path.read_bytes()).hexdigest()[:8] for path in (site / "data").iterdir()}
    assert there == {f"{name}.{tag}.js": tag for name, tag in files.items()}
    wanted = {"runs", "tests-0", "test-0", "flaky", "modules", "bandit", "thresholds", "issues", "events"}
    assert wanted <= set(files)
    assert "experiments" in dict(str_keys(overview(site)["absent"]))


def str_keys(value: object) -> Iterator[tuple[str, object]]:
    """Yield the items of an object of JSON."""
    assert isinstance(value, dict)
    yield from value.items()


def test_the_overview_tells_of_the_newest_run(site: Path) -> None:
    """Verdict, gates, counts and rows are those of the history."""
    found = overview(site)
    newest = [record for record in runs() if record.run.pull_request is None and not record.run.dirty][-1]
    assert found["verdict"] == newest.verdict
    assert found["as_of"] == newest.run.started
    assert [dict(str_keys(gate))["metric"] for gate in listed(found["gates"])] == ["coverage.line"]
    counts = dict(str_keys(found["counts"]))
    assert (counts["runs"], counts["tests"], counts["benchmarks"], counts["events"]) == (30, 41, 1, 1)
    recent = [dict(str_keys(row)) for row in listed(found["recent"])]
    assert [row["id"] for row in recent] == [f"{1000 + number}-1" for number in reversed(range(30))]


def listed(value: object) -> list[object]:
    """Return a list of JSON."""
    assert isinstance(value, list)
    return value


def test_metrics_keep_all_their_values(site: Path) -> None:
    """The document of a metric has the value of every run, by its place among the runs."""
    rows = [dict(str_keys(row)) for row in listed(overview(site)["metrics"])]
    row = next(row for row in rows if row["name"] == "lint.findings")
    kept = document(site, str(row["chunk"]))
    values = [record.metrics["lint.findings"].value for record in runs()]
    assert kept["run"] == list(range(30))
    assert kept["value"] == values
    bound = dict(str_keys(row["bound"]))
    assert (bound["kind"], bound["value"]) == ("maximum", 20)


def test_tests_keep_all_their_outcomes(site: Path) -> None:
    """The index counts what the strips show, and a hostile name is text in which nothing hides."""
    index, detail = document(site, "tests-0"), document(site, "test-0")
    prefixes = index["prefixes"]
    names = [f"{prefixes[int(str(at))]}{name}" for at, name in zip(index["prefix"], index["name"], strict=True)]
    assert names == sorted(names)
    assert HOSTILE.replace("\u202e", "\\u202e") in names
    letters = {"passed": "P", "failed": "F", "error": "E", "skipped": "S", "flaky": "R"}
    for at, name in enumerate(names):
        told = [
            next(letters[test.outcome] for test in record.tests if test.id.replace("\u202e", "\\u202e") == name)
            for record in runs()
        ]
        strip = re.sub(r"(\D)(\d+)", lambda found: found[1] * int(found[2]), str(detail["strips"][at]))
        assert strip == "".join(told)
        assert index["failures"][at] == told.count("F") + told.count("E")
    assert len(listed(detail["seconds"][0])) == len(detail["timed"]) == 30


def test_what_was_learned_and_done_is_there(site: Path) -> None:
    """Decisions with their rewards, bounds, issues and notes come from the history and the state files."""
    choices = dict(str_keys(document(site, "bandit")["choices"]))
    assert (choices["status"], choices["reward"]) == ("WRWR", [None, 0.5, None, 0.5])
    assert [dict(str_keys(row))["metric"] for row in document(site, "thresholds")["rows"]] == [
        "coverage.line",
        "lint.findings",
    ]
    issue = dict(str_keys(document(site, "issues")["rows"][0]))
    assert (issue["number"], issue["state"], issue["title"]) == (7, "opened", "<i>")
    assert dict(str_keys(document(site, "events")["marks"][0]))["message"] == "Upgraded <b>Python</b>"
    learning = dict(str_keys(overview(site)["learning"]))
    assert (learning["decisions"], learning["rewarded"], learning["open_issues"]) == (4, 2, 1)


def test_the_policy_names_what_is_inline(site: Path) -> None:
    """The hashes in the policy are those of the page's own style and script, and no text became a script."""
    page = (site / "index.html").read_text(encoding="utf-8")
    policy = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)[0]
    for element in ("style", "script"):
        inline = re.findall(rf"<{element}>(.*?)</{element}>", page, re.DOTALL)
        assert len(inline) == 1
        wanted = base64.b64encode(hashlib.sha256(inline[0].encode()).digest()).decode()
        assert f"{element}-src 'sha256-{wanted}'" in policy
    assert "unsafe" not in policy
    assert len(re.findall("<script", page)) == 2
    assert all(b"<" not in path.read_bytes() for path in (site / "data").iterdir())


def test_the_same_history_gives_the_same_bytes(repository: Path, site: Path, tmp_path: Path) -> None:
    """A second dashboard of the same history differs in no byte, nor does one over the first."""
    call("dashboard", "--path", str(repository), "--branch", "main", "--output", str(tmp_path))
    call("dashboard", "--path", str(repository), "--branch", "main", "--output", str(tmp_path))
    one, other = (
        {path.relative_to(root): path.read_bytes() for path in root.rglob("*") if path.is_file()}
        for root in (site, tmp_path)
    )
    assert one == other


def test_json_tells_what_was_written(repository: Path, tmp_path: Path) -> None:
    """The sizes, the counts and why a part is absent."""
    words = ("dashboard", "--path", str(repository), "--branch", "main", "--output", str(tmp_path))
    told = json.loads(call(*words, "--since", "2026-01-08", "--format", "json"))
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert told["files"] == len(files)
    assert told["bytes"] == sum(path.stat().st_size for path in files)
    assert told["counts"]["runs"] == sum(record.run.started >= "2026-01-08" for record in runs())
    assert "ratchetry experiment start" in told["absent"]["experiments"]


def test_a_dashboard_is_served_until_its_time_is_over(repository: Path, tmp_path: Path) -> None:
    """`--serve` prints an address of this machine, and ends."""
    words = ("dashboard", "--path", str(repository), "--branch", "main", "--output", str(tmp_path), "--serve")
    assert re.search(r"http://127\.0\.0\.1:[1-9]\d*/", call(*words, "--seconds", "0.05"))


def test_many_repositories_are_on_one_page(repository: Path, tmp_path: Path) -> None:
    """Each history has its row and its dashboard; one without a run of its branch says why it has none."""
    fleet = tmp_path / "fleet"
    other = HistoryDirectory(fleet / "acme" / "hammer")
    for record in history(Shape(repository="acme/<hammer>", runs=12, tests=5, seed=2)):
        other.add(record)
    words = ("dashboard", "--fleet", str(fleet), "--fleet", str(repository / ".ratchetry"), "--branch", "main")
    told = json.loads(call(*words, "--path", str(tmp_path), "--output", str(tmp_path / "site"), "--format", "json"))
    assert set(told["dashboards"]) == {"acme/anvil", "acme/<hammer>"}
    page = (tmp_path / "site" / "index.html").read_text()
    assert "acme/&lt;hammer&gt;" in page
    assert "<script" not in page
    links = re.findall(r'href="(repositories/[^"]+)"', page)
    assert len(links) == 2
    assert all((tmp_path / "site" / link).is_file() for link in links)
    assert page.count("<polyline") > 4


@pytest.mark.parametrize("words", [("dashboard",), ("dashboard", "--fleet", "nothing")])
def test_nothing_to_show_is_an_error(words: tuple[str, ...], tmp_path: Path) -> None:
    """Without a run there is no dashboard, and the message says what to do."""
    with pytest.raises(UsageError):
        call(*words, "--path", str(tmp_path))


def test_badges_come_with_the_dashboard_and_alone(repository: Path, site: Path, tmp_path: Path) -> None:
    """`ratchetry badge` says what the dashboard's badges say."""
    words = ("--path", str(repository), "--branch", "main")
    for name in ("score", "coverage", "tests", "flaky", "debt"):
        told = call("badge", name, *words, "--format", "json")
        assert told == (site / "badges" / f"{name}.json").read_text()
        assert json.loads(told)["message"] != "unknown"
    call("badge", "score", *words, "--output", str(tmp_path / "score.svg"))
    assert (tmp_path / "score.svg").read_bytes() == (site / "badges" / "score.svg").read_bytes()


def test_a_badge_without_a_run_is_unknown(tmp_path: Path) -> None:
    """Before the first run nothing was measured."""
    assert json.loads(call("badge", "tests", "--path", str(tmp_path), "--format", "json"))["message"] == "unknown"
