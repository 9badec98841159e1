"""Real bare repositories as remotes, and local histories made of small files."""

from __future__ import annotations

import io
import json
import subprocess
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Final

from ratchetry.adapters.data_branch.folding import Folded
from ratchetry.adapters.data_branch.patience import Patience
from ratchetry.adapters.data_branch.remote import find_remote
from ratchetry.cli.progress import SilentProgress
from ratchetry.history.layout import LAYOUT_FILE, layout_bytes
from ratchetry.pipeline.sync import Sharing, full_ref
from tests.adapters.repositories import ENVIRON, git

DATA: Final = "refs/heads/ratchetry-data"


class FixedClock:
    """A clock that stands still."""

    def now(self) -> datetime:
        """Return always the same moment."""
        return datetime(2026, 11, 20, tzinfo=UTC)

    def monotonic(self) -> float:
        """Return always the same."""
        return 0.0


def covered(data: bytes, origin: str) -> frozenset[str]:
    """Return the paths in a part as these tests write them: a list in JSON."""
    del origin
    return frozenset(json.loads(data))


def part(*paths: str) -> bytes:
    """Return a part of a compacted month as these tests write them."""
    return json.dumps(paths).encode()


PART: Final = "months/2026-10/0123456789abcdef.json.xz"
CHUNK: Final = "catalog/ab/ab00000000000000.json"
EVENT: Final = "events/2026/11/00000000000000e1.json"


def run(number: int, month: str = "2026/11") -> str:
    """Return the path of a run."""
    return f"runs/{month}/{number}-1.json"


def write(root: Path, files: Mapping[str, bytes]) -> Path:
    """Write a history with some files and return its directory."""
    for path, data in {"layout.json": layout_bytes(), **files}.items():
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
    return root


def read(root: Path) -> dict[str, bytes]:
    """Return the files below a directory but for the layout's and those in caches."""
    found = {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}
    return {path: data for path, data in found.items() if path != "layout.json" and not path.startswith("cache/")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A bare repository."""

    path: Path

    @property
    def url(self) -> str:
        """Return its address."""
        return f"file://{self.path}"

    def refs(self) -> dict[str, str]:
        """Return its references with their commits."""
        rows = (
            line.split() for line in git(self.path, "for-each-ref", "--format=%(refname) %(objectname)").splitlines()
        )
        return {row[0]: row[1] for row in rows}

    def files(self, ref: str = DATA) -> dict[str, bytes]:
        """Return the files of a reference, without the layout's; none when it does not exist."""
        if ref not in self.refs():
            return {}
        command = ("git", "archive", "--format=tar", ref)
        done = subprocess.run(command, cwd=self.path, env=ENVIRON, check=True, capture_output=True)
        with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
            members = [(each.name, archive.extractfile(each)) for each in archive if each.isfile()]
            return {name: file.read() for name, file in members if file is not None and name != LAYOUT_FILE}

    def configure(self, **settings: str) -> None:
        """Set configuration (a double underscore stands for a dot)."""
        for name, value in settings.items():
            git(self.path, "config", name.replace("__", "."), value)

    def hook(self, name: str, script: str) -> None:
        """Install a hook."""
        place = self.path / "hooks" / name
        place.parent.mkdir(exist_ok=True)
        place.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        place.chmod(0o755)


def server(root: Path, **settings: str) -> Server:
    """Return a new bare repository that filters what is fetched, as GitHub does."""
    root.mkdir(parents=True)
    git(root, "init", "-q", "--bare", ".")
    made = Server(path=root)
    made.configure(**{"uploadpack__allowFilter": "true", "gc__auto": "0", **settings})
    return made


def share(
    history: Path,
    remote: Server | str,
    *,
    ref: str = "ratchetry-data",
    environ: Mapping[str, str] = ENVIRON,
    seed: int = 1,
) -> Sharing:
    """Return how a local history is shared in tests: nobody waits long, and nothing is asked of this machine's git."""
    history.mkdir(parents=True, exist_ok=True)
    address = remote if isinstance(remote, str) else remote.url
    return Sharing(
        history=history,
        cache=history / "cache",
        remote=find_remote(history, address, environ),
        ref=full_ref(ref),
        environ=environ,
        clock=FixedClock(),
        progress=SilentProgress(),
        patience=Patience(sleep=lambda _: None, random=Random(seed), tries=6),  # noqa: S311  # a steady one is wanted
        covered=covered,
        objection=lambda _path, _data: "",
    )


def summary(folded: Folded) -> Folded:
    """Return what a fold has done without the names that differ from test to test."""
    return replace(folded, commit="", folded=())
