"""Regret over time as a drawing: small multiples, one for each kind of environment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from benchmarks.regret_environments import Array

SHOWN: Final = (
    "stationary, 5 arms, gap 0.10",
    "best arm drops, 5 arms, gap 0.15",
    "another rises, 5 arms, gap 0.15",
    "gradual drift, 5 arms, gap 0.15",
)
_COLORS: Final = ("#2f6ea8", "#c8352e", "#8a8f98", "#e0a526", "#3d8a5f")
_DASHES: Final = ("", "6 3", "2 3", "8 3 2 3", "1 4")
_WIDTH, _HEIGHT, _LEFT, _TOP, _GAP = 300, 150, 60, 60, 70
_POINTS: Final = 80
_STYLE: Final = (
    "text{font:12px ui-monospace,monospace;fill:#1f2328}.m{fill:#656d76}.t{font-weight:600}.g{fill:#ffffff}"
    ".a{stroke:#d0d7de;fill:none}.l{fill:none;stroke-width:2}"
    "@media(prefers-color-scheme:dark){text{fill:#e6edf3}.m{fill:#8d96a0}.g{fill:#0d1117}.a{stroke:#30363d}}"
)


def drawing(courses: Sequence[tuple[str, str, Array]]) -> str:
    """Return the drawing as SVG, for light and dark grounds."""
    names = list(dict.fromkeys(name for _, name, _ in courses))
    width, height = 2 * (_LEFT + _WIDTH) + 40, _TOP + 2 * (_HEIGHT + _GAP) + 20
    size = f'width="{width}" height="{height}"'
    title = "Regret over 2,000 decisions: less is better"
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="0 0 {width} {height}" role="img"'
    parts = [f'{head} aria-label="{title}"><style>{_STYLE}</style><rect class="g" {size}/>']
    parts.append(f'<text class="t" x="12" y="22">{title}</text>')
    for number, environment in enumerate(SHOWN):
        left = _LEFT + (number % 2) * (_LEFT + _WIDTH)
        top = _TOP + (number // 2) * (_HEIGHT + _GAP)
        rows = [(name, path) for told, name, path in courses if told == environment]
        parts += _panel(environment, rows, names, left, top)
    parts += _legend(names, height - 12)
    return "".join([*parts, "</svg>\n"])


def _panel(
    environment: str, rows: Sequence[tuple[str, Array]], names: Sequence[str], left: int, top: int
) -> Iterator[str]:
    """Yield one environment: its name, its axes and a line for each policy."""
    highest = max(float(path[-1]) for _, path in rows)
    yield f'<text class="m" x="{left}" y="{top - 10}">{environment}</text>'
    yield f'<path class="a" d="M{left} {top}V{top + _HEIGHT}H{left + _WIDTH}"/>'
    for share in (0.0, 0.5, 1.0):
        y = top + _HEIGHT * (1 - share)
        yield f'<text class="m" x="{left - 6}" y="{y + 4:.0f}" text-anchor="end">{highest * share:.0f}</text>'
    yield f'<text class="m" x="{left + _WIDTH}" y="{top + _HEIGHT + 16}" text-anchor="end">{len(rows[0][1]):,}</text>'
    for name, path in rows:
        places = [round(number * (len(path) - 1) / _POINTS) for number in range(_POINTS + 1)]
        points = " ".join(
            f"{left + _WIDTH * place / (len(path) - 1):.1f},{top + _HEIGHT * (1 - path[place] / highest):.1f}"
            for place in places
        )
        yield f'<polyline class="l" {_look(names.index(name))} points="{points}"><title>{name}</title></polyline>'


def _legend(names: Sequence[str], baseline: int) -> Iterator[str]:
    """Yield what the lines mean."""
    x = 12
    for number, name in enumerate(names):
        yield f'<path class="l" {_look(number)} d="M{x} {baseline - 4}h22"/>'
        yield f'<text class="m" x="{x + 28}" y="{baseline}">{name}</text>'
        x += 42 + 8 * len(name)


def _look(number: int) -> str:
    """Return the color and the dashes of a line, so that no reader needs the color alone."""
    return f'stroke="{_COLORS[number]}" stroke-dasharray="{_DASHES[number]}"'
