"""The step that writes the findings of a run for code scanning."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ratchetry.adapters.files import write_atomic
from ratchetry.analyze.arrivals import Arrivals, Refused, newest, settle
from ratchetry.domain.record import Fragment
from ratchetry.pipeline.ci.fragments import collect_fragments
from ratchetry.pipeline.ci.origin import identity_of
from ratchetry.pipeline.save import place_in_checkout
from ratchetry.report.sarif import render


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """The stages whose findings were written, those that were not measured and therefore left out, and refusals."""

    written: tuple[str, ...]
    left_out: tuple[str, ...]
    refused: tuple[Refused, ...]


def write_sarif(root: Path, fragments: Path, output: Path, *, environ: Mapping[str, str]) -> Findings:
    """Write the findings of every stage that was measured; raises StateError when there are no fragments to read.

    A stage that was not measured is left out as a whole: its alerts stay as they are, for nothing is known of them.
    """
    from ratchetry.adapters.github_event import read_event

    facts = read_event(environ)
    collected = collect_fragments(fragments, identity_of(facts))
    stages = tuple(sorted({row.stage for row in newest(collected.envelopes)}))
    by_stage = {
        stage: settle(
            Arrivals(attempt=facts.attempt, expected=(stage,), envelopes=collected.envelopes, refused=collected.refused)
        )
        for stage in stages
    }
    measured = {stage: fragment for stage, fragment in by_stage.items() if _is_measured(fragment, stage)}
    output.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(output, render(measured, prefix=place_in_checkout(root, environ)))
    left_out = tuple(
        stage for stage in stages if stage not in measured and by_stage[stage].stages[stage].status != "skipped"
    )
    return Findings(written=tuple(measured), left_out=left_out, refused=collected.refused)


def _is_measured(fragment: Fragment, stage: str) -> bool:
    """Tell whether all that a stage looks for was looked for."""
    return fragment.stages[stage].status in {"passed", "failed"} and not fragment.stages[stage].unmeasured
