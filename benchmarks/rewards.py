"""Measures how far the reward that is known at a moment is from the truth, with and without the rule for rewards.

    python benchmarks/rewards.py [--seeds N] [--format table|json] [--plot FILE.svg]

Forty decisions a day, of which 70 percent are good.  A run that fails does so after 20 minutes on average, one that
passes takes three hours, and one in ten waits for a runner for another six.  5 percent of the runs say nothing, so that
they are run again; bad changes are run again until one attempt is green by chance (20 percent).  Every two hours of
five days the mean reward is taken of all that is known by then:

- at once: every run that has ended, the newest attempt of each decision (what a log of CI says by itself);
- attempts: the same with every attempt as an observation of its own;
- ratchetry: outcomes by the rule, of days that are old enough.

Told is the mean error over all looks from the second day on.  Ends with exit code 1 when the rule's is above 0.01.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Final

sys.path.insert(0, str(Path(__file__).parents[1]))

from ratchetry.domain.bandit import ArmDecision, decision_event, outcome_of
from ratchetry.domain.event import Event
from ratchetry.domain.run_evidence import RunEvidence, order
from ratchetry.learn.reward import outcomes

START: Final = datetime(2026, 1, 5, tzinfo=UTC)
DAYS, EACH, STEP = 5, 40, 2
GOOD: Final = 0.7
COLORS: Final[Mapping[str, str]] = {"at once": "#c8352e", "attempts": "#e0a526", "ratchetry": "#0969da"}
HIGHEST: Final = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One attempt of a decision's run: when it has ended, and how."""

    run: RunEvidence
    ended: datetime


def moment(at: datetime) -> str:
    """Return a moment as records have it."""
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def made(chance: Random) -> tuple[list[Event], list[Attempt]]:
    """Return decisions and the attempts of their runs."""
    before = RunEvidence(run_id="0", started=moment(START - timedelta(days=1)))
    events: list[Event] = []
    attempts = [Attempt(run=before, ended=START)]
    for number in range(DAYS * EACH):
        at = START + timedelta(days=number // EACH, minutes=24 * 60 * (number % EACH) / EACH)
        name, good = f"d{number}", chance.random() < GOOD
        propensities = {"a": 0.5, "b": 0.5}
        events.append(decision_event(ArmDecision(id=name, time=moment(at), arm="a", propensities=propensities)))
        attempts += _attempts(chance, number, name, at, good=good)
    return events, attempts


def _attempts(chance: Random, number: int, name: str, at: datetime, *, good: bool) -> list[Attempt]:
    """Return the attempts of one decision."""
    found: list[Attempt] = []
    at += timedelta(minutes=chance.uniform(1, 30))
    for attempt in range(1, 9):
        passed = good if attempt == 1 else good or chance.random() < 0.2
        missing = chance.random() < 0.05
        hours = chance.gammavariate(4.0, 0.75 if passed else 1 / 12) + (6.0 if chance.random() < 0.1 else 0.0)
        ended = at + timedelta(hours=hours)
        run = RunEvidence(
            run_id=str(number + 1),
            attempt=attempt,
            started=moment(ended),
            ending="missing" if missing else "passed" if passed else "failed",
            decisions=(name,),
        )
        found.append(Attempt(run=run, ended=ended))
        if passed and not missing:
            break
        at = ended
    return found


def looked(events: Sequence[Event], attempts: Sequence[Attempt]) -> dict[str, list[float | None]]:
    """Return the mean reward that each way knows at each look, None before it knows any."""
    found: defaultdict[str, list[float | None]] = defaultdict(list)
    for step in range(STEP, 24 * DAYS + 1, STEP):
        now = START + timedelta(hours=step)
        known = sorted((one.run for one in attempts if one.ended <= now), key=order)
        newest = {one.decisions[0]: one for one in known if one.decisions and one.ending != "missing"}
        every = [one for one in known if one.decisions and one.ending != "missing"]
        # what counts is when a run has ended; the rule looks at its start, so that both are the same here
        shown = [replace(one, seconds=0.0) for one in known]
        learned = [outcome_of(one).reward for one in outcomes(events, shown, moment(now))]
        found["at once"].append(_mean([float(one.ending == "passed") for one in newest.values()]))
        found["attempts"].append(_mean([float(one.ending == "passed") for one in every]))
        found["ratchetry"].append(_mean([reward for reward in learned if reward is not None]))
    return dict(found)


def _mean(values: Sequence[float]) -> float | None:
    """Return a mean, None of nothing."""
    return sum(values) / len(values) if values else None


def averaged(rows: Sequence[Mapping[str, Sequence[float | None]]]) -> dict[str, list[float | None]]:
    """Return the mean of each look over several histories."""
    return {
        name: [
            _mean([value for row in rows if (value := row[name][at]) is not None]) for at in range(len(rows[0][name]))
        ]
        for name in rows[0]
    }


def errors(means: Mapping[str, Sequence[float | None]]) -> dict[str, float]:
    """Return how far each way is from the truth on average, from the second day on."""
    found: dict[str, float] = {}
    for name, values in means.items():
        late = [value - GOOD for value in values[24 // STEP :] if value is not None]
        found[name] = sum(late) / len(late)
    return found


def drawn(means: Mapping[str, Sequence[float | None]]) -> str:
    """Return the means over time as SVG, for light and dark grounds."""
    left, top, width, height = 70, 40, 560, 220
    style = (
        "text{font:12px ui-monospace,monospace;fill:#1f2328}.g{fill:#fff}.l{stroke:#8c959f;stroke-dasharray:4 4}"
        "polyline{fill:none;stroke-width:2.5}@media(prefers-color-scheme:dark){text{fill:#e6edf3}.g{fill:#0d1117}}"
    )

    def place(step: int, value: float) -> tuple[float, float]:
        return left + width * (step + 1) * STEP / (24 * DAYS), top + height * (1.0 - value)

    title = "mean reward as it is known at a moment: failures come first, re-runs hide them"
    size = 'width="780" height="310"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="0 0 780 310" role="img" aria-label="{title}">'
    parts = [
        f'{head}<title>{title}</title><style>{style}</style><rect class="g" {size}/>',
        f'<text x="12" y="22">{title}</text>',
        *(_label(left - 10, top + height * (1 - value) + 4, "end", f"{value:g}") for value in (0, 0.25, 0.5, 0.75, 1)),
        *(_label(left + width * day / DAYS, top + height + 22, "middle", f"day {day}") for day in range(DAYS + 1)),
    ]
    y = top + height * (1.0 - GOOD)
    parts.append(f'<line class="l" x1="{left}" x2="{left + width}" y1="{y:.1f}" y2="{y:.1f}"/>')
    parts.append(f'<text x="{left + width + 10}" y="{y + 4:.0f}">truth</text>')
    for at, (name, values) in enumerate(means.items()):
        places = (place(step, value) for step, value in enumerate(values) if value is not None)
        points = " ".join(f"{x:.1f},{up:.1f}" for x, up in places)
        parts.append(f'<polyline points="{points}" stroke="{COLORS[name]}"><title>{name}</title></polyline>')
        parts.append(
            f'<text x="{left + width + 10}" y="{top + 100 + 18 * at}" style="fill:{COLORS[name]}">{name}</text>'
        )
    return "".join([*parts, "</svg>\n"])


def _label(x: float, y: float, anchor: str, text: str) -> str:
    """Return a text of the axes."""
    return f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}">{text}</text>'


def main() -> int:
    """Return the exit code: 0 when the rule is close enough to the truth."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=40, help="histories that are made up")
    parser.add_argument("--format", choices=("table", "json"), default="table")
    parser.add_argument("--plot", help="file for a drawing (SVG)")
    options = parser.parse_args()
    seeds = (Random(seed) for seed in range(options.seeds))  # noqa: S311  # made-up data, no secret
    means = averaged([looked(*made(chance)) for chance in seeds])
    found = errors(means)
    if options.plot:
        Path(options.plot).write_text(drawn(means), encoding="utf-8")
    if options.format == "json":
        print(json.dumps(found, indent=2))
    else:
        print("\n".join(f"{name:12}{error:+.3f}" for name, error in found.items()))
    return int(abs(found["ratchetry"]) > HIGHEST)


if __name__ == "__main__":
    sys.exit(main())
