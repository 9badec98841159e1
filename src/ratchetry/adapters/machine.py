"""The machine that a run is measured on."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from ratchetry.domain.record import Runner

_LONGEST: Final = 200


def runner(python_version: str) -> Runner:
    """Return the machine's operating system, processor and usable cores, with the Python that runs the tests."""
    return Runner(os=_system()[:_LONGEST], cpu_model=_cpu_model()[:_LONGEST], cores=cores(), python=python_version)


def cores() -> int:
    """Return how many processors this process may use, at least 1: its affinity counts, not the machine's size."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0)) or 1
    return os.cpu_count() or 1


def load() -> tuple[float, ...]:
    """Return the load average of the last minute, nothing where the system does not tell."""
    try:
        return (round(os.getloadavg()[0], 2),)
    except (AttributeError, OSError):
        return ()


def tells_waiting() -> bool:
    """Tell whether the system says how long a thread has waited for a processor."""
    return os.access("/proc/self/schedstat", os.R_OK)


def model_of(cpuinfo: Iterable[str]) -> str:
    """Return the processor's name from the lines of /proc/cpuinfo, empty where the kernel gives none, as on ARM."""
    for line in cpuinfo:
        name, _, value = line.partition(":")
        if name.strip() in {"model name", "Model", "cpu model"} and value.strip():
            return " ".join(value.split())
    return ""


def _cpu_model() -> str:
    """Return the processor's name, or its architecture when the system does not tell more."""
    return _named_model() or platform.processor() or platform.machine() or "unknown"


def _named_model() -> str:
    """Return the processor's name as the operating system gives it, empty when it gives none."""
    try:
        if sys.platform == "linux":
            with Path("/proc/cpuinfo").open(encoding="utf-8", errors="replace") as lines:
                return model_of(lines)
        if sys.platform == "darwin":
            argv = ("/usr/sbin/sysctl", "-n", "machdep.cpu.brand_string")
            answer = subprocess.run(argv, capture_output=True, text=True, timeout=5, check=False)
            return answer.stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return ""
    return ""


def _system() -> str:
    """Return the operating system with its version and architecture, such as "Debian GNU/Linux 12 (x86_64)"."""
    try:
        name = platform.freedesktop_os_release().get("PRETTY_NAME", "")
    except OSError:
        name = ""
    return f"{name or f'{platform.system()} {platform.release()}'} ({platform.machine()})"
