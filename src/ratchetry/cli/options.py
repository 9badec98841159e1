"""Options that several commands share, and how they become settings."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from ratchetry.errors import ConfigError
from ratchetry.settings import Layer, Settings, environment_layer, resolve

CONFIG_LIMIT = 1_000_000


def load_settings(path: str, flags: Mapping[str, object]) -> Settings:
    """Return the settings for a repository: its file, then the environment, then the flags that were given.

    Raises ConfigError naming where a wrong one stands.
    """
    given = {name.replace("_", "-"): value for name, value in flags.items() if value is not None and value != ()}
    return resolve(
        file_layer(Path(path), os.environ.get("RATCHETRY_CONFIG", "")),
        environment_layer(os.environ),
        Layer(origin="the command line", values=given),
    )


def file_layer(root: Path, config: str = "") -> Layer:
    """Return the settings of ratchetry.toml or, without one, of `[tool.ratchetry]` in pyproject.toml.

    A `config` that is named is read instead of both, relative to the repository.
    Raises ConfigError when it is not there, or when what stands in a file are no settings.
    """
    if config and not (root / config).is_file():
        msg = f"{config}: there is no such configuration file in {root}; RATCHETRY_CONFIG names it"
        raise ConfigError(msg)
    for name in (config,) if config else ("ratchetry.toml", "pyproject.toml"):
        path = root / name
        if not path.is_file():
            continue
        if path.stat().st_size > CONFIG_LIMIT:
            msg = f"{name}: larger than {CONFIG_LIMIT} bytes"
            raise ConfigError(msg)
        return toml_layer(path.read_bytes(), name)
    return Layer(origin="no configuration file")


def toml_layer(data: bytes, name: str) -> Layer:
    """Return the settings that the text of a configuration file holds; raises ConfigError when it holds none."""
    import tomllib

    try:
        document: object = tomllib.loads(data.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        if name == "pyproject.toml":
            return Layer(origin=name)  # the validate stage reports it: a broken file must not end the run
        msg = f"{name}: not valid TOML: {error}"
        raise ConfigError(msg) from error
    return _layer_of(document, name)


def _layer_of(document: object, name: str) -> Layer:
    """Return the settings that a parsed configuration file holds."""
    table = document
    origin = name
    if name.rpartition("/")[2] == "pyproject.toml":
        origin = f"{name} [tool.ratchetry]"
        for key in ("tool", "ratchetry"):
            table = table.get(key, {}) if isinstance(table, dict) else {}
    if not isinstance(table, dict):
        msg = f"{origin}: must be a table"
        raise ConfigError(msg)
    return Layer(origin=origin, values=table)
