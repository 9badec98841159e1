"""The step that measures one stage, and the one that makes sure that its job uploads a fragment whatever happened."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from ratchetry import __version__
from ratchetry.adapters.artifacts import read_artifacts, write_artifacts
from ratchetry.adapters.files import write_atomic
from ratchetry.domain.envelope import KEY, Envelope, FragmentName, artifact_name, named
from ratchetry.domain.record import Fragment, StageResult
from ratchetry.errors import StateError, UsageError
from ratchetry.pipeline.ci.fragments import FRAGMENT, read_fragment
from ratchetry.pipeline.ci.origin import bare_run, identity_of
from ratchetry.pipeline.run import measure_stages
from ratchetry.pipeline.survey import Places
from ratchetry.ports import Clock, Progress
from ratchetry.settings import Settings
from ratchetry.state.envelope import dumps

ARTIFACTS: Final = "artifacts"
"""The directory beside the fragment that holds what the stage leaves for people, such as the bill of materials."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A fragment that was written: how its stage ended, the artifact's name, its directory, and what went wrong."""

    result: StageResult
    name: str
    path: Path
    problem: str = ""
    broken: tuple[Exception, ...] = ()


def run_stage(
    places: Places,
    settings: Settings,
    *,
    stage: str,
    key: str,
    fragments: Path,
    environ: Mapping[str, str],
    clock: Clock,
    progress: Progress,
) -> Written:
    """Measure one stage and write its fragment, with the stage's artifacts, to a directory of its own.

    Raises UsageError for a key that cannot be part of a name, and what `pipeline.run.measure_stages` raises.
    """
    check_key(key)
    alone = replace(settings, stages=(stage,))
    known, outcome = measure_stages(places, alone, environ=environ, clock=clock, progress=progress)
    envelope = Envelope(
        ratchetry=__version__,
        run=known.run,
        stage=stage,
        key=key,
        change=known.change,
        fragment=outcome.fragment,
    )
    path = write_envelope(fragments, envelope)
    artifacts = read_artifacts(places.artifacts(stage))
    if artifacts:
        write_artifacts(path / ARTIFACTS, artifacts)
    problem = "" if artifacts is not None else "the stage's artifacts are too large and were left out"
    return _written(envelope, path, problem, outcome.broken)


def check_fragment(stage: str, key: str, fragments: Path, *, environ: Mapping[str, str], clock: Clock) -> Written:
    """Return the fragment that a stage left; where it left none that can be used, write one that says so.

    Raises UsageError for a key that cannot be part of a name.
    """
    from ratchetry.adapters.github_event import read_event

    check_key(key)
    facts = read_event(environ)
    claims = FragmentName(stage=stage, key=key, attempt=facts.attempt)
    path = fragments / artifact_name(stage, key, facts.attempt)
    try:
        envelope = read_fragment(path, identity_of(facts), claims)
        return _written(envelope, path)
    except StateError as error:
        why = f"the job left no fragment that can be used: {error}"[:4096]
        envelope = Envelope(
            ratchetry=__version__,
            run=bare_run(environ, clock),
            stage=stage,
            key=key,
            fragment=Fragment(stages={stage: StageResult(status="not_measured", reason=why)}),
        )
        return _written(envelope, write_envelope(fragments, envelope), why)


def check_key(key: str) -> None:
    """Raise UsageError for a key that cannot be part of an artifact's name."""
    if not re.fullmatch(KEY, key):
        msg = f"key: {key[:100]!r} must be 1 to 64 letters, digits and . _ + - and begin with a letter or digit"
        raise UsageError(msg)


def write_envelope(fragments: Path, envelope: Envelope) -> Path:
    """Write an envelope into the directory that is named like its artifact, and return that directory."""
    path = fragments / artifact_name(envelope.stage, envelope.key, named(envelope).attempt)
    path.mkdir(parents=True, exist_ok=True)
    write_atomic(path / FRAGMENT, dumps(envelope))
    return path


def _written(envelope: Envelope, path: Path, problem: str = "", broken: tuple[Exception, ...] = ()) -> Written:
    """Return what was written of a stage."""
    result = envelope.fragment.stages[envelope.stage]
    return Written(result=result, name=path.name, path=path, problem=problem, broken=broken)
