"""How long the command line takes to start, beside a bare `import click` in the same run.

usage: cold_start.py [--rounds N] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

COMMANDS = {
    "python -c 'import click'": ("-c", "import click"),
    "ratchetry --version": ("-m", "ratchetry", "--version"),
    "ratchetry --help": ("-m", "ratchetry", "--help"),
}
GOAL = 2.0


def seconds(arguments: Sequence[str]) -> float:
    """Return the wall time of one process, in seconds."""
    began = time.perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


def measure(rounds: int) -> dict[str, float]:
    """Return the median wall time of each command, in seconds, their rounds interleaved."""
    times: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(rounds):
        for name, arguments in COMMANDS.items():
            times[name].append(seconds(arguments))
    return {name: statistics.median(values) for name, values in times.items()}


def main() -> None:
    """Print the table and, if asked to, write the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    medians = measure(options.rounds)
    bare = next(iter(medians.values()))
    print(f"| command | median of {options.rounds} | ratio (goal: at most {GOAL:g}) |\n| --- | --- | --- |")
    for name, median in medians.items():
        print(f"| `{name}` | {1000 * median:.0f} ms | {median / bare:.2f} |")
    if options.json:
        figures = {name: {"seconds": median, "ratio": median / bare} for name, median in medians.items()}
        options.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
