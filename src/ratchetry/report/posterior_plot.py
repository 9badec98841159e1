"""What is believed of arms as a drawing: for each context, the distribution of each arm's mean reward."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Final

from ratchetry.domain.belief import Belief, ContextStanding, Standing
from ratchetry.report.text import clip_middle, escape_html

MOST: Final = 12
"""Contexts that are drawn."""
_POINTS: Final = 160
_LEFT, _WIDTH, _RIGHT, _ROW, _HEAD, _TOP, _BOTTOM = 190, 440, 190, 46, 34, 44, 34
_STYLE: Final = (
    "text{font:12px ui-monospace,monospace;fill:#1f2328}.t{font-weight:600}.m{fill:#656d76}.g{fill:#ffffff}"
    ".c{fill:#8fb8de;fill-opacity:.55;stroke:#2f6ea8}.b{fill:#e0a526;fill-opacity:.55;stroke:#9a6b00}"
    ".i{stroke:#1f2328;stroke-width:2}.a{stroke:#d0d7de}"
    "@media(prefers-color-scheme:dark){text{fill:#e6edf3}.m{fill:#8d96a0}.g{fill:#0d1117}.c{stroke:#8fb8de}"
    ".b{stroke:#e0a526}.i{stroke:#e6edf3}.a{stroke:#30363d}}"
)


def plot(standings: Sequence[ContextStanding]) -> str:
    """Return the drawing as SVG, for light and dark grounds: the likeliest arm of each context in another color."""
    drawn = standings[:MOST]
    width = _LEFT + _WIDTH + _RIGHT
    height = _TOP + sum(_HEAD + _ROW * len(one.standings) for one in drawn) + _BOTTOM
    title = "What is believed of the mean reward of each arm"
    size = f'width="{width}" height="{height}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="0 0 {width} {height}" role="img"'
    parts = [f'{head} aria-label="{title}"><style>{_STYLE}</style><rect class="g" {size}/>']
    parts.append(f'<text class="t" x="12" y="22">{title}</text>')
    top = _TOP
    for standing in drawn:
        parts += _context(standing, top)
        top += _HEAD + _ROW * len(standing.standings)
    parts += (_mark(tenth / 10, top) for tenth in range(0, 11, 2))
    left_out = len(standings) - len(drawn)
    if left_out:
        parts.append(f'<text class="m" x="12" y="{height - 8}">{left_out} more contexts</text>')
    return "".join([*parts, "</svg>\n"])


def _context(standing: ContextStanding, top: int) -> Iterator[str]:
    """Yield one context: its name, and a row for each arm, the likeliest first."""
    name = escape_html(clip_middle(standing.context or "any context", 90))
    yield f'<text class="m" x="12" y="{top + 16}">{name}</text>'
    rows = sorted(standing.standings, key=lambda one: (-one.propensity, one.belief.arm))
    tallest = max(max(_densities(one.belief)) for one in rows)
    for number, one in enumerate(rows):
        yield from _arm(one, top + _HEAD + _ROW * number, tallest, "b" if number == 0 else "c")


def _arm(one: Standing, top: int, tallest: float, kind: str) -> Iterator[str]:
    """Yield one arm: its name, its distribution, its interval and how likely it is chosen."""
    base = top + _ROW - 10
    heights = [density / tallest * (_ROW - 14) for density in _densities(one.belief)]
    points = " ".join(f"{_x(place)},{base - height:.1f}" for place, height in zip(_places(), heights, strict=True))
    full, name = escape_html(one.belief.arm), escape_html(clip_middle(one.belief.arm, 22))
    yield f'<text x="{_LEFT - 12}" y="{base}" text-anchor="end"><title>{full}</title>{name}</text>'
    yield f'<line class="a" x1="{_LEFT}" y1="{base}" x2="{_LEFT + _WIDTH}" y2="{base}"/>'
    yield f'<polygon class="{kind}" points="{_x(0.0)},{base} {points} {_x(1.0)},{base}"/>'
    yield f'<line class="i" x1="{_x(one.low)}" y1="{base + 4}" x2="{_x(one.high)}" y2="{base + 4}">'
    yield f"<title>90% interval: {one.low:.3f} to {one.high:.3f}</title></line>"
    told = f"{100 * one.propensity:.1f}% of choices, n {one.belief.evidence.n:,}"
    yield f'<text class="m" x="{_LEFT + _WIDTH + 10}" y="{base}">{told}</text>'


def _densities(belief: Belief) -> list[float]:
    """Return the density of a mean reward at the places that are drawn."""
    whole = math.lgamma(belief.alpha + belief.beta) - math.lgamma(belief.alpha) - math.lgamma(belief.beta)
    return [
        math.exp(whole + (belief.alpha - 1) * math.log(place) + (belief.beta - 1) * math.log1p(-place))
        for place in _places()
    ]


def _places() -> list[float]:
    """Return the mean rewards at which distributions are drawn, the ends left out."""
    return [(number + 0.5) / _POINTS for number in range(_POINTS)]


def _x(share: float) -> str:
    """Return where a mean reward stands on the axis."""
    return f"{_LEFT + _WIDTH * share:.1f}"


def _mark(share: float, top: int) -> str:
    """Return a mark below the axis."""
    return f'<text class="m" x="{_x(share)}" y="{top + 12}" text-anchor="middle">{share:.1f}</text>'
