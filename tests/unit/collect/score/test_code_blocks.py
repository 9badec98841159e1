"""Code in documents parses or not, language by language, and none of it runs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratchetry.collect.score.code_blocks import problem_of

LANGUAGES = ("python", "pycon", "json", "toml", "yaml", "bash", "console")


@pytest.mark.parametrize(
    ("language", "code"),
    [
        ("python", "import a\nwith a.b() as c: ...\n"),
        ("py", "  indented = 1\n  more = '\\d'\n"),
        ("python", "Text\n>>> x = [\n...   1,\n... ]\n>>> x\n[1]\n"),
        ("pycon", ">>> for x in y:\n...     print(x)\n"),
        ("json", '{"a": [1, null]}'),
        ("toml", "[a]\nb = 1\n"),
        ("yaml", "a: &x 1\nb: *x\n---\nc: !custom 2\n"),
        ("bash", "$ echo 'a b' \\\n  && ls # don't mind\n"),
        ("sh", "cat <<'END'\nit's fine\nEND\necho done\n"),
        ("console", "$ ls\nit's a listing\n"),
    ],
)
def test_code_that_parses_has_no_problem(language: str, code: str) -> None:
    """Sessions, here-documents, tags and escapes are no mistakes."""
    assert problem_of(language, code) == ""


@pytest.mark.parametrize(
    ("language", "code"),
    [
        ("python", "f(["),
        ("python", ">>> f([\n"),
        ("python", "x = 1\n  y = 2\n"),
        ("json", "{'a': 1}"),
        ("toml", "[a\n"),
        ("yaml", "a: [1\n"),
        ("bash", "echo 'a\n"),
        ("console", '$ echo "a\n'),
        ("json", "[" * 50_000),
        ("python", "(" * 5_000),
        ("python", "a\0"),
    ],
)
def test_code_that_does_not_parse_has_one(language: str, code: str) -> None:
    """The problem is one short line."""
    problem = problem_of(language, code)
    assert problem
    assert "\n" not in problem


def test_other_languages_are_not_checked() -> None:
    """What cannot be checked counts neither way."""
    assert problem_of("rust", "fn") is None
    assert problem_of("", "f([") is None
    assert problem_of("python", "x" * 100_001) is None


@given(st.sampled_from(LANGUAGES), st.text(max_size=80) | st.text(alphabet="'\"<>EOF\n $#:[]{}-&*!|", max_size=80))
def test_arbitrary_code_is_judged(language: str, code: str) -> None:
    """No code raises."""
    assert isinstance(problem_of(language, code), str)
