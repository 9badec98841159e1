"""Packages are found in every usual layout and configuration, and never among tests, docs or scripts."""

from __future__ import annotations

import pytest

from ratchetry.errors import ConfigError
from ratchetry.settings import Settings
from tests.unit.collect.discovery.trees import project

PKG = "pkg/__init__.py"
SETUP_PY = "from setuptools import setup, find_packages\n"


def paths(content: dict[str, bytes | str], *empty: str, sources: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    """Return names and paths of the packages that are found."""
    found = project(content, *empty, settings=Settings(sources=sources))
    return [(package.name, package.path) for package in found.packages]


@pytest.mark.parametrize(
    ("files", "expected", "roots"),
    [
        (("src/a/__init__.py", "src/b/__init__.py", "tests/test_a.py"), ["src/a", "src/b"], ("src",)),
        (("src/a/__init__.py", "src/_a.py", "setup.py"), ["src/_a.py", "src/a"], ("src",)),
        (("src/demo/__init__.py", "src/tests/__init__.py", "demo/__init__.py"), ["src/demo"], ("src",)),
        ((PKG, "pkg/sub/__init__.py", "tests/__init__.py", "docs/conf.py", "setup.py"), ["pkg"], (".",)),
        ((PKG, "run.py", "scripts/x.py", "benchmarks/__init__.py", "examples/__init__.py"), ["pkg"], (".",)),
        (("six.py", "setup.py", "test_six.py", "conftest.py", "noxfile.py"), ["six.py"], (".",)),
        (("tools/__init__.py", "setup.py"), ["tools"], (".",)),
        ((PKG, "tools/__init__.py"), ["pkg"], (".",)),
        (("src/__init__.py", "src/main.py"), ["src"], (".",)),
        (("src/ns/one/__init__.py", "src/ns/two/__init__.py"), ["src/ns/one", "src/ns/two"], ("src",)),
        (("src/app/main.py", "src/app/deep/x.py"), ["src/app"], ("src",)),
        (("app/main.py", "docs/conf.py"), ["app"], (".",)),
        (("docs/conf.py", "tests/test_x.py"), [], ()),
        (("README.md",), [], ()),
    ],
)
def test_layouts(files: tuple[str, ...], expected: list[str], roots: tuple[str, ...]) -> None:
    """Without configuration the layout tells the packages and the directories they are imported from."""
    found = project(None, *files)
    assert [package.path for package in found.packages] == expected
    assert found.source_roots == roots


def test_the_name_reveals_a_namespace_package_in_a_flat_layout() -> None:
    """A portion of a namespace package goes by its dotted name, its root is where the namespace starts."""
    files = {"pyproject.toml": "[project]\nname = 'google-api.core'\n"}
    found = project(files, "google_api/core/__init__.py", "google_api/core/x.py")
    assert [(row.name, row.path) for row in found.packages] == [("google_api.core", "google_api/core")]
    assert found.source_roots == (".",)


@pytest.mark.parametrize("line", ["__import__('pkg_resources').declare_namespace(__name__)", "p = extend_path(p, n)"])
def test_old_namespaces_are_followed(line: str) -> None:
    """An __init__.py that only declares a namespace is followed; one beside modules is a package."""
    files: dict[str, bytes | str] = {"src/zope/__init__.py": line}
    assert paths(files, "src/zope/event/__init__.py") == [("zope.event", "src/zope/event")]
    assert paths(files, "src/zope/event/__init__.py", "src/zope/own.py") == [("zope", "src/zope")]


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("pyproject.toml", "[tool.setuptools.packages.find]\nwhere = ['lib']", [("x", "lib/x")]),
        ("pyproject.toml", "[tool.setuptools.packages.find]\ninclude = ['pk*']", [("pkg", "pkg")]),
        (
            "pyproject.toml",
            "[tool.setuptools]\npackages = ['pkg', 'pkg.sub', 'y']\npackage-dir = {y = 'lib/x'}",
            [("y", "lib/x"), ("pkg", "pkg")],
        ),
        ("pyproject.toml", "[tool.setuptools]\npackage-dir = {'' = 'lib'}", [("x", "lib/x")]),
        ("pyproject.toml", "[tool.setuptools]\npy-modules = ['single']", [("single", "single.py")]),
        ("pyproject.toml", "[tool.hatch.build.targets.wheel]\npackages = ['lib/x']", [("x", "lib/x")]),
        ("pyproject.toml", "[tool.hatch.build.targets.wheel]\ninclude = ['/lib/x/**/*.py']", [("x", "lib/x")]),
        ("pyproject.toml", "[[tool.poetry.packages]]\ninclude = 'x/**/*.py'\nfrom = 'lib'", [("x", "lib/x")]),
        ("pyproject.toml", "[[tool.poetry.packages]]\ninclude = 'single.py'", [("single", "single.py")]),
        ("pyproject.toml", "[tool.flit.module]\nname = 'single'", [("single", "single.py")]),
        ("pyproject.toml", "[tool.pdm.build]\nincludes = ['lib/x']", [("x", "lib/x")]),
        ("pyproject.toml", "[tool.pdm.build]\npackage-dir = 'lib'", [("x", "lib/x")]),
        ("pyproject.toml", "[tool.maturin]\npython-source = 'lib'", [("x", "lib/x")]),
        ("pyproject.toml", "[tool.uv.build-backend]\nmodule-root = 'lib'\nmodule-name = 'x'", [("x", "lib/x")]),
        ("pyproject.toml", "[tool.scikit-build]\nwheel.packages = ['lib/x']", [("x", "lib/x")]),
        ("setup.cfg", "[options]\npackage_dir =\n    = lib\npackages = find:", [("x", "lib/x")]),
        ("setup.cfg", "[options]\npackages = find:\n[options.packages.find]\nwhere = lib", [("x", "lib/x")]),
        ("setup.cfg", "[options]\npackages =\n    pkg\n    pkg.sub", [("pkg", "pkg")]),
        ("setup.cfg", "[options]\npy_modules = single", [("single", "single.py")]),
        ("setup.py", f"{SETUP_PY}setup(packages=find_packages('lib'), package_dir={{'': 'lib'}})", [("x", "lib/x")]),
        ("setup.py", f"{SETUP_PY}setup(packages=find_packages(include=['pk*']))", [("pkg", "pkg")]),
        ("setup.py", f"{SETUP_PY}P = ['pkg']\nsetup(**dict(packages=P))", [("pkg", "pkg")]),
        ("setup.py", f"{SETUP_PY}A = {{'py_modules': ['single']}}\nsetup(**A)", [("single", "single.py")]),
    ],
)
def test_configuration_decides(name: str, text: str, expected: list[tuple[str, str]]) -> None:
    """What a build backend is plainly told counts, whatever else lies about."""
    assert paths({name: text}, PKG, "pkg/sub/__init__.py", "lib/x/__init__.py", "single.py") == expected


def test_a_renamed_package_has_no_source_root() -> None:
    """A package whose directory has another name than the import cannot be put on the path."""
    found = project(
        {"pyproject.toml": "[tool.setuptools]\npackage-dir = {y = 'lib/x'}\npackages = ['y']"}, "lib/x/__init__.py"
    )
    assert [row.name for row in found.packages] == ["y"]
    assert found.source_roots == ()


def test_a_monorepo_is_all_of_its_projects() -> None:
    """Every directory that declares a project is looked into, those of examples and templates are not."""
    declaring: dict[str, bytes | str] = {
        "pyproject.toml": "[tool.uv.workspace]\nmembers = ['packages/*']",
        "packages/one/pyproject.toml": "[project]\nname = 'one'",
        "packages/two/setup.py": f"{SETUP_PY}setup(name='two')",
        "libs/three/pyproject.toml": "[project]\nname = 'three'",
        "examples/four/pyproject.toml": "[project]\nname = 'four'",
    }
    found = project(
        declaring,
        "packages/one/src/one/__init__.py",
        "packages/one/tests/test_one.py",
        "packages/two/two.py",
        "libs/three/three/__init__.py",
        "examples/four/four.py",
    )
    assert [row.path for row in found.packages] == ["libs/three/three", "packages/one/src/one", "packages/two/two.py"]
    assert found.source_roots == ("libs/three", "packages/one/src", "packages/two")
    assert found.test_paths == ("packages/one/tests",)


def test_settings_override_everything() -> None:
    """settings.sources names packages, modules or directories of packages."""
    files = ("lib/x/__init__.py", PKG, "single.py", "other/y/__init__.py")
    assert paths({}, *files, sources=("./lib/x/", "single.py")) == [("x", "lib/x"), ("single", "single.py")]
    assert paths({}, *files, sources=("other",)) == [("y", "other/y")]


@pytest.mark.parametrize("source", ["missing", "../elsewhere", "/etc"])
def test_a_source_that_is_not_there_is_an_error(source: str) -> None:
    """A path in settings.sources without Python files is named in a configuration error."""
    with pytest.raises(ConfigError, match="sources: no Python files"):
        paths({}, PKG, sources=(source,))


def test_paths_never_lead_outside_of_the_repository() -> None:
    """Configuration that points outside of the repository says nothing."""
    text = "[tool.hatch.build.targets.wheel]\npackages = ['../../etc', '/etc']"
    assert paths({"pyproject.toml": text}, PKG) == [("pkg", "pkg")]


def test_endless_directories_end() -> None:
    """A path of a thousand directories neither fails nor takes long."""
    assert paths({}, "/".join(["a"] * 1000) + "/x.py") == []
