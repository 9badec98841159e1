"""The dashboard's page: the shell with its style, script and first document in it, under a policy that allows no more.

The policy (https://www.w3.org/TR/CSP3/) names what is inline by its hash; scripts may come from the page's own place,
which Chromium and Firefox take a page on disk to have as well.
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final

from ratchetry.report.dashboard.data import safe_json
from ratchetry.report.text import clip, escape_html

MARK: Final = '<meta name="generator" content="ratchetry dashboard">'
"""What tells the page of a dashboard from any other page."""
_PLACEHOLDER: Final = re.compile(r"\{\{(csp|title|style|script|overview)\}\}")
_LONGEST_TITLE: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Shell:
    """The page without its data: markup with placeholders, style and script."""

    page: str
    style: str
    script: str


def bundled_shell() -> Shell:
    """Return the shell that comes with ratchetry."""
    assets = files("ratchetry.report.dashboard") / "assets"
    found = [*_assets(assets / "vendor"), *_assets(assets)]
    return Shell(
        page=(assets / "index.html").read_text(encoding="utf-8"),
        style="\n".join(text for name, text in found if name.endswith(".css")),
        script="\n".join(text for name, text in found if name.endswith(".js")),
    )


def rendered_page(shell: Shell, title: str, document: object) -> bytes:
    """Return a shell with a document in it, whose title is made harmless.

    Raises ValueError when the style or script could end its own element.
    """
    for name, text in (("style", shell.style), ("script", shell.script)):
        if re.search(rf"</{name}|<!--", text, re.IGNORECASE):
            msg = f"the {name} of the dashboard contains what ends its element, or a comment"
            raise ValueError(msg)
    values = {
        "csp": policy(shell),
        "title": escape_html(clip(title, _LONGEST_TITLE)),
        "style": shell.style,
        "script": shell.script,
        "overview": safe_json(document).decode("utf-8"),
    }
    page = _PLACEHOLDER.sub(lambda found: values[found[1]], shell.page)
    return (page if MARK in page else page.replace("<head>", f"<head>\n{MARK}", 1)).encode("utf-8")


def policy(shell: Shell) -> str:
    """Return the content security policy of a page made of a shell."""
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src '{_hash(shell.script)}' 'self'",
            f"style-src '{_hash(shell.style)}'",
            "img-src 'self' data:",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


def _hash(text: str) -> str:
    """Return the hash by which a policy allows what is inline."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode('utf-8')).digest()).decode('ascii')}"


def _assets(directory: Traversable) -> list[tuple[str, str]]:
    """Return the styles and scripts of a directory by name, with Unix line ends: a page's parser would make them so."""
    if not directory.is_dir():
        return []
    found = sorted((entry for entry in directory.iterdir() if entry.is_file()), key=lambda entry: entry.name)
    return [
        (entry.name, entry.read_text(encoding="utf-8").replace("\r\n", "\n"))
        for entry in found
        if entry.name.endswith((".css", ".js"))
    ]
