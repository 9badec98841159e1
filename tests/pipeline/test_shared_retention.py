"""What is too old is dropped from a shared history once, for everyone, and by a fold alone."""

from __future__ import annotations

import json
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from ratchetry.adapters.history_check import verify
from ratchetry.adapters.history_directory import HistoryDirectory
from ratchetry.adapters.history_months import read_part
from ratchetry.domain.record import RunRecord
from ratchetry.history import month
from tests.adapters.data_branch.remotes import DATA, Server, server
from tests.adapters.repositories import ENVIRON, commit, git, repository
from tests.e2e.commands import ratchetry
from tests.pipeline.test_sync import call, dated

OLD = "2024-09"
LIMIT = "history-keep-tests-days = 100\n"


@pytest.fixture(name="remote")
def _remote(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Server:
    """Return a bare repository that several clones share."""
    for name, value in ENVIRON.items():
        monkeypatch.setenv(name, value)
    for name in ("GITHUB_ACTIONS", "GITHUB_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    return server(tmp_path / "remote.git")


def clone(remote: Server, name: str, runs: Iterable[RunRecord] = ()) -> HistoryDirectory:
    """Return the history of a new clone, with some runs of its own."""
    root = repository(remote.path.parent / name)
    commit(root, a__py="1\n")
    git(root, "remote", "add", "origin", remote.url)
    history = HistoryDirectory(root / ".ratchetry")
    assert all(history.add(run) for run in runs)
    return history


def share(history: HistoryDirectory, *words: str) -> str:
    """Return what a command printed for the clone that has a history."""
    return call(*words, "--path", str(history.root.parent)).stdout


def limit(history: HistoryDirectory) -> None:
    """Let the settings of a clone keep tests for a hundred days."""
    (history.root.parent / "ratchetry.toml").write_text(LIMIT, encoding="utf-8")


def without_rows(root: Path) -> dict[str, bool]:
    """Return of each run in a directory whether its rows were dropped, after finding nothing wrong there."""
    history = HistoryDirectory(root)
    assert verify(history).problems == ()
    return {run.run.run_id: run.pruned and not run.tests for run in history.columns()}


def parts(root: Path, kind: str) -> list[Path]:
    """Return the parts of a kind of the old month in a directory."""
    found = sorted((root / "months" / OLD).glob("*"))
    return [path for path in found if month.header_of(path.read_bytes(), str(path)).kind == kind]


def summed_runs(root: Path) -> int:
    """Return how many runs the sums over tests of a directory are of."""
    sums = [month.tests_of(read_part(path), str(path)) for path in parts(root, "tests")]
    return sum(max(tests.runs for tests in each.chunks.values()) for each in sums)


def test_a_pruning_reaches_every_clone_and_no_clone_undoes_it(remote: Server) -> None:
    """Compacted with rows before, dropped by a fold: gone everywhere; no push of an older copy brings rows back."""
    here = clone(remote, "here", [dated(number, OLD) for number in range(3)])
    there = clone(remote, "there")
    share(here, "push")
    share(here, "fold", "--compact")
    share(here, "pull")
    share(there, "pull")
    assert without_rows(there.root) == {"0": False, "1": False, "2": False}
    limit(here)
    share(here, "fold", "--compact")
    pruned = remote.refs()[DATA]
    assert "nothing to push" in share(there, "push")
    assert remote.refs()[DATA] == pruned
    for history in (here, there):
        share(history, "pull")
        assert without_rows(history.root) == {"0": True, "1": True, "2": True}
        assert (len(parts(history.root, "runs")), summed_runs(history.root)) == (1, 3)
    (noted,) = HistoryDirectory(there.root).events()
    assert (noted.kind, noted.subject, noted.data["runs"]) == ("pruned", OLD, 3)


def test_an_older_copy_with_a_late_run_comes_in_and_loses_its_rows(remote: Server) -> None:
    """A part that has a run more than the pruned one is taken for that run; the others stay without rows."""
    here = clone(remote, "here", [dated(number, OLD) for number in range(3)])
    limit(here)
    share(here, "push")
    there = clone(remote, "there", [dated(number, OLD) for number in range(4)])
    share(there, "compact")
    share(here, "fold", "--compact")
    share(there, "push")
    fresh = clone(remote, "fresh")
    share(fresh, "pull")
    assert without_rows(fresh.root) == {"0": True, "1": True, "2": True, "3": False}
    share(there, "pull")
    assert without_rows(there.root) == without_rows(fresh.root)
    share(here, "fold", "--compact")
    for history in (fresh, there, here):
        share(history, "pull")
        assert without_rows(history.root) == dict.fromkeys("0123", True)
        assert (len(parts(history.root, "runs")), summed_runs(history.root)) == (1, 4)


def test_a_fold_that_has_dropped_all_changes_nothing(remote: Server) -> None:
    """Nor do runs that never had rows, which there is nothing to drop of: no commit, no event."""
    bare = replace(dated(3, OLD), tests=(), findings=(), failures=())
    here = clone(remote, "here", [*(dated(number, OLD) for number in range(2)), bare])
    limit(here)
    share(here, "push")
    share(here, "fold", "--compact")
    before = remote.refs()
    share(here, "fold", "--compact")
    assert remote.refs() == before
    fresh = clone(remote, "fresh")
    share(fresh, "pull")
    assert without_rows(fresh.root) == {"0": True, "1": True, "3": False}


def test_a_push_drops_nothing_that_others_have(remote: Server) -> None:
    """Who prunes a copy to save room keeps the rows of everyone else; runs that nobody else has come as they are."""
    here = clone(remote, "here", [dated(number, OLD) for number in range(3)])
    share(here, "push")
    there = clone(remote, "there", [dated(4, "2024-08")])
    share(there, "pull")
    share(there, "prune", "--keep-tests-days", "100")
    sent = json.loads(share(there, "push", "--format", "json"))
    assert not [path for path in sent["paths"] if OLD in path]
    fresh = clone(remote, "fresh")
    share(fresh, "pull")
    assert without_rows(fresh.root) == {"4": True, "0": False, "1": False, "2": False}
    share(there, "pull")
    assert without_rows(there.root) == {"4": True, "0": True, "1": True, "2": True}


def test_folders_that_prune_at_once_prune_once(remote: Server) -> None:
    """Of several folds that drop the same rows one wins; the others find nothing left to do."""
    clones = [clone(remote, f"clone {number}") for number in range(3)]
    for number, history in enumerate(clones):
        limit(history)
        history.add(dated(number, OLD))
        share(history, "push", "--no-fold")
    with ThreadPoolExecutor(len(clones)) as pool:
        words = ("history", "fold", "--compact")
        ended = list(pool.map(lambda history: ratchetry(history.root.parent, *words), clones))
    assert [(each.code, each.err) for each in ended] == [(0, "")] * 3
    for history in clones:
        share(history, "pull")
        assert without_rows(history.root) == {"0": True, "1": True, "2": True}
        assert summed_runs(history.root) == 3
        assert sum(int(str(event.data["runs"])) for event in HistoryDirectory(history.root).events()) == 3
