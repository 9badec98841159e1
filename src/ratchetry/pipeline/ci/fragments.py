"""Reading the fragments that the jobs of a run have left; their names and contents are data of strangers."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ratchetry.adapters.files import open_for_reading
from ratchetry.analyze.arrivals import Refused
from ratchetry.domain.envelope import SUMMARY, Envelope, FragmentName, named, parse_name
from ratchetry.errors import StateError
from ratchetry.pipeline.ci.origin import Identity
from ratchetry.report.text import clip, neutralize
from ratchetry.state.codec import LIMIT
from ratchetry.state.envelope import loads

FRAGMENT: Final = "fragment.json"
MAX_FRAGMENTS: Final = 500
"""Artifacts of one run that are looked at: https://github.com/actions/upload-artifact allows as many to one job."""
MAX_TOTAL: Final = 128 * 1024 * 1024
_SHOWN: Final = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """The envelopes that are believed, and what was refused."""

    envelopes: tuple[Envelope, ...] = ()
    refused: tuple[Refused, ...] = ()


def collect_fragments(directory: Path, own: Identity) -> Collected:
    """Return every fragment below a directory, one in each directory that is named like an artifact.

    Summaries of earlier attempts are left aside; everything else that is no fragment of this run is refused by name.
    Raises StateError when there is no such directory.
    """
    envelopes: list[Envelope] = []
    refused: list[Refused] = []
    room = MAX_TOTAL
    for index, path in enumerate(_candidates(directory)):
        claims = parse_name(path.name)
        try:
            _refuse_excess(index, room)
            envelope = read_fragment(path, own, claims)
            room -= (path / FRAGMENT).stat().st_size
            envelopes.append(envelope)
        except StateError as error:
            refused.append(Refused(name=_shown(path.name), reason=_shown(str(error), 500), claims=claims))
    return Collected(envelopes=tuple(envelopes), refused=tuple(refused))


def read_fragment(path: Path, own: Identity, claims: FragmentName | None) -> Envelope:
    """Return the envelope in an artifact's directory.

    Raises StateError when it is missing, malformed, of another run, or says something else than the artifact's name.
    """
    if claims is None:
        msg = "its name is not that of a fragment (ci-metrics-<stage>-<key>-a<attempt>)"
        raise StateError(msg)
    envelope = loads(_read(path), FRAGMENT)
    if named(envelope) != claims:
        said = named(envelope)
        msg = f"it says that it is of stage {said.stage[:40]!r}, key {said.key!r} and attempt {said.attempt}"
        raise StateError(msg)
    refusal = own.refusal(envelope.run)
    if refusal:
        raise StateError(refusal)
    return envelope


def _refuse_excess(index: int, room: int) -> None:
    """Raise StateError when more was read already than belongs to one run."""
    if index >= MAX_FRAGMENTS or room <= 0:
        msg = f"it is one of more than {MAX_FRAGMENTS} fragments, or of more than {MAX_TOTAL:,} bytes"
        raise StateError(msg)


def _candidates(directory: Path) -> Iterator[Path]:
    """Yield what lies in a directory in the order of its names, without summaries."""
    try:
        entries = sorted(directory.iterdir())
    except FileNotFoundError:
        return  # no job has uploaded anything: then actions/download-artifact makes no directory
    except OSError as error:
        msg = f"{directory}: cannot be listed: {error.strerror}; name the directory of the downloaded fragments"
        raise StateError(msg) from error
    yield from (path for path in entries if not path.name.startswith(f"{SUMMARY}-"))


def _read(path: Path) -> bytes:
    """Return the bytes of a directory's fragment, one past the limit; raises StateError when there is none."""
    try:
        if path.is_symlink():
            msg = "it is a link"
            raise StateError(msg)
        with os.fdopen(open_for_reading(str(path / FRAGMENT)), "rb") as file:
            return file.read(LIMIT + 1)
    except OSError as error:
        msg = f"{FRAGMENT} cannot be read: {error.strerror}"
        raise StateError(msg) from error


def _shown(text: str, most: int = _SHOWN) -> str:
    """Return foreign text fit for a message."""
    return clip(neutralize(text), most)
