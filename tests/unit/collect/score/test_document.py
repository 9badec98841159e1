"""Markdown becomes headings, sections, code and links with their lines."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratchetry.collect.score.document import SIZE_LIMIT, parse_document
from ratchetry.collect.score.efficiency import efficiency
from ratchetry.collect.score.measure import Measure
from ratchetry.collect.score.relevance import semantic_relevance
from ratchetry.collect.score.structure import structure
from ratchetry.collect.score.syntax import syntactic_correctness
from ratchetry.collect.score.vocabulary import Vocabulary
from ratchetry.domain.record import Fragment
from ratchetry.errors import ReportError
from tests.unit.collect.contexts import MemoryTree, project_of
from tests.unit.collect.score.documents import document

SOURCE = """\
---
name: a prompt
---
# Title with `code`

Two lines with `first`
and [a link](docs/a.md "x") and `second`.

```Python title="x"
x = 1
```

    indented = 2

<h2 align="center"><b>In HTML</b></h2>

| a | b |
|---|---|
| `cell` | 1 |
"""


def test_every_part_is_found_at_its_line() -> None:
    """Front matter is left aside and moves no line; HTML headings count as headings."""
    parsed = document(SOURCE)
    assert [(row.level, row.text, row.line) for row in parsed.headings] == [
        (1, "Title with code", 4),
        (2, "In HTML", 15),
    ]
    assert [(row.text, row.line) for row in parsed.spans] == [("code", 4), ("first", 6), ("second", 7), ("cell", 19)]
    assert [(row.text, row.line) for row in parsed.links] == [("docs/a.md", 7)]
    assert [(row.language, row.content, row.line) for row in parsed.fences] == [("python", "x = 1\n", 9)]
    assert "a prompt" not in parsed.text
    assert "indented = 2" in parsed.code
    assert "docs/a.md" not in parsed.text


def test_sections_count_their_blocks_and_words() -> None:
    """Words are those of the prose; code is a block without words; the title has what stands before the next."""
    parsed = document("before\n\n# A\n\n## B\n\none two\n\n```\nx y z\n```\n")
    sections = [(row.heading.text if row.heading else None, row.blocks, row.words) for row in parsed.sections]
    assert sections == [(None, 1, 1), ("A", 0, 0), ("B", 2, 2)]


@pytest.mark.parametrize("data", [b"\xff\xfe", b"a" * (SIZE_LIMIT + 1)])
def test_what_is_no_document_is_refused_by_name(data: bytes) -> None:
    """The error names the file."""
    with pytest.raises(ReportError, match=r"^prompts/a\.md: "):
        parse_document("prompts/a.md", data)


@pytest.mark.parametrize(
    "source",
    ["<" * 100_000, "<h1>" * 20_000, "[" * 20_000, ">" * 5_000, "```\n" * 20_000, "---\n" * 50_000, "`" * 50_000],
)
def test_hostile_documents_are_read_in_time(source: str) -> None:
    """Documents made to be slow to parse or measure give a result like any other."""
    parsed = document(source)
    for outcome in (structure(parsed), efficiency(parsed)):
        assert not isinstance(outcome, Measure) or 0 <= outcome.value <= 1


_WORDS = Vocabulary(packages=("a",), commands=("b",), ranked=("c", "dd"), known=frozenset("cd"), options=frozenset())
_MARKDOWN = st.lists(
    st.sampled_from(["#", "`", "```\n", "\n", " ", "a", "a.c", "dd()", "[x](y.md)", "<h2>", "|", ">>> ", "-"])
).map("".join)


@given(st.text(max_size=200) | _MARKDOWN)
def test_every_measure_of_every_document_is_a_share(source: str) -> None:
    """Whatever stands in a document, each measure is from 0 to 1 or is left out with a reason."""
    try:
        parsed = parse_document("a.md", source.encode("utf-8", "surrogatepass"))
    except ReportError:
        return
    for outcome in (
        structure(parsed),
        efficiency(parsed),
        syntactic_correctness(parsed, project_of({}), Fragment()),
        semantic_relevance(parsed, _WORDS, MemoryTree({})),
    ):
        assert 0 <= outcome.value <= 1 if isinstance(outcome, Measure) else outcome.reason


@given(st.binary(max_size=200))
def test_arbitrary_bytes_are_read_or_refused(data: bytes) -> None:
    """No input raises anything but ReportError."""
    try:
        parse_document("a.md", data)
    except ReportError as error:
        assert str(error).startswith("a.md: ")  # noqa: PT017  # both endings are right
