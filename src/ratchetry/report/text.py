"""Text that leaves for people: hostile names made harmless, and numbers with their units."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape
from typing import Final

_RUNNER_COMMAND: Final = re.compile(
    r"##\[|::(?=(?:add-mask|add-matcher|add-path|debug|echo|endgroup|error|group|internal-set-repo-path|notice"
    r"|remove-matcher|save-state|set-env|set-output|stop-commands|warning)(?: |::))",
    re.IGNORECASE,
)
"""What GitHub's runner takes for a command in any output of a step: `::name ` or `::name::` at the start of a
line, which wrapping may produce anywhere, and the older `##[name]` in the middle of one
(https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs)."""

_MARKDOWN: Final = re.compile(r"[\\`*_\[\]~]")
_ENTITIES: Final = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    "|": "&#124;",
    "$": "&#36;",
    "@": "@&#8203;",
    "#": "#&#8203;",
}
_ENTITY: Final = re.compile("[&<>|$@#]")
_BREAK: Final = "&#8203;"
_AUTOLINK: Final = re.compile(r"(?<=:)(?=//)|(?<=www)(?=\.)|(?<=\bgh-)(?=\d)", re.IGNORECASE)
_LEADING: Final = re.compile(r"^(\d*)([-+=.)])(?=[-+=\s]|$)")

_LARGE: Final = 1e15
_MOST_DECIMALS: Final = 12
_SUFFIX: Final = {"percent": "%", "ratio": "", "count": "", "": ""}
_DECIMALS: Final = {"percent": 1, "ratio": 2}
_ENDS: Final = {"percent": (0.0, 100.0), "ratio": (0.0, 1.0)}


def neutralize(text: str) -> str:
    r"""Return the text on one line, with nothing in it that hides, reorders or steers.

    White space becomes a space; control characters, bidi marks and everything else that is not printable
    becomes its escape (`\x1b`, `\u202e`), and so does the beginning of what GitHub's runner takes for a command.
    """
    if not text.isprintable():
        text = "".join(map(_shown, text))
    return _RUNNER_COMMAND.sub(lambda found: f"\\x{ord(found[0][0]):02x}{found[0][1:]}", text)


def neutralize_lines(text: str) -> str:
    """Return the text with its lines kept and each of them neutralized."""
    return "\n".join(neutralize(line.expandtabs(4)) for line in text.splitlines())


def encodable(text: str, encoding: str | None) -> str:
    """Return the text with what an encoding cannot say written as escapes."""
    name = encoding or "utf-8"
    return text.encode(name, "backslashreplace").decode(name)


def clip(text: str, limit: int) -> str:
    """Return at most `limit` characters of the text, an ellipsis in place of what was cut from its end."""
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def clip_middle(text: str, limit: int) -> str:
    """Return at most `limit` characters of a path or test id: its middle is cut, for its end tells the most."""
    if len(text) <= limit:
        return text
    head = (limit - 1) // 3
    return f"{text[:head]}…{text[len(text) - (limit - 1 - head) :]}"


def escape_html(text: str) -> str:
    """Return the neutralized text for HTML, in elements and in quoted attributes."""
    return escape(neutralize(text), quote=True)


def escape_markdown(text: str) -> str:
    """Return the neutralized text for GitHub Flavored Markdown, inline or in a table cell.

    Nothing in it becomes markup, a table cell or a formula; zero-width spaces keep mentions, references and
    bare addresses from becoming links, which GitHub looks for after it has resolved all escapes.
    """
    parts = (_MARKDOWN.sub(r"\\\g<0>", part) for part in _AUTOLINK.split(neutralize(text).strip()))
    joined = _BREAK.join(_ENTITY.sub(lambda found: _ENTITIES[found[0]], part) for part in parts)
    return _LEADING.sub(r"\1\\\2", joined)


def code(text: str) -> str:
    """Return the neutralized text as a Markdown code span that is safe in a table cell; empty stays empty."""
    shown = neutralize(text).strip()
    if not shown:
        return ""
    if "|" in shown:  # a pipe ends a table cell even inside backticks, and parsers disagree on escaping it there
        return f"<code>{escape_markdown(shown)}</code>"
    fence = _fence(shown, least=1)
    pad = " " if shown.startswith("`") or shown.endswith("`") else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def code_block(text: str) -> str:
    """Return the neutralized lines as a fenced Markdown block that nothing in them can close."""
    shown = neutralize_lines(text)
    fence = _fence(shown, least=3)
    return f"{fence}text\n{shown}\n{fence}"


def number(value: float, unit: str, *, apart_from: Iterable[float] = ()) -> str:
    """Return a value with its unit, rounded, but never to the looks of a number that it is not.

    It stays distinguishable from the ends of its scale (99.996 is not "100.0%") and from `apart_from`, such as
    the bound it is compared with.
    """
    others = tuple(row for row in (*_ENDS.get(unit, (0.0,)), *apart_from) if row != value)
    if unit == "seconds":
        text = duration(value)
        return text if text not in map(duration, others) else f"{_decimal(value, others, least=3)} s"
    least = _DECIMALS.get(unit, 0 if float(value).is_integer() else 2)
    return _decimal(value, others, least=least) + _suffix(unit)


def exact(value: float, unit: str) -> str:
    """Return a number that somebody chose, such as a bound, with its unit and as few decimals as it has."""
    if unit == "seconds":
        return number(value, unit)
    places = next((places for places in range(_MOST_DECIMALS) if round(value, places) == value), _MOST_DECIMALS)
    return (f"{value:.4g}" if abs(value) >= _LARGE else _fixed(value, places)) + _suffix(unit)


def signed(value: float, unit: str) -> str:
    """Return a difference with its sign and unit; that of two percentages is in percentage points."""
    text = (number(value, unit) if value else exact(0, unit)).removeprefix("-")
    sign = "-" if value < 0 else "+" if value > 0 else ""
    return f"{sign}{text.removesuffix('%')} pp" if unit == "percent" else f"{sign}{text}"


def duration(seconds: float) -> str:
    """Return seconds in the unit people would use."""
    if not abs(seconds) < _LARGE:
        return f"{seconds:.4g} s"
    if seconds < 0:
        return f"-{duration(-seconds)}"
    whole = round(seconds)
    if whole >= 3600:
        return f"{whole // 3600:,} h {whole % 3600 // 60} min".removesuffix(" 0 min")
    if whole >= 60:
        return f"{whole // 60} min {whole % 60} s".removesuffix(" 0 s")
    for scale, name in ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs")):
        if seconds >= scale:
            return f"{_three_digits(seconds / scale)} {name}"
    return f"{_three_digits(seconds * 1e9)} ns" if seconds else "0 s"


def plural(count: float, noun: str, nouns: str = "") -> str:
    """Return a count with its noun: "1 test", "1,204 tests"."""
    return f"{number(count, 'count')} {noun if count == 1 else nouns or noun + 's'}"


def listed(items: Iterable[str], most: int = 3) -> str:
    """Return items as people list them, at most `most` of them: "a, b and 3 more"."""
    rows = tuple(items)
    shown, rest = rows[:most], len(rows) - most
    if rest > 0:
        return f"{', '.join(shown)} and {rest:,} more"
    return " and ".join(part for part in (", ".join(shown[:-1]), *shown[-1:]) if part)


def _shown(character: str) -> str:
    """Return a printable character itself, a space for white space, and the escape of anything else."""
    if character.isprintable():
        return character
    return " " if character.isspace() else character.encode("unicode_escape").decode("ascii")


def _suffix(unit: str) -> str:
    """Return what stands behind a number of this unit."""
    return _SUFFIX[unit] if unit in _SUFFIX else f" {neutralize(unit)}"


def _fence(text: str, *, least: int) -> str:
    """Return a run of backticks longer than any in the text."""
    return "`" * max(least, 1 + max((len(run) for run in re.findall("`+", text)), default=0))


def _three_digits(value: float) -> str:
    """Return a number of at least 1, or close to it, with about three significant digits."""
    return f"{value:,.0f}" if value >= 99.95 else f"{value:.1f}" if value >= 9.995 else f"{value:.2f}"


def _decimal(value: float, others: tuple[float, ...], *, least: int) -> str:
    """Return a number with as few decimals, but at least some, as tell it apart from the others."""
    if abs(value) >= _LARGE:
        return f"{value:.4g}"
    for places in range(least, _MOST_DECIMALS):
        text = _fixed(value, places)
        if all(text != _fixed(other, places) for other in others):
            return text
    return f"{value:.6g}"


def _fixed(value: float, places: int) -> str:
    """Return a number with this many decimals; a rounded zero has no sign."""
    text = f"{value:,.{places}f}"
    return text if text.strip("-0.,") else text.removeprefix("-")
