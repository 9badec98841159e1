"""The emulator as a process on the loopback device, with two accounts of people and two of apps."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from time import monotonic, sleep
from typing import Final

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.github.fake import ALL

CHECKOUT: Final = Path(__file__).parents[3]
OWNER: Final = "octocat"
PEOPLE: Final = {"octocat": "ghp_octocat", "mallory": "ghp_mallory"}
APPS: Final = {"github-actions[bot]": 1, "ratchet-app[bot]": 2}
"""The accounts of apps with their numbers, which are those of their installations as well."""

_PATIENCE: Final = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Emulator:
    """Where the emulator listens, and the key with which apps ask it for tokens."""

    url: str
    key: str

    def app_token(self, login: str, permissions: Mapping[str, str]) -> str:
        """Return a token of an app's installation that may do this, and nothing else."""
        from github import Auth, GithubIntegration

        number = APPS[login]
        app = GithubIntegration(auth=Auth.AppAuth(number, self.key), base_url=self.url, seconds_between_requests=None)
        try:
            return app.get_access_token(number, dict(permissions)).token
        finally:
            app.close()


def missing() -> str:
    """Return why the emulator cannot be had on this machine, nothing when it can."""
    return "" if shutil.which("npm") else "npm is not installed here, and is needed to install the emulator of GitHub"


@contextmanager
def emulator(scratch: Path) -> Iterator[Emulator]:
    """Yield the emulator, installed when it was not, which runs while the body does.

    Raises CalledProcessError when it cannot be installed, AssertionError with what it said when it does not start.
    """
    node, program = _installed()
    port, seed = _free_port(), scratch / "seed.json"
    running = Emulator(url=f"http://127.0.0.1:{port}", key=_new_key())
    seed.write_text(json.dumps(_seed(running.key)), encoding="utf-8")
    command = [node, program, "start", "--service", "github", "--port", str(port), "--base-url", running.url]
    log = scratch / "log.txt"
    with (
        log.open("wb") as output,
        subprocess.Popen([*command, "--seed", seed], cwd=scratch, stdout=output, stderr=subprocess.STDOUT) as process,
    ):
        try:
            _await(process, port, log)
            yield running
        finally:
            process.terminate()


@cache
def _installed() -> tuple[str, str]:
    """Return where node and the emulator's program lie."""
    script = CHECKOUT / "scripts" / "install_emulator.sh"
    done = subprocess.run([script, sys.executable], stdout=subprocess.PIPE, text=True, check=True, timeout=300)
    node, program = done.stdout.splitlines()
    return node, program


def _await(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    """Wait until the process listens; raises AssertionError with what it said when it does not."""
    end = monotonic() + _PATIENCE
    while monotonic() < end and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            sleep(0.02)
        else:
            return
    msg = f"the emulator does not listen:\n{log.read_text(encoding='utf-8', errors='replace')}"
    raise AssertionError(msg)


def _free_port() -> int:
    """Return a port that nobody listened on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _new_key() -> str:
    """Return a private key as GitHub gives it to apps."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()).decode()


def _seed(key: str) -> dict[str, object]:
    """Return the accounts that there are to begin with."""
    apps = [
        {
            "app_id": number,
            "slug": login.removesuffix("[bot]"),
            "name": login,
            "private_key": key,
            "permissions": ALL,
            "installations": [{"installation_id": number, "account": OWNER}],
        }
        for login, number in APPS.items()
    ]
    return {
        "tokens": {token: {"login": login, "scopes": ["repo", "user"]} for login, token in PEOPLE.items()},
        "github": {"users": [{"login": login} for login in PEOPLE], "apps": apps},
    }
