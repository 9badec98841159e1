"""Settings, metrics, exit codes, stages and variables have the same names in the documentation as in the code."""

from __future__ import annotations

import re
import tomllib
from dataclasses import fields
from typing import Final

import pytest

from ratchetry import errors
from ratchetry.adapters.github.client import LOGIN_VARIABLE
from ratchetry.cli.app import cli
from ratchetry.cli.lazy import commands_below
from ratchetry.domain.catalog import CATALOG, definition
from ratchetry.domain.score_model import DEFAULT_METRICS
from ratchetry.pipeline.environment import WITHHELD, WITHHELD_PREFIXES, tool_environment
from ratchetry.settings import STAGES, Layer, Settings, resolve
from tests.docs.pages import ROOT, WRITTEN, document, fences, spans, table

SETTINGS: Final = frozenset(field.name.replace("_", "-") for field in fields(Settings))
VARIABLES: Final = frozenset(
    {
        *(f"RATCHETRY_{field.name.upper()}" for field in fields(Settings)),
        *(
            option.envvar
            for _, command in commands_below(cli)
            for option in command.params
            if isinstance(option.envvar, str)
        ),
        LOGIN_VARIABLE,
    }
)
"""The variables that set a setting or an option, or say whose token it is."""
FAMILIES: Final = frozenset(entry.name.partition(".")[0] for entry in CATALOG)
NO_METRICS: Final = frozenset({"coverage.py", "ci.minimum_score"})
"""A tool and a field of the score model, which look like metrics."""
EXIT_CODES: Final = {
    str(value): name for name, value in vars(errors).items() if name.startswith("EXIT_") and isinstance(value, int)
}


def test_settings_in_examples_are_accepted() -> None:
    """A table of settings in an example is one that ratchetry takes."""
    examples = [tomllib.loads(fence.content) for _, fence in fences() if fence.language == "toml"]
    tables = [example["tool"]["ratchetry"] for example in examples]
    assert tables
    for values in tables:
        resolve(Layer(origin="documentation", values=values))


def test_settings_and_variables_in_the_text_exist() -> None:
    """What the text calls a setting is one, and so is every variable that begins with RATCHETRY_."""
    for path in WRITTEN:
        text = (ROOT / path).read_text(encoding="utf-8")
        assert {*re.findall(r"\bsettings? `([a-z-]+)`", text)} <= SETTINGS, path
        assert {*re.findall(r"\bRATCHETRY_[A-Z_]+\b", text)} <= VARIABLES, path


@pytest.mark.parametrize("name", sorted(SETTINGS))
def test_every_setting_is_documented(name: str) -> None:
    """The reference has every setting with its variable and its meaning."""
    rows = {row[0]: row for row in table("docs/reference/settings.md", "setting")}
    assert rows[f"`{name}`"][1] == f"`RATCHETRY_{name.replace('-', '_').upper()}`"
    assert rows[f"`{name}`"][-1]


def test_metrics_in_the_text_exist() -> None:
    """What looks like a metric in inline code is one, or a family of metrics."""
    named = {text for _, text in spans() if re.fullmatch(r"[a-z]+(?:\.[a-z0-9_*]+)+", text)}
    metrics = {text for text in named if text.partition(".")[0] in FAMILIES and not text.endswith((".json", ".md"))}
    assert len(metrics) > 20
    families = {name.rpartition(".")[0] for name in (entry.name for entry in CATALOG)}
    unknown = {text for text in metrics - NO_METRICS if definition(text) is None and text not in families}
    assert unknown == set()


def test_every_metric_is_documented() -> None:
    """The reference has every metric, in the order of the catalog."""
    assert [row[0].strip("`") for row in table("docs/reference/metrics.md", "metric")] == [row.name for row in CATALOG]


@pytest.mark.parametrize("path", ["README.md", "docs/record.md", "docs/reference/cli.md"])
def test_exit_codes_are_those_of_the_code(path: str) -> None:
    """Each table of exit codes lists all of them and no other."""
    head = "exit code" if path == "README.md" else "code"
    assert [row[0] for row in table(path, head)] == sorted(EXIT_CODES, key=int)


def test_exit_codes_in_the_text_exist() -> None:
    """An exit code that is spoken of is one of those."""
    texts = {path: (ROOT / path).read_text(encoding="utf-8") for path in WRITTEN}
    named = [(path, code) for path, text in texts.items() for code in re.findall(r"exit code (\d+)", text)]
    assert named
    assert [(path, code) for path, code in named if code not in EXIT_CODES] == []


def test_verdicts_have_their_exit_codes() -> None:
    """The guide's table of verdicts says what the command line ends with."""
    from ratchetry.cli.run import EXIT_OF

    rows = {row[0].lower().replace(" ", "_"): int(row[1]) for row in table("docs/guide.md", "verdict")}
    assert rows == EXIT_OF


def test_stages_are_listed_in_their_order() -> None:
    """The README's table and the headings about stages follow the code."""
    assert [row[0] for row in table("README.md", "stage")] == list(STAGES)
    headings = [heading.text for heading in document("docs/measuring.md").headings if heading.level == 2]
    assert [text for text in headings if text in STAGES] == list(STAGES)


def test_weights_of_the_score_are_those_of_the_code() -> None:
    """The table of score metrics has the default weights, and each metric has a section."""
    rows = {row[0].strip("`"): float(row[1]) for row in table("docs/score.md", "metric", "weight")}
    assert rows == {name: metric.weight for name, metric in DEFAULT_METRICS.items()}
    assert set(DEFAULT_METRICS) <= {heading.text for heading in document("docs/score.md").headings}


def test_what_is_withheld_is_documented() -> None:
    """The page about trust names every variable that measured code does not get, and no other."""
    text = (ROOT / "docs/trust.md").read_text(encoding="utf-8")
    section = text.partition("## What is withheld")[2].partition("\n## ")[0]
    names = set(re.findall(r"`([A-Z_]+)`", section))
    withheld = {*WITHHELD, *WITHHELD_PREFIXES}
    assert names == withheld
    examples = {f"{name}X" if name.endswith("_") else name: "x" for name in names}
    assert tool_environment(examples).keys().isdisjoint(examples)
