"""What git prints about pushes becomes fates, and its complaints become errors that say what to do."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratchetry.adapters.data_branch.answers import failure, is_passing, parse_push, said
from ratchetry.errors import RatchetryError, UnreachableError, UsageError

DONE = b"""To file:///srv/remote.git
+\trefs/made/2:refs/heads/ratchetry-data\t1f4620c...f38708e (forced update)
-\t:refs/ratchetry/inbox/abc\t[deleted]
*\tabc:refs/ratchetry/inbox/x\t[new reference]
=\tabc:refs/ratchetry/inbox/y\t[up to date]
 \tabc:refs/heads/z\t1..2
Done
"""


def test_all_that_was_changed_is_done() -> None:
    """Forced, deleted, new, unchanged and forwarded references are as wished."""
    pushed = parse_push(DONE, "")
    assert pushed.done
    assert set(pushed.fates) == {
        "refs/heads/ratchetry-data",
        "refs/ratchetry/inbox/abc",
        "refs/ratchetry/inbox/x",
        "refs/ratchetry/inbox/y",
        "refs/heads/z",
    }


@pytest.mark.parametrize(
    ("summary", "fate"),
    [
        ("[rejected] (stale info)", "lost"),
        ("[rejected] (fetch first)", "lost"),
        ("[rejected] (non-fast-forward)", "lost"),
        ("[remote rejected] (cannot lock ref 'refs/heads/x': is at 1 but expected 2)", "lost"),
        ("[remote rejected] (incorrect old value provided)", "lost"),
        ("[remote rejected] (atomic push failure)", "lost"),
        ("[remote rejected] (failed to update ref)", "lost"),
        ("[remote rejected] (non-fast-forward)", "refused"),
        ("[remote rejected] (pre-receive hook declined)", "refused"),
        ("[remote rejected] (deny updating a hidden ref)", "refused"),
        ("[remote rejected] (deletion prohibited)", "refused"),
        ("[remote rejected] (shallow update not allowed)", "refused"),
        ("[remote rejected] (protected branch hook declined)", "refused"),
    ],
)
def test_what_was_not_changed_is_lost_or_refused(summary: str, fate: str) -> None:
    """Another try may mend what someone else has changed first, not what the server refuses."""
    pushed = parse_push(
        f"!\ta:refs/heads/x\t{summary}\n".encode(), "remote: no\nerror: failed to push some refs to 'x'"
    )
    assert pushed.fates == {"refs/heads/x": fate}
    assert not pushed.done
    assert pushed.reason == f"{summary}: remote: no"


@pytest.mark.parametrize(
    ("complaint", "kind", "message"),
    [
        ("fatal: unable to access 'https://x/': The requested URL returned error: 403", UsageError, "contents: write"),
        ("fatal: could not read Username for 'https://x': terminal prompts disabled", UsageError, "not permitted"),
        ("git@x: Permission denied (publickey).", UsageError, "not permitted"),
        ("fatal: unable to access 'https://x/': Could not resolve host: x", UnreachableError, "cannot be reached"),
        ("remote: Repository not found.\nfatal: repository 'https://x/' not found", UsageError, "no such repository"),
        ("fatal: '/x' does not appear to be a git repository", UsageError, "no such repository"),
        ("fatal: write error: No space left on device", UsageError, "a disk is full"),
        ("fatal: the receiving end does not support this repository's hash algorithm", UsageError, "SHA-256"),
        ("fatal: mismatched algorithms: client sha1; server sha256", UsageError, "SHA-256"),
        ("fatal: something else", UnreachableError, "something else; try again later"),
        ("", UnreachableError, "it gave no reason"),
    ],
)
def test_complaints_become_errors(complaint: str, kind: type[RatchetryError], message: str) -> None:
    """Each kind of failure says what happened and what to do."""
    error = failure("writing to", "https://x/", complaint)
    assert type(error) is kind
    assert message in str(error)
    assert str(error).startswith("writing to https://x/")


@pytest.mark.parametrize("code", [408, 429, 500, 503])
def test_what_may_pass(code: int) -> None:
    """Servers that are busy or unwell are worth another try; missing permissions and names are not."""
    assert is_passing(f"error: RPC failed; HTTP {code}") or is_passing(f"The requested URL returned error: {code}")
    assert is_passing("fatal: the remote end hung up unexpectedly")
    assert not is_passing("fatal: unable to access 'https://x/': The requested URL returned error: 403")


@given(st.binary(max_size=300), st.text(max_size=300))
def test_any_output_is_taken(output: bytes, complaint: str) -> None:
    """Nothing that a server makes git print breaks the reading, and what is shown is printable."""
    pushed = parse_push(output, complaint)
    assert pushed.done in {True, False}
    assert said(complaint).isprintable()
    assert isinstance(failure("x", "y", complaint), RatchetryError)
