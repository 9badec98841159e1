"""Where the settings of a command come from."""

from __future__ import annotations

from pathlib import Path

import pytest

from ratchetry.cli.options import load_settings
from ratchetry.errors import ConfigError


def test_a_configuration_file_that_is_named_is_read_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """RATCHETRY_CONFIG names a file in the repository, with settings alone or as a table of a pyproject.toml."""
    (tmp_path / "ratchetry.toml").write_text("timeout = 1.0\njobs = 1\n", encoding="utf-8")
    (tmp_path / "ci").mkdir()
    (tmp_path / "ci" / "strict.toml").write_text("timeout = 2.0\n", encoding="utf-8")
    (tmp_path / "ci" / "pyproject.toml").write_text("[tool.ratchetry]\ntimeout = 3.0\n", encoding="utf-8")
    monkeypatch.delenv("RATCHETRY_CONFIG", raising=False)
    assert (load_settings(str(tmp_path), {}).timeout, load_settings(str(tmp_path), {}).jobs) == (1.0, 1)
    for name, timeout in (("ci/strict.toml", 2.0), ("ci/pyproject.toml", 3.0)):
        monkeypatch.setenv("RATCHETRY_CONFIG", name)
        settings = load_settings(str(tmp_path), {})
        assert (settings.timeout, settings.jobs) == (timeout, 0)


def test_a_configuration_file_that_is_named_must_be_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that leads nowhere is an error: the settings that were meant are not silently left out."""
    monkeypatch.setenv("RATCHETRY_CONFIG", "ci/strict.toml")
    with pytest.raises(ConfigError, match=r"ci/strict\.toml: there is no such configuration file"):
        load_settings(str(tmp_path), {})
