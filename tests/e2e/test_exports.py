"""What is exported of a real run, and the hook for pre-commit as it is called."""

from __future__ import annotations

import json
import shlex
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Final

import pytest
import yaml
from defusedxml import ElementTree

from tests.docs.pages import ROOT
from tests.e2e.commands import OWN, ratchetry, run_in
from tests.e2e.repositories import committed, flat, sound, write
from tests.unit.report.otlp.official import read_metrics, read_traces, spans_of
from tests.unit.report.test_sarif import VALIDATOR

pytestmark = pytest.mark.e2e

ENTRY: Final = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))[0]["entry"]
OPENMETRICS: Final[ModuleType] = import_module("prometheus_client.openmetrics.parser")


def test_a_run_in_every_form(tmp_path: Path) -> None:
    """The newest run of the history is told alike by every form: a failing test, an uncovered line, a lint finding."""
    root = flat(tmp_path)
    base = committed(root)
    changed = "\n\ndef twice(x):\n    import os\n    return 2 * x\n"
    source = (root / "pkg" / "__init__.py").read_text(encoding="utf-8")
    broken = "import pkg\n\n\ndef test_two():\n    assert pkg.sign(2) == 2\n"
    write(root, {"pkg/__init__.py": source + changed, "tests/test_two.py": broken})
    committed(root)
    ended = run_in(root, "--stage", "quality", "--stage", "test", "--base", base, *OWN)
    assert ended.code == 1

    def report(output_format: str) -> str:
        told = ratchetry(root, "report", "--format", output_format)
        assert told.code == 0, told.err
        return told.out

    tests = ElementTree.fromstring(report("junit"))
    assert (tests.get("tests"), tests.get("failures")) == ("2", "1")
    assert "assert 1 == 2" in "".join(row.text or "" for row in tests.iter("failure"))
    lines = ElementTree.fromstring(report("cobertura"))
    assert {(row.get("filename"), line.get("number")) for row in lines.iter("class") for line in row.iter("line")} == {
        ("pkg/__init__.py", "8"),
        ("pkg/__init__.py", "9"),
    }
    sarif = json.loads(report("sarif"))
    VALIDATOR.validate(sarif)
    assert "ruff/F401" in {result["ruleId"] for run in sarif["runs"] for result in run["results"]}
    samples = {row.name: row for row in OPENMETRICS.text_string_to_metric_families(report("openmetrics"))}
    (covered,) = samples["ratchetry_coverage_line_ratio"].samples
    assert covered.value == pytest.approx(ended.values("coverage.line")[0] / 100)
    traces, metrics = report("otlp").splitlines()
    assert len(spans_of(read_traces(traces.encode()))) == 1 + 2 + 2
    assert read_metrics(metrics.encode()).resource_metrics
    assert report("outputs").startswith("verdict=fail\n")


def test_the_hook_passes_and_fails(tmp_path: Path) -> None:
    """It passes a sound repository, bounds on other stages left aside, and fails one that breaks a bound."""
    bounds = {"version": 1, "coverage": {"minimum": 90}, "metrics": {"lint.findings": {"maximum": 0}}}
    root = write(sound(tmp_path), {"quality-thresholds.json": json.dumps(bounds)})
    committed(root)
    words = shlex.split(ENTRY)[1:]
    assert ratchetry(root, *words).code == 0
    write(root, {"pkg/more.py": "import os\n"})
    failed = ratchetry(root, *words)
    assert failed.code == 1
    assert "lint.findings" in failed.out
