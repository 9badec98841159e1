"""Every flow with everything that can go wrong at every request, one at a time and at random, and then once more."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest

from ratchetry.adapters.github.session import PATIENCE
from ratchetry.errors import GitHubError
from tests.github.conftest import FakeTime, opened
from tests.github.fake import TOKEN, FakeGitHub
from tests.github.fault_proxy import MISHAPS, FaultProxy, Mishap, Passed, Script, faultless, once_at
from tests.github.flows import FLOWS, SHARED, Flow

MOST_REQUESTS = 60
"""How many one flow may make, whatever goes wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """One flow with a GitHub of its own, behind the proxy."""

    flow: Flow
    fake: FakeGitHub
    proxy: FaultProxy
    place: Path
    time: FakeTime = field(default_factory=FakeTime)

    def run(self, script: Script = faultless) -> tuple[str, ...]:
        """Return what could not be done with one client, while a script lets things go wrong."""
        self.proxy.begin(script)
        before = self.time.seconds
        with opened({**self.fake.environ, "GITHUB_API_URL": self.proxy.url}, self.time) as client:
            try:
                problems = self.flow.act(client, self.place)
            except GitHubError as error:
                problems = (str(error),)
        assert len(self.proxy.passed) <= MOST_REQUESTS
        assert self.time.seconds - before <= PATIENCE + MOST_REQUESTS
        assert all(("GitHub" in text or "artifact" in text) and TOKEN not in text for text in problems)
        return problems

    def most(self) -> int:
        """Return of what there is most: comments, open issues or pull requests."""
        repo = self.fake.repo
        issues = [row for row in repo.issues.values() if row.state == "open" and not row.pull]
        return max(len(repo.comments), len(issues), len(repo.pulls))


@contextmanager
def world(flow: Flow) -> Iterator[World]:
    """Yield a flow's world as it is before."""
    time = FakeTime()
    with (
        FakeGitHub(now=time.now) as fake,
        FaultProxy(upstream=fake.url) as proxy,
        TemporaryDirectory() as directory,
    ):
        flow.arrange(fake, Path(directory))
        yield World(flow=flow, fake=fake, proxy=proxy, place=Path(directory), time=time)


@cache
def methods_of(flow: Flow) -> tuple[str, ...]:
    """Return the methods of the requests that a flow makes when all goes well; it must succeed then."""
    with world(flow) as made:
        assert made.run() == ()
        made.flow.settled(made.fake, made.place)
        return tuple(request.method for request in made.proxy.passed)


@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.name)
@pytest.mark.parametrize("mishap", MISHAPS, ids=str)
def test_one_mishap_at_every_request(flow: Flow, mishap: Mishap) -> None:
    """Wherever it happens, the flow succeeds, or says why not where it must; trying again leaves what there should be.

    Nothing is there twice but what was carried out twice or long after it was looked for; the next run mends that.
    """
    for position, method in enumerate(methods_of(flow)):
        if method == "GET" and not mishap.differs_for_reads:
            continue
        with world(flow) as made:
            problems = made.run(once_at(position, mishap))
            assert not (problems and mishap.passes), position
            if mishap.way not in {"repeat", "held"}:
                assert made.most() <= 1, position
                if not problems:
                    flow.settled(made.fake, made.place)
            assert made.run() == (), position
            made.proxy.begin()
            flow.settled(made.fake, made.place)


@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.name)
@pytest.mark.parametrize("seed", range(12))
def test_mishaps_at_random(flow: Flow, seed: int) -> None:
    """After three attempts on a bad day, one on a good day leaves exactly what there should be."""
    on_bad_days(flow, seed)


@pytest.mark.parametrize("seed", range(2))
def test_nothing_is_lost_on_the_way_to_the_remote(seed: int) -> None:
    """Whatever a learning run could not fetch is fetched by a later one, and every run is kept once."""
    on_bad_days(SHARED, seed)


def on_bad_days(flow: Flow, seed: int) -> None:
    """Try a flow on three bad days and on a good one, and look at what it leaves."""
    with world(flow) as made:
        for turn in range(3):
            made.run(mixture(3 * seed + turn))
        assert made.run() == ()
        flow.settled(made.fake, made.place)


def mixture(seed: int) -> Script:
    """Return the script in which a third of the requests go wrong, in any way."""
    random = Random(seed)  # noqa: S311  # repeats itself, guards nothing

    def script(_: int, __: Passed) -> Mishap | None:
        return random.choice(MISHAPS) if random.random() < 1 / 3 else None

    return script
