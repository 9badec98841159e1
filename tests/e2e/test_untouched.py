"""The full run leaves the measured repository as it was, whatever its code does."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.commands import OWN, run_in
from tests.e2e.osv_service import osv_service
from tests.e2e.repositories import README, committed, snapshot, sound, status, write

pytestmark = pytest.mark.e2e

LITTERING = r"""\
import os
import pathlib
import shutil

from pkg import sign


def test_sign():
    assert sign(-1) == -1


def test_litters():
    pathlib.Path("left behind.txt").write_text("litter")
    pathlib.Path("pkg/__init__.py").write_text(pathlib.Path("pkg/__init__.py").read_text() + "# touched\n")
    pathlib.Path("README.md").unlink()
    pathlib.Path("tests/data.bin").chmod(0o600)
    pathlib.Path("pkg/link.py").unlink()
    shutil.rmtree("docs")
    pathlib.Path(__file__).with_name("beside.txt").write_text("litter")
    pathlib.Path("ignored/more").mkdir(parents=True)
    os.symlink("/", "pkg/root")


def test_benchmark(benchmark):
    benchmark(sum, [1, 2, 3])
"""


def test_the_full_run_changes_nothing_but_its_output(tmp_path: Path) -> None:
    """All six stages, at a path that no shell and no URL would take, leave every byte, name, mode and link in place."""
    root = sound(tmp_path / 'it\'s a "quoted" répo ☃ $5 `x`;#%41')
    texts = {"tests/test_litters.py": LITTERING, "docs/page.md": "# Page\n", ".gitignore": "ignored/\n*.pyc\n"}
    write(root, {**texts, "ignored/kept.txt": "kept\n", "tests/data.bin": "\0\1"})
    (root / "tests" / "data.bin").chmod(0o755)
    (root / "pkg" / "link.py").symlink_to("__init__.py")
    committed(root)
    write(root, {"README.md": f"{README}\nMore to come.\n", "new.txt": "new\n"})
    said = status(root)
    before = snapshot(root)
    with osv_service() as url:
        ended = run_in(root, "--osv-url", url, *OWN)
    assert snapshot(root) == before
    assert status(root) == said
    assert ended.code == 0, ended.out + ended.err
    assert {name: result.status for name, result in ended.record.stages.items()} == dict.fromkeys(
        ("validate", "quality", "test", "security", "benchmark", "score"), "passed"
    )
    assert ended.values("tests.passed", "security.vulnerabilities.high", "coverage.line") == (4, 0, 100)
    assert len(ended.record.benchmarks) == 1
    assert {path.name for path in ended.output.iterdir()} >= {"record.json", "summary.md", "report.html", "artifacts"}
