"""Tests of the package ratchetry.report."""

from __future__ import annotations

import subprocess
import sys


def test_every_report_can_be_imported_from_the_package() -> None:
    """In a fresh interpreter each report is found under its name, and none of them loads a heavy library yet."""
    code = (
        "import sys; from ratchetry.report import annotations, html, markdown, sentence, terminal; "
        "assert all(callable(module.render) for module in (annotations, html, markdown, terminal)); "
        "sys.exit(', '.join({'jinja2', 'rich', 'markdown_it', 'numpy', 'requests'} & set(sys.modules)))"
    )
    ended = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert ended.stderr.strip() == ""
