"""The directory of a comparison, alone in its repository and gone afterwards."""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ratchetry.errors import UsageError
from ratchetry.pipeline.bench.sides import Repository
from ratchetry.pipeline.run import make_output


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Where a comparison works, and the variables by which its processes are known."""

    place: Path
    cache: Path
    environ: Mapping[str, str]


@contextmanager
def workplace(repository: Repository, *, keep: bool) -> Iterator[Session]:
    """Yield a directory that will be gone, unless it is kept until the next comparison, with all that runs there.

    What a comparison that was killed has left, processes included, goes first.  Environments are those of past
    commits, which `ratchetry history backfill` builds as well.
    Raises UsageError when another comparison is at work here, or the output directory lies where it must not.
    """
    from ratchetry.adapters.environment_cache import prune
    from ratchetry.adapters.leases import exclusive
    from ratchetry.adapters.process_tree import kill_left_behind
    from ratchetry.adapters.scratch import remove

    make_output(repository.places)
    work = repository.places.output / "work" / "bench"
    mark = f"RATCHETRY_BENCH_{hashlib.sha256(os.fsencode(work)).hexdigest()[:16]}"
    cache = repository.places.cache / "backfill"
    work.parent.mkdir(parents=True, exist_ok=True)
    with exclusive(work.with_name("bench.lock"), seconds=0) as alone:
        if not alone:
            msg = f"{repository.places.output}: another comparison is at work here; wait for it to end"
            raise UsageError(msg)
        kill_left_behind(mark)
        shutil.rmtree(work, ignore_errors=True)
        place = work / secrets.token_hex(4)
        place.mkdir(parents=True)
        # Without a configuration of its own, pytest would take that of a directory above, which is today's.
        (work / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
        try:
            yield Session(place=place, cache=cache, environ={mark: "1"})
        finally:
            kill_left_behind(mark)
            if not keep and work.is_dir():
                remove(str(work))
            prune(str(cache))
            work.with_name("bench.lock").unlink(missing_ok=True)
