"""Which dependencies a project has, and which of them are known well enough to be audited."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratchetry.collect.security.dependencies import Dependencies, dependencies_of
from ratchetry.domain.project import Interpreter, Project, Requirements


def closure(
    *declared: str, test: tuple[str, ...] = (), interpreter: Interpreter | None = None, name: str = "project"
) -> Dependencies:
    """Return the dependencies of a project that declares these requirements."""
    project = Project(root="/repo", name=name, requirements=Requirements(runtime=declared, test=test))
    return dependencies_of(project, interpreter or installed({}))


def installed(
    distributions: Mapping[str, str], requires: Mapping[str, tuple[str, ...]] | None = None, *, own: bool = False
) -> Interpreter:
    """Return an interpreter in whose environment distributions are installed."""
    return Interpreter(
        executable="/env/bin/python",
        version="3.11.2",
        origin="own" if own else "found",
        distributions=distributions,
        requires=requires or {},
    )


def test_the_closure_of_what_is_declared_is_known() -> None:
    """What dependencies need themselves is part of it, what nobody needs is not; cycles end."""
    environment = installed(
        {"requests": "2.32.0", "urllib3": "2.0", "idna": "3.7", "black": "24.1"},
        {"requests": ("urllib3", "IDNA"), "urllib3": ("requests",)},
    )
    dependencies = closure("Requests>=2", test=("idna",), interpreter=environment)
    assert dependencies.pins() == "idna==3.7\nrequests==2.32.0\nurllib3==2.0\n"
    assert dependencies.unaudited == ()


def test_what_is_needed_but_not_installed_is_unaudited() -> None:
    """A broken environment does not make a project safe."""
    dependencies = closure("a", interpreter=installed({"a": "1"}, {"a": ("b", "project", "a")}))
    assert [(row.name, row.reason) for row in dependencies.unaudited] == [
        ("b", "not audited: a needs it, but it is not installed")
    ]


def test_what_the_installed_project_needs_counts_though_no_file_declares_it() -> None:
    """A setup.py that computes its dependencies is understood once the project is installed."""
    environment = installed({"project": "1.0", "six": "1.16"}, {"project": ("six",)})
    assert closure(interpreter=environment).pins() == "six==1.16\n"


def test_declared_but_not_installed_is_unaudited() -> None:
    """Without an installed version nobody can tell whether it is vulnerable, and nothing is resolved."""
    dependencies = closure("requests>=2", interpreter=installed({"six": "1.16"}))
    assert dependencies.known == ()
    assert [row.name for row in dependencies.unaudited] == ["requests"]
    assert "not installed in the project's environment" in dependencies.unaudited[0].reason
    assert dependencies.listing() == "requests\n"


@pytest.mark.parametrize(
    ("pin", "version"), [("==2.19.0", "2.19.0"), ("===2.19.0", "2.19.0"), ("==2.*", ""), ("==1,>0", "")]
)
def test_an_exact_pin_is_known_without_being_installed(pin: str, version: str) -> None:
    """The pinned version is audited, and what it needs itself stays unaudited."""
    dependencies = closure(f"requests{pin}")
    assert dependencies.pins() == (f"requests=={version}\n" if version else "")
    assert ("only the declared version" in dependencies.unaudited[0].reason) is bool(version)


def test_ratchetrys_own_environment_counts_only_where_the_project_agrees() -> None:
    """A version in ratchetry's environment that the project does not take is not the project's."""
    environment = installed({"click": "8.2.0", "requests": "2.32.0"}, {"click": ("requests",)}, own=True)
    dependencies = closure("click>=8", "requests==2.19.0", "rich", interpreter=environment)
    assert dependencies.pins() == "click==8.2.0\nrequests==2.19.0\n"
    assert [row.name for row in dependencies.unaudited] == ["requests", "rich"]


def test_markers_are_those_of_the_projects_interpreter() -> None:
    """A requirement for another Python or platform is none."""
    wanted = closure('a; python_version >= "3.11"', 'b; python_version < "3.11"', 'c; extra == "x"')
    assert [row.name for row in wanted.unaudited] == ["a"]


def test_the_project_is_no_dependency_of_itself() -> None:
    """Extras that name the project are already resolved."""
    assert closure("My_Project[all]", name="my-project").empty


def test_requirements_that_cannot_be_read_are_unaudited() -> None:
    """A malformed requirement is not dropped in silence, and never reaches a requirements file."""
    dependencies = closure("requests ==", "-r other.txt", "x ?? y")
    assert len(dependencies.unaudited) == 3
    assert all("cannot be read" in row.reason for row in dependencies.unaudited)
    assert dependencies.listing() == ""


def test_installed_versions_that_no_service_knows_are_unaudited() -> None:
    """One odd version does not spoil the audit of the others."""
    dependencies = closure("pytz", "six", interpreter=installed({"pytz": "2004d-x!", "six": "1.16"}))
    assert dependencies.pins() == "six==1.16\n"
    assert [row.name for row in dependencies.unaudited] == ["pytz"]


@given(
    st.lists(st.text(max_size=20), max_size=4), st.dictionaries(st.text(max_size=8), st.text(max_size=8), max_size=4)
)
def test_every_readable_line_is_one_pin(texts: list[str], distributions: dict[str, str]) -> None:
    """Whatever is declared or installed, a requirements file holds nothing but names and exact versions."""
    dependencies = closure(*texts, *distributions, interpreter=installed(distributions))
    lines = dependencies.pins().splitlines()
    assert len(lines) == len(dependencies.known)
    assert all(line.count("==") == 1 and not line.startswith("-") and " " not in line for line in lines)
