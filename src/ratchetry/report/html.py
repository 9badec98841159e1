"""The result of a run as one HTML file that asks nobody for anything."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from ratchetry.domain.record import RunRecord
from ratchetry.report import page, view
from ratchetry.report.text import clip, clip_middle, neutralize, neutralize_lines, plural
from ratchetry.report.verdict import sentence

if TYPE_CHECKING:
    from jinja2 import Environment


def render(record: RunRecord) -> str:
    """Return a record as a self-contained HTML document.

    Its content security policy allows nothing but the style sheet inside it, known by its hash: whatever a name
    smuggled in would neither run nor load.
    """
    style = _style()
    template = _environment().get_template("report.html.j2")
    return template.render(
        record=record, page=page, view=view, sentence=sentence(record), style=style, policy=_policy(style)
    )


def _policy(style: str) -> str:
    """Return the content security policy for a page with this style sheet (https://www.w3.org/TR/CSP3/)."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode("ascii")
    return f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"


@cache
def _style() -> str:
    """Return the style sheet, safe to stand in a page: it is ours."""
    from markupsafe import Markup

    return Markup((resources.files(__package__) / "templates" / "report.css").read_text("utf-8"))  # noqa: S704  # nosec B704


@cache
def _environment() -> Environment:
    """Return jinja2 with escaping on, in which no value can hide, reorder or steer anything."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("ratchetry.report"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_harmless,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(clip=clip, clip_middle=clip_middle, lines=_lines, plural=plural)
    return environment


def _harmless(value: object) -> object:
    """Return a value with its text neutralized; what is already markup stays."""
    return neutralize(value) if type(value) is str else value


def _lines(text: str, most: int) -> str:
    """Return the first lines of a text, neutralized and escaped, with their breaks."""
    from markupsafe import escape

    return escape(neutralize_lines("\n".join(text.splitlines()[:most])))
