"""Small repositories whose workflows are run: measured in seconds, with the stubs that ratchetry's users have."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from tests.act import nodes
from tests.act.toolchain import CHECKOUT
from tests.e2e.repositories import committed, sound, write

CI = ".github/workflows/ci.yml"


def measured(
    root: Path,
    *,
    stages: str = "validate,test",
    pythons: tuple[str, ...] = ("3.13",),
    files: Mapping[str, str] | None = None,
    without: tuple[str, ...] = ("findings",),
) -> str:
    """Write a repository with our own workflows and return its commit; stages and Pythons are inputs of the call."""
    sound(root)
    write(root, files or {})
    (root / ".github" / "workflows").mkdir(parents=True, exist_ok=True)
    for name in ("ci.yml", "pr-feedback.yml", "learning-feedback.yml", "manual-log.yml", "manual-tasks.yml"):
        original = CHECKOUT / ".github" / "workflows" / name
        (root / ".github" / "workflows" / name).write_bytes(original.read_bytes())
    stub = nodes.read(root / CI)
    jobs = nodes.mapping(nodes.get(stub, "jobs"))
    jobs.value = [(key, job) for key, job in jobs.value if key.value not in without]
    call = nodes.mapping(nodes.get(jobs, "ratchetry"))
    nodes.put(call, "with", nodes.of({"stages": stages, "python-versions": json.dumps(pythons)}))
    nodes.write(root / CI, stub)
    return committed(root)
