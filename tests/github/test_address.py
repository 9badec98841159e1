"""Where the token may be sent, and what may become part of an address."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratchetry.adapters.github.address import api_base, is_trustworthy, repository_name, segment, segments
from ratchetry.errors import UsageError


@pytest.mark.parametrize(
    ("given_address", "address"),
    [
        ("", "https://api.github.com"),
        ("https://github.example.com/api/v3/", "https://github.example.com/api/v3"),
        ("http://127.0.0.1:4100", "http://127.0.0.1:4100"),
    ],
)
def test_the_address_of_the_api(given_address: str, address: str) -> None:
    """github.com by default, any other over https, and this machine for tests."""
    assert api_base({"GITHUB_API_URL": given_address}) == address


@pytest.mark.parametrize(
    "address",
    [
        "http://github.example.com",
        "ftp://github.example.com",
        "https://",
        "https://user:pass@github.example.com",  # pragma: allowlist secret
        "https://github.example.com/?a=b",
        "https://github.example.com:port",
        "https://[::1",
        "github.example.com",
    ],
)
def test_addresses_that_get_no_token(address: str) -> None:
    """An address that is not encrypted, carries credentials or makes no sense is refused."""
    with pytest.raises(UsageError, match="GITHUB_API_URL must be"):
        api_base({"GITHUB_API_URL": address})


@pytest.mark.parametrize("name", ["", "owner", "a/b/c", "../x", "a/..", "./x", "a b/c", "owner/name?x", "ö/x"])
def test_names_of_no_repository(name: str) -> None:
    """What could lead to another path is no repository."""
    with pytest.raises(UsageError, match="is no repository"):
        repository_name(name)


@given(st.text(min_size=1).filter(lambda text: text not in {".", ".."}))
def test_a_segment_stays_one(text: str) -> None:
    """Nothing in a value opens another directory, a query or a fragment, and the value comes out as it went in."""
    value = text.encode("utf-8", "ignore").decode()
    if not value or value in {".", ".."}:
        return
    parts = urlsplit(f"https://host/{segment(value)}")
    assert (parts.query, parts.fragment, parts.path.count("/")) == ("", "", 1)
    assert unquote(parts.path[1:]) == value


@pytest.mark.parametrize("value", ["", ".", "..", "a/../b", "a//b", "/a", "a/."])
def test_values_that_lead_elsewhere(value: str) -> None:
    """Clients shorten dots and empty parts, so they are refused."""
    with pytest.raises(UsageError, match="cannot be part of an address"):
        segments(value)


@given(st.text())
def test_any_text_is_trustworthy_or_not(text: str) -> None:
    """Nothing that is no address is an error."""
    assert is_trustworthy(text) in {True, False}
    assert not is_trustworthy(f"http://example.com/{text}")
