"""The environment git is called in: what the user chose about programs and logging in, nothing about repositories."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_KEPT: Final = ("GIT_CONFIG_", "GIT_SSL_", "GIT_HTTP_")
_KEPT_NAMES: Final = frozenset({"GIT_ASKPASS", "GIT_EXEC_PATH", "GIT_SSH", "GIT_SSH_COMMAND", "GIT_SSH_VARIANT"})
_QUIET: Final = {
    "LC_ALL": "C",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ALLOW_PROTOCOL": "",
}


def local_environ(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of a call that reaches no remote: no protocol is allowed."""
    return {**{name: value for name, value in environ.items() if _is_kept(name)}, **_QUIET}


def remote_environ(
    environ: Mapping[str, str], configuration: tuple[tuple[str, str], ...], protocols: str
) -> dict[str, str]:
    """Return the environment of a call that may reach the remote.

    The configuration travels in variables, where no list of processes shows it and no file keeps it.
    """
    text = environ.get("GIT_CONFIG_COUNT", "")
    first = int(text) if text.isdecimal() and len(text) < 6 else 0
    variables = {"GIT_CONFIG_COUNT": str(first + len(configuration)), "GIT_ALLOW_PROTOCOL": protocols}
    for number, (key, value) in enumerate(configuration, start=first):
        variables[f"GIT_CONFIG_KEY_{number}"] = key
        variables[f"GIT_CONFIG_VALUE_{number}"] = value
    return {**local_environ(environ), **variables}


def _is_kept(name: str) -> bool:
    """Tell whether a variable is passed on: GIT_DIR and its like would make git speak of another repository."""
    return not name.startswith("GIT_") or name.startswith(_KEPT) or name in _KEPT_NAMES
