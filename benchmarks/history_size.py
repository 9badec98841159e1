"""How large a history of 5,000 runs becomes in git, beside one JSON file for each run and one JSON file that grows.

usage: python -m benchmarks.history_size [--runs N] [--growing N] [--pushes N] [--json FILE]

Runs of 2,000 tests on average (two more with every tenth run), 100 benchmarks and 50 findings, as
tests/unit/history/realistic.py makes them, spread over months of 500 runs, go one commit each into a bare repository:

- ratchetry: what `HistoryDirectory.add` writes, on a branch;
- ratchetry, compacted: the same after `ratchetry history fold --compact --squash` in the last of these months;
- whole records: one JSON file for each run, with all that its record says;
- growing file: one JSON file to which each commit adds a run, with fewer commits (--growing), because its size grows
  with the square of their number.

"Names" are the chunks of names that runs share.  "In git" is all, after `git gc`; "per push" is what the server grows
by before that, over pushes from a fresh store, each of which also folds.  Ends with exit code 1 when a goal is missed:
18 kB for a run's file, 7 kB in git, 2.2 kB in a part of a compacted month, 20 MB for a clone of the branch at depth 1
once compacted, nothing of it in an ordinary clone when it is no branch.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Final

from ratchetry.adapters.clock import SystemClock
from ratchetry.adapters.history_directory import HistoryDirectory
from ratchetry.cli.progress import SilentProgress
from ratchetry.domain.record import RunRecord
from ratchetry.pipeline.history import compact_months
from ratchetry.pipeline.sync import Sharing, fold, pull, push, sharing
from ratchetry.settings import Settings
from ratchetry.state.record import dumps
from tests.unit.history.realistic import runs

PER_MONTH: Final = 500
BRANCH: Final = "refs/heads/ratchetry-data"
HIDDEN: Final = "refs/ratchetry/data"
ENVIRON: Final = {
    **{name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "GITHUB_"))},
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
}
GOALS: Final = {"raw": 18_000, "in_git": 7_000, "compacted": 2_200, "clone": 20_000_000}


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """Bytes of one layout; those of a run are averages."""

    layout: str
    runs: int
    raw: float
    """Of its file, or of its share in the part of a compacted month."""
    names: float
    in_git: float
    per_push: float | None
    clone: int
    """A clone of the branch alone at depth 1."""
    clone_seconds: float
    ordinary: int
    """An ordinary clone of the repository, the branch included."""
    hidden: int
    """An ordinary clone when the history is no branch but refs/ratchetry/data."""


def git(root: Path, *arguments: str) -> str:
    """Return what git printed."""
    command = ("git", *arguments)
    done = subprocess.run(command, cwd=root, env=ENVIRON, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def records(count: int) -> Iterator[RunRecord]:
    """Yield runs, 500 to a month from January 2022 on."""
    for number, record in enumerate(runs(count, tests=2000 - count // 10)):
        month = number // PER_MONTH
        day = f"{2022 + month // 12}-{month % 12 + 1:02}-{number % PER_MONTH // 20 + 1:02}"
        started = f"{day}T{number % 24:02}:00:00Z"
        yield replace(record, run=replace(record.run, run_id=f"{number}", started=started))


def bare(root: Path) -> Path:
    """Return a new bare repository with a main branch of one small commit."""
    root.mkdir(parents=True)
    git(root, "init", "-q", "--bare", "-b", "main", ".")
    for name, value in (("uploadpack.allowFilter", "true"), ("gc.auto", "0"), ("receive.unpackLimit", "1")):
        git(root, "config", name, value)
    feed(
        root, (b"commit refs/heads/main\ncommitter w <w@example.org> 0 +0000\ndata 0\nM 100644 inline a\ndata 1\na\n",)
    )
    return root


def feed(root: Path, stream: Iterable[bytes]) -> None:
    """Write commits from a stream of git fast-import."""
    command = ("git", "fast-import", "--quiet")
    with subprocess.Popen(command, cwd=root, env=ENVIRON, stdin=subprocess.PIPE) as process:
        assert process.stdin is not None  # noqa: S101  # it is a pipe
        for chunk in stream:
            process.stdin.write(chunk)
        process.stdin.close()
        if process.wait() != 0:
            raise subprocess.CalledProcessError(process.returncode, command)


def commits(changes: Iterable[dict[str, bytes]]) -> Iterator[bytes]:
    """Yield one commit on the branch for each set of files."""
    for number, files in enumerate(changes):
        yield f"commit {BRANCH}\ncommitter w <w@example.org> {number} +0000\ndata 0\n".encode()
        for path, data in files.items():
            yield f"M 100644 inline {path}\ndata {len(data)}\n".encode() + data + b"\n"


def ours(history: HistoryDirectory, kept: Iterable[RunRecord]) -> Iterator[dict[str, bytes]]:
    """Yield the files that each run adds to a history."""
    seen: set[Path] = set()
    for record in kept:
        history.add(record)
        new = [path for path in _recent(history.root, record) if path not in seen]
        seen.update(new)
        yield {path.relative_to(history.root).as_posix(): path.read_bytes() for path in new}


def _recent(root: Path, record: RunRecord) -> Iterator[Path]:
    """Yield the files among which those of a run are."""
    yield root / "layout.json"
    yield from (root / "runs" / record.run.started[:7].replace("-", "/")).glob(f"{record.run.run_id}-*.json")
    yield from root.glob("catalog/*/*.json")


def whole(kept: Iterable[RunRecord]) -> Iterator[dict[str, bytes]]:
    """Yield one JSON file for each run."""
    for record in kept:
        yield {f"runs/{record.run.started[:7].replace('-', '/')}/{record.run.run_id}.json": dumps(record)}


def growing(kept: Iterable[RunRecord]) -> Iterator[dict[str, bytes]]:
    """Yield one JSON file that holds all runs so far, without indentation."""
    rows: list[bytes] = []
    for record in kept:
        rows.append(json.dumps(json.loads(dumps(record)), separators=(",", ":")).encode())
        yield {"data.json": b"[" + b",\n".join(rows) + b"]\n"}


def disk(root: Path) -> int:
    """Return the bytes of a repository's objects."""
    return size(root / "objects")


def size(directory: Path) -> int:
    """Return the bytes of all files below a directory."""
    return sum(path.stat().st_size for path in directory.rglob("*") if path.is_file())


def measured(
    layout: str, remote: Path, count: int, raw: float, *, names: float = 0.0, per_push: float | None = None
) -> Size:
    """Return the sizes of a history on the branch of a repository."""
    git(remote, "gc", "-q", "--prune=now")
    in_git = disk(remote) / count
    place = remote.parent
    began = time.perf_counter()
    git(place, "clone", "-q", "--bare", "--depth=1", "-b", "ratchetry-data", f"file://{remote}", "tip")
    seconds = time.perf_counter() - began
    git(place, "clone", "-q", "--bare", f"file://{remote}", "ordinary")
    tip = git(remote, "rev-parse", BRANCH)
    git(remote, "update-ref", HIDDEN, tip)
    git(remote, "update-ref", "-d", BRANCH)
    git(place, "clone", "-q", "--bare", f"file://{remote}", "hidden")
    git(remote, "update-ref", BRANCH, tip)
    git(remote, "update-ref", "-d", HIDDEN)
    return Size(
        layout=layout,
        runs=count,
        raw=raw,
        names=names,
        in_git=in_git,
        per_push=per_push,
        clone=disk(place / "tip"),
        clone_seconds=seconds,
        ordinary=disk(place / "ordinary"),
        hidden=disk(place / "hidden"),
    )


def of_ours(options: argparse.Namespace, place: Path) -> tuple[Size, Size]:
    """Return the sizes of ratchetry's layout, as it grows and with its months compacted."""
    remote = bare(place / "ours" / "remote.git")
    history = HistoryDirectory(place / "ours" / "history")
    stream = records(options.runs + options.pushes)
    feed(remote, commits(ours(history, islice(stream, options.runs))))
    raw, names = (size(history.root / name) / options.runs for name in ("runs", "catalog"))
    git(remote, "gc", "-q", "--prune=now")
    before = disk(remote)
    for record in stream:
        directory = HistoryDirectory(place / "ours" / f"job{record.run.run_id}")
        directory.add(record)
        push(share(directory.root, remote))
    per_push = (disk(remote) - before) / options.pushes
    count = options.runs + options.pushes
    single = measured("ratchetry", remote, count, raw, names=names, per_push=per_push)
    now = datetime.fromisoformat(record.run.started)

    def compact(directory: Path) -> tuple[str, ...]:
        compact_months(HistoryDirectory(directory), now)
        return ()

    fold(share(place / "ours" / "folder", remote), compact=compact, squash=True)
    again = place / "ours" / "again"
    pull(share(again, remote))
    apart = sum(1 for _ in again.glob("runs/*/*/*"))
    packed, names = size(again / "months") / max(1, single.runs - apart), size(again / "catalog") / single.runs
    if sum(1 for _ in HistoryDirectory(again).columns()) != single.runs:
        msg = "the compacted history has not every run"
        raise AssertionError(msg)
    for name in ("tip", "ordinary", "hidden"):
        (remote.parent / name).rename(remote.parent / f"single-{name}")
    git(remote, "reflog", "expire", "--expire=now", "--all")
    return single, measured("ratchetry, compacted", remote, single.runs, packed, names=names)


def share(root: Path, remote: Path) -> Sharing:
    """Return how the history of a directory is shared."""
    root.mkdir(parents=True, exist_ok=True)
    return sharing(
        str(root),
        Settings(history_remote=f"file://{remote}"),
        environ=ENVIRON,
        clock=SystemClock(),
        progress=SilentProgress(),
        history=str(root),
        random=random.Random(1),  # noqa: S311  # spreads retries
    )


def of_json(layout: str, count: int, place: Path, *, single: bool) -> Size:
    """Return the sizes of one JSON file for each run, or of one that grows."""
    remote = bare(place / layout.replace(" ", "-") / "remote.git")
    raw = sum(len(dumps(record)) for record in records(count)) / count
    feed(remote, commits(whole(records(count)) if single else growing(records(count))))
    return measured(layout, remote, count, raw)


def row(each: Size) -> str:
    """Return a row of the table."""
    pushed = "" if each.per_push is None else f"{each.per_push / 1e3:.1f} kB"
    run = f"{each.raw / 1e3:.2f} kB | {each.names / 1e3:.2f} kB | {each.in_git / 1e3:.2f} kB | {pushed}"
    clones = f"{each.clone / 1e6:.2f} MB, {each.clone_seconds:.1f} s | {each.ordinary / 1e6:.2f} MB"
    return f"| {each.layout} | {each.runs} | {run} | {clones} | {each.hidden / 1e6:.4f} MB |"


def main() -> int:
    """Print the table and, if asked to, write the figures; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5000)
    parser.add_argument("--growing", type=int, default=100)
    parser.add_argument("--pushes", type=int, default=20)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        single, compacted = of_ours(options, Path(name))
        records_each = of_json("whole records", min(options.runs, 500), Path(name), single=True)
        one_file = of_json("growing file", options.growing, Path(name), single=False)
    sizes = (single, compacted, records_each, one_file)
    print(
        "| layout | runs | raw, per run | names, per run | in git, per run | per push, before gc "
        "| clone, depth 1 | ordinary clone | the same, no branch |"
    )
    print("|" + " --- |" * 9)
    print("\n".join(map(row, sizes)))
    if options.json:
        options.json.write_text(json.dumps([asdict(each) for each in sizes], indent=2) + "\n", encoding="utf-8")
    met = (
        single.raw <= GOALS["raw"],
        single.in_git <= GOALS["in_git"],
        compacted.raw <= GOALS["compacted"],
        compacted.clone <= GOALS["clone"],
        single.hidden < 10_000,
    )
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())
