"""Requirements come from every usual place, test requirements apart from those to run."""

from __future__ import annotations

import pytest

from ratchetry.collect.discovery.poetry import specifier
from ratchetry.collect.discovery.requirements import dependency_groups
from tests.unit.collect.discovery.trees import project


def test_pyproject() -> None:
    """Dependencies, extras named for tests, the project's own extras and included groups are all resolved."""
    text = """
        [project]
        name = "My.Pkg"
        dependencies = ["click>=8", "rich ; python_version > '3'"]
        [project.optional-dependencies]
        Testing = ["pytest", "my-pkg[fast]"]
        fast = ["numpy", "my_pkg[fast]"]
        docs = ["sphinx"]
        [dependency-groups]
        dev = [{include-group = "Tests"}, "ruff"]
        tests = ["hypothesis", {include-group = "dev"}]
    """
    needs = project({"pyproject.toml": text}).requirements
    assert needs.runtime == ("click>=8", "rich ; python_version > '3'")
    assert needs.test == ("pytest", "numpy", "hypothesis", "ruff")
    assert needs.sources == ("pyproject.toml",)


def test_poetry() -> None:
    """Poetry's tables become PEP 508 requirements; Python, optional and local ones are left out."""
    text = """
        [tool.poetry]
        name = "x"
        [tool.poetry.dependencies]
        python = "^3.9"
        requests = "^2.28.1"
        a = {version = "~1.2", extras = ["s"], markers = "os_name == 'nt'"}
        b = {git = "https://example.org/b.git", rev = "abc"}
        c = {version = "*", optional = true}
        d = {path = "../d"}
        e = [{version = "<2", python = "<3.8"}, {version = ">=2"}]
        f = 3
        [tool.poetry.group.test.dependencies]
        pytest = "*"
        [tool.poetry.dev-dependencies]
        black = "23.1"
    """
    needs = project({"pyproject.toml": text}).requirements
    assert needs.runtime == (
        "requests>=2.28.1,<3",
        "a[s]>=1.2,<1.3 ; os_name == 'nt'",
        "b @ git+https://example.org/b.git@abc",
        "e<2",
        "e>=2",
    )
    assert needs.test == ("pytest", "black==23.1")


@pytest.mark.parametrize(
    ("constraint", "expected"),
    [
        ("^1.2.3", ">=1.2.3,<2"),
        ("^0.2.3", ">=0.2.3,<0.3"),
        ("^0.0.3", ">=0.0.3,<0.0.4"),
        ("^0", ">=0,<1"),
        ("~1", ">=1,<2"),
        ("~1.2.3", ">=1.2.3,<1.3"),
        ("~=1.2", "~=1.2"),
        (">= 1.0, < 2", ">=1.0,<2"),
        (">=1.0 <2", ">=1.0,<2"),
        ("1.2.*", "==1.2.*"),
        ("=1.0", "==1.0"),
        ("*", ""),
        ("<1 || >2", ""),
        ("nonsense", ""),
    ],
)
def test_constraints_of_poetry(constraint: str, expected: str) -> None:
    """Each kind of constraint becomes the specifier that means the same, or a looser one."""
    assert specifier(constraint) == expected


def test_setup_cfg() -> None:
    """install_requires and extras of setup.cfg are read line by line."""
    text = """
        [metadata]
        name = cfg
        [options]
        install_requires =
            # why
            requests[socks]>=2 ; python_version >= "3"
            attrs
        [options.extras_require]
        test = pytest
    """
    needs = project({"setup.cfg": text})
    assert needs.name == "cfg"
    assert needs.requirements.runtime == ('requests[socks]>=2 ; python_version >= "3"', "attrs")
    assert needs.requirements.test == ("pytest",)


def test_setup_py_is_read_and_never_run() -> None:
    """Literals of the setup() call are taken, names resolved, everything computed is left out."""
    text = """
        import setuptools, sys
        sys.exit("executed")
        EXTRAS = {"dev": ["pytest"], "docs": ["sphinx"]}
        needs = ["six", "attrs" + version]
        setuptools.setup(name="lit", install_requires=needs, extras_require=EXTRAS, tests_require=["mock"])
    """
    found = project({"setup.py": text})
    assert found.name == "lit"
    assert found.requirements.runtime == ("six",)
    assert found.requirements.test == ("pytest", "mock")


def test_requirement_files() -> None:
    """Includes are followed once, constraints, options and hashes dropped, editable lines and URLs kept as text."""
    files: dict[str, bytes | str] = {
        "requirements.txt": (
            "-r requirements/base.txt\n-c constraints.txt\n--index-url https://example.org/\n-e ./vendored\n"
        ),
        "requirements/base.txt": (
            "\ufeffclick==8.1 \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb  # why\n"
            "-r ../requirements.txt\nrich ; python_version > '3' # x\ngit+https://example.org/x.git#egg=x\n"
        ),
        "requirements-dev.txt": "pytest\n",
        "requirements/tests.txt": "hypothesis\n",
        "requirements/docs.txt": "sphinx\n",
        "constraints.txt": "click<9\n",
    }
    needs = project(files).requirements
    assert needs.runtime == (
        "click==8.1",
        "rich ; python_version > '3'",
        "git+https://example.org/x.git#egg=x",
        "-e ./vendored",
    )
    assert needs.test == ("pytest", "hypothesis")
    assert needs.sources == (
        "requirements.txt",
        "requirements/base.txt",
        "requirements-dev.txt",
        "requirements/tests.txt",
    )


def test_metadata_comes_before_requirement_files() -> None:
    """requirements.txt counts only where the metadata is silent, or refers to it."""
    pins: dict[str, bytes | str] = {"requirements.txt": "click==8.1.0\n"}
    stated = "[project]\nname = 'x'\ndependencies = ['click']\n"
    dynamic = "[project]\nname = 'x'\ndynamic = ['dependencies']\n"
    referred = f"{dynamic}[tool.setuptools.dynamic]\ndependencies = {{file = ['requirements.txt']}}\n"
    computed = "from setuptools import setup\nsetup(install_requires=open('requirements.txt').readlines())"
    assert project({**pins, "pyproject.toml": stated}).requirements.runtime == ("click",)
    assert project({**pins, "pyproject.toml": referred}).requirements.runtime == ("click==8.1.0",)
    assert project({**pins, "setup.py": computed}).requirements.runtime == ("click==8.1.0",)
    assert project({**pins, "pyproject.toml": "[tool.ruff]\n"}).requirements.runtime == ("click==8.1.0",)


def test_requirement_files_beside_the_tests() -> None:
    """What lies with the tests is what they need, whatever it is called, and nothing that the project needs to run."""
    files: dict[str, bytes | str] = {
        "tests/requirements.txt": "railroad-diagrams\n",
        "test/requirements-base.txt": "jinja2\n",
        "examples/requirements.txt": "matplotlib\n",
    }
    needs = project(files).requirements
    assert (needs.runtime, needs.test) == ((), ("jinja2", "railroad-diagrams"))


def test_a_pin_on_the_project_itself_is_left_out() -> None:
    """Pins for developers that hold an older release of the project do not keep it from being installed."""
    texts = {
        "pyproject.toml": """
            [project]
            name = "My.Pkg"
            dependencies = ["my-pkg[fast]", "rich"]
            [project.optional-dependencies]
            fast = ["numpy"]
        """,
        "requirements/dev.txt": "my_pkg==8.1.7\npytest==8\nmy-pkg[fast]\nmy-pkg-extra\n",
    }
    needs = project(texts).requirements
    assert needs.runtime == ("numpy", "rich")
    assert needs.test == ("pytest==8", "numpy", "my-pkg-extra")


@pytest.mark.parametrize("row", ["-e .[fast]", "--editable=.[fast]", ".[fast]", "-e ./[fast]", "-e .\n.[fast, slow]"])
def test_the_project_in_its_own_requirement_file(row: str) -> None:
    """A path that leads to the project itself stands for the extras that it names."""
    text = '[project]\nname = "a"\n[project.optional-dependencies]\nfast = ["numpy"]\nslow = []\n'
    needs = project({"pyproject.toml": text, "requirements-dev.txt": f"{row}\n-e ./other\npytest\n"}).requirements
    assert needs.test == ("numpy", "-e ./other", "pytest")


def test_nothing_declared() -> None:
    """A repository that declares nothing needs nothing, and no file is named."""
    needs = project(None, "a.py").requirements
    assert (needs.runtime, needs.test, needs.sources) == ((), (), ())


def test_groups_that_include_each_other_end() -> None:
    """A cycle of dependency groups ends where it closes."""
    table = {"a": ["x", {"include-group": "b"}], "b": ["y", {"include-group": "a"}, 3, {"include-group": 4}]}
    assert dependency_groups(table) == {"a": ("x", "y"), "b": ("y", "x")}


def test_a_monorepo_needs_what_its_projects_need() -> None:
    """Where the root is no project, those below it count, without what they need of each other."""
    files: dict[str, bytes | str] = {
        "pyproject.toml": "[dependency-groups]\ndev = ['pytest']\n",
        "packages/one/pyproject.toml": "[project]\nname = 'one'\ndependencies = ['two_x>=1', 'click']\n",
        "packages/two/pyproject.toml": (
            "[project]\nname = 'Two.X'\ndependencies = ['rich']\noptional-dependencies = {test = ['mock']}\n"
        ),
    }
    needs = project(files).requirements
    assert (needs.runtime, needs.test) == (("click", "rich"), ("pytest", "mock"))
    assert needs.sources == ("pyproject.toml", "packages/one/pyproject.toml", "packages/two/pyproject.toml")
    named = {**files, "pyproject.toml": "[project]\nname = 'root'\n"}
    assert project(named).requirements.runtime == ()
