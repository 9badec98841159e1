"""Fragments are read from directories that are named like artifacts; whatever is no fragment of this run is refused."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ratchetry.domain.envelope import artifact_name
from ratchetry.errors import StateError
from ratchetry.pipeline.ci.fragments import FRAGMENT, MAX_FRAGMENTS, collect_fragments
from ratchetry.pipeline.ci.origin import Identity
from ratchetry.pipeline.ci.stage import write_envelope
from ratchetry.state.envelope import dumps
from tests.pipeline.ci.envelopes import REPOSITORY, SHA, envelope

OWN = Identity(attempt=2, repository=REPOSITORY, run_id="7", commit=SHA)


def refusals(directory: Path, own: Identity = OWN) -> dict[str, str]:
    """Return why each fragment was refused, by name."""
    return {row.name: row.reason for row in collect_fragments(directory, own).refused}


def test_what_the_jobs_left(tmp_path: Path) -> None:
    """Every fragment comes back, also those of earlier attempts; summaries of these are left aside."""
    for attempt in (1, 2):
        write_envelope(tmp_path, envelope(attempt=attempt))
    write_envelope(tmp_path, envelope("test", "3.12"))
    (tmp_path / "ci-metrics-summary-a1").mkdir()
    found = collect_fragments(tmp_path, OWN)
    assert [(row.stage, row.run.attempt) for row in found.envelopes] == [("quality", 1), ("quality", 2), ("test", 1)]
    assert found.refused == ()


def test_no_artifacts_at_all(tmp_path: Path) -> None:
    """When no job has uploaded anything there is no directory, which is no error."""
    assert collect_fragments(tmp_path / "gone", OWN).envelopes == ()
    (tmp_path / "file").touch()
    with pytest.raises(StateError, match="cannot be listed"):
        collect_fragments(tmp_path / "file", OWN)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"repository": "mallory/hello"}, "it is of the repository 'mallory/hello', not of 'octocat/hello'"),
        ({"run_id": "8"}, "it is of the run '8', not of '7'"),
        ({"commit": "2" * 40}, "it is of the commit"),
        ({"attempt": 3}, "it is of attempt 3, and this is attempt 2"),
    ],
)
def test_fragments_of_other_runs(tmp_path: Path, changes: dict[str, object], why: str) -> None:
    """A fragment of another run, commit, repository or a later attempt is refused by name."""
    path = write_envelope(tmp_path, envelope(**changes))  # type: ignore[arg-type]  # fields of the run
    assert why in refusals(tmp_path)[path.name]


def test_outside_of_actions_less_is_known(tmp_path: Path) -> None:
    """On a laptop each step is a run of its own; only what both know has to agree."""
    write_envelope(tmp_path, envelope(run_id="local-1", commit=""))
    write_envelope(tmp_path, envelope("test", run_id="local-2"))
    assert refusals(tmp_path, Identity(attempt=1, commit=SHA)) == {}
    assert len(refusals(tmp_path, Identity(attempt=1, commit="2" * 40))) == 1


def test_names_and_contents_must_agree(tmp_path: Path) -> None:
    """A job cannot speak for another stage, key or attempt than its artifact is named after."""
    honest = envelope()
    for name in ("ci-metrics-security-3.13-a1", "ci-metrics-quality-3.12-a1", "ci-metrics-quality-3.13-a2"):
        (tmp_path / name).mkdir()
        (tmp_path / name / FRAGMENT).write_bytes(dumps(honest))
    assert all("it says that it is of stage 'quality'" in why for why in refusals(tmp_path).values())
    assert len(refusals(tmp_path)) == 3


def test_hostile_directories(tmp_path: Path) -> None:
    """Links, pipes, missing and malformed files, and names that steer a terminal are refused, one by one."""
    outside = write_envelope(tmp_path / "outside", envelope("test"))
    inside = tmp_path / "in"
    for name in ("a-3.13-a1", "b-3.13-a1", "c-3.13-a1", "d-3.13-a1"):
        (inside / f"ci-metrics-{name}").mkdir(parents=True)
    (inside / outside.name).symlink_to(outside, target_is_directory=True)
    (inside / "ci-metrics-a-3.13-a1" / FRAGMENT).symlink_to(outside / FRAGMENT)
    os.mkfifo(inside / "ci-metrics-b-3.13-a1" / FRAGMENT)
    (inside / "ci-metrics-c-3.13-a1" / FRAGMENT).write_bytes(b"[" * 100_000)
    (inside / "evil\x1b[2J::error::x").mkdir()
    (inside / "fragment.json").write_bytes(dumps(envelope()))
    found = refusals(inside)
    assert collect_fragments(inside, OWN).envelopes == ()
    assert len(found) == 7
    assert all(name.isprintable() and why.isprintable() for name, why in found.items())
    assert not any("::error::" in name for name in found)


def test_floods_are_cut(tmp_path: Path) -> None:
    """More fragments than a run can have are refused, and those before them are read."""
    for number in range(MAX_FRAGMENTS + 2):
        (tmp_path / artifact_name("quality", f"k{number:04}", 1)).mkdir()
    found = refusals(tmp_path)
    assert sum("one of more than" in why for why in found.values()) == 2
