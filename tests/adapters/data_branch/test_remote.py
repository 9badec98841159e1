"""Where a history is sent to, how ratchetry logs in there, and what is never shown."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratchetry.adapters.data_branch.environment import local_environ, remote_environ
from ratchetry.adapters.data_branch.login import login, redacted
from ratchetry.adapters.data_branch.remote import find_remote
from ratchetry.errors import ConfigError, UsageError
from ratchetry.pipeline.sync import full_ref
from tests.adapters.repositories import ENVIRON, git, repository

TOKEN = "ghs_secret0123456789"  # pragma: allowlist secret
JOB = {**ENVIRON, "GITHUB_ACTIONS": "true", "GITHUB_TOKEN": TOKEN}


def test_a_remote_of_the_repository(tmp_path: Path) -> None:
    """Its addresses and what reaches them are carried over; its other configuration, which may run programs, is not."""
    root = repository(tmp_path / "work")
    git(root, "remote", "add", "up.stream", "../bare.git")
    git(root, "config", "remote.up.stream.pushurl", "https://me:secret@example.org/x.git")  # pragma: allowlist secret
    git(root, "config", "remote.up.stream.receivepack", "evil")
    git(root, "config", "core.fsmonitor", "evil")
    git(root, "config", "http.https://example.org/.proxy", "http://proxy")
    git(root, "config", "url.https://mirror.example.org/.insteadOf", "https://example.org/")
    found = find_remote(root, "up.stream", ENVIRON)
    values = dict(found.configuration)
    assert values == {
        "remote.ratchetry.url": str(tmp_path / "bare.git"),
        "remote.ratchetry.pushurl": "https://me:secret@example.org/x.git",  # pragma: allowlist secret
        "http.https://example.org/.proxy": "http://proxy",
        "url.https://mirror.example.org/.insteadof": "https://example.org/",
    }
    assert found.shown == "../bare.git"
    assert found.protocols == "file:https:ssh"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("nope", "no remote is called 'nope': there are origin, other"),
        ("-x", "no remote is called '-x'"),
        ("http://example.org/x.git", "protocol 'http'"),
        ("git://example.org/x.git", "protocol 'git'"),
        ("ext::sh -c evil", "protocol 'ext'"),
        ("https://[broken", "makes no sense"),
    ],
)
def test_what_is_no_remote(tmp_path: Path, name: str, message: str) -> None:
    """An unknown name is an error that lists the known ones, an address of another protocol one that lists those."""
    root = repository(tmp_path)
    git(root, "remote", "add", "origin", "https://example.org/x.git")
    git(root, "remote", "add", "other", "https://example.org/y.git")
    with pytest.raises(UsageError) as caught:
        find_remote(root, name, ENVIRON)
    assert message in str(caught.value)


def test_without_a_repository_an_address_will_do(tmp_path: Path) -> None:
    """A directory that is no repository knows no names, but every address."""
    with pytest.raises(UsageError, match="git knows of none in"):
        find_remote(tmp_path, "origin", ENVIRON)
    for address in ("https://example.org/x.git", "git@example.org:owner/x.git", "ssh://example.org/x"):
        assert dict(find_remote(tmp_path, address, ENVIRON).configuration) == {"remote.ratchetry.url": address}
    assert find_remote(tmp_path, "http://127.0.0.1:9/x", ENVIRON).protocols.endswith(":http")


def test_without_git(tmp_path: Path) -> None:
    """Without git the error says that it is needed."""
    with pytest.raises(UsageError, match="git cannot be started"):
        find_remote(tmp_path, "origin", {"PATH": "/nonexistent"})


def test_a_job_logs_in_with_its_token() -> None:
    """The token goes to the job's server only, encrypted, after an empty header that drops what is configured."""
    found = login("https://github.com/owner/name", JOB)
    header = base64.b64encode(f"x-access-token:{TOKEN}".encode()).decode()
    name = "http.https://github.com/.extraheader"
    assert found.pairs == ((name, ""), (name, f"Authorization: Basic {header}"))
    assert set(found.secrets) == {TOKEN, header}


@pytest.mark.parametrize(
    ("address", "environ"),
    [
        ("https://github.com/owner/name", {**JOB, "GITHUB_ACTIONS": "false"}),
        ("https://github.com/owner/name", {**JOB, "GITHUB_TOKEN": ""}),
        ("https://github.com.example.org/owner/name", JOB),
        ("https://github.com:444/owner/name", JOB),
        ("http://github.com/owner/name", {**JOB, "GITHUB_SERVER_URL": "http://github.com"}),
        ("https://me@github.com/owner/name", JOB),
        ("git@github.com:owner/name", JOB),
        ("https://github.com:port/", JOB),
    ],
)
def test_the_token_goes_nowhere_else(address: str, environ: dict[str, str]) -> None:
    """Other servers, ways that are not encrypted, addresses with a user of their own: no token."""
    assert login(address, environ).pairs == ()


def test_nothing_secret_is_shown() -> None:
    """Tokens, users and passwords of addresses, and headers are starred out of messages."""
    address = "https://me:pass@example.org/x"  # pragma: allowlist secret
    text = f"fatal: '{address}' and {TOKEN} and Authorization: Basic abc== failed"
    shown = redacted(text, (TOKEN,))
    assert shown == "fatal: 'https://***@example.org/x' and *** and Authorization: *** failed"


@given(st.text(max_size=80))
def test_redaction_takes_any_text(text: str) -> None:
    """A secret is never left in a text."""
    assert TOKEN not in redacted(f"{text}{TOKEN}{text}", (TOKEN,))


def test_variables_about_other_repositories_are_not_passed_on() -> None:
    """GIT_DIR and its like stay behind; configuration of the caller comes first, ours after it."""
    given_environ = {
        "GIT_DIR": "/x",
        "GIT_INDEX_FILE": "/x",
        "GIT_TRACE": "1",
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "a.b",
        "GIT_CONFIG_VALUE_0": "c",
        "GIT_SSH_COMMAND": "ssh -v",
        "HOME": "/home",
    }
    made = remote_environ(given_environ, (("d.e", "f"),), "https")
    assert not {"GIT_DIR", "GIT_INDEX_FILE", "GIT_TRACE"} & made.keys()
    assert (made["GIT_CONFIG_COUNT"], made["GIT_CONFIG_KEY_1"], made["GIT_CONFIG_VALUE_1"]) == ("2", "d.e", "f")
    assert (made["GIT_SSH_COMMAND"], made["GIT_TERMINAL_PROMPT"], made["GIT_ALLOW_PROTOCOL"]) == (
        "ssh -v",
        "0",
        "https",
    )
    assert local_environ(given_environ)["GIT_ALLOW_PROTOCOL"] == ""


@pytest.mark.parametrize(
    ("name", "full"),
    [
        ("ratchetry-data", "refs/heads/ratchetry-data"),
        ("data/ratchetry", "refs/heads/data/ratchetry"),
        ("refs/ratchetry/data", "refs/ratchetry/data"),
    ],
)
def test_references(name: str, full: str) -> None:
    """A name is that of a branch unless it begins with refs/."""
    assert full_ref(name) == full


@pytest.mark.parametrize(
    "name", ["", "-x", "a b", "a..b", "a:b", "+a", "x.lock", "a/", "a//b", "@{u}", "refs/x", "a\n"]
)
def test_what_is_no_reference(name: str) -> None:
    """A name that git would not take, or would take for something else, is an error that names the setting."""
    with pytest.raises(ConfigError, match="history-ref"):
        full_ref(name)
