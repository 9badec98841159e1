"""A history is pushed, folded and pulled through real bare repositories."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from ratchetry.adapters.data_branch.remote import find_remote
from ratchetry.errors import StateError, UsageError
from ratchetry.pipeline.sync import fold, pull, push
from tests.adapters.data_branch.remotes import CHUNK, DATA, EVENT, PART, part, read, run, server, share, write
from tests.adapters.repositories import ENVIRON, commit, git, repository


def test_what_one_pushes_another_pulls(tmp_path: Path) -> None:
    """All files of a history arrive, the inbox is empty afterwards, and nothing stays of the work."""
    remote = server(tmp_path / "remote.git")
    files = {run(1): b"one", run(2): b"two", CHUNK: b"names", EVENT: b"event"}
    mine = share(write(tmp_path / "mine", {**files, "record.json": b"not of the history"}), remote)
    sent = push(mine)
    assert set(sent.paths) == set(files)
    assert (sent.folded.added, sent.waiting, sent.left_out) == (len(files) + 1, "", {})
    assert remote.refs().keys() == {DATA}
    theirs = share(tmp_path / "theirs", remote)
    assert pull(theirs).written == len(files) + 1
    assert read(theirs.history) == files
    assert [*theirs.cache.iterdir(), *mine.cache.iterdir()] == []


def test_again_has_no_effect(tmp_path: Path) -> None:
    """Pushing, folding and pulling what is there already writes nothing anywhere."""
    remote = server(tmp_path / "remote.git")
    mine = share(write(tmp_path / "mine", {run(1): b"one"}), remote)
    push(mine)
    before = remote.refs()
    assert push(mine).paths == ()
    assert fold(mine).folded == ()
    assert (pull(mine).written, pull(mine).known) == (0, 2)
    assert remote.refs() == before


def test_only_what_the_remote_lacks_is_sent_and_brought(tmp_path: Path) -> None:
    """A second push sends the new run alone; a pull brings what is new and leaves what was never sent."""
    remote = server(tmp_path / "remote.git")
    mine = share(write(tmp_path / "mine", {run(1): b"one"}), remote)
    push(mine)
    write(mine.history, {run(2): b"two"})
    assert push(mine).paths == (run(2),)
    theirs = share(write(tmp_path / "theirs", {run(1): b"one", run(9): b"unsent"}), remote)
    assert pull(theirs).written == 1
    assert read(theirs.history) == {run(1): b"one", run(2): b"two", run(9): b"unsent"}


def test_without_folding_the_files_wait_in_the_inbox(tmp_path: Path) -> None:
    """A push without a fold adds one commit without a parent; pushing the same again is the same reference."""
    remote = server(tmp_path / "remote.git")
    mine = share(write(tmp_path / "mine", {run(1): b"one"}), remote)
    sent = push(mine, fold=False)
    assert (sent.ref, bool(sent.waiting)) == (*remote.refs(), True)
    assert sent.ref.startswith("refs/ratchetry/inbox/")
    assert git(remote.path, "log", "--format=%P|%an|%ae", sent.ref) == "|ratchetry|data@ratchetry.invalid"
    assert push(mine, fold=False).ref == sent.ref
    other = share(write(tmp_path / "other", {run(2): b"two"}), remote)
    push(other, fold=False)
    folded = fold(other)
    assert (len(folded.folded), folded.added) == (2, 3)
    assert remote.files() == {run(1): b"one", run(2): b"two"}
    assert remote.refs().keys() == {DATA}


def test_the_first_of_two_files_of_one_name_stays(tmp_path: Path) -> None:
    """The same attempt of a run with another content changes nothing, and is told."""
    remote = server(tmp_path / "remote.git")
    push(share(write(tmp_path / "one", {run(1): b"one"}), remote), fold=False)
    push(share(write(tmp_path / "two", {run(1): b"two"}), remote), fold=False)
    folded = fold(share(tmp_path / "other", remote))
    assert folded.differing == 1
    (kept,) = remote.files().values()
    assert kept in {b"one", b"two"}
    assert remote.refs().keys() == {DATA}


def test_a_reference_that_is_no_branch_stays_out_of_ordinary_clones(tmp_path: Path) -> None:
    """With refs/ratchetry/data, a clone has nothing of the history, and push and pull work as ever."""
    remote = server(tmp_path / "remote.git")
    mine = share(write(tmp_path / "mine", {run(1): b"one"}), remote, ref="refs/ratchetry/data")
    push(mine)
    assert remote.refs().keys() == {"refs/ratchetry/data"}
    git(tmp_path, "clone", "-q", remote.url, "clone")
    assert git(tmp_path / "clone", "for-each-ref") == ""
    theirs = share(tmp_path / "theirs", remote, ref="refs/ratchetry/data")
    assert pull(theirs).written == 2


def test_the_users_repository_stays_as_it_is(tmp_path: Path) -> None:
    """No reference, object, configuration, index or hook of the user's repository changes, and no hook of it runs."""
    remote = server(tmp_path / "remote.git")
    root = repository(tmp_path / "work")
    commit(root, a__py="1\n")
    git(root, "remote", "add", "origin", remote.url)
    marker = tmp_path / "marker"
    hook = root / ".git" / "hooks" / "pre-push"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\ntouch {marker}\n", encoding="utf-8")
    hook.chmod(0o755)
    (root / "a.py").write_text("dirty\n", encoding="utf-8")
    before = {path: path.read_bytes() for path in (root / ".git").rglob("*") if path.is_file()}
    write(root / ".ratchetry", {run(1): b"one"})
    mine = replace(share(root / ".ratchetry", remote), remote=find_remote(root, "origin", ENVIRON))
    push(mine)
    pull(mine)
    fold(mine, squash=True)
    assert {path: path.read_bytes() for path in (root / ".git").rglob("*") if path.is_file()} == before
    assert not marker.exists()
    assert remote.files() == {run(1): b"one"}


def test_squashing_cuts_off_the_past_and_keeps_every_file(tmp_path: Path) -> None:
    """The branch has one commit afterwards, what was written next to the history stays, and a pull finds all."""
    remote = server(tmp_path / "remote.git")
    mine = share(write(tmp_path / "mine", {run(1): b"one"}), remote)
    push(mine)
    for number in (2, 3):
        write(mine.history, {run(number): b"more"})
        push(mine)
    assert git(remote.path, "rev-list", "--count", DATA) == "3"
    write(mine.history, {run(4): b"four"})
    push(mine, fold=False)
    folded = fold(mine, squash=True)
    assert (folded.squashed, folded.added) == (True, 1)
    assert git(remote.path, "rev-list", "--count", DATA) == "1"
    assert remote.files() == read(mine.history)
    assert not fold(mine, squash=True).squashed
    theirs = share(tmp_path / "theirs", remote)
    assert pull(theirs).written == 5
    git(remote.path, "fsck", "--strict")


def test_squashing_sends_only_what_the_server_lacks(tmp_path: Path) -> None:
    """However large the history, cutting off its past sends a commit, not the files."""
    remote = server(tmp_path / "remote.git", receive__unpackLimit="1")
    noise = {run(number): bytes(range(256)) * 40 + str(number).encode() for number in range(60)}
    mine = share(write(tmp_path / "mine", noise), remote)
    push(mine)
    write(mine.history, {run(99): b"more"})
    push(mine)
    before = _size(remote.path)
    assert fold(mine, squash=True).squashed
    assert _size(remote.path) - before < 2000


def _size(root: Path) -> int:
    """Return the bytes of a repository's objects."""
    return sum(path.stat().st_size for path in (root / "objects").rglob("*") if path.is_file())


def test_parts_of_months_stand_for_single_files(tmp_path: Path) -> None:
    """A part that comes in replaces the single files it holds; they are neither sent nor brought again."""
    remote = server(tmp_path / "remote.git")
    old, new = run(1, "2026/10"), run(2)
    both = {old: b"one", new: b"two"}
    laptop = share(write(tmp_path / "laptop", both), remote)
    push(laptop)
    compacted = share(write(tmp_path / "compacted", {PART: part(old), new: b"two"}), remote)
    sent = push(compacted)
    assert (sent.paths, sent.folded.removed) == ((PART,), 1)
    assert remote.files() == {PART: part(old), new: b"two"}
    assert push(laptop).paths == ()
    assert (pull(laptop).removed, read(laptop.history)) == (1, {PART: part(old), new: b"two"})
    assert pull(compacted).written == 0


def test_a_part_that_says_nothing_new_is_not_taken(tmp_path: Path) -> None:
    """Two that compact the same month do not double it, and a part that holds more takes the place of another."""
    remote = server(tmp_path / "remote.git")
    runs = [run(number, "2026/10") for number in range(3)]
    other = "months/2026-10/fedcba9876543210.json.xz"
    push(share(write(tmp_path / "one", {PART: part(*runs)}), remote))
    two = share(write(tmp_path / "two", {other: part(*runs[:2])}), remote)
    assert push(two).paths == ()
    assert pull(two).written == 1
    push(share(write(tmp_path / "three", {other: part(*runs, run(9, "2026/10"))}), remote))
    assert remote.files().keys() == {other}


def test_a_fold_compacts_when_asked_to(tmp_path: Path) -> None:
    """The function that compacts gets the whole history as files; what it writes and removes is taken back."""
    remote = server(tmp_path / "remote.git")
    old = [run(number, "2026/10") for number in range(4)]
    mine = share(write(tmp_path / "mine", {**dict.fromkeys(old[:3], b"old"), run(9): b"new"}), remote)
    push(mine)
    write(mine.history, {old[3]: b"late"})
    push(mine, fold=False)

    def compact(root: Path) -> tuple[str, ...]:
        singles = sorted((root / "runs/2026/10").glob("*.json"))
        write(root, {PART: part(*(path.relative_to(root).as_posix() for path in singles))})
        for path in singles:
            path.unlink()
        return ("something is odd",)

    folded = fold(mine, compact=compact, squash=True)
    assert (folded.added, folded.removed, folded.squashed) == (1, 3, True)
    assert folded.notes == ("something is odd",)
    assert remote.files() == {PART: part(*old), run(9): b"new"}
    assert pull(mine).removed == 4
    assert read(mine.history) == remote.files()


def test_the_latest_cursor_stays(tmp_path: Path) -> None:
    """Of two cursors the one with the later time counts, here and there, whichever came first."""
    remote = server(tmp_path / "remote.git")
    early, late = (json.dumps({"time": f"2026-11-{day}T00:00:00Z"}).encode() for day in ("09", "10"))
    one = share(write(tmp_path / "one", {"cursor.json": late}), remote)
    two = share(write(tmp_path / "two", {"cursor.json": early, run(1): b"1"}), remote)
    push(one)
    push(two)
    assert remote.files()["cursor.json"] == late
    pull(two)
    assert read(two.history)["cursor.json"] == late
    last = json.dumps({"time": "2026-11-11T00:00:00Z"}).encode()
    write(two.history, {"cursor.json": last})
    assert push(two).paths == ("cursor.json",)
    assert remote.files()["cursor.json"] == last


def test_dry_runs_change_nothing(tmp_path: Path) -> None:
    """What would be done is told, and neither side changes."""
    remote = server(tmp_path / "remote.git")
    mine = share(write(tmp_path / "mine", {run(1): b"one"}), remote)
    assert push(mine, dry_run=True).paths == (run(1),)
    assert remote.refs() == {}
    push(mine, fold=False)
    waiting = remote.refs()
    assert fold(mine, dry_run=True).added == 2
    assert remote.refs() == waiting
    fold(mine)
    theirs = share(tmp_path / "theirs", remote)
    assert pull(theirs, dry_run=True).written == 2
    assert read(theirs.history) == {}


def test_nothing_to_pull_and_nothing_to_push(tmp_path: Path) -> None:
    """A remote without a history gives nothing; a directory without one is an error that says how to begin."""
    remote = server(tmp_path / "remote.git")
    mine = share(tmp_path / "mine", remote)
    assert pull(mine).commit == ""
    assert fold(mine).commit == ""
    with pytest.raises(UsageError, match="there is no history yet; `ratchetry run`"):
        push(mine)


def test_what_a_crash_has_left_empty_is_brought_again(tmp_path: Path) -> None:
    """An empty file is not a file of the history: it is not sent, and a pull writes it."""
    remote = server(tmp_path / "remote.git")
    push(share(write(tmp_path / "mine", {run(1): b"one"}), remote))
    theirs = share(write(tmp_path / "theirs", {run(1): b"", run(2): b""}), remote)
    assert push(theirs).paths == ()
    assert pull(theirs).written == 1
    assert read(theirs.history)[run(1)] == b"one"


def test_a_branch_of_that_name_that_is_no_history_is_left_alone(tmp_path: Path) -> None:
    """Neither push nor pull touches a branch that holds something else."""
    remote = server(tmp_path / "remote.git")
    root = repository(tmp_path / "work")
    commit(root, a__py="1\n")
    git(root, "push", "-q", remote.url, f"HEAD:{DATA}")
    before = remote.refs()
    mine = share(write(tmp_path / "mine", {run(1): b"one"}), remote)
    for action in (push, pull):
        with pytest.raises(StateError, match=r"is not a history of ratchetry: it has no layout\.json"):
            action(mine)
    assert remote.refs() == before


def test_a_newer_layout_is_refused_by_name(tmp_path: Path) -> None:
    """A history of a newer version is neither read nor changed, at either end, nor is a batch of one."""
    remote = server(tmp_path / "remote.git")
    newer = write(tmp_path / "newer", {run(1): b"one"})
    push(share(newer, remote), fold=False)
    (waiting,) = remote.refs()
    (newer / "layout.json").write_bytes(b'{"layout":2}\n')
    mine = share(write(tmp_path / "mine", {run(2): b"two"}), remote)
    with pytest.raises(StateError, match="layout 2 is newer than the 1"):
        push(share(newer, remote))
    root = repository(tmp_path / "work")
    (root / "layout.json").write_bytes(b'{"layout":2}\n')
    commit(root)
    git(root, "push", "-q", remote.url, "HEAD:refs/ratchetry/inbox/other")
    folded = fold(mine)
    assert folded.folded == (waiting,)
    assert "layout 2 is newer than the 1" in folded.left["refs/ratchetry/inbox/other"]
    assert "refs/ratchetry/inbox/other" in remote.refs()
    git(root, "push", "-q", "--force", remote.url, f"HEAD:{DATA}")
    with pytest.raises(StateError, match="layout 2 is newer than the 1"):
        pull(mine)
