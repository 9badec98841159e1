"""What a project's configuration of pytest asks to be installed."""

from __future__ import annotations

import pytest

from tests.unit.collect.discovery.trees import project


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("tox.ini", "[pytest]\naddopts = --cov-append\n    --cov=pkg  -n auto\n"),
        ("setup.cfg", "[tool:pytest]\naddopts = --cov -n4 # why\n"),
        ("pytest.ini", "[pytest]\naddopts = --no-cov --numprocesses=2\n"),
        ("pytest.toml", '[pytest]\naddopts = ["--cov", "--dist", "loadscope"]\n'),
        ("pyproject.toml", '[tool.pytest.ini_options]\naddopts = "--cov-report=html --dist=load"\n'),
    ],
)
def test_the_options_of_plugins_ask_for_them(path: str, text: str) -> None:
    """Without the plugin pytest would refuse the options that it is always given."""
    needs = project({path: text}).requirements
    assert needs.test == ("pytest-cov", "pytest-xdist")
    assert needs.sources == (path,)


def test_required_plugins_are_required() -> None:
    """The list is taken as it stands, versions included."""
    text = "[pytest]\nrequired_plugins = pytest-django>=3.0,<4.0\n    pytest-html\naddopts = -ra -v --strict-markers\n"
    assert project({"pytest.ini": text}).requirements.test == ("pytest-django>=3.0,<4.0", "pytest-html")


def test_the_first_file_decides() -> None:
    """What pytest does not read asks for nothing; options that cannot be split do not either."""
    texts = {"pytest.ini": "[pytest]\naddopts = 'open\n", "tox.ini": "[pytest]\naddopts = --cov\n"}
    assert project(texts).requirements.test == ()
