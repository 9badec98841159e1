"""Anybody who can push can write anything into the inbox or onto the branch: only files of a history are taken."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from ratchetry.adapters.data_branch import pulling, trees
from ratchetry.errors import StateError, UsageError
from ratchetry.pipeline.sync import fold, pull, push
from tests.adapters.data_branch.remotes import DATA, PART, Server, read, run, server, share, write
from tests.adapters.repositories import ENVIRON

LAYOUT = ("100644", "layout.json", b'{"layout":1}\n')


def plant(remote: Server, ref: str, *entries: tuple[str, str, bytes]) -> None:
    """Write a tree of any entries under a reference."""
    lines = [f"commit {ref}\ncommitter x <x> 0 +0000\ndata 0\n".encode()]
    for mode, path, content in entries:
        if mode == "160000":
            lines.append(f"M 160000 {'1' * 40} {path}\n".encode())
        else:
            lines.append(f"M {mode} inline {path}\ndata {len(content)}\n".encode() + content + b"\n")
    command = ("git", "fast-import", "--quiet", "--force")
    subprocess.run(command, cwd=remote.path, env=ENVIRON, input=b"".join(lines), check=True)


HOSTILE = (
    LAYOUT,
    ("100644", run(1), b"fine"),
    ("120000", "runs/2026/11/link-1.json", b"/etc/passwd"),
    ("120000", "events", b"/etc"),
    ("160000", "runs/2026/11/module-1.json", b""),
    ("100644", "runs/2026/11/-rf-1.json", b"fine too"),
    ("100644", '"runs/2026/11/\\033[31m-1.json"', b"x"),
    ("100644", '"runs/2026/11/a\\nb-1.json"', b"x"),
    ("100644", "runs/2026/11/A-1.json", b"first"),
    ("100644", "runs/2026/11/a-1.json", b"second"),
    ("100644", "README.md", b"hello"),
    ("100755", "record.json", b"{}"),
    ("100644", "cache/x", b"x"),
    ("100644", '"runs/2026/11/..\\\\x-1.json"', b"x"),
    ("100644", f"runs/2026/11/{'n' * 240}-1.json", b"x"),
)
TAKEN = {run(1): b"fine", "runs/2026/11/-rf-1.json": b"fine too", "runs/2026/11/A-1.json": b"first"}


def test_a_pull_takes_files_of_a_history_only(tmp_path: Path) -> None:
    """Links, submodules, odd names and all else are left out, counted and shown harmlessly."""
    remote = server(tmp_path / "remote.git")
    plant(remote, DATA, *HOSTILE)
    mine = share(tmp_path / "mine", remote)
    pulled = pull(mine)
    assert read(mine.history) == TAKEN
    assert pulled.left_out == {
        "a link": 2,
        "a submodule": 1,
        "not a file of a history": 7,
        "the same name as another but for upper and lower case": 1,
    }
    assert pulled.first_left_out.isprintable()


def test_a_fold_takes_files_of_a_history_only(tmp_path: Path) -> None:
    """The same holds for the inbox; what stood on the branch besides the history stays there."""
    remote = server(tmp_path / "remote.git")
    plant(remote, DATA, LAYOUT, ("100644", "README.md", b"about"))
    plant(remote, "refs/ratchetry/inbox/x", *HOSTILE)
    folded = fold(share(tmp_path / "mine", remote))
    assert sum(folded.left_out.values()) == 11
    assert remote.files() == {**TAKEN, "README.md": b"about"}


def test_large_files_are_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is larger than a file of a history may be is neither folded nor written."""
    for module in (trees, pulling):
        monkeypatch.setattr(module, "LARGEST_FILE", 1000)
    remote = server(tmp_path / "remote.git")
    plant(remote, "refs/ratchetry/inbox/x", LAYOUT, ("100644", run(1), b"x" * 1001), ("100644", run(2), b"x"))
    mine = share(tmp_path / "mine", remote)
    assert fold(mine).left_out == {"larger than 1000 bytes": 1}
    assert remote.files().keys() == {run(2)}
    plant(remote, DATA, LAYOUT, ("100644", run(1), b"x" * 1001), ("100644", run(2), b"x"))
    assert sum(pull(mine).left_out.values()) == 1
    assert read(mine.history) == {run(2): b"x"}


def test_a_tree_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A tree that lists more files than a history may have ends git and the command, not the memory."""
    monkeypatch.setattr("ratchetry.adapters.data_branch.store.MOST_LISTED", 10_000)
    remote = server(tmp_path / "remote.git")
    plant(remote, DATA, LAYOUT, *(("100644", run(number), b"x") for number in range(300)))
    mine = share(tmp_path / "mine", remote)
    with pytest.raises(UsageError, match="more files than a history may have"):
        pull(mine)
    assert read(mine.history) == {}


def test_batches_that_are_no_history_stay_in_the_inbox(tmp_path: Path) -> None:
    """A reference that somebody else keeps there is named, and neither taken nor deleted."""
    remote = server(tmp_path / "remote.git")
    plant(remote, "refs/ratchetry/inbox/foreign", ("100644", "a.py", b"1"))
    plant(remote, "refs/ratchetry/inbox/broken", ("100644", "layout.json", b"[" * 100_000))
    push(share(write(tmp_path / "mine", {run(1): b"one"}), remote))
    assert remote.refs().keys() == {DATA, "refs/ratchetry/inbox/foreign", "refs/ratchetry/inbox/broken"}
    folded = fold(share(tmp_path / "mine", remote))
    assert folded.left.keys() == {"refs/ratchetry/inbox/foreign", "refs/ratchetry/inbox/broken"}


def test_damaged_parts_of_months_are_left_out(tmp_path: Path) -> None:
    """A part that cannot be read is not taken, and what it might stand for stays; nor is a local one sent."""

    def strict(data: bytes, origin: str) -> frozenset[str]:
        if data == b"damaged":
            msg = f"{origin}: damaged"
            raise StateError(msg)
        return frozenset()

    remote = server(tmp_path / "remote.git")
    old = run(1, "2026/10")
    plant(remote, "refs/ratchetry/inbox/x", LAYOUT, ("100644", PART, b"damaged"), ("100644", old, b"one"))
    mine = replace(share(tmp_path / "mine", remote), covered=strict)
    assert fold(mine).left_out == {"a damaged part of a month": 1}
    assert remote.files() == {old: b"one"}
    plant(remote, DATA, LAYOUT, ("100644", PART, b"damaged"), ("100644", old, b"one"))
    assert pull(mine).left_out == {"a damaged part of a month": 1}
    assert read(mine.history) == {old: b"one"}
    files = {PART.replace("0123", "4567"): b"damaged"}
    other = replace(share(write(tmp_path / "other", files), remote), covered=strict)
    assert push(other).left_out == {next(iter(files)): "damaged, or of a newer version"}


def test_links_in_the_local_history_are_not_followed(tmp_path: Path) -> None:
    """A file or directory that is a link is not sent, and nothing is written through one."""
    remote = server(tmp_path / "remote.git")
    secret = tmp_path / "secret"
    secret.write_bytes(b"secret")
    outside = tmp_path / "outside"
    outside.mkdir()
    push(share(write(tmp_path / "other", {run(1): b"one"}), remote))
    history = write(tmp_path / "mine", {run(2, "2026/10"): b"two"})
    (history / run(3, "2026/10")).symlink_to(secret)
    (history / "runs/2026/11").symlink_to(outside)
    mine = share(history, remote)
    sent = push(mine)
    assert (sent.paths, list(sent.left_out)) == ((run(2, "2026/10"),), [run(3, "2026/10")])
    with pytest.raises(UsageError, match="a link leads out of the history"):
        pull(mine)
    assert [*outside.iterdir()] == []
