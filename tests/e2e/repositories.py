"""Small real repositories for end-to-end tests, and how they look on disk."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from tests.adapters.repositories import git

SIGN: Final = "def sign(x):\n    if x < 0:\n        return -1\n    return 1\n"
"""Four statements, of which a test of `sign(1)` executes three, and one of two branches."""
README: Final = (
    "# pkg\n\nTells the sign of a number.\n\n"
    "```python\nfrom pkg import sign\n\nassert sign(-3) == -1\n```\n\n"
    "Install it with `pip install pkg`, then call `sign` with any number that you have at hand.\n"
)


def calls_sign(module: str) -> str:
    """Return a test file that calls `sign` of a module with a positive number."""
    return f"from {module} import sign\n\n\ndef test_sign():\n    assert sign(1) == 1\n"


def write(root: Path, texts: Mapping[str, str]) -> Path:
    """Write files below a directory and return it."""
    for path, text in texts.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    return root


def flat(root: Path, texts: Mapping[str, str] | None = None) -> Path:
    """Return a repository with one package and one test beside it, and some more or other files."""
    return write(root, {"pkg/__init__.py": SIGN, "tests/test_sign.py": calls_sign("pkg"), **(texts or {})})


def sound(root: Path) -> Path:
    """Return a repository of which every stage but benchmarks is measured and passes."""
    pyproject = '[project]\nname = "pkg"\nversion = "1"\n\n[tool.pytest.ini_options]\ntestpaths = ["tests"]\n'
    return flat(root, {"pyproject.toml": pyproject, "README.md": README})


def committed(root: Path) -> str:
    """Put all that lies in a directory under version control and return the commit."""
    if not (root / ".git").exists():
        git(root, "init", "-q")
    git(root, "add", "-A")
    git(root, "commit", "-q", "--allow-empty", "-m", "change")
    return git(root, "rev-parse", "HEAD")


def snapshot(root: Path, *, without: str = ".ratchetry") -> Mapping[str, tuple[int, str]]:
    """Return mode and content of everything below a directory (of links: where they lead) but one name at its top."""
    return {
        str(path.relative_to(root)): (path.lstat().st_mode, _content(path))
        for path in sorted(root.rglob("*"))
        if path.relative_to(root).parts[0] != without
    }


def status(root: Path) -> list[str]:
    """Return what git says of a working tree, ignored files included, without the output directory."""
    return [line for line in git(root, "status", "--porcelain", "--ignored").splitlines() if ".ratchetry" not in line]


def _content(path: Path) -> str:
    """Return the digest of a file, the target of a link, nothing for a directory."""
    mode = path.lstat().st_mode
    if stat.S_ISLNK(mode):
        return os.readlink(path)  # noqa: PTH115  # as it is written
    return hashlib.sha256(path.read_bytes()).hexdigest() if stat.S_ISREG(mode) else ""
