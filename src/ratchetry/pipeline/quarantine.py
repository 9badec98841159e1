"""The quarantine of a repository: read before any of its code runs, from the history and from nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from ratchetry.adapters.git import Git
from ratchetry.analyze.flaky.quarantine import LONGEST, quarantine_event, quarantined, release_event
from ratchetry.domain.flaky import Quarantine
from ratchetry.errors import UsageError
from ratchetry.pipeline.history import existing_history, history_at
from ratchetry.pipeline.survey import Places
from ratchetry.ports import Clock, History, Progress
from ratchetry.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Who decides, of which repository, and when."""

    repository: str
    actor: str
    moment: datetime

    @property
    def time(self) -> str:
        """Return the moment as events say it, so exactly that a decision and its reversal have an order."""
        return f"{self.moment:%Y-%m-%dT%H:%M:%S.%fZ}"


def quarantine_now(history: History, now: datetime) -> tuple[Quarantine, ...]:
    """Return the tests that are in quarantine now."""
    since = now - timedelta(days=LONGEST + 1)
    return quarantined(history.events(f"{since:%Y-%m-%dT%H:%M:%SZ}"), now.date())


def quarantine_of(
    places: Places, settings: Settings, *, environ: Mapping[str, str], clock: Clock, progress: Progress
) -> tuple[Quarantine, ...]:
    """Return the tests in quarantine for a run over a repository.

    None when the history came with the code: who changes the code must not be able to decide what blocks it.
    """
    if not (places.output / "events").is_dir() and not (places.output / "months").is_dir():
        return ()
    found = quarantine_now(history_at(places.output, settings), clock.now())
    if found and came_with_code(places.root, places.output, environ):
        progress.preparing(f"nothing in quarantine: {places.output.name} is under version control, and must not be")
        return ()
    return found


def came_with_code(root: Path, output: Path, environ: Mapping[str, str]) -> bool:
    """Tell whether git tracks any file of the output directory."""
    if not output.is_relative_to(root):
        return False
    tracked = Git(str(root), environ).output("ls-files", "-z", "--", str(output.relative_to(root)))
    return bool(tracked)


def put_in(
    path: str, settings: Settings, directory: str | None, test: str, *, reason: str, until: date, author: Author
) -> bool:
    """Put a test into quarantine; return False when that was noted already.

    Raises UsageError for what makes no sense.
    """
    noted = quarantine_event(
        test, reason=reason, until=until, time=author.time, repository=author.repository, actor=author.actor
    )
    return existing_history(path, settings, directory).add_event(noted)


def take_out(path: str, settings: Settings, directory: str | None, test: str, *, author: Author) -> None:
    """Take a test out of quarantine; raises UsageError when it is in none."""
    history = existing_history(path, settings, directory)
    present = [one.test for one in quarantine_now(history, author.moment)]
    if test not in present:
        msg = f"{test}: not in quarantine; there is {', '.join(present) or 'no test'}"
        raise UsageError(msg)
    history.add_event(release_event(test, time=author.time, repository=author.repository, actor=author.actor))
