"""Settings from files, environment and flags."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratchetry.errors import ConfigError
from ratchetry.settings import Layer, Settings, environment_layer, resolve


def test_later_layers_win() -> None:
    """A flag wins over the environment, the environment over the file."""
    settings = resolve(
        Layer(origin="file", values={"jobs": 1, "timeout": 5, "base": "main"}),
        environment_layer({"RATCHETRY_JOBS": "2", "RATCHETRY_TIMEOUT": "7.5"}),
        Layer(origin="flags", values={"jobs": 3}),
    )
    assert (settings.jobs, settings.timeout, settings.base) == (3, 7.5, "main")


def test_an_unknown_setting_is_named_with_the_nearest_known_one() -> None:
    """A slip of the pen is an error that shows the way."""
    with pytest.raises(ConfigError, match=r"pyproject.toml: unknown setting 'time-out'; did you mean 'timeout'\?"):
        resolve(Layer(origin="pyproject.toml", values={"time-out": 3}))


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"jobs": "many"}, "jobs: Expected `int`, got `str`"),
        ({"jobs": -1}, "jobs: Expected `int` >= 0"),
        ({"timeout": 0}, "timeout: Expected `float` > 0.0"),
        ({"stages": ["tests"]}, "unknown stage 'tests'"),
        ({"osv-url": 7}, "osv-url: Expected `str`, got `int`"),
    ],
)
def test_a_wrong_value_is_named(values: dict[str, object], message: str) -> None:
    """An ill-typed value or one out of range is an error that names the setting."""
    with pytest.raises(ConfigError) as caught:
        resolve(Layer(origin="here", values=values))
    assert message in str(caught.value)


def test_lists_and_switches_come_from_the_environment_as_text() -> None:
    """Commas separate, true and false switch, and an empty variable empties a list."""
    layer = environment_layer({"RATCHETRY_OPTIONAL": "", "RATCHETRY_STAGES": "test, score", "RATCHETRY_CACHE": "false"})
    settings = resolve(Layer(origin="file", values={"optional": ["security"]}), layer)
    assert (settings.optional, settings.stages, settings.cache) == ((), ("test", "score"), False)


@given(st.dictionaries(st.sampled_from(["jobs", "timeout", "cache", "optional", "base", "x"]), st.text(max_size=5)))
def test_any_text_in_the_environment_gives_settings_or_a_clear_error(texts: dict[str, str]) -> None:
    """No text breaks the reading of variables in any other way than by a ConfigError."""
    layer = environment_layer({f"RATCHETRY_{name.upper()}": text for name, text in texts.items()})
    try:
        settings = resolve(layer)
    except ConfigError as error:
        assert "the environment" in str(error)  # noqa: PT017  # the other outcome is just as good
    else:
        assert isinstance(settings, Settings)
