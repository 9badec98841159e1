"""A package index in a directory, so that pip can be run without a network."""

from __future__ import annotations

import zipfile
from pathlib import Path

BACKEND = '''
"""A build backend that needs nothing: it packs the directory src."""
import pathlib, zipfile

def get_requires_for_build_wheel(config_settings=None):
    return []

def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    if pathlib.Path("broken").exists():
        raise SystemExit("the project is broken")
    name = "demo-1.0-py3-none-any.whl"
    with zipfile.ZipFile(pathlib.Path(wheel_directory, name), "w") as wheel:
        for path in sorted(pathlib.Path("src").rglob("*.py")):
            wheel.write(path, path.relative_to("src").as_posix())
        if pathlib.Path("generate").exists():
            wheel.writestr("demo/_version.py", "version = '1.0'")
        wheel.writestr("demo-1.0.dist-info/METADATA", "Metadata-Version: 2.1\\nName: demo\\nVersion: 1.0\\n")
        wheel.writestr("demo-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr("demo-1.0.dist-info/RECORD", "")
    return name
'''

PYPROJECT = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
[project]
name = "demo"
version = "1.0"
"""


def index(directory: Path, *names: str) -> dict[str, str]:
    """Return pip's settings for an index with an empty package of each name, and with nothing else."""
    directory.mkdir(parents=True, exist_ok=True)
    for name in names:
        stem = name.replace("-", "_")
        info = f"{stem}-1.0.dist-info"
        with zipfile.ZipFile(directory / f"{stem}-1.0-py3-none-any.whl", "w") as wheel:
            wheel.writestr(f"{stem}/__init__.py", "")
            wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
            wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
            wheel.writestr(f"{info}/RECORD", "")
    return {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": directory.as_uri(), "PIP_CONFIG_FILE": "/dev/null"}


def demo(root: Path) -> Path:
    """Return a project that can be built without any requirement."""
    package = root / "src" / "demo"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("", encoding="utf-8")
    (root / "backend.py").write_text(BACKEND, encoding="utf-8")
    (root / "pyproject.toml").write_text(PYPROJECT, encoding="utf-8")
    return root
