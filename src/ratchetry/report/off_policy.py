"""What another policy would have earned, for people."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, assert_never

from ratchetry.domain.off_policy import Estimate, Evaluated, Evaluation, NotEvaluated, Support
from ratchetry.report.plain_table import plain_table
from ratchetry.report.text import code, escape_markdown, neutralize, plural

_COLUMNS: Final = ("what", "reward", "95%", "how")


def terminal(found: Evaluation) -> str:
    """Return an evaluation for a terminal."""
    match found:
        case NotEvaluated():
            return neutralize(f"{found.policy}: not measured, because {found.reason}")
        case Evaluated():
            basis = f"{found.policy}: {told(found.support)}"
            return f"{neutralize(basis)}\n\n{plain_table(_COLUMNS, _rows(found))}"
        case _:
            assert_never(found)


def markdown(found: Evaluation) -> str:
    """Return an evaluation in GitHub Flavored Markdown."""
    lines = [f"### What {code(found.policy)} would have earned", ""]
    match found:
        case NotEvaluated():
            lines.append(f"Not measured, because {escape_markdown(found.reason)}.")
        case Evaluated():
            lines += [f"| {' | '.join(_COLUMNS)} |", f"| {' | '.join('---' for _ in _COLUMNS)} |"]
            lines += [f"| {' | '.join(map(escape_markdown, row))} |" for row in _rows(found)]
            lines += ["", escape_markdown(f"Rests on {told(found.support)}.")]
        case _:
            assert_never(found)
    return "\n".join(lines) + "\n"


RENDERERS: Final[Mapping[str, Callable[[Evaluation], str]]] = {"table": terminal, "markdown": markdown}


def told(support: Support) -> str:
    """Return what an estimate rests on."""
    left = f", {plural(support.left_out, 'decision')} left out" if support.left_out else ""
    return (
        f"{plural(support.decisions, 'decision')} with a reward, worth {support.effective:.0f} of the policy's own, "
        f"largest weight {support.largest:.3g}{left}"
    )


def _rows(found: Evaluated) -> list[tuple[str, str, str, str]]:
    """Return the estimates as rows."""
    return [
        ("the policy", *_cells(found.value)),
        ("the policy, checked", *_cells(found.doubly_robust)),
        ("what was chosen", *_cells(found.logged)),
        ("the difference", *_cells(found.gain)),
    ]


def _cells(estimate: Estimate) -> tuple[str, str, str]:
    """Return the value, the interval and the method of an estimate."""
    low, high = estimate.interval
    return f"{estimate.value:.3f}", f"{low:.3f} to {high:.3f}", estimate.estimator
