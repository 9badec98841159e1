"""What the scenarios share: tools that are installed once, ratchetry as act can run it, and worlds to run it in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.act.prepare import Source, prepared
from tests.act.toolchain import Toolchain, missing, toolchain
from tests.act.world import World, world
from tests.e2e.osv_service import osv_service

REF = "0123456789abcdef0123456789abcdef01234567"
MakeWorld = Callable[[str], World]


@pytest.fixture(scope="session")
def tools() -> Toolchain:
    """Return the tools; where they cannot be had because Go is not there, the test is skipped."""
    why = missing()
    if why:
        pytest.skip(why)
    return toolchain()


@pytest.fixture(scope="session")
def sources(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Source]:
    """Return ratchetry at one commit, as it is and flat."""
    root = tmp_path_factory.mktemp("ratchetry")
    return {
        "nested": prepared(root / "nested", ref=REF),
        "flat": prepared(root / "flat", ref=REF, flat=True),
        "again": prepared(root / "again", ref=REF, flat=True, only=("test", "score")),
    }


@pytest.fixture(scope="module")
def make_world(
    tools: Toolchain, sources: dict[str, Source], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[MakeWorld]:
    """Return a function that makes a GitHub with one repository, which lasts as long as the module."""
    with ExitStack() as stack:
        advisories = stack.enter_context(osv_service())
        environ = {"RATCHETRY_OSV_URL": advisories, "RATCHETRY_INSTALL": "false"}

        def make(repository: str) -> World:
            place: Path = tmp_path_factory.mktemp("world")
            made = world(
                place, tools, source=sources["nested"], flat=sources["flat"], repository=repository, environ=environ
            )
            return stack.enter_context(made)

        yield make
