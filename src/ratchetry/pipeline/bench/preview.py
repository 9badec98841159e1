"""What a comparison would do, without doing it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from ratchetry.pipeline.bench.plan import Request, ordered_pairs
from ratchetry.pipeline.bench.sides import open_repository
from ratchetry.pipeline.survey import Places
from ratchetry.report.bench import shown_side
from ratchetry.report.text import duration
from ratchetry.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What would be done, as data and for people."""

    document: Mapping[str, object]
    lines: tuple[str, ...]


def preview(places: Places, settings: Settings, request: Request, *, environ: Mapping[str, str]) -> Preview:
    """Return what a comparison would do, without running or writing anything; raises UsageError as it would."""
    repository = open_repository(places, settings, base=request.base, head=request.head, environ=environ)
    pairs = ordered_pairs(request.pairs, request.seed)
    orders = [pair.order[0] for pair in pairs]
    document = {
        "base": asdict(repository.base),
        "head": asdict(repository.head),
        "request": asdict(request),
        "first_of_each_pair": orders,
        "timeout": settings.timeout,
        "writes": str(places.output),
    }
    lines = (
        f"base: {shown_side(repository.base)}",
        f"head: {shown_side(repository.head)}",
        f"order: {' '.join('BH' if first == 'base' else 'HB' for first in orders)} (seed {request.seed})",
        f"time: at most {duration(settings.timeout)}, most likely far less; the warm-up of both sides tells",
        f"work: {places.output}",
    )
    return Preview(document=document, lines=lines)
