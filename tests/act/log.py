"""What act says of a run, as values."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One job: its identifier, result, steps, the outputs that they set, and all that they printed."""

    id: str
    name: str
    matrix: Mapping[str, str]
    result: str
    steps: Mapping[str, str]
    seconds: Mapping[str, float]
    outputs: Mapping[str, str]
    log: str
    commands: tuple[str, ...]
    """The workflow commands that were obeyed, such as error or warning."""


@dataclass(slots=True, kw_only=True)
class _Growing:
    """A job while its lines are read."""

    id: str
    name: str
    matrix: Mapping[str, str]
    result: str = ""
    steps: dict[str, str] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)


Line = Mapping[str, object]


def read_jobs(lines: Iterable[str]) -> tuple[Job, ...]:
    """Return the jobs of a run in the order in which they began; those that were not run are not among them."""
    growing: dict[tuple[str, str], _Growing] = {}
    for text in lines:
        line = parsed(text)
        if line is None or "jobID" not in line:
            continue
        matrix = line.get("matrix")
        values = {str(key): str(value) for key, value in matrix.items()} if isinstance(matrix, dict) else {}
        name = str(line["job"]).strip()
        key = (name, json.dumps(values, sort_keys=True))
        job = growing.setdefault(key, _Growing(id=str(line["jobID"]), name=name, matrix=values))
        _hear(job, line)
    return tuple(_grown(job) for job in growing.values() if job.result)


def parsed(text: str) -> Line | None:
    """Return one line of act's log, None for one that is none."""
    try:
        line = json.loads(text)
    except ValueError:
        return None
    return line if isinstance(line, dict) else None


def _hear(job: _Growing, line: Line) -> None:
    """Note what a line says of its job."""
    message = str(line.get("msg", ""))
    if "jobResult" in line:
        job.result = str(line["jobResult"])
    if "stepResult" in line and line.get("stage") == "Main" and _depth(line) == 1:
        job.steps[str(line["step"])] = str(line["stepResult"])
        job.seconds[str(line["step"])] = float(str(line.get("executionTime", 0))) / 1e9
    match line.get("command"):
        case "set-output":
            job.outputs[str(line.get("name"))] = str(line.get("arg"))
        case str(command):
            job.commands.append(command)
            if command in {"error", "warning", "notice"}:  # act shows these instead of what was printed
                job.lines.append(str(line.get("arg", "")))
    if line.get("raw_output"):
        job.lines.append(message)


def _depth(line: Line) -> int:
    """Return how deep a step stands in composite actions."""
    path = line.get("stepID")
    return len(path) if isinstance(path, list) else 1


def _grown(job: _Growing) -> Job:
    """Return a job of which everything was read."""
    return Job(
        id=job.id,
        name=job.name,
        matrix=job.matrix,
        result=job.result,
        steps=job.steps,
        seconds=job.seconds,
        outputs=job.outputs,
        log="".join(line if line.endswith("\n") else f"{line}\n" for line in job.lines),
        commands=tuple(job.commands),
    )
