"""What is known about the measured repository before any tool runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Interpreter:
    """The Python that runs the project's tests and resolves its types.

    `origin` tells where it came from: given (--python), active (an activated environment), found (a virtual
    environment in a usual place), built (by ratchetry, from the declared dependencies) or own (ratchetry's).
    `distributions` maps normalized names to versions; `requires` maps them to the names they need.
    `import_path` lists directories to put on PYTHONPATH so that the measured sources are what gets imported.
    `appended_path` lists directories that provide missing test tools, to be searched last.
    `problem` says why no interpreter could be used; then the other fields are empty.
    """

    executable: str
    version: str = ""
    origin: Literal["given", "active", "found", "built", "own"] = "own"
    distributions: Mapping[str, str] = field(default_factory=dict)
    requires: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    import_path: tuple[str, ...] = ()
    appended_path: tuple[str, ...] = ()
    problem: str = ""

    def has(self, distribution: str) -> bool:
        """Tell whether a distribution (normalized name, such as "pytest-cov") can be used."""
        return distribution in self.distributions


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """One importable top-level package or module: its name and its path, such as src/click or six.py."""

    name: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """The commit a run is compared with, and what changed since."""

    commit: str
    files: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    """Path to (added, deleted) line counts."""
    added_lines: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    """Path to the numbers, in the new file, of the lines that were added or changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirements:
    """What the project declares to need: requirement strings (PEP 508) by where they are declared."""

    runtime: tuple[str, ...] = ()
    test: tuple[str, ...] = ()
    """Extras and dependency groups for development, requirements-dev.txt and the like."""
    sources: tuple[str, ...] = ()
    """The files all of them were read from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """The measured repository: where its sources and tests are, what it needs and how it is configured."""

    root: str
    name: str = ""
    files: tuple[str, ...] = ()
    """Every file that counts, relative with /: tracked or not ignored; without git, all but environments and caches."""
    packages: tuple[Package, ...] = ()
    source_roots: tuple[str, ...] = ()
    """Directories that packages are imported from, such as "src" or ".". """
    test_paths: tuple[str, ...] = ()
    requirements: Requirements = field(default_factory=Requirements)
    configured: frozenset[str] = frozenset()
    """Tools with configuration of their own here: ruff, mypy, pytest, coverage, bandit, detect-secrets."""
    tables: Mapping[str, object] = field(default_factory=dict)
    """The parsed pyproject.toml, empty when there is none or it cannot be parsed."""

    def python_files(self) -> tuple[str, ...]:
        """Return every Python file of the repository."""
        return tuple(path for path in self.files if path.endswith((".py", ".pyi")))

    def source_files(self) -> tuple[str, ...]:
        """Return the Python files of the packages: what the project is, without its tests and scripts."""
        roots = tuple(package.path for package in self.packages)
        return tuple(
            path for path in self.python_files() if any(path == root or path.startswith(f"{root}/") for root in roots)
        )
