"""What the project declares to need, and in which files.

The metadata (pyproject.toml, setup.cfg, setup.py) decides what the project needs to run; requirements.txt and
requirements/*.txt do where the metadata is silent or refers to them, since elsewhere they are often a developer's
pins.  What the tests need comes from the extras, dependency groups and requirement files named for it, from those
beside the tests, and from the options that pytest is always given.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from ratchetry.collect.discovery.declared import Declared, read
from ratchetry.collect.discovery.poetry import poetry_groups, poetry_requirements
from ratchetry.collect.discovery.project_name import normalized, project_name
from ratchetry.collect.discovery.pytest_table import needed_plugins, pytest_table
from ratchetry.collect.discovery.requirement_files import RequirementFile, read_requirement_file
from ratchetry.collect.discovery.values import inside, joined, table_at, texts, texts_at
from ratchetry.domain.project import Requirements
from ratchetry.ports import SourceTree

_TEST_NAMES: Final = frozenset({"test", "tests", "testing", "dev", "develop", "development", "ci", "hatch-test"})
_TEST_DIRECTORIES: Final = frozenset({"test", "tests"})
_RUN_NAMES: Final = frozenset({"requirements", "base", "common", "main", "prod", "production", "run", "runtime"})
_OWN_EXTRA: Final = re.compile(r"(?P<name>[A-Za-z0-9][\w.-]*)\s*\[(?P<extras>[^\]]*)\]\s*")
_OWN_PATH: Final = re.compile(r"(?:-e\s+)?\./?\s*(?:\[(?P<extras>[^\]]*)\])?\s*")
"""How a requirement file names the project itself: paths in it are relative to where pip is started."""
_FIRST_NAME: Final = re.compile(r"[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?")
_MANY: Final = 5_000

Groups = Mapping[str, tuple[str, ...]]


def find_requirements(
    tree: SourceTree, files: tuple[str, ...], declared: Declared, members: tuple[Declared, ...] = ()
) -> Requirements:
    """Return the requirement strings, those to run and those to test, and the files they were read from.

    `members` are the projects of a monorepo whose root is none itself.  What the projects need of each other, or of
    themselves, is left out: it is measured as it stands here, not in the version that a list of pins still names.
    """
    parts = (_of_root(tree, files, declared), *(_of_member(member) for member in members))
    local = frozenset(normalized(name) for each in (declared, *members) if (name := project_name(each)))
    return Requirements(
        runtime=_unique(row for part in parts for row in part.runtime if _name(row) not in local),
        test=_unique(row for part in parts for row in part.test if _name(row) not in local),
        sources=_unique(row for part in parts for row in part.sources),
    )


def _of_root(tree: SourceTree, files: tuple[str, ...], declared: Declared) -> Requirements:
    """Return what the metadata and the requirement files of the repository's root say."""

    def included(path: str) -> RequirementFile:
        return read_requirement_file(lambda name: read(tree, name), path)

    metadata, extras = _metadata(declared)
    referred = [included(path) for path in _referred(declared)]
    found = {path: included(path) for path in files if _is_requirement_file(path)}
    for_tests = [content for path, content in found.items() if _is_for_tests(path)]
    silent = metadata is None and not referred
    for_running = referred or [content for path, content in found.items() if silent and _is_for_running(path)]
    chosen = _for_tests(_all_groups(declared, extras))
    name = project_name(declared)
    table = pytest_table(tree, declared)
    plugins = needed_plugins(table)
    return Requirements(
        runtime=_own_extras_resolved(name, (*(metadata or ()), *_of(for_running)), extras),
        test=_own_extras_resolved(name, (*chosen, *_of(for_tests), *plugins), extras),
        sources=(
            *(_declaring(declared) if metadata or chosen else ()),
            *(source for content in (*for_running, *for_tests) for source in content.sources),
            *((table.path,) if plugins else ()),
        ),
    )


def _of_member(declared: Declared) -> Requirements:
    """Return what the metadata of one project of a monorepo says."""
    metadata, extras = _metadata(declared)
    chosen = _own_extras_resolved(project_name(declared), _for_tests(_all_groups(declared, extras)), extras)
    return Requirements(runtime=metadata or (), test=chosen, sources=_declaring(declared) if metadata or chosen else ())


def _metadata(declared: Declared) -> tuple[tuple[str, ...] | None, Groups]:
    """Return the runtime requirements that the metadata states (None: it is silent), and the extras."""
    project, tool = table_at(declared.pyproject, "project"), table_at(declared.pyproject, "tool")
    dynamic = texts(project.get("dynamic"))
    extras = {name: texts(value) for name, value in table_at(project, "optional-dependencies").items()}
    runtime = texts(project.get("dependencies"))
    if project and "dependencies" not in dynamic:
        poetry = poetry_requirements(table_at(tool, "poetry", "dependencies")) if "dependencies" not in project else ()
        return (*runtime, *poetry), extras
    if poetry_table := table_at(tool, "poetry", "dependencies"):
        return poetry_requirements(poetry_table), extras
    if flit := table_at(tool, "flit", "metadata"):
        return texts(flit.get("requires")), {k: texts(v) for k, v in table_at(flit, "requires-extra").items()}
    return _setuptools(declared, extras)


def _setuptools(declared: Declared, extras: Groups) -> tuple[tuple[str, ...] | None, Groups]:
    """Return what setup.cfg and setup.py state: runtime requirements (None: nothing) and extras, tests included."""
    options = declared.setup_cfg.get("options", {})
    arguments = declared.setup_py.arguments
    literal = table_at(arguments, "extras_require")
    found = {
        **extras,
        **{name: _lines(text) for name, text in declared.setup_cfg.get("options.extras_require", {}).items()},
        **{name: _from_literal(value) for name, value in literal.items()},
    }
    if tests := (*_lines(options.get("tests_require", "")), *_from_literal(arguments.get("tests_require"))):
        found["tests"] = (*found.get("tests", ()), *tests)
    runtime = (*_lines(options.get("install_requires", "")), *_from_literal(arguments.get("install_requires")))
    stated = bool(runtime) or "install_requires" in {*options, *arguments}
    return runtime if stated else None, found


def _all_groups(declared: Declared, extras: Groups) -> dict[str, tuple[str, ...]]:
    """Return the extras, dependency groups and environments for development by normalized name, joined."""
    tool = table_at(declared.pyproject, "tool")
    pairs = [
        *extras.items(),
        *dependency_groups(table_at(declared.pyproject, "dependency-groups")).items(),
        *poetry_groups(table_at(tool, "poetry")).items(),
        *((name, texts(value)) for name, value in table_at(tool, "pdm", "dev-dependencies").items()),
        ("dev", texts_at(tool, "uv", "dev-dependencies")),
        *(
            (name, (*texts_at(table, "dependencies"), *texts_at(table, "extra-dependencies")))
            for name, table in table_at(tool, "hatch", "envs").items()
        ),
    ]
    groups: dict[str, tuple[str, ...]] = {}
    for name, rows in pairs:
        groups[normalized(name)] = (*groups.get(normalized(name), ()), *rows)
    return groups


def dependency_groups(table: Mapping[str, object]) -> dict[str, tuple[str, ...]]:
    """Return the dependency groups (PEP 735) with the groups they include resolved; a cycle ends where it closes."""
    by_name = {normalized(name): value for name, value in table.items()}

    def resolved(name: str, above: frozenset[str]) -> tuple[str, ...]:
        value = by_name.get(name)
        rows: dict[str, None] = {}
        for item in value[:_MANY] if isinstance(value, list) else []:
            included = normalized(str(table_at(item).get("include-group", "")))
            if isinstance(item, str):
                rows[item] = None
            elif included and included not in above and len(above) < 20:
                rows |= dict.fromkeys(resolved(included, above | {included}))
        return tuple(rows)

    return {name: resolved(name, frozenset({name})) for name in list(by_name)[:200]}


def _for_tests(groups: Groups) -> tuple[str, ...]:
    """Return the requirements of the groups that are named for testing or development."""
    return tuple(row for name, rows in groups.items() if name in _TEST_NAMES for row in rows if "{" not in row)


def _own_extras_resolved(project: str, rows: Iterable[str], extras: Groups) -> tuple[str, ...]:
    """Return the requirements with those on the project itself, or its extras, replaced by what the extras ask for."""
    by_name = {normalized(name): value for name, value in extras.items()}
    done: set[str] = set()
    result: list[str] = []
    waiting = list(rows)[::-1]
    while waiting:
        row = waiting.pop()
        own = _own_extras(project, row.partition(";")[0])
        if own is None:
            result.append(row)
            continue
        wanted = [normalized(extra.strip()) for extra in own.split(",")]
        waiting += [row for extra in wanted if extra not in done for row in by_name.get(extra, ())]
        done |= set(wanted)
    return tuple(result)


def _own_extras(project: str, row: str) -> str | None:
    """Return the extras that a requirement asks the project itself for, None when it is on something else."""
    if match := _OWN_PATH.fullmatch(row):
        return match["extras"] or ""
    match = _OWN_EXTRA.fullmatch(row)
    return match["extras"] if match and project and normalized(match["name"]) == normalized(project) else None


def _referred(declared: Declared) -> tuple[str, ...]:
    """Return the requirement files from which setuptools or hatch is told to read the dependencies."""
    tool = table_at(declared.pyproject, "tool")
    attribute = declared.setup_cfg.get("options", {}).get("install_requires", "").strip()
    stated = (
        *texts_at(tool, "setuptools", "dynamic", "dependencies", "file"),
        *texts_at(tool, "hatch", "metadata", "hooks", "requirements_txt", "files"),
        *(attribute.removeprefix("file:").split(",") if attribute.startswith("file:") else ()),
    )
    return tuple(path for text in stated if (path := inside(text.strip(), declared.directory)) is not None)


def _is_requirement_file(path: str) -> bool:
    """Tell whether a file is one of the usual requirement files of a repository's root or of its tests."""
    directory, _, name = path.rpartition("/")
    if directory in {"", *_TEST_DIRECTORIES}:
        return re.fullmatch(r"[\w.-]*requirements?[\w.-]*\.(txt|in)", name) is not None and not name.endswith(".in")
    return directory == "requirements" and name.endswith(".txt")


def _is_for_tests(path: str) -> bool:
    """Tell whether a requirement file says by its name or place that it is for the tests."""
    return path.rpartition("/")[0] in _TEST_DIRECTORIES or bool(_words(path) & _TEST_NAMES)


def _is_for_running(path: str) -> bool:
    """Tell whether a requirement file says by its name that it is for what the project needs to run."""
    return not _is_for_tests(path) and _words(path) <= _RUN_NAMES


def _words(path: str) -> frozenset[str]:
    """Return the words of a requirement file's name, "requirements" itself only when it is the whole name."""
    stem = path.rpartition("/")[2].removesuffix(".txt").lower()
    words = frozenset(re.split(r"[-_.]+", stem))
    return words - {"requirements", "requirement"} or words


def _declaring(declared: Declared) -> tuple[str, ...]:
    """Return the metadata files that exist in a directory."""
    present = {
        "pyproject.toml": bool(declared.pyproject),
        "setup.cfg": bool(declared.setup_cfg),
        "setup.py": declared.setup_py.present,
    }
    return tuple(joined(declared.directory, name) for name, is_there in present.items() if is_there)


def _name(row: str) -> str:
    """Return the normalized name that a requirement starts with."""
    match = _FIRST_NAME.match(row)
    return normalized(match[0]) if match else ""


def _lines(text: str) -> tuple[str, ...]:
    """Return the requirements of a multi-line value of setup.cfg, comments and references to files left out."""
    rows = (line.strip() for line in text.splitlines())
    return tuple(row for row in rows if row and not row.startswith(("#", "file:", "attr:")))


def _from_literal(value: object) -> tuple[str, ...]:
    """Return the requirements of a literal of setup.py, which is a list or text with one on each line."""
    return tuple(line for text in texts(value) for line in _lines(text))


def _of(contents: Iterable[RequirementFile]) -> tuple[str, ...]:
    """Return the requirements of several files."""
    return tuple(row for content in contents for row in content.requirements)


def _unique(rows: Iterable[str]) -> tuple[str, ...]:
    """Return each text once, in order, at most as many as any project has."""
    return tuple(dict.fromkeys(row.strip() for row in rows if row.strip()))[:_MANY]
