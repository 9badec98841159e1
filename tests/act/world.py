"""GitHub and the machine around one workflow run: the fake's interface, the artifacts, tools, and a place to work in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.act.artifact_service import Artifacts, artifact_service
from tests.act.prepare import Source
from tests.act.toolchain import Toolchain
from tests.github.fake import FakeGitHub, Repository, Run


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """One GitHub with one repository, and what runs its workflows; `flat` is the source for runs that fail."""

    github: FakeGitHub
    artifacts: Artifacts
    tools: Toolchain
    source: Source
    flat: Source
    scratch: Path
    environ: Mapping[str, str] = field(default_factory=dict)

    @property
    def repository(self) -> Repository:
        """Return the repository that is measured."""
        return self.github.repo

    def run(self, run_id: int) -> Run:
        """Return a run that GitHub knows."""
        return self.repository.runs[run_id]


@contextmanager
def world(
    scratch: Path,
    tools: Toolchain,
    *,
    source: Source,
    flat: Source,
    repository: str = "octo/tiny",
    environ: Mapping[str, str] | None = None,
) -> Iterator[World]:
    """Yield a world whose services run while the body does; at the end every request must have been one of GitHub's."""
    with ExitStack() as stack:
        github = stack.enter_context(FakeGitHub(repository))
        for token, allowed in {**source.tokens, **flat.tokens}.items():
            github.state.add_token(token, **allowed)

        def publish(run_id: int, name: str, archive: bytes) -> int:
            run = github.repo.runs[run_id]
            return github.state.add_artifact(github.repo, run, name, archive).id

        artifacts = stack.enter_context(artifact_service(publish))
        yield World(
            github=github,
            artifacts=artifacts,
            tools=tools,
            source=source,
            flat=flat,
            scratch=scratch,
            environ=environ or {},
        )
