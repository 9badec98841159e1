"""Every implementation of GitHub that there is, one after the other, each with a repository of its own per test."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest

from ratchetry.adapters.github import GitHubClient
from ratchetry.errors import GitHubError
from tests.github.backends import Backend, FakeBackend
from tests.github.conftest import FakeTime, opened
from tests.github.emulator import Emulator, EmulatorBackend, emulator, missing
from tests.github.fake import FakeGitHub

NUMBERS = itertools.count(1)


def pytest_configure(config: pytest.Config) -> None:
    """Say what the mark is for."""
    config.addinivalue_line("markers", "needs(capability): fails where a GitHub has a gap, and must do so")


@pytest.fixture(scope="session")
def emulated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """Serve the emulator; where npm is not there to install it, the test is skipped."""
    why = missing()
    if why:
        pytest.skip(why)
    with emulator(tmp_path_factory.mktemp("emulator")) as running:
        yield running


@pytest.fixture(params=["fake", pytest.param("emulator", marks=pytest.mark.e2e)])
def backend(request: pytest.FixtureRequest) -> Backend:
    """Return the GitHub that a test runs against."""
    if request.param == "fake":
        fake: FakeGitHub = request.getfixturevalue("fake")
        return FakeBackend(fake=fake)
    running: Emulator = request.getfixturevalue("emulated")
    made = EmulatorBackend(emulator=running, name=f"hello-{next(NUMBERS)}")
    for mark in request.node.iter_markers("needs"):
        gap = made.gaps.get(mark.args[0])
        if gap:
            request.applymarker(pytest.mark.xfail(reason=gap, raises=(AssertionError, GitHubError)))
    return made


@pytest.fixture
def client(backend: Backend, time: FakeTime) -> Iterator[GitHubClient]:
    """Return a client with the token of a job that may do everything."""
    with opened(backend.environ, time) as opened_client:
        yield opened_client
