"""`ratchetry bandit feedback`: what CI says of modules, from a trend report into the weights file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ratchetry.adapters.files import read_bounded, write_atomic
from ratchetry.domain.weights import Weights
from ratchetry.errors import UsageError
from ratchetry.learn.priorities import INFLUENCE, with_feedback
from ratchetry.pipeline.bandit.weights_file import read_weights
from ratchetry.settings import Settings
from ratchetry.state import trend_report
from ratchetry.state.weights import dumps


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What became of the weights: whether the file has changed, and why it could not where it could not."""

    weights: Weights
    changed: bool
    place: Path
    reason: str = ""


def take_feedback(
    root: Path,
    settings: Settings,
    report_file: str,
    *,
    weights_file: str | None = None,
    influence: float = INFLUENCE,
    write: bool = True,
) -> Taken:
    """Return the weights with what a trend report says of modules, written in one step; again, nothing changes.

    Raises StateError for a file that cannot be read, UsageError when it cannot be written or there is no report.
    """
    path = Path(weights_file) if weights_file else root / settings.weights
    known = read_weights(root, settings, weights_file if path.exists() else None)
    if settings.disable_learning:
        return Taken(weights=known.weights, changed=False, place=path, reason="learning is disabled")
    if not Path(report_file).is_file():
        msg = f"{report_file}: there is no such trend report; `ratchetry trends --output FILE` writes one"
        raise UsageError(msg)
    report = trend_report.loads(read_bounded(report_file, report_file), report_file)
    if "modules" in report.unmeasured:
        return Taken(weights=known.weights, changed=False, place=path, reason=report.unmeasured["modules"])
    weights = with_feedback(known.weights if path.exists() else Weights(), report.modules, influence)
    data = dumps(weights)
    changed = data != known.data
    if write and changed:
        write_atomic(path, data)
    return Taken(weights=weights, changed=changed, place=path)
