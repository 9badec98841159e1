"""A copy of ratchetry's workflows that act can run, and the tokens that GitHub would give to their jobs.

What act cannot do is written out: `$/` becomes the address of this repository at the running commit, and each job's
`github.token` a token of its own with the permissions that the workflow states for that job.  A flat copy also has
called workflows of one job written into their callers, because act ends a run as soon as a called workflow fails,
where GitHub still runs the jobs that asked for it.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from yaml.nodes import MappingNode

from tests.act import nodes
from tests.act.toolchain import CHECKOUT

REPOSITORY: Final = "ratchetry/ratchetry"
NEEDED: Final = (".github", "src/ratchetry", "requirements", "pyproject.toml", "README.md", "LICENSE")
LEVELS: Final = {"none": 0, "read": 1, "write": 2}
_EXPRESSION: Final = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)
_TOKEN: Final = re.compile(r"\bgithub\.token\b|\bsecrets\.GITHUB_TOKEN\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A copy that act can run, at a commit, and the permissions behind each token that is written into it."""

    root: Path
    ref: str
    tokens: Mapping[str, Mapping[str, str]]


def prepared(target: Path, *, ref: str, flat: bool = False, only: tuple[str, ...] = ()) -> Source:
    """Return a copy of ratchetry below a directory whose workflows act can run.

    With `only`, the main workflow has these jobs and no others, as when failed jobs are run again.

    Raises ValueError when GitHub would refuse a workflow: a called job wants more than its caller may.
    """
    for name in _tracked(CHECKOUT):
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(CHECKOUT / name, target / name)
    workflows = sorted((target / ".github" / "workflows").glob("*.yml"))
    refuse_escalation(workflows)
    if flat:
        for path in workflows:
            _flatten(path)
    if only:
        _reduce(target / ".github" / "workflows" / "ci-main.yml", only)
    tokens: dict[str, Mapping[str, str]] = {}
    for path in workflows:
        tokens |= make_runnable(path, ref)
    for path in (target / ".github" / "actions").glob("*/action.yml"):
        make_runnable(path, ref)
    return Source(root=target, ref=ref, tokens=tokens)


def _tracked(origin: Path) -> list[str]:
    """Return the files that a commit of everything would have, below what an installation needs."""
    command = ("git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", "--", *NEEDED)
    done = subprocess.run(command, cwd=origin, capture_output=True, text=True, check=True)
    return [name for name in done.stdout.split("\0") if name and (origin / name).is_file()]


def make_runnable(path: Path, ref: str) -> Mapping[str, Mapping[str, str]]:
    """Write a workflow or action as act can run it, and return the permissions behind the tokens in it."""
    root = nodes.read(path)
    nodes.drop(root, "concurrency")  # act takes no part in it, and refuses `queue`
    for key, scalar in nodes.scalars(root):
        if key == "uses" and scalar.value.startswith("$/"):
            scalar.value = f"{REPOSITORY}/{scalar.value[2:]}@{ref}"
    tokens = {}
    for name, job in nodes.items(nodes.get(root, "jobs")):
        if nodes.get(job, "steps") is None:
            continue
        token = f"ghs_{path.stem}_{name}".replace("-", "_")
        tokens[token] = permissions(root, nodes.mapping(job))
        _give_token(nodes.mapping(job), token)
    nodes.write(path, root)
    return tokens


def permissions(workflow: MappingNode, job: MappingNode) -> Mapping[str, str]:
    """Return what the token of a job may do; what is not stated may not be done.

    Raises ValueError when neither the job nor the workflow states anything: the default is the repository's.
    """
    stated = nodes.get(job, "permissions") or nodes.get(workflow, "permissions")
    if stated is None:
        msg = "no permissions are stated"
        raise ValueError(msg)
    return {name.replace("-", "_"): nodes.text(level) for name, level in nodes.items(stated)}


def refuse_escalation(workflows: list[Path]) -> None:
    """Raise ValueError when a job of a called workflow asks for more than its caller may give."""
    roots = {path.name: nodes.read(path) for path in workflows}
    for name, root in roots.items():
        for caller, job in nodes.items(nodes.get(root, "jobs")):
            called = nodes.text(nodes.get(job, "uses")).rpartition("/")[2]
            if called not in roots:
                continue
            given = permissions(root, nodes.mapping(job))
            for inner, wanted in nodes.items(nodes.get(roots[called], "jobs")):
                for what, level in permissions(roots[called], nodes.mapping(wanted)).items():
                    if LEVELS[level] > LEVELS[given.get(what, "none")]:
                        msg = f"{name}: {caller} gives {called} no {what}: {level}, which its job {inner} asks for"
                        raise ValueError(msg)


def _give_token(job: MappingNode, token: str) -> None:
    """Write a job's token where it asks for it, and into a variable for stand-ins that take it themselves."""
    for key, scalar in nodes.scalars(job):
        if key == "if":
            continue
        scalar.value = _EXPRESSION.sub(lambda found: _TOKEN.sub(f"'{token}'", found[0]), scalar.value)
    environment = nodes.get(job, "env") or nodes.of({})
    nodes.put(nodes.mapping(environment), "ACT_JOB_TOKEN", nodes.of(token))
    nodes.put(job, "env", environment)


def _flatten(path: Path) -> None:
    """Write a workflow with the jobs that it calls as jobs of its own, where a call is of one job."""
    root = nodes.read(path)
    jobs = nodes.get(root, "jobs")
    for name, job in list(nodes.items(jobs)):
        called = nodes.text(nodes.get(job, "uses"))
        if not called.startswith("$/.github/workflows/stage-"):
            continue
        nodes.put(nodes.mapping(jobs), name, _inlined(nodes.mapping(job), nodes.read(path.parent / Path(called).name)))
    nodes.write(path, root)


def _reduce(path: Path, only: tuple[str, ...]) -> None:
    """Write a workflow with no more than some of its jobs."""
    root = nodes.read(path)
    jobs = nodes.mapping(nodes.get(root, "jobs"))
    jobs.value = [(key, job) for key, job in jobs.value if key.value in only]
    for _, job in nodes.items(jobs):
        needs = nodes.get(job, "needs")
        if needs is not None:
            needs.value = [one for one in needs.value if one.value in only]
    nodes.write(path, root)


def _inlined(caller: MappingNode, called: MappingNode) -> MappingNode:
    """Return the one job of a called workflow with the caller's inputs and conditions."""
    ((_, job),) = nodes.items(nodes.get(called, "jobs"))
    job = nodes.copied(nodes.mapping(job))
    # `on` is a truth value in YAML 1.1, its text is a word
    inputs = nodes.get(nodes.mapping(nodes.get(nodes.mapping(nodes.get(called, "on")), "workflow_call")), "inputs")
    given = dict(nodes.items(nodes.get(caller, "with")))
    values = {
        name: _as_expression(nodes.text(given.get(name) or nodes.get(described, "default")))
        for name, described in nodes.items(inputs)
    }
    for _, scalar in nodes.scalars(job):
        scalar.value = _EXPRESSION.sub(lambda found: _filled(found[0], values), scalar.value)
    for key in ("if", "needs"):
        value = nodes.get(caller, key)
        if value is not None and nodes.get(job, key) is not None:
            msg = f"both the caller and the called job state {key}"
            raise ValueError(msg)
        if value is not None:
            nodes.put(job, key, value)
    return job


def _filled(expression: str, values: Mapping[str, str]) -> str:
    """Return an expression with the values of inputs in their place."""
    return re.sub(r"\binputs\.([\w-]+)", lambda found: values[found[1]], expression)


def _as_expression(value: str) -> str:
    """Return the value of an input as a part of an expression."""
    whole = _EXPRESSION.fullmatch(value.strip())
    if whole:
        return f"({whole[1].strip()})"
    if "${{" in value:
        msg = f"{value!r} mixes text and expressions"
        raise ValueError(msg)
    return value if value in {"true", "false"} else f"'{value}'"
