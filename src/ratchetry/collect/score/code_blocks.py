"""Whether a piece of code in a document parses, language by language, without running any of it."""

from __future__ import annotations

import ast
import json
import re
import shlex
import textwrap
import tomllib
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

_SIZE_LIMIT: Final = 100_000
_PROMPT: Final = re.compile(r"^[ \t]*[$%>] ?", re.MULTILINE)
_HEREDOC: Final = re.compile(r"<<-?[ \t]*[\"']?(\w+)")


def problem_of(language: str, code: str) -> str | None:
    """Return what is wrong with a piece of code, "" when it parses, None for a language that is not checked."""
    check = _CHECKS.get(language)
    if check is None or len(code) > _SIZE_LIMIT:
        return None
    try:
        check(textwrap.dedent(code))
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return str(error).splitlines()[0][:200] if str(error) else type(error).__name__
    return ""


def _python(code: str) -> None:
    """Raise SyntaxError or ValueError for what is no Python of the running version; prompts as in doctest are fine."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # an invalid escape in somebody's example is not ours to warn of
        for part in _python_parts(code):
            ast.parse(part)


def _python_parts(code: str) -> Iterator[str]:
    """Yield the source in a block: all of it, or the examples of an interactive session."""
    if not any(line.lstrip().startswith(">>>") for line in code.splitlines()):
        yield code
        return
    import doctest  # it brings the debugger along, which no other command needs

    for example in doctest.DocTestParser().get_examples(code):
        yield example.source


def _json(code: str) -> None:
    """Raise ValueError for what is no JSON."""
    json.loads(code)


def _toml(code: str) -> None:
    """Raise ValueError for what is no TOML."""
    tomllib.loads(code)


def _yaml(code: str) -> None:
    """Raise ValueError for what is no YAML; events only, so that no alias is expanded."""
    import yaml

    try:
        for _ in yaml.parse(code, Loader=yaml.SafeLoader):
            pass
    except yaml.YAMLError as error:
        raise ValueError(" ".join(str(error).split())) from error


def _shell(code: str) -> None:
    """Raise ValueError for shell code with open quotes, the part of its syntax that can be told without a shell."""
    shlex.split("\n".join(_without_heredocs(_PROMPT.sub("", code).splitlines())), comments=True)


def _session(code: str) -> None:
    """Raise ValueError for a recorded session whose commands, the lines with a prompt, have open quotes."""
    _shell("\n".join(line for line in code.splitlines() if _PROMPT.match(line)))


def _without_heredocs(lines: Iterable[str]) -> Iterator[str]:
    """Yield the lines of a script that are not the text of a here-document."""
    end = ""
    for line in lines:
        if end:
            end = "" if line.strip() == end else end
            continue
        found = _HEREDOC.search(line)
        end = found.group(1) if found else ""
        yield line


_CHECKS: Final[Mapping[str, Callable[[str], None]]] = {
    **dict.fromkeys(("python", "py", "python3", "pycon"), _python),
    "json": _json,
    "toml": _toml,
    **dict.fromkeys(("yaml", "yml"), _yaml),
    **dict.fromkeys(("bash", "sh", "shell", "zsh"), _shell),
    **dict.fromkeys(("console", "shell-session", "shellsession"), _session),
}
