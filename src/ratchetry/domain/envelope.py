"""Envelopes: what one job of a workflow says of one stage, and which run it says it for."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Annotated, Final

from msgspec import Meta

from ratchetry.domain.record import Change, Count, Fragment, RunInfo, ShortText

ENVELOPE_VERSION: Final = 1
KEY: Final = r"[A-Za-z0-9][A-Za-z0-9._+-]{0,63}"
"""What may tell the jobs of a matrix apart: it becomes part of an artifact's name."""

SUMMARY: Final = "ci-metrics-summary"
_NAME: Final = re.compile(rf"ci-metrics-(?P<stage>[a-z]+)-(?P<key>{KEY})-a(?P<attempt>[1-9][0-9]{{0,5}})")

Key = Annotated[str, Meta(pattern=f"^{KEY}$", description="tells the jobs of a matrix apart")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """The fragment of one stage, measured by the job of one key in one attempt of one run."""

    schema_version: Annotated[int, Meta(ge=1)] = ENVELOPE_VERSION
    ratchetry: ShortText = ""
    run: RunInfo
    stage: ShortText
    key: Key
    change: Change = field(default_factory=Change)
    fragment: Fragment


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryContext:
    """What stands beside a record in the summary of a run: hints for the comment, none of which is trusted."""

    schema_version: Annotated[int, Meta(ge=1)] = ENVELOPE_VERSION
    event: ShortText = ""
    pull_request: Annotated[int, Meta(ge=1)] | None = None
    head_sha: ShortText = ""
    base_sha: ShortText = ""
    base_ref: ShortText = ""
    directory: ShortText = ""
    """Where the measured project lies in the checkout, empty when it is the checkout."""
    refused: Count = 0
    """How many fragments were refused."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class FragmentName:
    """What the name of a fragment's artifact says."""

    stage: str
    key: str
    attempt: int


def artifact_name(stage: str, key: str, attempt: int) -> str:
    """Return the name of the artifact that a job uploads for a stage."""
    return f"ci-metrics-{stage}-{key}-a{attempt}"


def summary_name(attempt: int) -> str:
    """Return the name of the artifact that holds the record of a run attempt."""
    return f"{SUMMARY}-a{attempt}"


def parse_name(name: str) -> FragmentName | None:
    """Return what the name of an artifact says, None when it is not that of a fragment."""
    found = _NAME.fullmatch(name)
    return FragmentName(stage=found["stage"], key=found["key"], attempt=int(found["attempt"])) if found else None


def named(envelope: Envelope) -> FragmentName:
    """Return what the name of an envelope's artifact has to say."""
    return FragmentName(stage=envelope.stage, key=envelope.key, attempt=envelope.run.attempt)
