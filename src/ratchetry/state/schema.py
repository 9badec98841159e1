"""The JSON Schemas of the documents ratchetry writes, generated from the types it reads them with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from ratchetry.domain.envelope import Envelope, SummaryContext
from ratchetry.domain.learning import Cursor, Manifest
from ratchetry.domain.record import Fragment, RunRecord
from ratchetry.domain.suggestion import SuggestionReport
from ratchetry.domain.trend_report import TrendReport
from ratchetry.state.active_versions import ActiveVersionsFile
from ratchetry.state.score_model import ScoreModelFile
from ratchetry.state.thresholds import ThresholdsFile
from ratchetry.state.weights import WeightsFile

DOCUMENTS: Final[Mapping[str, tuple[type[object], str]]] = {
    "record": (RunRecord, "The run record: everything one run attempt measured."),
    "fragment": (Fragment, "What one stage measured; fragments merge into a record."),
    "envelope": (Envelope, "What one job of a workflow uploads: the fragment of a stage, and of which run."),
    "context": (SummaryContext, "What stands beside the record in the summary of a run, for the comment."),
    "cursor": (Cursor, "cursor.json of a history: where the learning runs stand."),
    "batch": (Manifest, "manifest.json of a batch: what a learning run has decided about each run."),
    "thresholds": (ThresholdsFile, "quality-thresholds.json: the bounds of the metrics."),
    "trend-report": (TrendReport, "What `ratchetry trends --output` writes: where the metrics of a project go."),
    "suggestions": (SuggestionReport, "What `ratchetry suggest --output` writes: what would help most."),
    "weights": (WeightsFile, "bandit_weights.json: what the bandit has learned, and from which events."),
    "active-versions": (ActiveVersionsFile, "active-versions.json: the version of each slot that is in use."),
    "score-model": (ScoreModelFile, "PromptScoreModel.json: the weights of the score."),
}


def json_schema(name: str) -> dict[str, object]:
    """Return the JSON Schema (draft 2020-12) of a document; raises KeyError for an unknown name."""
    kind, description = DOCUMENTS[name]
    return schema_of(name, kind, description)


def schema_of(name: str, kind: type[object], description: str) -> dict[str, object]:
    """Return the JSON Schema (draft 2020-12) of a document of some type."""
    (reference,), components = msgspec.json.schema_components([kind], ref_template="#/$defs/{name}")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"ratchetry {name}",
        "description": description,
        **reference,
        "$defs": components,
    }
