"""A script that any Python runs to tell about itself; nothing of ratchetry can be imported in it.

Its argument is a JSON file with the names of packages to look for and directories to append to the path; what it
finds is written as JSON to its second argument, because start-up files of the interpreter may print.
"""

from __future__ import annotations

import sys

_MOST = 5_000


def main(request: str, answer: str) -> None:
    """Write what this interpreter is, what is installed in it, and where it would import packages from."""
    # The first entry is this script's directory, whose modules would hide others.
    if not getattr(sys.flags, "safe_path", False):
        del sys.path[0]
    import json

    with open(request, encoding="utf-8") as file:  # noqa: PTH123  # pathlib would be one more import
        asked = json.load(file)
    sys.path.extend(asked["append"])
    found = {
        "version": ".".join(str(number) for number in sys.version_info[:3]),
        "markers": _markers(),
        "distributions": _distributions() if sys.version_info >= (3, 8) else [],
        "packages": {name: _locations(name) for name in asked["packages"]},
    }
    with open(answer, "w", encoding="utf-8") as file:  # noqa: PTH123  # as above
        json.dump(found, file)


def _markers() -> dict[str, str]:
    """Return the values of PEP 508's environment markers."""
    import os
    import platform

    release = sys.implementation.version
    return {
        "implementation_name": sys.implementation.name,
        "implementation_version": f"{release.major}.{release.minor}.{release.micro}",
        "os_name": os.name,
        "platform_machine": platform.machine(),
        "platform_python_implementation": platform.python_implementation(),
        "platform_release": platform.release(),
        "platform_system": platform.system(),
        "platform_version": platform.version(),
        "python_full_version": platform.python_version(),
        "python_version": ".".join(platform.python_version_tuple()[:2]),
        "sys_platform": sys.platform,
    }


def _distributions() -> list[tuple[str, str, list[str]]]:
    """Return name, version and requirements of what is installed, in the order in which it would be found."""
    from importlib.metadata import distributions

    rows = []
    for distribution in distributions():
        try:
            row = (str(distribution.metadata["Name"]), str(distribution.version), list(distribution.requires or []))
        except Exception:  # noqa: BLE001, S112  # a broken installation of one package is none of it
            continue
        rows.append(row)
        if len(rows) >= _MOST:
            break
    return rows


def _locations(name: str) -> list[str]:
    """Return the file of a module, or the directories of a package, that an import would find."""
    from importlib.util import find_spec

    try:
        spec = find_spec(name)
    except BaseException:  # noqa: BLE001  # what is imported on the way may do anything, even exit
        return []
    if spec is None:
        return []
    places = list(spec.submodule_search_locations or [])
    return [str(place) for place in places] or [str(spec.origin or "")]


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
