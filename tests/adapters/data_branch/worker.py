"""A process that pushes runs, or folds, over and over.

usage: worker push REMOTE HISTORY FIRST COUNT [fold] | worker fold REMOTE HISTORY SEED STOP
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from random import Random

from ratchetry.adapters.data_branch.patience import Patience
from ratchetry.errors import UnreachableError
from ratchetry.pipeline.sync import Sharing, fold, push
from tests.adapters.data_branch.remotes import run, share, write


def real(history: Path, remote: str, seed: int) -> Sharing:
    """Return how a history is shared with real waits."""
    patience = Patience(sleep=time.sleep, random=Random(seed), first=0.05, longest=1.0, tries=20)  # noqa: S311  # steady
    return replace(share(history, remote), patience=patience)


def write_and_push(remote: str, history: Path, first: int, count: int, *, folding: bool) -> None:
    """Add runs one by one, push after each, and print the number of each that was pushed."""
    for number in range(first, first + count):
        write(history, {run(number): f'{{"run":{number}}}'.encode()})
        push(real(history, remote, number), fold=folding)
        print(number, flush=True)  # noqa: T201  # the result of this process


def fold_until(remote: str, history: Path, seed: int, stop: Path) -> None:
    """Fold until a file appears, cutting off the past now and then."""
    chance = Random(seed)  # noqa: S311  # a steady one is wanted
    while not stop.exists():
        try:
            fold(real(history, remote, seed), squash=chance.random() < 0.3)
        except UnreachableError:
            continue


def main(arguments: Sequence[str]) -> None:
    """Do what the arguments say."""
    what, remote, history, number, more, *rest = arguments
    if what == "push":
        write_and_push(remote, Path(history), int(number), int(more), folding=rest == ["fold"])
    else:
        fold_until(remote, Path(history), int(number), Path(more))


if __name__ == "__main__":
    main(sys.argv[1:])
