"""Packages that the build configuration plainly states, for the usual build backends.

setuptools https://setuptools.pypa.io/en/latest/userguide/pyproject_config.html, hatchling
https://hatch.pypa.io/latest/config/build/, poetry https://python-poetry.org/docs/pyproject/#packages, flit
https://flit.pypa.io/en/stable/pyproject_toml.html, pdm https://backend.pdm-project.org/build_config/, uv
https://docs.astral.sh/uv/concepts/build-backend/, maturin and scikit-build-core.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Final

from ratchetry.collect.discovery.declared import Declared, ini_list
from ratchetry.collect.discovery.layout import Directories, import_name, named_packages, packages_in, portions
from ratchetry.collect.discovery.values import inside, joined, table_at, text_at, texts, texts_at
from ratchetry.domain.project import Package

_PATH_LISTS: Final = (
    ("hatch", "build", "targets", "wheel", "packages"),
    ("hatch", "build", "targets", "wheel", "only-include"),
    ("hatch", "build", "targets", "wheel", "include"),
    ("hatch", "build", "packages"),
    ("hatch", "build", "only-include"),
    ("pdm", "build", "includes"),
    ("scikit-build", "wheel", "packages"),
)
_ROOTS: Final = (("pdm", "build", "package-dir"), ("maturin", "python-source"))


def configured_packages(directories: Directories, declared: Declared, project: str) -> tuple[Package, ...]:
    """Return the packages that the build configuration of a directory states, empty when it leaves it to the layout."""
    tool = table_at(declared.pyproject, "tool")
    answers = (
        _setuptools(directories, declared.directory, table_at(tool, "setuptools")),
        _setup_cfg(directories, declared),
        _setup_py(directories, declared),
        _poetry(directories, declared.directory, tool),
        _named(directories, declared.directory, tool, project),
        _paths(directories, declared.directory, tool),
        _roots(directories, declared.directory, tool),
    )
    return next((answer for answer in answers if answer), ())


def _setuptools(directories: Directories, base: str, table: Mapping[str, object]) -> tuple[Package, ...]:
    """Return what [tool.setuptools] states."""
    package_dir = {key: value for key, value in table_at(table, "package-dir").items() if isinstance(value, str)}
    listed = _listed(directories, base, texts(table.get("packages")), texts(table.get("py-modules")), package_dir)
    find = table_at(table, "packages", "find")
    if listed or not ({"where", "include"} & set(find) or package_dir.get("")):
        return listed
    wheres = texts_at(find, "where") or (package_dir.get("", "."),)
    return _found(directories, base, wheres, texts_at(find, "include"), texts_at(find, "exclude"))


def _setup_cfg(directories: Directories, declared: Declared) -> tuple[Package, ...]:
    """Return what [options] of setup.cfg states."""
    options = declared.setup_cfg.get("options", {})
    pairs = (line.partition("=") for line in ini_list(options.get("package_dir", "")))
    package_dir = {name.strip(): path.strip() for name, separator, path in pairs if separator}
    packages = ini_list(options.get("packages", ""))
    modules = ini_list(options.get("py_modules", ""))
    if not any(package.startswith(("find:", "find_namespace:")) for package in packages):
        return _listed(directories, declared.directory, packages, modules, package_dir)
    find = declared.setup_cfg.get("options.packages.find", {})
    where = find.get("where", "") or package_dir.get("", "")
    if not where and not find.get("include"):
        return ()
    patterns = (ini_list(find.get("include", "")), ini_list(find.get("exclude", "")))
    return _found(directories, declared.directory, (where or ".",), *patterns)


def _setup_py(directories: Directories, declared: Declared) -> tuple[Package, ...]:
    """Return what the setup() call of setup.py states in literals."""
    arguments = declared.setup_py.arguments
    package_dir = {key: value for key, value in table_at(arguments, "package_dir").items() if isinstance(value, str)}
    finder = declared.setup_py.finder
    listed = _listed(
        directories,
        declared.directory,
        texts(arguments.get("packages")),
        texts(arguments.get("py_modules")),
        package_dir,
    )
    if finder is None or listed:
        return listed
    where = finder.where if finder.where != "." else package_dir.get("", ".")
    if where == "." and not finder.include:
        return ()
    return _found(directories, declared.directory, (where,), finder.include, finder.exclude)


def _poetry(directories: Directories, base: str, tool: Mapping[str, object]) -> tuple[Package, ...]:
    """Return what tool.poetry.packages states."""
    entries = table_at(tool, "poetry").get("packages")
    rows: list[Package] = []
    for entry in entries[:500] if isinstance(entries, list) else []:
        root = inside(text_at(entry, "from") or ".", base)
        if root is not None:
            rows += _at_paths(directories, root, (text_at(entry, "include"),))
    return tuple(rows)


def _named(directories: Directories, base: str, tool: Mapping[str, object], project: str) -> tuple[Package, ...]:
    """Return the modules that flit's and uv's configuration name."""
    flit = text_at(tool, "flit", "module", "name") or text_at(tool, "flit", "metadata", "module")
    if flit:
        return named_packages(directories, base, flit)
    uv = table_at(tool, "uv", "build-backend")
    root = inside(text_at(uv, "module-root") or "src", base)
    if not uv or root is None:
        return ()
    names = texts_at(uv, "module-name") or (import_name(project).lower().replace(".", "_"),)
    return tuple(
        package
        for name in names
        if directories.has_python(joined(root, name.replace(".", "/")))
        for package in portions(directories, joined(root, name.replace(".", "/")), name)
    )


def _paths(directories: Directories, base: str, tool: Mapping[str, object]) -> tuple[Package, ...]:
    """Return what backends state as lists of paths."""
    answers = (_at_paths(directories, base, texts_at(tool, *keys)) for keys in _PATH_LISTS)
    return next((answer for answer in answers if answer), ())


def _roots(directories: Directories, base: str, tool: Mapping[str, object]) -> tuple[Package, ...]:
    """Return what lies in the directory that a backend calls the root of the packages."""
    roots = (inside(text_at(tool, *keys), base) for keys in _ROOTS if text_at(tool, *keys))
    return next((packages_in(directories, root) for root in roots if root not in {None, base}), ())


def _at_paths(directories: Directories, base: str, patterns: Iterable[str]) -> tuple[Package, ...]:
    """Return the packages and modules at paths, each cut before its first wildcard."""
    rows: list[Package] = []
    for pattern in patterns:
        plain = pattern.lstrip("/").split("*")[0].rstrip("/")
        path = inside(plain, base) if plain else None
        if path is None or path == base or not directories.has_python(path):
            continue
        name = path.rpartition("/")[2].removesuffix(".py")
        is_root = name == "src" and not directories.has_package(path)
        module = (Package(name=name, path=path),)
        rows += (
            packages_in(directories, path)
            if is_root
            else (module if path.endswith(".py") else portions(directories, path, name))
        )
    return tuple(rows)


def _listed(
    directories: Directories, base: str, packages: Iterable[str], modules: Iterable[str], package_dir: Mapping[str, str]
) -> tuple[Package, ...]:
    """Return the packages and modules of lists of dotted names, those inside others left out."""
    names = frozenset(packages)
    outer = sorted(name for name in names if not any(name.startswith(f"{other}.") for other in names))
    rows: list[Package] = []
    for name in outer:
        path = inside(_place(name, package_dir), base)
        if path is not None and path != base and directories.has_python(path):
            rows += portions(directories, path, name)
    for module in modules:
        path = inside(f"{_place(module, package_dir)}.py", base)
        if path is not None and directories.has_python(path):
            rows.append(Package(name=module, path=path))
    return tuple(rows)


def _place(name: str, package_dir: Mapping[str, str]) -> str:
    """Return the directory of a dotted name, as package_dir maps it."""
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        mapped = package_dir.get(".".join(parts[:length]))
        if mapped is not None:
            return joined(mapped, "/".join(parts[length:]))
    return joined(package_dir.get("", "."), "/".join(parts))


def _found(
    directories: Directories, base: str, wheres: Iterable[str], include: tuple[str, ...], exclude: tuple[str, ...]
) -> tuple[Package, ...]:
    """Return what setuptools' finder finds in directories, by its patterns of dotted names."""
    roots = [root for where in wheres if (root := inside(where, base)) is not None]
    return tuple(
        package
        for root in roots
        for package in packages_in(directories, root)
        if not package.path.endswith(".py")
        and any(fnmatchcase(package.name, pattern) for pattern in include or ("*",))
        and not any(fnmatchcase(package.name, pattern) for pattern in exclude)
    )
