"""From raw rounds to metrics: names, medians and spreads."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from ratchetry.collect.stage import measured
from ratchetry.domain.fingerprint import short_hash
from ratchetry.domain.record import Benchmark, Metric

ROUNDS_KEPT: Final = 10_000
_NAME_LIMIT: Final = 200
_UNSAFE: Final = re.compile(r"[^A-Za-z0-9_.\[\]-]")


def metrics_of(benchmarks: Iterable[Benchmark]) -> dict[str, Metric]:
    """Return `benchmark.<name>` for each benchmark: the median of all its rounds, with their interquartile range.

    Median, because noise on a shared machine only ever adds time (Chen and Revels, "Robust benchmarking in noisy
    environments", 2016, https://arxiv.org/abs/1608.04295); quantiles are numpy's, linearly interpolated (type 7).
    """
    import numpy as np

    rows = tuple(benchmarks)
    names = metric_names(row.name for row in rows)
    metrics = {}
    for row in rows:
        lower, middle, upper = (float(value) for value in np.quantile(np.asarray(row.rounds), (0.25, 0.5, 0.75)))
        name, metric = measured(names[row.name], middle, "benchmark", n=len(row.rounds), spread=max(0.0, upper - lower))
        metrics[name] = metric
    return metrics


def thinned(benchmark: Benchmark, limit: int = ROUNDS_KEPT) -> Benchmark:
    """Return a benchmark with at most `limit` of its rounds, evenly spaced from the first to the last.

    Its statistics still say how many were measured (`rounds_measured`).
    """
    count = len(benchmark.rounds)
    if count <= limit:
        return benchmark
    last, steps = count - 1, limit - 1
    return replace(benchmark, rounds=tuple(benchmark.rounds[index * last // steps] for index in range(limit)))


def metric_names(tests: Iterable[str], family: str = "benchmark") -> dict[str, str]:
    """Return the metric's name for each test: its identifier with dots for the separators, all else made safe.

    `tests/test_a.py::TestB::test_c[1-2]` becomes `benchmark.tests.test_a.TestB.test_c[1-2]`.  Other characters than
    letters, digits and `_.-[]` become `_`; then, and when the name was cut or two tests would share it, `~` and a
    hash of the identifier follow, so that names stay unique and the same in every run.
    """
    unique = sorted(set(tests))
    plain = {test: _dotted(test) for test in unique}
    shared = Counter(plain.values())
    return {test: f"{family}.{_final(test, plain[test], ambiguous=shared[plain[test]] > 1)}" for test in unique}


def _dotted(test: str) -> str:
    """Return a test's identifier with dots for `/` and `::`, without `.py`; its parameters stay as they are."""
    place, bracket, parameters = test.partition("[")
    path, colons, names = place.partition("::")
    return f"{path.removesuffix('.py').replace('/', '.')}{colons}{names}".replace("::", ".") + bracket + parameters


def _final(test: str, dotted: str, *, ambiguous: bool) -> str:
    """Return the name of the metric in its family, with a hash where the plain name would not be unique."""
    safe = _UNSAFE.sub("_", dotted)
    if safe == dotted and len(safe) <= _NAME_LIMIT and not ambiguous:
        return safe
    return f"{safe[:_NAME_LIMIT]}~{short_hash(test)[:8]}"
