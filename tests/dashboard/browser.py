"""The browser that dashboards are looked at with, and what it was asked to look at."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import msgspec
from filelock import FileLock

CHECKOUT: Final = Path(__file__).parents[2]
DRIVER: Final = CHECKOUT / "tests" / "dashboard" / "driver"


@dataclass(frozen=True, slots=True, kw_only=True)
class Browser:
    """Where the browser, node and the packages of the driver lie."""

    chromium: Path
    node: Path
    packages: Path


def missing() -> str:
    """Return why no browser can be driven on this machine, nothing when one can."""
    browsers = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    if shutil.which("npm") is None:
        return "npm is not installed here, and is needed for the driver of the browser"
    may_install = shutil.which("apt-get") and (os.geteuid() == 0 or shutil.which("sudo"))
    if not may_install and not any(map(shutil.which, browsers)):
        return "Chromium is not installed here, and neither root nor sudo may install it by apt-get"
    return ""


@cache
def browser() -> Browser:
    """Return the browser, installed when it was not; raises CalledProcessError when that fails."""
    tools = CHECKOUT / ".tools"
    tools.mkdir(exist_ok=True)
    script = CHECKOUT / "scripts" / "install_chromium.sh"
    with FileLock(tools / "browser.lock"):  # tests may run in several processes
        done = subprocess.run([script], stdout=subprocess.PIPE, text=True, check=True, timeout=600)
    chromium, packages = done.stdout.split()
    return Browser(chromium=Path(chromium), node=Path(shutil.which("node") or "node"), packages=Path(packages))


def look(program: str, orders: Mapping[str, str | Sequence[str] | Sequence[tuple[str, str]]]) -> dict[str, list[str]]:
    """Return what a program of the driver found: for each check, what is wrong."""
    tools = browser()
    command = (tools.node, DRIVER / program, tools.packages, tools.chromium, json.dumps(orders))
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=180)
    assert done.returncode == 0, done.stderr
    return msgspec.json.decode(done.stdout, type=dict[str, list[str]])
