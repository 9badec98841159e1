"""Many writers pushing runs to one git remote at once: the inbox that ratchetry uses, beside two common ways.

usage: history_push.py [--writers N] [--runs N] [--folders N] [--latency SECONDS] [--json FILE]

One bare repository over file://, each writer a process that pushes one run of 18 kB after the other:

- inbox: `ratchetry history push --no-fold`, while folders fold and cut off the past in 3 of 10 folds;
- rebase: a commit in a clone, pushed; when that is rejected, pulled with --rebase and tried again, up to 40 times,
  with waits that double and are drawn at random;
- force: a commit on what was just fetched, pushed with --force.

--latency makes every push wait at the server, as over a network.  A run that was acknowledged and is not there in the
end is lost.  Ends with exit code 1 when the inbox loses or doubles a run, leaves one behind, or needs more than 1 s.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial
from multiprocessing import Event, Process, get_context
from multiprocessing.synchronize import Event as Flag
from pathlib import Path
from typing import Final

from ratchetry.adapters.clock import SystemClock
from ratchetry.cli.progress import SilentProgress
from ratchetry.errors import RatchetryError
from ratchetry.history.document import seal
from ratchetry.history.layout import layout_bytes
from ratchetry.pipeline.sync import Sharing, fold, push, sharing
from ratchetry.settings import Settings

TRIES: Final = 40
GOAL: Final = 1.0
BRANCH: Final = "ratchetry-data"
ENVIRON: Final = {
    **{name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "GITHUB_"))},
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
}
IDENTITY: Final = ("-c", "user.name=writer", "-c", "user.email=writer@example.org", "-c", "gc.auto=0")


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One run that a writer has tried to push."""

    number: int
    seconds: float
    tries: int
    acknowledged: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What became of all runs with one strategy; times in seconds."""

    strategy: str
    runs: int
    acknowledged: int
    lost: int
    doubled: int
    left: int
    """Runs that still wait in the inbox after the last fold."""
    p50: float
    p95: float
    longest: float
    most_tries: int
    wall: float


def git(root: Path, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    """Return how git ended."""
    command = ("git", *IDENTITY, *arguments)
    return subprocess.run(command, cwd=root, env=ENVIRON, check=check, capture_output=True, text=True)


def run_path(number: int) -> str:
    """Return the path of a run."""
    return f"runs/2026/11/{number}-1.json"


def content(number: int) -> bytes:
    """Return what a run of 2,000 tests may look like, in size and in how little of it repeats."""
    chance = random.Random(number)  # noqa: S311  # made-up data
    return seal({"number": number, "durations": [chance.randrange(10**7) for _ in range(2000)]})


def write(root: Path, number: int) -> None:
    """Write a run, and the layout, into a directory."""
    for path, data in (("layout.json", layout_bytes()), (run_path(number), content(number))):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)


def share(root: Path, remote: str, seed: int) -> Sharing:
    """Return how ratchetry shares the history of a directory."""
    root.mkdir(parents=True, exist_ok=True)
    return sharing(
        str(root),
        Settings(history_remote=remote),
        environ=ENVIRON,
        clock=SystemClock(),
        progress=SilentProgress(),
        history=str(root),
        random=random.Random(seed),  # noqa: S311  # spreads retries
    )


def push_to_inbox(root: Path, remote: str, number: int) -> int:
    """Push one run to the inbox and return how many tries that took, 0 when it failed."""
    write(root, number)
    try:
        push(share(root, remote, number), fold=False)
    except RatchetryError:
        return 0
    return 1


def push_with_rebase(root: Path, remote: str, number: int) -> int:
    """Push one run to the branch, on top of what others push meanwhile; return how many tries that took."""
    chance = random.Random(number)  # noqa: S311  # spreads retries
    commit(root, remote, number)
    for turn in range(TRIES):
        if git(root, "push", "-q", "origin", f"HEAD:{BRANCH}", check=False).returncode == 0:
            return turn + 1
        time.sleep(chance.uniform(0, min(5.0, 0.1 * 2.0**turn)))
        git(root, "pull", "-q", "--rebase", "origin", BRANCH, check=False)
    return 0


def push_with_force(root: Path, remote: str, number: int) -> int:
    """Push one run on top of what was there a moment ago, whatever is there now."""
    commit(root, remote, number)
    git(root, "fetch", "-q", "origin", BRANCH)
    git(root, "rebase", "-q", "FETCH_HEAD", check=False)
    return int(git(root, "push", "-q", "--force", "origin", f"HEAD:{BRANCH}", check=False).returncode == 0)


def commit(root: Path, remote: str, number: int) -> None:
    """Commit a run in a clone, made when it is not there yet."""
    if not (root / ".git").exists():
        root.parent.mkdir(parents=True, exist_ok=True)
        git(root.parent, "clone", "-q", "-b", BRANCH, remote, root.name)
    write(root, number)
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", f"Run {number}")


STRATEGIES: Final[dict[str, Callable[[Path, str, int], int]]] = {
    "inbox": push_to_inbox,
    "rebase": push_with_rebase,
    "force": push_with_force,
}


def writer(strategy: str, directory: Path, remote: str, count: int, index: int) -> list[Attempt]:
    """Push some runs one after the other."""
    attempts = []
    for number in range(index * count, (index + 1) * count):
        began = time.perf_counter()
        tries = STRATEGIES[strategy](directory / f"writer{index}", remote, number)
        seconds = time.perf_counter() - began
        attempts.append(Attempt(number=number, seconds=seconds, tries=tries, acknowledged=tries > 0))
    return attempts


def folder(directory: Path, remote: str, seed: int, stop: Flag) -> None:
    """Fold over and over, and cut off the past in 3 of 10 folds."""
    chance = random.Random(seed)  # noqa: S311  # made-up data
    while not stop.is_set():
        try:
            fold(share(directory / f"folder{seed}", remote, seed), squash=chance.random() < 0.3)
        except RatchetryError as error:
            print(f"folder {seed}: {error}", file=sys.stderr)


def bare(root: Path, latency: float) -> str:
    """Return the address of a new bare repository with an empty history."""
    root.mkdir()
    git(root, "init", "-q", "--bare", ".")
    git(root, "config", "uploadpack.allowFilter", "true")
    stream = f"commit refs/heads/{BRANCH}\ncommitter w <w@example.org> 0 +0000\ndata 0\nM 100644 inline layout.json\n"
    data = layout_bytes()
    command = ("git", "fast-import", "--quiet")
    text = stream.encode() + b"data %d\n" % len(data) + data + b"\n"
    subprocess.run(command, cwd=root, env=ENVIRON, input=text, check=True)
    if latency:
        hook = root / "hooks" / "pre-receive"
        hook.write_text(f"#!/bin/sh\ncat > /dev/null\nsleep {latency}\n", encoding="utf-8")
        hook.chmod(0o755)
    return f"file://{root}"


def measure(strategy: str, options: argparse.Namespace, directory: Path) -> Figures:
    """Return what became of all runs with a strategy."""
    directory.mkdir()
    remote = bare(directory / "remote.git", options.latency)
    each = options.runs // options.writers
    began = time.perf_counter()
    stop = Event()
    folders = [Process(target=folder, args=(directory, remote, seed, stop)) for seed in range(options.folders)]
    for process in folders if strategy == "inbox" else ():
        process.start()
    with ProcessPoolExecutor(options.writers, mp_context=get_context("fork")) as pool:
        work = partial(writer, strategy, directory, remote, each)
        attempts = [attempt for some in pool.map(work, range(options.writers)) for attempt in some]
    stop.set()
    for process in folders if strategy == "inbox" else ():
        process.join()
    if strategy == "inbox":
        fold(share(directory / "last", remote, 0))
    wall = time.perf_counter() - began
    return figures(strategy, attempts, directory / "remote.git", wall)


def figures(strategy: str, attempts: Sequence[Attempt], remote: Path, wall: float) -> Figures:
    """Return what became of all runs, as the remote has them."""
    listed = git(remote, "ls-tree", "-r", "--name-only", BRANCH).stdout.split()
    there = Counter(int(path.split("/")[3].split("-")[0]) for path in listed if path.startswith("runs/"))
    times = sorted(attempt.seconds for attempt in attempts)
    return Figures(
        strategy=strategy,
        runs=len(attempts),
        acknowledged=sum(attempt.acknowledged for attempt in attempts),
        lost=sum(attempt.acknowledged and attempt.number not in there for attempt in attempts),
        doubled=sum(count > 1 for count in there.values()),
        left=len(git(remote, "for-each-ref", "refs/ratchetry", "refs/heads/ratchetry-inbox").stdout.splitlines()),
        p50=statistics.median(times),
        p95=times[int(0.95 * (len(times) - 1))],
        longest=times[-1],
        most_tries=max(attempt.tries for attempt in attempts),
        wall=wall,
    )


def main() -> int:
    """Print the table and, if asked to, write the figures; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--writers", type=int, default=8)
    parser.add_argument("--runs", type=int, default=160)
    parser.add_argument("--folders", type=int, default=2)
    parser.add_argument("--latency", type=float, default=0.0)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        results = [measure(strategy, options, Path(place) / strategy) for strategy in STRATEGIES]
    print("| strategy | acknowledged | lost | doubled | left | p50 s | p95 s | longest s | most tries | wall s |")
    print("|" + " --- |" * 10)
    for each in results:
        counts = f"{each.acknowledged} of {each.runs} | {each.lost} | {each.doubled} | {each.left}"
        times = f"{each.p50:.2f} | {each.p95:.2f} | {each.longest:.2f}"
        print(f"| {each.strategy} | {counts} | {times} | {each.most_tries} | {each.wall:.1f} |")
    if options.json:
        options.json.write_text(json.dumps([asdict(each) for each in results], indent=2) + "\n", encoding="utf-8")
    inbox = results[0]
    sound = inbox.acknowledged == inbox.runs and not (inbox.lost or inbox.doubled or inbox.left)
    return 0 if sound and inbox.p95 <= GOAL else 1


if __name__ == "__main__":
    sys.exit(main())
