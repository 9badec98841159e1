"""Files that parsers refuse."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratchetry.collect.validate.parsable import check_parsable

BOMB = b"a: &a [x]\n" + b"".join(b"%c: &%c [%s]\n" % (n, n, b", ".join([b"*%c" % (n - 1)] * 9)) for n in range(98, 110))


@pytest.mark.parametrize(
    ("path", "data", "rule", "line"),
    [
        ("a.toml", b"a = 1\nb = \n", "unparsable-toml", 2),
        ("a.toml", b"a = 1\na = 2\n", "unparsable-toml", 0),
        ("a.toml", b"\xff", "unparsable-toml", 0),
        ("a.yaml", b"a: 1\nb: [\n", "unparsable-yaml", 3),
        ("a.yml", b"a: *b\n", "unparsable-yaml", 1),
        ("a.yml", b"a: &b 1\n---\na: *b\n", "unparsable-yaml", 3),
        ("a.yml", b"a: \x00\n", "unparsable-yaml", 0),
        ("a.json", b'{\n"a": }', "unparsable-json", 2),
        ("a.json", b"", "unparsable-json", 1),
        ("a.json", b'{"a": 1} // comment', "unparsable-json", 1),
        ("a.json", b'"\xff"', "unparsable-json", 0),
        ("A.JSON", b"[1,]", "unparsable-json", 1),
    ],
)
def test_broken(path: str, data: bytes, rule: str, line: int) -> None:
    """A file that its parser refuses is an error that names the format and, when it is known, the line."""
    (finding,) = check_parsable(path, data)
    assert (finding.rule, finding.severity) == (rule, "high")
    assert line in {0, finding.line}


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("a.toml", b"a = 1\n"),
        ("a.yaml", b"a: 1\n---\nb: 2\n"),
        ("a.yaml", b"a: !reference [x]\nb: !!python/name:os.system\n"),
        ("a.yaml", b"base: &b {a: 1}\nc: {<<: *b, <<: *b, a: 2}\n"),
        ("a.yaml", b"a: 1\n'1': 2\n1: 2\n- x\n"[:-4]),
        ("a.yaml", BOMB),
        ("a.yaml", b""),
        ("a.yaml", b"a: ${{ x }}\n"),
        ("a.json", b'\xef\xbb\xbf{"a": 1}'),
        ("a.json", b"[" + b"9" * 5000 + b"]"),
        ("a.json", b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"),
        ("a.txt", b"{"),
    ],
)
def test_parsable(path: str, data: bytes) -> None:
    """Documents with any tags, several documents, aliases that would multiply and big numbers are parsable."""
    assert check_parsable(path, data) == ()


@pytest.mark.parametrize(
    "path",
    ["tsconfig.json", "web/tsconfig.build.json", ".vscode/settings.json", ".devcontainer/devcontainer.json"],
)
def test_comments(path: str) -> None:
    """JSON that its tools read with comments is left alone."""
    assert check_parsable(path, b"{ // comment\n}") == ()


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("a.yaml", b"{% if x %}\na: 1\n{% endif %}\n"),
        ("a.yaml", b"a: {{ x }}: y\n"),
        ("a.toml", b"a = {{ x }}\n"),
        ("a.json", b"{{ x }}"),
    ],
)
def test_templates(path: str, data: bytes) -> None:
    """Templates are left alone: another tool completes them first."""
    assert check_parsable(path, data) == ()


def test_expressions_are_no_templates() -> None:
    """An expression of GitHub's does not excuse a broken file."""
    (finding,) = check_parsable("a.yml", b"a: ${{ x }}\nb: [\n")
    assert finding.rule == "unparsable-yaml"


@pytest.mark.parametrize(
    ("path", "data", "line"),
    [
        ("a.json", b'{"a": 1, "b": {"c": 1, "c": 2, "c": 3}}', 0),
        ("a.yaml", b"a: 1\nb:\n  - c: [1, {d: 2}]\n    c: 2\n", 4),
    ],
)
def test_duplicate_keys(path: str, data: bytes, line: int) -> None:
    """A key that is set again in the same mapping is a warning."""
    (finding,) = check_parsable(path, data)
    assert (finding.rule, finding.severity, finding.line) == ("duplicate-key", "low", line)
    assert "'c'" in finding.message


def test_not_a_number() -> None:
    """NaN in JSON is a warning: Python reads it, other parsers refuse it."""
    (finding,) = check_parsable("a.json", b"[NaN]")
    assert (finding.rule, finding.severity) == ("nonstandard-json", "low")


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("a.json", b"[" * 100_000),
        ("a.toml", b"a = " + b"[" * 100_000),
        ("a.toml", b"a." * 200_000 + b"a = 1"),
        ("a.yaml", b"[" * 100_000),
        ("a.yaml", b"{a: " * 100_000),
        ("a.yaml", b"- " * 100_000),
    ],
)
def test_deep(path: str, data: bytes) -> None:
    """What is nested too deeply to be parsed is said not to have been checked."""
    (finding,) = check_parsable(path, data)
    assert (finding.rule, finding.severity) == ("not-checked", "info")


@given(st.sampled_from(["a.toml", "a.yaml", "a.json"]), st.binary(max_size=300))
def test_any_bytes(path: str, data: bytes) -> None:
    """Any bytes give findings, never an exception."""
    assert all(finding.message for finding in check_parsable(path, data))


@given(st.text(alphabet="ab:-?&*!|>'\"%@`{}[],# \n\t=.0", max_size=80))
def test_any_punctuation(text: str) -> None:
    """Any mix of the signs that mean something gives findings, never an exception."""
    for path in ("a.toml", "a.yaml", "a.json"):
        check_parsable(path, text.encode())


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(JSON)
def test_any_document(document: object) -> None:
    """What a JSON library writes is found parsable."""
    assert check_parsable("a.json", json.dumps(document).encode()) == ()
