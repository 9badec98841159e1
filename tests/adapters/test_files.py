"""Files are written whole or not at all."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from ratchetry.adapters.files import read_bounded, write_atomic
from ratchetry.errors import StateError, UsageError
from ratchetry.state.codec import LIMIT
from ratchetry.state.thresholds import loads


def test_new_file_gets_the_permissions_the_umask_leaves(tmp_path: Path) -> None:
    """A new file is as readable as one made by any other program."""
    (tmp_path / "plain").touch()
    write_atomic(tmp_path / "état.json", b"{}\n")
    assert (tmp_path / "état.json").read_bytes() == b"{}\n"
    assert (tmp_path / "état.json").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_permissions_of_an_existing_file_are_kept(tmp_path: Path) -> None:
    """Replacing a file changes its content and nothing else."""
    path = tmp_path / "script"
    path.write_bytes(b"old")
    path.chmod(0o750)
    write_atomic(str(path), b"new")
    assert path.read_bytes() == b"new"
    assert path.stat().st_mode & 0o777 == 0o750


def test_symbolic_link_is_replaced_and_its_target_left_alone(tmp_path: Path) -> None:
    """A link planted where ratchetry writes cannot redirect the write."""
    target = tmp_path / "precious"
    target.write_bytes(b"precious")
    (tmp_path / "report").symlink_to(target)
    write_atomic(tmp_path / "report", b"report")
    assert target.read_bytes() == b"precious"
    assert not (tmp_path / "report").is_symlink()


def test_failure_names_the_file_and_leaves_nothing_behind(tmp_path: Path) -> None:
    """A write that fails at the last step keeps the old content and removes its temporary file."""
    occupied = tmp_path / "occupied"
    (occupied / "child").mkdir(parents=True)
    with pytest.raises(UsageError, match=r"cannot write .*occupied: .*must exist"):
        write_atomic(occupied, b"data")
    assert [entry.name for entry in tmp_path.iterdir()] == ["occupied"]
    with pytest.raises(UsageError, match="No such file"):
        write_atomic(tmp_path / "missing" / "file", b"data")


def test_readers_never_see_a_part(tmp_path: Path) -> None:
    """While a file is rewritten again and again, every read gives one of the contents, whole."""
    path = tmp_path / "state"
    contents = [bytes([65 + turn]) * 300_000 for turn in range(4)]
    write_atomic(path, contents[0])
    seen: list[bytes] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            seen.append(path.read_bytes())

    reader = threading.Thread(target=read)
    reader.start()
    for content in contents:
        write_atomic(path, content)
    done.set()
    reader.join()
    assert set(seen) <= set(contents)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    """What is missing, or is a directory, is an error with the name the user gave."""
    for path in (tmp_path / "none", tmp_path):
        with pytest.raises(StateError, match=r"^given: cannot be read: "):
            read_bounded(path, "given")


def test_no_more_is_read_than_tells_that_it_is_too_much(tmp_path: Path) -> None:
    """A file of any size costs no more memory than the limit, and decoding refuses it."""
    huge = tmp_path / "huge.json"
    with huge.open("wb") as file:
        file.truncate(10 * LIMIT)
    data = read_bounded(huge, "huge.json")
    assert len(data) == LIMIT + 1
    with pytest.raises(StateError, match=r"huge.json: .* are more than the"):
        loads(data, "huge.json")
