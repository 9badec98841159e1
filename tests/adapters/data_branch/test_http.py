"""Pushing and pulling over smart HTTP, as to GitHub, with the token of a job."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ratchetry.adapters.data_branch.remote import find_remote
from ratchetry.errors import UnreachableError, UsageError
from ratchetry.pipeline.sync import Sharing, pull, push
from tests.adapters.data_branch.remotes import DATA, read, run, server, share, write
from tests.adapters.data_branch.smart_http import Site, smart_http
from tests.adapters.repositories import ENVIRON, git, repository

TOKEN = "ghs_secret0123456789"  # pragma: allowlist secret


def job(url: str, token: str = TOKEN) -> dict[str, str]:
    """Return the environment of a job of GitHub Actions."""
    return {**ENVIRON, "GITHUB_ACTIONS": "true", "GITHUB_SERVER_URL": url, "GITHUB_TOKEN": token}


def at(history: Path, site: Site, token: str = TOKEN) -> Sharing:
    """Return how a history is shared with the repository of a site."""
    return share(history, f"{site.url}/remote.git", environ=job(site.url, token))


def test_a_job_shares_with_its_token(tmp_path: Path) -> None:
    """The token goes along in a header, once, and nowhere else; what is pushed can be pulled."""
    remote = server(tmp_path / "remote.git")
    with smart_http(tmp_path, Site(writes=frozenset({TOKEN}))) as site:
        files = {run(number): bytes(range(256)) * 5000 + str(number).encode() for number in range(3)}
        mine = at(write(tmp_path / "mine", files), site)
        assert push(mine).folded.added == 4
        theirs = at(tmp_path / "theirs", site)
        pull(theirs)
    assert read(theirs.history) == files
    assert remote.refs().keys() == {DATA}
    assert {len(headers) for headers in site.seen} == {1}
    assert TOKEN not in repr(mine.remote.shown)


def test_the_header_that_a_checkout_left_is_not_sent_twice(tmp_path: Path) -> None:
    """What actions/checkout has put into the repository's configuration gives way to the token of the step."""
    server(tmp_path / "remote.git")
    root = repository(tmp_path / "work")
    with smart_http(tmp_path, Site(writes=frozenset({TOKEN}))) as site:
        git(root, "remote", "add", "origin", f"{site.url}/remote.git")
        git(root, "config", f"http.{site.url}/.extraheader", "AUTHORIZATION: basic b2xkOm9sZA==")
        found = find_remote(root, "origin", job(site.url))
        mine = replace(at(write(tmp_path / "mine", {run(1): b"one"}), site), remote=found)
        assert push(mine).folded.added == 2
    assert {len(headers) for headers in site.seen} == {1}


def test_a_token_that_may_only_read(tmp_path: Path) -> None:
    """Without the permission to write, pulling works and pushing is an error that names the permission."""
    server(tmp_path / "remote.git")
    with smart_http(tmp_path, Site(writes=frozenset({TOKEN}), reads=frozenset({"reader"}))) as site:
        push(at(write(tmp_path / "mine", {run(1): b"one"}), site))
        other = at(write(tmp_path / "other", {run(2): b"two"}), site, "reader")
        assert pull(other).written == 1
        with pytest.raises(UsageError, match=r"not permitted: .*403.*contents: write") as caught:
            push(other)
    assert "reader" not in str(caught.value).replace("reading", "")


@pytest.mark.parametrize("token", ["", "wrong"])
def test_without_a_valid_token_nobody_is_asked(tmp_path: Path, token: str) -> None:
    """No token or a wrong one is an error at once: nothing waits for a password."""
    server(tmp_path / "remote.git")
    with smart_http(tmp_path, Site(writes=frozenset({TOKEN}))) as site:
        mine = at(write(tmp_path / "mine", {run(1): b"one"}), site, token)
        with pytest.raises(UsageError, match="not permitted"):
            push(mine)


def test_an_unwell_server(tmp_path: Path) -> None:
    """A server that answers 503 now and then is asked again; one that goes on so, or is not there, is an error."""
    server(tmp_path / "remote.git")
    with smart_http(tmp_path, Site(writes=frozenset({TOKEN}), broken=3)) as site:
        mine = at(write(tmp_path / "mine", {run(1): b"one"}), site)
        assert push(mine).folded.added == 2
        site.broken = 100
        with pytest.raises(UnreachableError, match="503"):
            pull(mine)
        assert site.broken == 94
    with pytest.raises(UnreachableError, match="cannot be reached"):
        pull(mine)


def test_other_repositories_are_missing(tmp_path: Path) -> None:
    """An address without a repository is an error that says so."""
    with smart_http(tmp_path, Site(writes=frozenset({TOKEN}))) as site:
        mine = at(write(tmp_path / "mine", {run(1): b"one"}), site)
        with pytest.raises(UsageError, match="there is no such repository"):
            push(mine)
