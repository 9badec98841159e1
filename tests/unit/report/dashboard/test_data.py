"""Documents as JSON that is safe in scripts, whatever the texts in them are."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ratchetry.report.dashboard.data import chunk_script, metric_chunk, safe_json, tag_of

steady = settings(derandomize=True, deadline=None, max_examples=200)
STEERING = re.compile("[\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\u061c\u007f-\u009f]")


@steady
@given(st.dictionaries(st.text(), st.text() | st.floats(allow_nan=False) | st.none() | st.lists(st.text())))
def test_any_document_comes_back_with_what_steers_shown(document: dict[str, object]) -> None:
    """Whatever is in a document, its JSON ends no element, hides nothing, and reads as the document it was."""
    text = safe_json(document).decode("utf-8")
    assert "<" not in text
    assert not STEERING.search(text)
    if not STEERING.search(json.dumps(document, ensure_ascii=False)) and "\x7f" not in str(document):
        assert json.loads(text) == json.loads(json.dumps(document).replace("Infinity", "null").replace("-null", "null"))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("</script><!--", "</script><!--"),
        ("a\u2028b", "a\\u2028b"),
        ("\u202egnp.exe", "\\u202egnp.exe"),
        ("x\x7fy", "x\\u007fy"),
        ("é\x85", "é\\u0085"),
        ('"\\', '"\\'),
    ],
)
def test_texts_are_read_as_they_should_be_shown(text: str, shown: str) -> None:
    """What ends a script or hides text is text for who reads the document."""
    assert json.loads(safe_json([text])) == [shown]


def test_a_script_hands_a_document_over() -> None:
    """The file of a document is one call with its name."""
    script = chunk_script("runs", {"id": ["</script>"]})
    assert script == b'ratchetry.load("runs",{"id":["\\u003c/script>"]})\n'


def test_the_tag_follows_from_the_content() -> None:
    """Another content has another tag, the same has the same."""
    assert tag_of(b"a") == tag_of(b"a") != tag_of(b"b")
    assert re.fullmatch("[0-9a-f]{8}", tag_of(b"a"))


def test_documents_of_metrics_have_plain_names() -> None:
    """The name of a metric, however hostile, never becomes part of a path."""
    assert re.fullmatch("metric-[0-9a-f]{16}", metric_chunk("../../etc/passwd\x00"))
