"""A GitHub to talk to, and a client for it whose waiting takes no time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from ratchetry.adapters.github import GitHubClient, open_client
from ratchetry.adapters.github.session import PATIENCE
from tests.github.backends import Backend, FakeBackend
from tests.github.fake import FakeGitHub


@dataclass
class FakeTime:
    """A clock that moves when somebody sleeps (`ports.Clock`)."""

    seconds: float = 0.0
    slept: list[float] = field(default_factory=list)

    def now(self) -> datetime:
        """Return the present moment."""
        return datetime(2026, 3, 1, 12, tzinfo=UTC) + timedelta(seconds=self.seconds)

    def monotonic(self) -> float:
        """Return seconds that never go back."""
        return self.seconds

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.slept.append(seconds)
        self.seconds += seconds


@pytest.fixture
def time() -> FakeTime:
    """Return the time that the fake and the client share."""
    return FakeTime()


@pytest.fixture
def fake(time: FakeTime) -> Iterator[FakeGitHub]:
    """Serve a GitHub; everything that it is asked and answers must be as GitHub describes it."""
    with FakeGitHub(now=time.now) as server:
        yield server


@pytest.fixture
def backend(fake: FakeGitHub) -> Backend:
    """Return the GitHub that contract tests run against."""
    return FakeBackend(fake=fake)


@pytest.fixture
def client(fake: FakeGitHub, time: FakeTime) -> Iterator[GitHubClient]:
    """Return a client of the fake with the token of a job that may do everything."""
    with opened(fake.environ, time) as opened_client:
        yield opened_client


def opened(environ: Mapping[str, str], time: FakeTime, *, patience: float = PATIENCE) -> GitHubClient:
    """Return a client for an environment."""
    return open_client(environ, clock=time, sleep=time.sleep, jitter=lambda: 0.5, patience=patience)
