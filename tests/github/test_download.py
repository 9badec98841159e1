"""Archives of artifacts: whole, bounded, and fetched without the token."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ratchetry.adapters.github import ArtifactFacts, GitHubClient
from ratchetry.errors import GitHubError, NotFoundError, ReportError
from tests.github.fake import FakeGitHub, Fault, Response

DATA = bytes(range(256)) * 40


@pytest.fixture
def artifact(fake: FakeGitHub, client: GitHubClient) -> ArtifactFacts:
    """Return an artifact of a run."""
    fake.state.add_artifact(fake.repo, fake.state.add_run(fake.repo), "summary", DATA)
    return next(client.artifacts(name="summary"))


def test_the_bytes_arrive_and_the_token_stays(fake: FakeGitHub, client: GitHubClient, artifact: ArtifactFacts) -> None:
    """The redirect to the store is followed without the token."""
    assert client.download_artifact(artifact, limit=len(DATA)) == DATA
    assert "authorization" in fake.requests[-2].headers
    assert "authorization" not in fake.requests[-1].headers
    assert client.requests_used == 2


def test_too_large(fake: FakeGitHub, client: GitHubClient, artifact: ArtifactFacts) -> None:
    """What is larger than the limit is not asked for; what says that it is not, is not read further."""
    with pytest.raises(ReportError, match="more than the 100 that are read"):
        client.download_artifact(artifact, limit=100)
    assert len(fake.requests) == 1
    with pytest.raises(ReportError, match="larger than the 100 bytes"):
        client.download_artifact(replace(artifact, size=1), limit=100)


def test_expired(fake: FakeGitHub, client: GitHubClient, artifact: ArtifactFacts) -> None:
    """An artifact that is gone is told apart from one that cannot be had now."""
    with pytest.raises(NotFoundError, match="has expired"):
        client.download_artifact(replace(artifact, expired=True))
    fake.repo.artifacts[artifact.id].expired = True
    with pytest.raises(NotFoundError, match="it has expired, was deleted"):
        client.download_artifact(artifact)


@pytest.mark.parametrize("kind", ["drop", "cut", "answer"])
def test_a_broken_download_is_made_again(
    fake: FakeGitHub, client: GitHubClient, artifact: ArtifactFacts, kind: str
) -> None:
    """An archive that breaks off, or whose address has expired, is asked for at a new address."""
    expired = Response(status=403, body=b"AuthenticationFailed")
    faults = {
        "drop": Fault(kind="drop", path="_artifacts"),
        "cut": Fault(kind="cut", path="_artifacts"),
        "answer": Fault(kind="answer", path="_artifacts", response=expired),
    }
    fake.faults.append(faults[kind])
    assert client.download_artifact(artifact) == DATA
    assert [request.path.rpartition("/")[2] for request in fake.requests].count("zip") == 2


def test_other_bytes_than_the_digest_says(fake: FakeGitHub, client: GitHubClient, artifact: ArtifactFacts) -> None:
    """Bytes that are not those that were uploaded are not used."""
    fake.repo.artifacts[artifact.id].data = DATA[::-1]
    with pytest.raises(GitHubError, match="its content is not what its digest says"):
        client.download_artifact(artifact)
    assert client.download_artifact(replace(artifact, digest="")) == DATA[::-1]


@pytest.mark.parametrize("address", ["http://example.com/x", "file:///etc/passwd", "ftp://example.com/x", "/x", "x:["])
def test_addresses_that_are_not_followed(
    fake: FakeGitHub, client: GitHubClient, artifact: ArtifactFacts, address: str
) -> None:
    """Only an encrypted address, or one of this machine, is read from."""
    away = Response(status=302, headers={"Location": address})
    fake.faults.append(Fault(kind="answer", path="zip", response=away))
    with pytest.raises(GitHubError, match="not encrypted"):
        client.download_artifact(artifact)


def test_the_store_does_not_lead_on(fake: FakeGitHub, client: GitHubClient, artifact: ArtifactFacts) -> None:
    """A redirect of the store itself is no archive."""
    fake.mounts["/elsewhere"] = lambda _: Response(body=DATA)
    onward = Response(status=302, headers={"Location": f"{fake.url}/elsewhere"})
    fake.faults.append(Fault(kind="answer", path="_artifacts", response=onward, times=9))
    with pytest.raises(GitHubError, match="status 302"):
        client.download_artifact(artifact)
    assert all(request.path != "/elsewhere" for request in fake.requests)


def test_no_redirect(fake: FakeGitHub, client: GitHubClient, artifact: ArtifactFacts) -> None:
    """An answer in place of the redirect is not taken for the archive."""
    fake.faults.append(Fault(kind="answer", path="zip", response=Response(body={"x": 1})))
    with pytest.raises(GitHubError, match="named no address"):
        client.download_artifact(artifact)
