"""A process of its own that runs detect-secrets over a list of files.

`python -m ratchetry.adapters.secret_scanner JOB` reads a job as JSON from a file and prints a report as JSON.
detect-secrets' own command line takes paths as arguments, of which a large repository has more than a system
allows, and hands each line of each file to each of its plugins in Python.  Here each file is first searched as a
whole for what the plugins look for; only files that hold it are scanned.  What is found is the same, several times
as fast.  No plugin verifies what it finds, so no service is contacted; what is printed holds no secret's text.
"""

from __future__ import annotations

import json
import re
import signal
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

if TYPE_CHECKING:
    from detect_secrets.core.secrets_collection import SecretsCollection
    from detect_secrets.plugins.base import BasePlugin
    from detect_secrets.plugins.keyword import KeywordDetector

Gate = Callable[[str, str], bool]
"""A test of a text, given with its path."""

ENTROPY: Final = ("Base64HighEntropyString", "HexHighEntropyString")
"""Plugins that take every hash for a secret: only used by projects that ask for them in their baseline."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Files to scan, relative to the working directory, and detect-secrets' settings (None: its defaults)."""

    files: tuple[str, ...]
    settings: Mapping[str, tuple[Mapping[str, object], ...]] | None = None
    seconds_per_file: int = 60
    """After so long a file is given up: some plugins' patterns take quadratic time for a line."""


class _TooSlowError(Exception):
    """A file that takes too long: no OSError, which detect-secrets would take for a file that is not there."""


def main(arguments: list[str]) -> int:
    """Print the report of one job as JSON and return the exit code."""
    job = msgspec.json.decode(Path(arguments[0]).read_bytes(), type=Job)
    unknown = _unknown_plugins(job)
    if unknown:
        sys.stderr.write(f"detect-secrets has no plugin {unknown[0]!r}: the baseline is from another version\n")
        return 2
    json.dump(scan(job), sys.stdout)
    return 0


def scan(job: Job) -> dict[str, object]:
    """Return a report in the form of detect-secrets' own, with the files that were and could not be read."""
    from detect_secrets.__version__ import VERSION
    from detect_secrets.core.secrets_collection import SecretsCollection
    from detect_secrets.settings import get_plugins, transient_settings

    secrets = SecretsCollection()
    scanned = 0
    unreadable: list[dict[str, str]] = []
    with transient_settings(_settings(job)):
        gates = _gates(get_plugins())
        for path in job.files:
            try:
                with _at_most(job.seconds_per_file):
                    scanned += _scan_file(path, gates, secrets)
            except _TooSlowError as error:
                unreadable.append({"path": path, "reason": str(error)})
            except Exception as error:  # noqa: BLE001 - a file that breaks a parser must not hide those after it
                unreadable.append({"path": path, "reason": f"{type(error).__name__}: {error}"[:300]})
    return {"version": VERSION, "results": secrets.json(), "scanned": scanned, "unreadable": unreadable}


@contextmanager
def _at_most(seconds: int) -> Iterator[None]:
    """Raise _TooSlowError in a body that takes longer; searches with a regular expression notice signals, too."""
    signal.signal(signal.SIGALRM, partial(_time_is_up, seconds))
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)


def _time_is_up(seconds: int, _number: int, _frame: object) -> None:
    """Raise _TooSlowError."""
    msg = f"it takes more than {seconds} s; if it holds no secrets, name it in the setting exclude"
    raise _TooSlowError(msg)


def _scan_file(path: str, gates: tuple[Gate, ...], secrets: SecretsCollection) -> int:
    """Add what a file holds to the secrets and return 1, or 0 for what is no text file of the repository."""
    if Path(path).is_symlink() or not Path(path).is_file():
        return 0
    try:
        if _may_hold(path, gates):
            secrets.scan_file(path)
    except UnicodeDecodeError:
        return 0
    return 1


def _settings(job: Job) -> dict[str, object]:
    """Return the settings of a job: those given, or all plugins but those that go by entropy."""
    if job.settings is not None:
        return dict(job.settings)
    return {"plugins_used": [{"name": name} for name in _plugins() if name not in ENTROPY]}


def _plugins() -> tuple[str, ...]:
    """Return the names of detect-secrets' own plugins."""
    from detect_secrets.core.plugins.util import get_mapping_from_secret_type_to_class

    plugins: Mapping[str, type] = get_mapping_from_secret_type_to_class()
    return tuple(plugin.__name__ for plugin in plugins.values())


def _unknown_plugins(job: Job) -> tuple[str, ...]:
    """Return the plugins of a job that this detect-secrets does not have."""
    asked = (str(plugin.get("name", "")) for plugin in (job.settings or {}).get("plugins_used", ()))
    return tuple(name for name in asked if name not in _plugins())


def _gates(plugins: Iterable[BasePlugin]) -> tuple[Gate, ...]:
    """Return tests one of which every text with a finding passes; a plugin of unknown kind lets every text pass."""
    from detect_secrets.plugins.base import BasePlugin, RegexBasedDetector
    from detect_secrets.plugins.keyword import KeywordDetector

    gates: list[Gate] = []
    for plugin in plugins:
        match plugin:
            case KeywordDetector():
                gates.append(_keyword_gate(plugin))
            case RegexBasedDetector() if type(plugin).analyze_line is BasePlugin.analyze_line:
                gates.extend(_pattern_gate(pattern) for pattern in plugin.denylist)
            case _:
                return (_open_gate,)
    return tuple(gates)


def _open_gate(_path: str, _text: str) -> bool:
    """Let every text pass."""
    return True


def _pattern_gate(pattern: re.Pattern[str]) -> Gate:
    """Return a test that texts pass in one of whose lines the pattern is found."""
    search = re.compile(pattern.pattern, pattern.flags | re.MULTILINE).search
    return lambda _path, text: search(text) is not None


def _keyword_gate(plugin: KeywordDetector) -> Gate:
    """Return a test that texts pass in which the plugin finds something on a line with one of its keywords.

    Its own patterns are slow and depend on the kind of file, a search for the keywords alone is neither.
    """
    from detect_secrets.plugins.keyword import DENYLIST_REGEX

    search = re.compile(DENYLIST_REGEX, re.IGNORECASE).search

    def passes(path: str, text: str) -> bool:
        if search(text) is None:
            return False
        return any(plugin.analyze_line(filename=path, line=line) for line in text.split("\n") if search(line))

    return passes


def _may_hold(path: str, gates: tuple[Gate, ...]) -> bool:
    """Tell whether a file holds anything that a plugin looks for.

    Raises UnicodeDecodeError for a file that is no text, which detect-secrets leaves alone, and OSError.
    """
    return any(gate(path, text) for text in _views(path) for gate in gates)


def _views(path: str) -> Iterator[str]:
    """Yield a file's lines in each of the forms in which detect-secrets looks at them."""
    from detect_secrets.transformers import get_transformed_file

    with Path(path).open(encoding="utf-8") as file:
        lines = get_transformed_file(file)  # type: ignore[arg-type]  # any named text file will do
        yield _stripped(lines or file.readlines())
        file.seek(0)
        lines = get_transformed_file(file, use_eager_transformers=True)  # type: ignore[arg-type]  # as above
        yield _stripped(lines or [])


def _stripped(lines: Iterable[str]) -> str:
    """Return lines as one text, each without trailing blanks, as the plugins get them."""
    return "\n".join(line.rstrip() for line in lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
