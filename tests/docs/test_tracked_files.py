"""No file of the repository names the machine it was made on, or a host of a package registry."""

from __future__ import annotations

import re
from typing import Final

from ratchetry.collect.validate.scope import is_binary_name
from tests.docs.pages import ROOT, tree

REGISTRIES: Final = (("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("golang", "org"), ("crates", "io"))
HOST: Final = re.compile("|".join(rf"\b{name}\.{ending}\b" for name, ending in REGISTRIES))
MACHINE: Final = re.compile(r"(?<![\w.~$}>-])/(?:work|root|home/[a-z]+|Users/[A-Za-z]+)/(?=[\w.])")


def hits(pattern: re.Pattern[str]) -> list[str]:
    """Return the lines of text files in which a pattern is found."""
    found = []
    for path in tree().files():
        if not is_binary_name(path) and (ROOT / path).is_file():
            lines = (ROOT / path).read_text(encoding="utf-8", errors="replace").splitlines()
            found += [f"{path}:{number}" for number, line in enumerate(lines, start=1) if pattern.search(line)]
    return found


def test_no_file_names_the_host_of_a_package_registry() -> None:
    """Where packages come from is for the configuration of pip to say."""
    assert hits(HOST) == []


def test_no_file_names_a_directory_of_the_machine_it_was_made_on() -> None:
    """Paths in reports, examples and documentation are neutral ones."""
    assert hits(MACHINE) == []


def test_such_names_would_be_found() -> None:
    """The patterns find what they look for."""
    assert HOST.search(f"https://{'.'.join(REGISTRIES[0])}/simple/")
    assert MACHINE.search("in /{}/main".format("work"))
    assert not MACHINE.search("src/{0}/main and https://example.org/{0}/main".format("work"))
