"""XML 1.0 as text: elements whose names are ours, and whose attributes and texts may hold anything."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape
from typing import Final

DECLARATION: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'
_ILLEGAL: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold, not even as a reference (https://www.w3.org/TR/xml/#charsets)."""
_SPACES: Final = str.maketrans({"\t": "&#9;", "\n": "&#10;", "\r": "&#13;"})


def element(name: str, attributes: Mapping[str, str], *content: str) -> str:
    """Return an element on a line of its own, with content that is markup already."""
    opened = "".join([name, *(f' {key}="{quoted(value)}"' for key, value in attributes.items())])
    return f"<{opened}>{''.join(content)}</{name}>\n" if content else f"<{opened}/>\n"


def quoted(text: str) -> str:
    """Return a text for an attribute in quotes: a parser gives back `legal(text)`, line breaks included."""
    return body(text).translate(_SPACES)


def body(text: str) -> str:
    """Return a text for an element: nothing in it is markup, nor a command to GitHub's runner."""
    return escape(legal(text), quote=True).replace("##[", "#&#35;[").replace("\r", "&#13;")


def legal(text: str) -> str:
    r"""Return a text with the escape of each character that XML cannot hold, such as `\x1b`, in its place."""
    return _ILLEGAL.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), text)
