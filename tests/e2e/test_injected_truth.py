"""From a real project's history with injected changes, one command each tells what was injected, and nothing else."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import pytest

from tests.e2e.commands import ratchetry
from tests.e2e.injected import (
    ADVISORY,
    BRANCHY,
    EXPOSED,
    FLAKY,
    GET,
    KEY,
    NEW_FAILURE,
    REPOSITORY,
    SLOWDOWN,
    SLOWED,
    VULNERABILITIES,
    Injected,
    inject,
)
from tests.e2e.injected_feedback import commented

pytestmark = pytest.mark.e2e

MOVED: Final = {
    "complexity.max": BRANCHY,
    "complexity.mean": BRANCHY,
    "coverage.branch": BRANCHY,
    "coverage.line": BRANCHY,
    GET: SLOWED,
    f"{VULNERABILITIES}.high": EXPOSED,
}
"""What was injected into the runs, and with which commit."""
UNTOUCHED: Final = ("tests.", "types.", "size.", "format.", "lint.suppressions", "security.bandit", KEY)
Json = Mapping[str, object]


@pytest.fixture(name="injected", scope="module")
def _injected(tmp_path_factory: pytest.TempPathFactory) -> Injected:
    """Return the history with what was injected."""
    return inject(tmp_path_factory.mktemp("injected"))


def asked(injected: Injected, *words: str) -> str:
    """Return what a command printed about the history; it must succeed."""
    ended = ratchetry(injected.root, *words)
    assert ended.code == 0, ended.err
    return ended.out


def rows(document: Json, name: str) -> list[dict[str, object]]:
    """Return a list of objects in a document."""
    found = document[name]
    assert isinstance(found, list)
    return [row for row in found if isinstance(row, dict)]


def issues(printed: str) -> Iterator[tuple[str, str]]:
    """Yield the title and the text of each issue that would be opened."""
    for part in re.split(r"^would open or update the issue [0-9a-f]+: ", printed, flags=re.MULTILINE)[1:]:
        title, _, body = part.partition("\n")
        yield title, body


def test_each_change_of_level_is_found_between_its_commits(injected: Injected) -> None:
    """Every injected change is found with direction, size and the pair of commits, and none that was not injected."""
    found = json.loads(asked(injected, "detect", "--branch", "main", "--format", "json"))
    own = set(injected.commits)
    seen: dict[str, dict[str, object]] = {}
    for series in rows(found, "series"):
        for change in rows(series, "change_points"):
            if change["first_bad"] in own:
                assert series["name"] not in seen, "one change was injected, and two were found"
                seen[str(series["name"])] = change
    assert seen.keys() == MOVED.keys()
    for name, at in MOVED.items():
        assert (seen[name]["last_good"], seen[name]["first_bad"]) == (injected.commits[at - 1], injected.commits[at])
        assert seen[name]["direction"] == ("down" if name.startswith("coverage") else "up")
    interval = seen[GET]["interval"]
    assert isinstance(interval, list)
    assert interval[0] <= SLOWDOWN <= interval[1]
    assert interval[1] - interval[0] < 0.03


def test_the_flaky_test_is_named_and_no_other(injected: Injected) -> None:
    """Of 296 tests that the history has seen, one is flaky: the one that was made so; second tries prove it."""
    found = json.loads(asked(injected, "flaky", "list", "--branch", "main", "--format", "json"))
    (test,) = rows(found, "flaky")
    failed = [f"{run.run.run_id}-{run.run.attempt}" for run in injected.runs if run.metrics["tests.failed"].value == 1]
    assert (test["test"], test["status"]) == (FLAKY, "active")
    assert (test["failures"], test["reruns"], test["broken"]) == (len(failed), len(failed), 0)
    assert found["broken"] == []


def test_trends_say_what_lately_became_worse(injected: Injected) -> None:
    """The vulnerability is news of the week and past its bound; nothing else is accused, nor is there a false win."""
    found = json.loads(asked(injected, "trends", "--branch", "main", "--format", "json"))
    series = {str(row["name"]): row for row in rows(found, "series")}
    accused = {name for name, row in series.items() if "regressed" in json.dumps(row["windows"])}
    assert accused == {f"{VULNERABILITIES}.high"}
    assert {name for name, row in series.items() if '"beyond"' in json.dumps(row["forecast"])} == accused
    assert not [name for name, row in series.items() if '"worsening"' in json.dumps(row["trend"])]
    assert {row["verdict"] for row in rows(found, "regressions")} <= {"unchanged", "inconclusive"}


def test_the_newest_run_has_not_regressed(injected: Injected) -> None:
    """What became worse weeks ago is no news of the newest run."""
    ended = ratchetry(injected.root, "regressions", "--branch", "main", "--fail", "--format", "json")
    assert ended.code == 0, ended.out
    assert {row["verdict"] for row in rows(json.loads(ended.out), "comparisons")} <= {"unchanged", "inconclusive"}


def test_suggestions_begin_with_what_was_injected(injected: Injected) -> None:
    """The vulnerability is first; the slow benchmark, the flaky test and the complexity are among the first ten."""
    found = json.loads(asked(injected, "suggest", "--branch", "main", "--format", "json"))
    titles = [str(row["title"]) for row in rows(found, "suggestions")]
    assert titles[0] == f"jinja2 has the vulnerability {ADVISORY}"
    wanted = (f"{GET} became slower", f"{FLAKY} is flaky", "complexity.max became worse", "coverage.branch became")
    assert [words for words in wanted if not any(title.startswith(words) for title in titles)] == []
    innocent = ("tests.", "types.errors became", "format.", "security.bandit", KEY)
    assert [title for title in titles if title.startswith(innocent)] == []


def test_issues_and_digest_say_the_same(injected: Injected, tmp_path: Path) -> None:
    """After one look of the learner there are issues about the bound and the advice, and a digest that names all."""
    root = inject(tmp_path).root
    assert ratchetry(root, "ci", "learn", "--history", ".ratchetry", "--branch", "main").code == 0
    told = ("--history", ".ratchetry", "--branch", "main", "--repository", REPOSITORY, "--digest", "--dry-run")
    ended = ratchetry(root, "ci", "report", *told)
    assert ended.code == 0, ended.err
    found = dict(issues(ended.out))
    assert f"{VULNERABILITIES}.high misses its bound on main" in found
    gate = found[f"{VULNERABILITIES}.high misses its bound on main"]
    assert f"last passed in [{injected.run_of(EXPOSED - 1)}]" in gate
    assert f"jinja2 3.1.4: {ADVISORY}" in gate
    assert "pip install --upgrade jinja2" in found[f"jinja2 has the vulnerability {ADVISORY}"]
    assert not [title for title in found if title.startswith(UNTOUCHED)]
    digest = found[f"Weekly digest of {REPOSITORY}"]
    for words in (ADVISORY, "test\\_lru\\_get became slower", f"- `{FLAKY}`", "complexity.max became worse"):
        assert words in digest
    assert f"### Worse than before\n\n- `{VULNERABILITIES}.high` went from 0 to 1\n\n###" in digest
    assert "### Wins\n\nNothing became better by more than chance." in digest


def test_the_comment_says_whether_to_merge_and_why(injected: Injected, tmp_path: Path) -> None:
    """The answer comes first; test, finding, lines and coverage are named, and what the base had already is said so."""
    body, ended = commented(injected, tmp_path)
    assert "warning" not in ended.err
    lines = [line for line in body.splitlines() if line]
    assert lines[1] == "## ❌ Should not be merged yet"
    assert lines[3].startswith("**4 metrics worse, 1 test newly failing, 1 finding new**, against")
    assert f"- `{NEW_FAILURE}`" in body
    assert "src/cachetools/_cachedmethod.py#L71)" in body
    assert "src/cachetools/_cachedmethod.py#L66-L73)" in body
    assert f"- `{VULNERABILITIES}.high`: **not of this change**" in body
    todo = re.findall(r"^1\. (\w+ .*)$", body, re.MULTILINE)
    assert [step.split()[0] for step in todo] == ["Mend", "Mend", "Cover"]
    worse = re.search(r"### Worse than the base\n\n(.*?)\n\n", body, re.DOTALL)
    assert worse
    named = set(re.findall(r"^\| `([^`]+)`", worse[1], re.MULTILINE))
    assert named == {"tests.failed", "tests.pass_rate", "coverage.line", "security.bandit.high"}
    assert FLAKY not in body.partition("<details><summary>What was measured")[0]


def test_the_dashboard_shows_it(injected: Injected, tmp_path: Path) -> None:
    """The overview accuses the failing gate, the six series that were moved at their commits, and the flaky test."""
    asked(injected, "dashboard", "--branch", "main", "--output", str(tmp_path / "site"))
    page = (tmp_path / "site" / "index.html").read_text(encoding="utf-8")
    told = re.search(r'<script type="application/json" id="overview">(.*?)</script>', page, re.DOTALL)
    assert told
    overview = json.loads(told[1])
    shown = [
        *((str(row["name"]), step) for row in rows(overview, "metrics") for step in rows(row, "steps")),
        *((str(row["name"]), step) for row in rows(overview, "benchmarks") if isinstance(step := row["step"], dict)),
    ]
    steps = {name: (step["good"], step["bad"]) for name, step in shown if step["bad"] in injected.commits}
    assert steps == {name: (injected.commits[at - 1], injected.commits[at]) for name, at in MOVED.items()}
    assert [row["metric"] for row in rows(overview, "gates") if row["verdict"] == "fail"] == [f"{VULNERABILITIES}.high"]
    assert (overview["verdict"], overview["flaky"]["names"]) == ("fail", [FLAKY])
