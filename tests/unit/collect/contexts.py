"""A repository in memory and the context of a stage over it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ratchetry.collect.stage import Context
from ratchetry.domain.project import Interpreter, Package, Project
from ratchetry.domain.record import Fragment
from ratchetry.errors import ReportError, UnreachableError
from ratchetry.settings import Settings

PYTEST = {"pytest": "9.0.0", "pytest-benchmark": "5.3.1"}


@dataclass(frozen=True, slots=True)
class MemoryTree:
    """A source tree of texts by path."""

    texts: Mapping[str, str | bytes]
    root: str = "/repo"

    def files(self) -> tuple[str, ...]:
        """Return the paths, sorted, without those of the output directory."""
        return tuple(sorted(path for path in self.texts if not path.startswith(".ratchetry/")))

    def read(self, path: str, limit: int = 5_000_000) -> bytes:
        """Return a file's bytes or raise ReportError."""
        if path not in self.texts:
            msg = f"{path}: no such file"
            raise ReportError(msg)
        text = self.texts[path]
        data = text.encode() if isinstance(text, str) else text
        if len(data) > limit:
            msg = f"{path}: larger than {limit} bytes"
            raise ReportError(msg)
        return data

    def exists(self, path: str) -> bool:
        """Tell whether a file or a directory of one is there."""
        plain = path.rstrip("/")
        return plain in self.texts or any(other.startswith(f"{plain}/") for other in self.texts)


def no_fetch(url: str) -> bytes:
    """Answer like a network that is not there."""
    raise UnreachableError(url)


def project_of(texts: Mapping[str, str | bytes], **changes: object) -> Project:
    """Return the project of a repository in memory: its packages are the directories below src."""
    paths = MemoryTree(texts).files()
    names = sorted({path.split("/")[1] for path in paths if path.startswith("src/") and path.count("/") > 1})
    packages = tuple(Package(name=name, path=f"src/{name}") for name in names)
    fields: dict[str, object] = {"root": "/repo", "files": paths, "packages": packages, **changes}
    return Project(**fields)  # type: ignore[arg-type]  # a wrong field fails the test


def context_of(
    texts: Mapping[str, str | bytes],
    *,
    interpreter: Interpreter | None = None,
    settings: Settings | None = None,
    earlier: Fragment | None = None,
    project: Project | None = None,
) -> Context:
    """Return the context of a stage over a repository in memory."""
    return Context(
        project=project or project_of(texts),
        settings=settings or Settings(),
        interpreter=interpreter or Interpreter(executable="/env/bin/python", distributions=PYTEST),
        tree=MemoryTree(texts),
        fetch=no_fetch,
        scratch="/repo/.ratchetry/inside/scratch",
        reports="/repo/.ratchetry/inside/reports/stage",
        artifacts="/repo/.ratchetry/artifacts",
        own_python="/own/bin/python",
        own_distributions={},
        earlier=earlier or Fragment(),
    )
