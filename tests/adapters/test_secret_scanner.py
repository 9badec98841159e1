"""The process that runs detect-secrets finds what detect-secrets finds, and prints no secret."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

SCANNER = (sys.executable, "-m", "ratchetry.adapters.secret_scanner")
TEXTS: dict[str, str] = {
    # pragma: allowlist nextline secret
    "aws.py": 'key = "AKIAIOSFODNN7EXAMPLE"\naws_secret_access_key = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"\n',
    "basic.md": "See https://user:correcthorse@example.org/ for more.\n",  # pragma: allowlist secret
    "unquoted.txt": "password = hunter2-but-longer\n",
    "settings.ini": "[db]\npassword = hunter2-but-longer\naws_secret = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n",
    "settings.yaml": "db:\n  password: hunter2-but-longer\n  note: |\n    secret: none\n",
    "no_section.cfg": "api_key = abcdefghijkl1234\n",
    "key.pem": "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\n",  # pragma: allowlist secret
    "jwt.js": (
        # pragma: allowlist nextline secret
        "const t = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.XbPfbIHMI6arZ3Y922BhjWgQzWXcXNrz0ogtVhfEd2o'\n"
    ),
    "tokens.txt": "\n".join(
        [
            f"ghp_{'a1B2' * 9}   ",
            f"glpat-{'a1B2' * 5}",
            f"xoxb-{'1' * 11}-{'2' * 12}-{'aB3' * 8}",
            f"sk_live_{'a1B2c3' * 4}",
            f"npm_{'a1B2' * 9}",
            f"//registry.example/:_authToken=npm_{'a1B2' * 9}",  # pragma: allowlist secret
            f"pypi-AgEIcHlwaS5vcmc{'a1B2c3' * 14}",
            f"SG.{'a1B2c3d4e5F6g7H8i9j0kl'}.{'a1B2' * 10}abc",
            f"AKC{'a1B2c3' * 3}",
            f"AccountKey={'a1B2' * 21}aa==",
            f"SK{'0123456789abcdef' * 2}",
            f"{'0123456789abcdef' * 2}-us10",
            f"ibm_cloud_api_key = {'a1B2' * 11}",
            f"cloudant_password = {'ab12' * 16}",
            f"softlayer_api_key: {'0123456789abcdef' * 4}",
            "9.9.9.9",
            f"sk-{'a1B2' * 5}T3BlbkFJ{'a1B2' * 5}",
            f"discord = 'MTk4NjIyNDgzNDcxOTI1MjQ4.Cl2FMQ.{'aB3' * 9}'",
            f"bot 110201543:AA{'a1B2' * 8}a",
            f"square sq0csp-{'a1B2c3' * 7}a",
        ]
    ),
    # pragma: allowlist nextline secret
    "multiline.py": "password = (\n    'hunter2-but-longer'\n)\nsecret =\n'x'\npwd == 'abcdefgh1'\n",
    "allowed.py": 'password = "hunter2-but-longer"  # pragma: allowlist secret\n',
    "clean.py": "x = 1\n" * 50,
    "hashes.txt": f"sha256 = '{'0123456789abcdef' * 4}'\n",
    "swagger-ui.html": 'password = "hunter2-but-longer"\n',  # pragma: allowlist secret
    "empty.txt": "",
}


def write(directory: Path, texts: Mapping[str, str]) -> None:
    """Write files."""
    for name, text in texts.items():
        (directory / name).write_text(text, encoding="utf-8")


def run(directory: Path, *argv: str) -> subprocess.CompletedProcess[bytes]:
    """Return how a command ended in a directory."""
    environ = {**os.environ, "PYTHONSAFEPATH": "1", "PYTHONUTF8": "1"}
    return subprocess.run(argv, cwd=directory, env=environ, capture_output=True, check=False)


def scan(directory: Path, files: list[str], settings: object = None, **limits: int) -> dict[str, object]:
    """Return the report of a scan of files."""
    job = {"files": files, "settings": settings, **limits}
    (directory / "job").write_text(json.dumps(job), encoding="utf-8")
    ended = run(directory, *SCANNER, "job")
    assert ended.returncode == 0, ended.stderr.decode()
    report = json.loads(ended.stdout)
    assert isinstance(report, dict)
    return report


def test_it_finds_what_the_tool_itself_finds(tmp_path: Path) -> None:
    """On files with secrets of every kind, in every form that is transformed first, the results are the same."""
    write(tmp_path, TEXTS)
    flags = ("--disable-plugin", "Base64HighEntropyString", "--disable-plugin", "HexHighEntropyString")
    tool = run(tmp_path, sys.executable, "-m", "detect_secrets", "scan", "--no-verify", *flags, *TEXTS)
    expected = json.loads(tool.stdout)["results"]
    kinds = {row["type"] for rows in expected.values() for row in rows}
    assert len(kinds) >= 15
    report = scan(tmp_path, list(TEXTS))
    assert report["results"] == expected
    assert report["scanned"] == len(TEXTS)


def test_it_uses_the_plugins_and_filters_it_is_given(tmp_path: Path) -> None:
    """With entropy plugins hashes are secrets; a filter of the project takes files out."""
    write(tmp_path, TEXTS)
    settings = {
        "plugins_used": [{"name": "HexHighEntropyString", "limit": 3.0}],
        "filters_used": [{"path": "detect_secrets.filters.regex.should_exclude_file", "pattern": ["tokens"]}],
    }
    report = scan(tmp_path, ["hashes.txt", "aws.py", "tokens.txt"], settings)
    assert isinstance(report["results"], dict)
    assert list(report["results"]) == ["hashes.txt"]


def test_no_secret_is_printed(tmp_path: Path) -> None:
    """The report holds hashes, never the text of a secret."""
    write(tmp_path, TEXTS)
    text = json.dumps(scan(tmp_path, list(TEXTS)))
    assert "IOSFODNN7EXAMPLE" not in text
    assert "hunter2" not in text


def test_what_is_no_text_of_the_repository_is_left_alone(tmp_path: Path) -> None:
    """Binary files, links that may lead anywhere, directories, pipes and vanished files are not scanned."""
    write(tmp_path, {"a.txt": "one line of text\n"})
    (tmp_path / "binary.txt").write_bytes(b"\xff\xfe\x00password = 'hunter2-but-longer'\n")  # pragma: allowlist secret
    (tmp_path / "link.txt").symlink_to("a.txt")
    (tmp_path / "directory").mkdir()
    os.mkfifo(tmp_path / "pipe")
    report = scan(tmp_path, ["a.txt", "binary.txt", "link.txt", "directory", "pipe", "gone.txt"])
    assert report["scanned"] == 1
    assert report["unreadable"] == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_named(tmp_path: Path) -> None:
    """A file without permission is not taken for clean."""
    write(tmp_path, {"a.txt": "x", "b.txt": "y"})
    (tmp_path / "a.txt").chmod(0)
    report = scan(tmp_path, ["a.txt", "b.txt"])
    assert report["scanned"] == 1
    assert "a.txt" in str(report["unreadable"])


def test_a_file_that_takes_too_long_is_named(tmp_path: Path) -> None:
    """A line on which a plugin's pattern takes quadratic time costs a limited time, and is not taken for clean."""
    write(tmp_path, {"slow.txt": ("password" + " " * 2000) * 1500, "fast.txt": "x"})
    report = scan(tmp_path, ["slow.txt", "fast.txt"], seconds_per_file=1)
    assert report["scanned"] == 1
    assert "slow.txt" in str(report["unreadable"])
    assert "more than 1 s" in str(report["unreadable"])


def test_modules_of_the_repository_are_not_imported(tmp_path: Path) -> None:
    """A repository that holds a module named like one of the tool's does not get to run it."""
    write(tmp_path, {"yaml.py": "raise SystemExit('mine')\n", "requests.py": "raise SystemExit('mine')\n"})
    assert scan(tmp_path, ["yaml.py"])["scanned"] == 1


def test_an_unknown_plugin_is_an_error(tmp_path: Path) -> None:
    """A baseline from another version of the tool is not used in part."""
    (tmp_path / "job").write_text('{"files": [], "settings": {"plugins_used": [{"name": "Odd"}]}}', encoding="utf-8")
    ended = run(tmp_path, *SCANNER, "job")
    assert ended.returncode == 2
    assert b"no plugin 'Odd'" in ended.stderr
