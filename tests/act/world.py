"""GitHub and the machine around a workflow run: its interface, the artifacts, tools, and a place to work in."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from tests.act.artifact_service import Artifacts, artifact_service
from tests.act.prepare import Source
from tests.act.toolchain import Toolchain
from tests.github.fake import FakeGitHub, Incoming, Repository, Response, Run


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
    sarif: list[dict[str, object]] = field(default_factory=list)
    """The analyses that were uploaded to code scanning."""

    @property
    def repository(self) -> Repository:
        """Return the repository that is measured."""
        return self.github.repo

    def run(self, run_id: int) -> Run:
        """Return a run that GitHub knows."""
        return self.repository.runs[run_id]


def adopt(repository: Repository, commit: str, branch: str = "main") -> str:
    """Make a branch on GitHub stand at a commit of a real checkout, and return the commit."""
    objects, ref = repository.objects, f"refs/heads/{branch}"
    parent = repository.refs.get(ref, repository.refs[f"refs/heads/{repository.default_branch}"])
    objects.commits[commit] = replace(objects.commits[parent], parents=(parent,))
    repository.refs[ref] = commit
    return commit


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
        made = World(
            github=github,
            artifacts=artifacts,
            tools=tools,
            source=source,
            flat=flat,
            scratch=scratch,
            environ=environ or {},
        )
        # it is not among the operations that ratchetry itself uses
        github.mounts[f"/repos/{repository}/code-scanning/sarifs"] = lambda request: _analysis(made, request)
        yield made


def _analysis(world: World, request: Incoming) -> Response:
    """Keep an analysis whose sender may upload it."""
    token = world.github.state.tokens.get(request.headers.get("authorization", "").rpartition(" ")[2])
    if token is None or token.permissions.get("security_events") != "write":
        return Response(status=403, body={"message": "Resource not accessible by integration"})
    packed = base64.b64decode(json.loads(request.body)["sarif"])
    world.sarif.append(json.loads(gzip.decompress(packed)))
    return Response(status=202, body={"id": "47177e22-5596-11eb-80a1-c1e54ef945c6"})
