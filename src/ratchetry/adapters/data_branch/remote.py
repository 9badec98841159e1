"""Where a history is sent to, and how to log in there: what the user's git is configured to do, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from ratchetry.adapters.data_branch.calls import Git
from ratchetry.adapters.data_branch.environment import local_environ
from ratchetry.adapters.data_branch.login import login, redacted
from ratchetry.errors import UsageError

NAME: Final = "ratchetry"
"""What the remote is called in the configuration of our own repository."""
_CARRIED: Final = re.compile(
    r"(?:http|url|credential)\..+|core\.(?:sshcommand|gitproxy|askpass)|ssh\.variant", re.DOTALL
)
_OF_REMOTE: Final = frozenset({"url", "pushurl", "proxy", "proxyauthmethod"})
_SCHEMES: Final = frozenset({"https", "ssh", "file"})
_SCP: Final = re.compile(r"(?:[^/@:\s]+@)?[A-Za-z0-9._-]+:(?!//).+")
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_TIMEOUT: Final = 60.0

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Remote:
    """A remote: what people may read of its address, and the configuration that reaches it, which may be secret."""

    shown: str
    configuration: Pairs
    protocols: str
    secrets: tuple[str, ...] = ()


def find_remote(root: Path, name: str, environ: Mapping[str, str]) -> Remote:
    """Return the remote of a name in the repository at `root`, or the one at an address.

    Raises UsageError when there is none, or its address is of a protocol that is not used.
    """
    scoped = tuple(_configuration(root, environ))
    of_remote = tuple(
        (key.rpartition(".")[2].lower(), value)
        for _, key, value in scoped
        if key.startswith(f"remote.{name}.") and key.rpartition(".")[2].lower() in _OF_REMOTE
    )
    own = dict(reversed(of_remote))
    address = own.get("url") or _as_address(root, name, scoped)
    pushed = own.get("pushurl", "")
    hosts = [_checked(place) for place in (address, pushed) if place]
    carried = tuple((key, value) for scope, key, value in scoped if scope in {"local", "worktree"} if _carried(key))
    header = login(pushed or address, environ)
    values = {**own, "url": _absolute(root, address), **({"pushurl": _absolute(root, pushed)} if pushed else {})}
    protocols = [*sorted(_SCHEMES), *(["http"] if any(host in _LOOPBACK for host in hosts) else [])]
    return Remote(
        shown=redacted(address),
        configuration=(*carried, *((f"remote.{NAME}.{key}", value) for key, value in values.items()), *header.pairs),
        protocols=":".join(protocols),
        secrets=header.secrets,
    )


def _configuration(root: Path, environ: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """Yield scope, key and value of git's configuration for a directory, which need not be a repository.

    Raises UsageError when git refuses to read it.
    """
    answer = Git(root, local_environ(environ), timeout=_TIMEOUT)("config", "--list", "--includes", "--show-scope", "-z")
    if answer.code != 0:
        msg = f"git cannot read its configuration in {root}: {answer.err.strip()[:500]}"
        raise UsageError(msg)
    parts = answer.out.decode("utf-8", "surrogateescape").split("\0")
    for scope, entry in zip(parts[::2], parts[1::2], strict=False):
        key, separator, value = entry.partition("\n")
        yield scope, key, value if separator else "true"


def _as_address(root: Path, name: str, scoped: tuple[tuple[str, str, str], ...]) -> str:
    """Return a name that is an address or a directory; raises UsageError when it is neither."""
    if "://" in name or _SCP.fullmatch(name) or (("/" in name or "." in name) and (root / name).is_dir()):
        return name
    names = sorted({key.split(".", 1)[1].rpartition(".")[0] for _, key, _ in scoped if key.startswith("remote.")})
    known = f"there are {', '.join(names)}" if names else f"git knows of none in {root}"
    msg = f"no remote is called {name!r}: {known}; name one, or an address, with --remote or the setting history-remote"
    raise UsageError(msg)


def _checked(address: str) -> str:
    """Return the host of an address; raises UsageError when its protocol is not one that is used."""
    if "://" not in address:
        if "::" in address:
            _refuse(address.partition("::")[0])
        return ""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError as error:
        msg = f"the remote's address makes no sense: {redacted(address)[:200]!r}"
        raise UsageError(msg) from error
    if parts.scheme not in _SCHEMES and not (parts.scheme == "http" and host in _LOOPBACK):
        _refuse(parts.scheme)
    return host if parts.scheme == "http" else ""


def _refuse(protocol: str) -> None:
    """Raise UsageError for a protocol."""
    msg = f"the remote's address is of the protocol {protocol[:40]!r}; a history is shared over https, ssh or file only"
    raise UsageError(msg)


def _absolute(root: Path, address: str) -> str:
    """Return an address as it means the same in any directory."""
    if "://" in address or (_SCP.fullmatch(address) and not (root / address).exists()):
        return address
    return str((root / Path(address).expanduser()).resolve())


def _carried(key: str) -> bool:
    """Tell whether a setting of the user's repository is needed to reach its remotes."""
    return _CARRIED.fullmatch(key) is not None
