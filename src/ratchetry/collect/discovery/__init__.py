"""Knowing the measured repository before any tool runs: its packages, tests, requirements and configured tools.

Everything is read, nothing is executed.  Malformed files never raise: validate reports them, and discovery knows less.
"""

from __future__ import annotations

from ratchetry.collect.discovery.declared import read_declared
from ratchetry.collect.discovery.packages import find_packages, member_directories, source_roots
from ratchetry.collect.discovery.project_name import project_name
from ratchetry.collect.discovery.requirements import find_requirements
from ratchetry.collect.discovery.test_paths import find_test_paths
from ratchetry.collect.discovery.tool_config import configured_tools
from ratchetry.domain.project import Project
from ratchetry.ports import SourceTree
from ratchetry.settings import Settings

__all__ = ["discover"]


def discover(tree: SourceTree, settings: Settings) -> Project:
    """Return what the repository's files tell about the project.

    Raises ConfigError when settings.sources or settings.tests name something that is not in the repository.
    """
    files = tree.files()
    declared = read_declared(tree)
    packages = find_packages(tree, files, declared, settings.sources)
    name = project_name(declared)
    is_project = bool(name) or declared.setup_py.present
    members = () if is_project else tuple(read_declared(tree, place) for place in member_directories(files))
    return Project(
        root=tree.root,
        name=name,
        files=files,
        packages=packages,
        source_roots=source_roots(packages),
        test_paths=find_test_paths(tree, files, declared, packages, settings.tests),
        requirements=find_requirements(tree, files, declared, members),
        configured=configured_tools(tree, files, declared),
        tables=declared.pyproject,
    )
