"""Names that tell what a directory or a module is not: part of the project's packages."""

from __future__ import annotations

from typing import Final

NEVER: Final = frozenset(
    [
        "asv_bench",
        "bench",
        "benchmark",
        "benchmarks",
        "build",
        "changelog",
        "coverage",
        "debian",
        "demo",
        "demos",
        "dist",
        "doc",
        "docs",
        "documentation",
        "example",
        "examples",
        "exercise",
        "exercises",
        "fixtures",
        "htmlcov",
        "manpages",
        "newsfragments",
        "node_modules",
        "notebooks",
        "sample",
        "samples",
        "script",
        "scripts",
        "site",
        "site-packages",
        "templates",
        "test",
        "testing",
        "tests",
        "unit_test",
        "unit_tests",
    ]
)
"""Directories in a repository's root in which no package of a project is looked for."""

NO_PACKAGE: Final = frozenset(
    [
        "benchmark",
        "benchmarks",
        "build",
        "doc",
        "docs",
        "example",
        "examples",
        "script",
        "scripts",
        "test",
        "tests",
    ]
)
"""Directories that are no package of a project even where packages are kept, as in src."""

SELDOM: Final = frozenset(
    [
        "bin",
        "ci",
        "conf",
        "etc",
        "misc",
        "news",
        "python",
        "release",
        "tasks",
        "tool",
        "tools",
        "util",
        "utils",
        "vendor",
    ]
)
"""Directories that are a package of the project only if there is no other."""

NO_MODULE: Final = frozenset(
    [
        "bootstrap",
        "conanfile",
        "conf",
        "conftest",
        "dodo",
        "ez_setup",
        "fabfile",
        "gunicorn_conf",
        "manage",
        "noxfile",
        "pavement",
        "run_tests",
        "runtests",
        "setup",
        "tasks",
        "toxfile",
        "versioneer",
    ]
)
"""Modules in a repository's root that drive tools."""
