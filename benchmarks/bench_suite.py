"""A small project with eight benchmarks, as git refs of which one does a known share more work.

Each benchmark works through a batch of equal units, 100 at the tag `fast` or, for some that take longer than the slices
in which a busy processor is shared, 1,000. At tags named after a share, such as `plus10`, batches have so many percent
more: what is slower, and by how much, is known by construction.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Final

UNITS: Final = 100
LARGE: Final = frozenset({"dump_json", "find_pairs", "walk_tree"})
"""The functions whose batches are ten times as large."""

_WORK: Final = '''
"""Eight kinds of work, each done for a number of equal units."""

import json
import random
import re

WORD = re.compile(r"(?P<name>[a-z]+)=(?P<value>\\d+(?:\\.\\d+)?)")
TEXTS = tuple(" ".join(f"key{chr(97 + n % 26)}={n * 7 % 1000}.{n}" for n in range(12)) for _ in range(40))
LINES = tuple(f"{n},{n * 3 % 97},name{n % 13},{n / 7:.3f}" for n in range(40))
NUMBERS = tuple(random.Random(7).random() for _ in range(150))
DOCUMENT = {"items": [{"id": n, "name": f"item {n}", "tags": ["a", "b"], "price": n / 3} for n in range(6)]}
JSON = json.dumps(DOCUMENT)


def parse_lines(units):
    """Split lines of comma-separated values, convert their fields, and add them up."""
    total = 0.0
    for unit in range(units):
        for line in LINES[:12]:
            number, second, _name, value = line.split(",")
            total += int(number) * int(second) + float(value)
    return total


def sort_numbers(units):
    """Sort lists by a key."""
    for unit in range(units):
        ordered = sorted(NUMBERS, key=lambda value: -value)
    return ordered


def load_json(units):
    """Decode documents."""
    for unit in range(units):
        document = json.loads(JSON)
    return document


def dump_json(units):
    """Encode documents."""
    for unit in range(units):
        text = json.dumps(DOCUMENT)
    return text


def find_pairs(units):
    """Find names and values in texts."""
    found = 0
    for unit in range(units):
        found += sum(len(match["value"]) for match in WORD.finditer(TEXTS[unit % 40]))
    return found


def count_words(units):
    """Count words in a dictionary and invert it."""
    for unit in range(units):
        counts = {}
        for word in TEXTS[unit % 40].split():
            counts[word] = counts.get(word, 0) + 1
        inverted = {}
        for word, count in counts.items():
            inverted.setdefault(count, []).append(word)
    return inverted


def build_text(units):
    """Put texts together from parts."""
    parts = []
    for unit in range(units):
        parts.append("; ".join(f"{unit}:{number}={number * unit:>8x}" for number in range(20)))
    return len("\\n".join(parts))


def walk_tree(units):
    """Build trees of small objects and sum them up recursively."""
    total = 0
    for unit in range(units):
        total += _sum(_tree(4, unit))
    return total


class Node:
    def __init__(self, value, children):
        self.value = value
        self.children = children


def _tree(depth, value):
    return Node(value, [_tree(depth - 1, value + n) for n in range(2)] if depth else [])


def _sum(node):
    return node.value + sum(_sum(child) for child in node.children)
'''
NAMES: Final = (
    *("parse_lines", "sort_numbers", "load_json", "dump_json"),
    *("find_pairs", "count_words", "build_text", "walk_tree"),
)
"""The functions, each of which has a benchmark."""


def make_project(root: Path, shares: Sequence[int]) -> None:
    """Write the project, commit it as `fast`, and with so many percent more work as `plus5` and the like."""
    root.mkdir(parents=True, exist_ok=True)
    _git(root, "init", "-q", "-b", "main")
    (root / "kit.py").write_text(_WORK.lstrip(), encoding="utf-8")
    for tag, share in (("fast", 0), *((f"plus{share}", share) for share in shares)):
        (root / "bench_kit.py").write_text(_benchmarks(share), encoding="utf-8")
        _git(root, "add", "-A")
        _git(root, "commit", "-q", "-m", tag)
        _git(root, "tag", tag)


def _benchmarks(share: int) -> str:
    """Return the file with the benchmarks, each of so many percent more units."""
    batches = {name: UNITS * (10 if name in LARGE else 1) * (100 + share) // 100 for name in NAMES}
    functions = (
        f"def test_{name}(benchmark):\n    benchmark(kit.{name}, {units})\n" for name, units in batches.items()
    )
    return "import kit\n\n\n" + "\n\n".join(functions)


def _git(root: Path, *arguments: str) -> None:
    """Run git in the project."""
    git = shutil.which("git") or "git"
    who = ("-c", "user.name=benchmark", "-c", "user.email=benchmark@example.org")
    subprocess.run((git, *who, "-c", "commit.gpgsign=false", *arguments), cwd=root, check=True, capture_output=True)
