"""CODEOWNERS: the last rule that matches counts, only people can be assigned, and no text breaks it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratchetry.domain.codeowners import MOST_BYTES, MOST_RULES, parse_codeowners
from tests.unit.report.hostile import HOSTILE_TEXTS, few


@pytest.mark.parametrize(
    ("pattern", "path", "owned"),
    [
        ("*", "a/b/c.py", True),
        ("*.js", "web/app.js", True),
        ("*.js", "web/app.ts", False),
        ("/build/logs/", "build/logs/a/b", True),
        ("/build/logs/", "src/build/logs/a", False),
        ("docs/*", "docs/getting-started.md", True),
        ("docs/*", "docs/build-app/troubleshooting.md", False),
        ("apps/", "src/apps/a.py", True),
        ("apps/", "apps", False),
        ("/docs/", "docs/a/b.md", True),
        ("/docs/", "x/docs/a.md", False),
        ("/scripts", "scripts/a.sh", True),
        ("**/logs", "deeply/nested/logs/a", True),
        ("**/logs", "logs", True),
        ("src/**/test.py", "src/a/b/test.py", True),
        ("src/a?.py", "src/ab.py", True),
        ("src/a?.py", "src/a/b.py", False),
        ("name\\ with\\ space.md", "name with space.md", True),
        ("/", "a", False),
    ],
)
def test_the_patterns_of_the_documentation(pattern: str, path: str, owned: bool) -> None:  # noqa: FBT001  # a case of the table
    """A pattern owns what GitHub's own examples say."""
    owners = parse_codeowners(f"{pattern} @octocat\n".encode())
    assert owners.owners(path) == (("octocat",) if owned else ())


def test_the_last_rule_counts() -> None:
    """A later rule replaces the owners of an earlier one, also by nobody; teams and addresses are left out."""
    text = b"""\
# everything
*       @global-owner1 @acme/admins owner@example.org  # a remark @nobody
*.py    @py-owner @py-owner @other_shop
/apps/  @octocat
/apps/github
!keep.py @nobody
[a-z].py @nobody
"""
    owners = parse_codeowners(text)
    assert owners.owners("a.txt") == ("global-owner1",)
    assert owners.owners("src/a.py") == ("py-owner", "other_shop")
    assert owners.owners("apps/a.py") == ("octocat",)
    assert owners.owners("apps/github/a.py") == ()
    assert len(owners.rules) == 4


@pytest.mark.parametrize("word", ["@-a", "@a-", "@a/b", "@", "@" + "a" * 41, "octocat", "@a\u202eb", "@<b>"])
def test_what_is_no_login(word: str) -> None:
    """Only what GitHub lets people call themselves can be assigned."""
    assert parse_codeowners(f"* {word}".encode()).owners("a") == ()


def test_limits() -> None:
    """A file that GitHub does not take owns nothing, and rules beyond the limit are not read."""
    assert parse_codeowners(b"* @a\n" * (MOST_BYTES // 5 + 1)).rules == ()
    assert len(parse_codeowners(b"* @a\n" * (MOST_RULES + 5)).rules) == MOST_RULES


@few
@given(
    data=st.one_of(
        st.binary(max_size=300),
        st.sampled_from(HOSTILE_TEXTS).map(lambda text: f"{text} @a".encode("utf-8", "replace")),
        st.lists(st.sampled_from(["*", "**", "/", "a", "\\", " ", "@a", "#", "?", "[", "\n", "!"])).map(
            lambda parts: "".join(parts).encode()
        ),
    ),
    path=st.one_of(st.text(max_size=40), st.just("/".join("a" * 200))),
)
def test_any_file(data: bytes, path: str) -> None:
    """Whatever a file holds, owners are logins, and a rule for everything at its end decides."""
    assert all(login.replace("-", "").replace("_", "").isalnum() for login in parse_codeowners(data).owners(path))
    assert parse_codeowners(data + b"\n* @last").owners(path) == ("last",)
