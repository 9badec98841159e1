"""Servers that refuse some references, forced pushes or deletions, know fewer commands, or fail now and then."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ratchetry.adapters.data_branch.working import temporary_store
from ratchetry.errors import UnreachableError, UsageError
from ratchetry.pipeline.sync import fold, pull, push
from tests.adapters.data_branch.remotes import DATA, Server, read, run, server, share, write
from tests.adapters.repositories import ENVIRON, git

REFUSES_CUSTOM = 'while read -r old new ref; do case $ref in refs/ratchetry/*) echo "no such refs"; exit 1;; esac; done'
REFUSES_INBOX = "while read -r old new ref; do case $ref in *inbox*) exit 1;; esac; done"
REFUSES_FORCE = """while read -r old new ref; do
  case $old$new in *0000000000000000000000000000000000000000*) continue;; esac
  test "$(git merge-base "$old" "$new")" = "$old" || { echo "forced"; exit 1; }
done"""
PROTECTS = """while read -r old new ref; do
  case $ref in refs/heads/ratchetry-data) echo "error: GH006: Protected branch update failed for $ref."; exit 1;; esac
done"""


def filled(tmp_path: Path, remote: Server, *numbers: int) -> Path:
    """Return a local history with some runs, each of which was pushed by itself."""
    history = tmp_path / "mine"
    for number in numbers:
        push(share(write(history, {run(number): f"{number}".encode()}), remote))
    return history


def test_hidden_references_fall_back_to_branches(tmp_path: Path) -> None:
    """A server that hides refs/ratchetry gets the inbox as branches, and the fold empties those, too."""
    remote = server(tmp_path / "remote.git", transfer__hideRefs="refs/ratchetry")
    mine = share(write(tmp_path / "mine", {run(1): b"one"}), remote)
    assert push(mine, fold=False).ref.startswith("refs/heads/ratchetry-inbox/")
    assert len(fold(mine).folded) == 1
    assert remote.refs().keys() == {DATA}


@pytest.mark.parametrize("hook", ["pre-receive", "update"])
def test_refused_references_fall_back_to_branches(tmp_path: Path, hook: str) -> None:
    """A hook that takes branches only gets branches."""
    remote = server(tmp_path / "remote.git")
    scripts = {"pre-receive": REFUSES_CUSTOM, "update": "case $1 in refs/ratchetry/*) exit 1;; esac"}
    remote.hook(hook, scripts[hook])
    sent = push(share(write(tmp_path / "mine", {run(1): b"one"}), remote))
    assert (sent.ref.startswith("refs/heads/ratchetry-inbox/"), sent.waiting) == (True, "")
    assert remote.files() == {run(1): b"one"}


def test_without_any_inbox_the_branch_is_pushed_to_directly(tmp_path: Path) -> None:
    """A server that takes neither gets the union as a leased push, and says why in the result."""
    remote = server(tmp_path / "remote.git")
    remote.hook("pre-receive", REFUSES_INBOX)
    history = filled(tmp_path, remote, 1, 2)
    sent = push(share(write(history, {run(3): b"3"}), remote), fold=False)
    assert (sent.ref, sent.folded.added) == ("", 1)
    assert "declined" in sent.refused
    assert remote.files() == read(history)


def test_a_server_that_refuses_forced_pushes_keeps_the_past(tmp_path: Path) -> None:
    """Where the past may not be cut off, the fold is done without, and tells."""
    for name, settings, hook in (("a", {"receive__denyNonFastForwards": "true"}, ""), ("b", {}, REFUSES_FORCE)):
        remote = server(tmp_path / f"{name}.git", **settings)
        if hook:
            remote.hook("pre-receive", hook)
        mine = share(filled(tmp_path / name, remote, 1, 2), remote)
        push(share(write(mine.history, {run(3): b"3"}), remote), fold=False)
        folded = fold(mine, squash=True)
        assert (folded.squashed, folded.added) == (False, 1)
        assert "was not cut off" in folded.notes[0]
        assert remote.files() == read(mine.history)
        assert git(remote.path, "rev-list", "--count", DATA) == "3"


def test_a_server_that_deletes_nothing_keeps_the_inbox_and_has_the_data(tmp_path: Path) -> None:
    """Where references cannot be deleted, the data goes in, the reference stays and is named, and again is no harm."""
    remote = server(tmp_path / "remote.git", receive__denyDeletes="true", transfer__hideRefs="refs/ratchetry")
    mine = share(write(tmp_path / "mine", {run(1): b"one"}), remote)
    sent = push(mine)
    assert "prohibited" in sent.folded.left[sent.ref]
    assert remote.refs().keys() == {DATA, sent.ref}
    assert remote.files() == {run(1): b"one"}
    tip = remote.refs()[DATA]
    assert push(mine).paths == ()
    assert fold(mine).left.keys() == {sent.ref}
    assert remote.refs()[DATA] == tip


def test_without_atomic_pushes_the_data_goes_first(tmp_path: Path) -> None:
    """A server that knows no atomic push gets the data, then the deletion, and nothing is left."""
    remote = server(tmp_path / "remote.git", receive__advertiseAtomic="false")
    history = filled(tmp_path, remote, 1, 2)
    assert remote.refs().keys() == {DATA}
    assert remote.files() == read(history)


def test_between_the_two_steps_nothing_is_lost(tmp_path: Path) -> None:
    """A reference whose files are in the history already, as after a kill, is deleted without another commit."""
    remote = server(tmp_path / "remote.git")
    mine = share(write(tmp_path / "mine", {run(1): b"one"}), remote)
    sent = push(mine, fold=False)
    waiting = remote.refs()[sent.ref]
    fold(mine)
    git(remote.path, "update-ref", sent.ref, waiting)
    tip = remote.refs()[DATA]
    folded = fold(mine)
    assert (folded.folded, folded.added, folded.known) == ((sent.ref,), 0, 2)
    assert remote.refs() == {DATA: tip}


@pytest.mark.parametrize("settings", [{"uploadpack__allowFilter": "false"}, {"protocol__version": "0"}])
def test_servers_that_know_less(tmp_path: Path, settings: dict[str, str]) -> None:
    """Without filters, or in the first protocol where files cannot be asked for by name, all works the same."""
    remote = server(tmp_path / "remote.git", **settings)
    environ = {**ENVIRON, "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "protocol.version", "GIT_CONFIG_VALUE_0": "0"}
    used = environ if "protocol__version" in settings else ENVIRON
    history = filled(tmp_path, remote, 1, 2, 3)
    theirs = share(write(tmp_path / "theirs", {run(1): b"1", run(4): b"4"}), remote, environ=used)
    assert pull(theirs).written == 2
    push(theirs)
    mine = share(history, remote, environ=used)
    assert pull(mine).written == 1
    assert read(history) == remote.files()


def test_a_protected_branch_is_an_error_that_names_the_rule(tmp_path: Path) -> None:
    """A rule of the server is not argued with; what was pushed waits in the inbox."""
    remote = server(tmp_path / "remote.git")
    remote.hook("pre-receive", PROTECTS)
    mine = share(write(tmp_path / "mine", {run(1): b"one"}), remote)
    sent = push(mine)
    assert "GH006" in sent.waiting
    assert "history-ref" in sent.waiting
    with pytest.raises(UsageError, match=f"protects {DATA}: .*GH006"):
        fold(mine)
    remote.hook("pre-receive", REFUSES_INBOX + "\nexit 1")
    with pytest.raises(UnreachableError, match="6 times"):
        push(share(write(tmp_path / "other", {run(2): b"two"}), remote))


def test_pushes_that_fail_now_and_then_succeed_in_the_end(tmp_path: Path) -> None:
    """Pushes that are dropped before or after they took effect cost tries, and lose and double nothing."""
    remote = server(tmp_path / "remote.git")
    count = remote.path / "count"
    number = f'n=$(($(cat "{count}" 2>/dev/null || echo 0) + 1)); echo $n > "{count}"\n'
    remote.hook("pre-receive", f"cat > /dev/null; {number} test $((n % 3)) != 0")
    remote.hook("post-receive", f'cat > /dev/null; test $(($(cat "{count}") % 5)) != 0 || kill -9 $PPID')
    patience = replace(share(tmp_path, remote).patience, tries=12)
    for each in range(6):
        mine = share(write(tmp_path / f"{each}", {run(each): b"x"}), remote)
        push(replace(mine, patience=patience))
    fold(replace(share(tmp_path / "folder", remote), patience=patience))
    assert remote.files().keys() == {run(each) for each in range(6)}
    assert remote.refs().keys() == {DATA}
    git(remote.path, "fsck", "--strict")


def test_many_batches_are_folded_in_bounded_pushes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """More batches than one push takes are folded one push after the other, in one fetch."""
    from ratchetry.adapters.data_branch import folding

    monkeypatch.setattr(folding, "MOST_BATCHES", 2)
    remote = server(tmp_path / "remote.git")
    for number in range(5):
        push(share(write(tmp_path / f"{number}", {run(number): b"x"}), remote), fold=False)
    folded = fold(share(tmp_path / "folder", remote))
    assert (len(folded.folded), folded.added) == (5, 6)
    assert git(remote.path, "rev-list", "--count", DATA) == "3"
    assert remote.refs().keys() == {DATA}


def test_an_inbox_that_others_empty_meanwhile_is_empty(tmp_path: Path) -> None:
    """What was seen to wait, and was folded by someone else before the next look, is gone, which is no failure."""
    remote = server(tmp_path / "remote.git")
    mine = share(write(tmp_path / "mine", {run(1): b"one"}), remote)
    push(mine, fold=False)
    with temporary_store(mine.cache, mine.remote, mine.environ, mine.patience) as store:
        assert store.fetch_inbox().keys() == remote.refs().keys()
        fold(mine)
        assert store.fetch_inbox() == {}
