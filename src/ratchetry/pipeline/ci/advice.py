"""What would help the default branch most, for the comment on a pull request."""

from __future__ import annotations

from pathlib import Path

from ratchetry.errors import RatchetryError
from ratchetry.pipeline.ci.base_runs import BaseRuns
from ratchetry.pipeline.suggest import advised, known_from_history
from ratchetry.report.comment import MOST_SUGGESTIONS
from ratchetry.settings import Settings


def advice(runs: BaseRuns, settings: Settings, branch: str) -> tuple[str, ...]:
    """Return the best suggestions that the shared history gives rise to, none where there is no history."""
    history = runs.history()
    if isinstance(history, str):
        return ()
    try:
        known = known_from_history(
            history, root=Path(runs.root), settings=settings, environ=runs.environ, branch=branch
        )
        report = advised(known, settings, top=MOST_SUGGESTIONS).report
    except RatchetryError:
        return ()  # advice is worth less than the comment
    return tuple(f"{row.title} ({row.command})" for row in report.suggestions)
