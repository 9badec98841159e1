"""Reading a project's .secrets.baseline."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratchetry.collect.security.secrets_baseline import parse
from ratchetry.errors import ReportError
from tests.unit.collect.security.reports import hostile, real, refuses_or_reads

VERIFICATION = "detect_secrets.filters.common.is_ignored_due_to_verification_policies"


@pytest.mark.parametrize("version", ["1.4.0", "1.5.0"])
def test_plugins_and_filters_are_the_projects_choice(version: str) -> None:
    """The plugins of a baseline, with their options, are those it names, entropy or not."""
    baseline = parse(real(f"detect-secrets-{version}/scan.json"))
    assert {"name": "HexHighEntropyString", "limit": 3.0} in baseline.plugins
    assert {"path": "detect_secrets.filters.heuristic.is_lock_file"} in baseline.filters
    assert baseline.dismissed == frozenset()


def test_only_what_was_audited_as_no_secret_is_dismissed() -> None:
    """Known but not judged, and judged to be real, both still count."""
    rows = [
        {"type": "T", "hashed_secret": digest, "is_secret": judged} for digest, judged in (("a", False), ("b", True))
    ]
    results = {"x.py": [*rows, {"type": "T", "hashed_secret": "c"}]}
    baseline = parse(json.dumps({"version": "1.5.0", "plugins_used": [], "results": results}).encode())
    assert baseline.dismissed == {("x.py", "T", "a")}


def test_verification_is_left_out() -> None:
    """A baseline cannot make the scan contact a service."""
    document = {"version": "1.5.0", "plugins_used": [], "filters_used": [{"path": VERIFICATION, "min_level": 2}]}
    assert parse(json.dumps(document).encode()).filters == ()


@pytest.mark.parametrize(
    "change",
    [
        {"plugins_used": [{"name": "Mine", "path": "file://mine.py"}]},
        {"plugins_used": [{"limit": 3}]},
        {"filters_used": [{"path": "file://mine.py::keep"}]},
        {"filters_used": [{"path": "os.system"}]},
        {"filters_used": [{"path": "detect_secrets.filters.wordlist.should_exclude_secret", "file_name": "/etc/x"}]},
        {"version": "0.14.3"},
        {"version": 1},
        {"plugins_used": None},
    ],
)
def test_code_of_the_repository_is_refused(change: dict[str, object]) -> None:
    """Plugins and filters that do not come with detect-secrets are not run, and old or odd formats not guessed."""
    document = {"version": "1.5.0", "plugins_used": [], "filters_used": [], **change}
    with pytest.raises(ReportError, match=r"\.secrets\.baseline"):
        parse(json.dumps(document).encode())


@given(st.data())
def test_hostile_baselines_are_read_or_refused(data: st.DataObject) -> None:
    """Whatever the baseline holds, the only exception is ReportError."""
    refuses_or_reads(parse, data.draw(hostile(real("detect-secrets-1.5.0/scan.json"))))
