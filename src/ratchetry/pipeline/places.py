"""Where ratchetry reads and writes around a repository; light, for commands that have to start at once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ratchetry.errors import UsageError
from ratchetry.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where a run reads and writes: the measured repository and the directories below the output directory."""

    root: Path
    output: Path
    shared_cache: Path | None = None
    """The cache of several checkouts of one repository, None when this one has its own."""

    @property
    def scratch(self) -> Path:
        """Return the copy of the repository in which code is executed."""
        return self.output / "work" / "scratch"

    @property
    def cache(self) -> Path:
        """Return the directory of everything that may be deleted at any time."""
        return self.shared_cache or self.output / "cache"

    def reports(self, stage: str) -> Path:
        """Return the directory for the reports and caches of one stage's tools."""
        return self.output / "work" / "reports" / stage

    def artifacts(self, stage: str) -> Path:
        """Return the directory of the files that a stage leaves for the user, such as the SBOM."""
        return self.output / "artifacts" / stage


def places_of(path: str, settings: Settings) -> Places:
    """Return where a run over the repository at `path` reads and writes.

    Raises UsageError when it is no directory, or when a link in the repository leads the output out of it.
    """
    root = Path(path).expanduser().resolve()
    if not root.is_dir():
        msg = f"{path}: no such directory; name the repository to measure"
        raise UsageError(msg)
    wanted = root / Path(settings.output_dir).expanduser()
    output = wanted.resolve()
    if wanted.is_relative_to(root) and not output.is_relative_to(root):
        msg = f"output-dir: {settings.output_dir} is a link that leads out of the repository; name another directory"
        raise UsageError(msg)
    return Places(root=root, output=output)
