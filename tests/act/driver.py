"""Runs a workflow with act, as GitHub would run it for an event, and returns what came of it."""

from __future__ import annotations

import json
import os
import re
import secrets
import signal
import socket
import subprocess
import threading
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from io import BytesIO
from pathlib import Path
from time import monotonic
from typing import Final

from tests.act import nodes
from tests.act.artifact_service import Uploaded
from tests.act.log import Job, Line, parsed, read_jobs
from tests.act.prepare import REPOSITORY, Source, make_runnable
from tests.act.world import World
from tests.e2e.processes import marked
from tests.github.fake import Incoming

STAND_INS: Final = {  # act does actions/checkout itself: it copies the checkout, all of ours ask for no other
    "actions/upload-artifact": "upload-artifact",
    "actions/download-artifact": "download-artifact",
    "actions/setup-python": "setup-python",
    "github/codeql-action": ".",  # has many actions, of which one is here
}
PASSED_ON: Final = re.compile(r"^(PIP|UV)_|CERT|CA_BUNDLE|CAINFO|_PROXY$", re.IGNORECASE)
SYSTEM: Final = "/usr/local/bin:/usr/bin:/bin"


@dataclass(frozen=True, kw_only=True)
class Trigger:
    """Why a workflow runs: the event, its payload, and the numbers of the run."""

    event: str
    run_id: int
    payload: Mapping[str, object] = field(default_factory=dict)
    attempt: int = 1
    ref: str = "refs/heads/main"
    inputs: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class ActRun:
    """What came of a run: act's exit status, the jobs, and what GitHub saw of it."""

    code: int
    jobs: tuple[Job, ...]
    lines: tuple[str, ...]
    artifacts: tuple[Uploaded, ...]
    requests: tuple[Incoming, ...]
    seconds: float

    @cached_property
    def log(self) -> str:
        """Return everything that the jobs printed."""
        return "".join(job.log for job in self.jobs) or "".join(self.lines[-20:])

    def job(self, name: str) -> Job:
        """Return the one job of an identifier."""
        (job,) = [job for job in self.jobs if job.id == name and job.steps]
        return job

    @property
    def results(self) -> dict[str, str]:
        """Return how each job ended; `test (3.13)` for one of a matrix."""
        return {
            f"{job.id} ({', '.join(job.matrix.values())})" if job.matrix else job.id: job.result
            for job in self.jobs
            if job.steps
        }

    def artifact(self, name: str) -> dict[str, bytes]:
        """Return the files of an artifact of this run."""
        (found,) = [one for one in self.artifacts if one.name == name]
        with zipfile.ZipFile(BytesIO(found.archive)) as archive:
            return {entry: archive.read(entry) for entry in archive.namelist()}

    @property
    def artifact_names(self) -> tuple[str, ...]:
        """Return the names of the artifacts that were uploaded."""
        return tuple(one.name for one in self.artifacts)


def run_workflow(
    world: World,
    checkout: Path,
    workflow: str,
    trigger: Trigger,
    *,
    source: Source | None = None,
    environ: Mapping[str, str] | None = None,
    cancel_when: Callable[[Line], bool] | None = None,
    timeout: float = 240,
    flags: tuple[str, ...] = (),
) -> ActRun:
    """Return what came of running a workflow of a checkout for an event; it must be committed there.

    Raises AssertionError with act's log when it takes too long or leaves processes behind.
    """
    source = source or world.source
    place = world.scratch / f"act-{secrets.token_hex(4)}"
    command = [
        *_command(world, source, checkout / workflow, trigger, place),
        *_environment_flags(world, trigger),
        *flags,
    ]
    before = len(world.github.requests)
    started = monotonic()
    mark = f"RATCHETRY_ACT_{secrets.token_hex(8)}"
    variables = {**_environment(world, place), **world.environ, **(environ or {}), mark: "1"}
    code, lines = _watched(command, checkout, variables, cancel_when, timeout)
    seconds = monotonic() - started
    left = _ended(mark)
    assert not left, f"processes of the run were left behind: {left}"
    assert code is not None, "act did not end in time:\n" + "".join(lines[-60:])
    return ActRun(
        code=code,
        jobs=read_jobs(lines),
        lines=tuple(lines),
        artifacts=world.artifacts.of_run(trigger.run_id),
        requests=tuple(world.github.requests[before:]),
        seconds=seconds,
    )


def _command(world: World, source: Source, original: Path, trigger: Trigger, place: Path) -> list[str]:
    """Return act's command line without variables, with everything written that it reads."""
    place.mkdir(parents=True)
    runnable = place / "workflow" / original.name
    runnable.parent.mkdir()
    runnable.write_bytes(original.read_bytes())
    for token, allowed in make_runnable(runnable, source.ref).items():
        world.github.state.add_token(token, **allowed)
    (place / "event.json").write_text(json.dumps({**trigger.payload, "inputs": dict(trigger.inputs)}))
    local = [f"--local-repository={name}={path}" for name, path in _stand_ins(world, source, runnable).items()]
    return [
        str(world.tools.act),
        trigger.event,
        "--json",
        f"--eventpath={place / 'event.json'}",
        f"--workflows={runnable}",
        "--platform=ubuntu-latest=-self-hosted",
        "--action-offline-mode",
        "--no-cache-server",
        f"--artifact-server-path={place / 'unused'}",
        "--artifact-server-addr=127.0.0.1",
        f"--artifact-server-port={_free_port()}",
        "--defaultbranch=main",
        "--actor=octocat",
        *local,
        # what a job is not given by name is worth nothing
        "--secret=GITHUB_TOKEN=ghs_not_given",
    ]


def _stand_ins(world: World, source: Source, workflow: Path) -> dict[str, Path]:
    """Return the directory that stands in for each remote repository which the workflow or the source uses."""
    files = [workflow, *(source.root / ".github").rglob("*.yml")]
    used = {value.value for path in files for key, value in nodes.scalars(nodes.read(path)) if key == "uses"}
    found = {}
    for address in sorted(used):
        if address.startswith("./"):
            continue
        path, _, ref = address.partition("@")
        name = "/".join(path.split("/")[:2])
        if name == REPOSITORY:
            found[f"{name}@{ref}"] = source.root
        elif name in STAND_INS:
            found[f"{name}@{ref}"] = world.tools.shims / STAND_INS[name]
    return found


def _environment(world: World, place: Path) -> dict[str, str]:
    """Return the variables of act's process, which it hands on to the steps."""
    home = place / "home"
    home.mkdir()
    kept = {name: value for name, value in os.environ.items() if PASSED_ON.search(name)}
    return {
        **kept,
        "PATH": f"{world.tools.node.parent}:{SYSTEM}",
        "HOME": str(home),
        "LC_ALL": "C.UTF-8",
        "TERM": "dumb",  # act gives steps a terminal, GitHub does not
        "XDG_CACHE_HOME": str(place / "cache"),
        "XDG_CONFIG_HOME": str(place / "config"),
        "ACTIONS_RUNTIME_URL": f"{world.artifacts.address}/",
        "UV_CACHE_DIR": str(world.tools.caches / "uv-cache"),
        "PIP_CACHE_DIR": str(world.tools.caches / "pip-cache"),
        "RATCHETRY_ACT_PYTHONS": str(world.tools.caches / "pythons"),
        "GIT_CONFIG_GLOBAL": os.devnull,
    }


def _environment_flags(world: World, trigger: Trigger) -> list[str]:
    """Return the flags for variables that GitHub sets for a run and act takes from outside."""
    values = {
        "GITHUB_API_URL": world.github.url,
        "GITHUB_REPOSITORY": world.repository.full_name,
        "GITHUB_RUN_ID": str(trigger.run_id),
        "GITHUB_RUN_ATTEMPT": str(trigger.attempt),
        "GITHUB_REF": trigger.ref,
        # act has none, and the name of a called workflow instead of its caller's
        "GITHUB_WORKFLOW_REF": f"{world.repository.full_name}/{world.run(trigger.run_id).path}@{trigger.ref}",
    }
    return [f"--env={name}={value}" for name, value in values.items()]


def _watched(
    command: list[str],
    checkout: Path,
    environ: Mapping[str, str],
    cancel_when: Callable[[Line], bool] | None,
    timeout: float,
) -> tuple[int | None, list[str]]:
    """Return the exit status, None for a process that had to be killed, and the lines that it printed."""
    process = subprocess.Popen(
        command,
        cwd=checkout,
        env=dict(environ),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    lines: list[str] = []

    def listen() -> None:
        pending = cancel_when
        for line in process.stdout or ():
            lines.append(line)
            if pending and pending(parsed(line) or {}):
                pending = None
                process.send_signal(signal.SIGINT)

    thread = threading.Thread(target=listen)
    thread.start()
    try:
        code: int | None = process.wait(timeout)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        code = None
    thread.join(10)
    if process.stdout:
        process.stdout.close()
    return code, lines


def _ended(mark: str) -> list[int]:
    """Return the processes that a run left behind, each of them killed: act gives steps groups of their own."""
    left = marked(mark)
    for pid in left:
        os.kill(pid, signal.SIGKILL)
    return left


def _free_port() -> int:
    """Return a port that is free now; act's own service for artifacts must listen, though nothing asks it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
