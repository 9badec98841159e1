"""Settings: `[tool.ratchetry]` of pyproject.toml (or ratchetry.toml), RATCHETRY_* variables, then flags.

The three use the same names: `osv-url` in TOML is `RATCHETRY_OSV_URL` and `--osv-url`.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from ratchetry.errors import ConfigError

STAGES: Final = ("validate", "quality", "test", "security", "benchmark", "score")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything a user may set; the text under each field is its documentation."""

    stages: tuple[str, ...] = STAGES
    """Stages to run."""
    optional: tuple[str, ...] = ()
    """Stages or metric families that may go unmeasured without changing the verdict."""
    python: str = ""
    """Interpreter that runs the project's tests; found in the usual places when empty."""
    base_python: str = ""
    """Interpreter that an environment for the tests is built with; ratchetry's own when empty."""
    install: bool = True
    """Whether to build an environment from the declared dependencies when none is found."""
    in_place: bool = False
    """Whether tests run in the repository itself instead of a scratch copy."""
    jobs: Annotated[int, Meta(ge=0)] = 0
    """Tools that may run at the same time; 0 means one for each core."""
    timeout: Annotated[float, Meta(gt=0)] = 1800.0
    """Seconds that each stage may take."""
    output_dir: str = ".ratchetry"
    """Directory for the record, reports, artifacts and caches, relative to the repository."""
    cache: bool = True
    """Whether to reuse a stage whose inputs have not changed."""
    base: str = ""
    """Commit or reference that changes are compared with; found from the event or the upstream when empty."""
    thresholds: str = "quality-thresholds.json"
    """File with the bounds."""
    score_model: str = "PromptScoreModel.json"
    """File with the weights of the score."""
    documents: tuple[str, ...] = ("README.md",)
    """Prompt and instruction documents to score (globs)."""
    decision_log: str = "decisions.jsonl"
    """The bandit's log of decisions, inside the output directory."""
    weights: str = "bandit_weights.json"
    """File with what the bandit has learned."""
    arms: tuple[str, ...] = ()
    """Arms that the bandit chooses between, the static default first; those of the weights file when empty."""
    disable_learning: bool = False
    """Whether nothing is learned and choices are the static defaults; also what was learned before is not used."""
    ratchet_runs: Annotated[int, Meta(ge=3, le=100)] = 10
    """Newest runs of the default branch that all have to clear a bound before it moves."""
    ratchet_cool_down_days: Annotated[float, Meta(ge=0, le=365)] = 1.0
    """Days between two moves of one bound."""
    ratchet_confidence: Annotated[float, Meta(ge=0.5, lt=1)] = 0.999
    """How surely a bound that has moved lets 99 of 100 honest runs pass."""
    propose: Literal["pull-request", "commit", "off"] = "pull-request"
    """How what was learned gets into the files: by one standing pull request, by commits, or not at all."""
    learn_from_pull_requests: bool = False
    """Whether runs of pull requests from branches of the repository itself, never of forks, give rewards."""
    sources: tuple[str, ...] = ()
    """Paths of the packages; found when empty."""
    tests: tuple[str, ...] = ()
    """Paths that pytest is given; its own configuration decides when empty."""
    pytest_args: tuple[str, ...] = ()
    """Further arguments for pytest."""
    osv_url: str = "https://api.osv.dev"
    """Advisory service that speaks the OSV protocol."""
    required_files: tuple[str, ...] = ()
    """Files (globs) whose absence is an error."""
    exclude: tuple[str, ...] = ()
    """Files (globs) that validate and the secret scan leave alone."""
    history_rounds: Annotated[int, Meta(ge=1, le=10_000)] = 5
    """Rounds of each benchmark that the history keeps, evenly spaced."""
    history_keep_tests_days: Annotated[int, Meta(ge=0)] = 0
    """Days for which the history keeps each test and finding of a run, then their sums alone; 0 means for ever."""
    privacy_authors: Literal["hash", "omit", "keep"] = "hash"
    """What the history keeps of people: a pseudonym (hash), nothing (omit), or their names and addresses (keep)."""
    privacy_messages: Literal["redact", "omit", "keep"] = "redact"
    """What the history keeps of messages and evidence: all but what looks like a secret, nothing, or all."""
    privacy_salt: str = ""
    """Secret text that pseudonyms depend on, best set as RATCHETRY_PRIVACY_SALT; the repository's name when empty."""
    history_remote: str = "origin"
    """Remote, or address of a git repository, that the history is shared through."""
    history_ref: str = "ratchetry-data"
    """Branch of the shared history there; a name that begins with refs/ keeps it out of ordinary clones."""
    comment: Literal["always", "changes", "failures", "off"] = "changes"
    """When a pull request gets its comment: on every run, when something differs from its base, is out of order or
    could not be compared (changes), when it should not be merged (failures), or never; one that is there is edited."""
    dashboard_url: Annotated[str, Meta(pattern="^(https?://[A-Za-z0-9._~:/?=&%+-]{1,500})?$")] = ""
    """Address of the dashboard that comments link to."""


_NAMES: Final = {name.name.replace("_", "-"): name.name for name in fields(Settings)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """Settings from one place: where they come from and what it says."""

    origin: str
    values: Mapping[str, object] = field(default_factory=dict)


def environment_layer(environ: Mapping[str, str]) -> Layer:
    """Return the settings of RATCHETRY_* variables; lists are separated by commas."""
    values: dict[str, object] = {}
    for name in _NAMES:
        text = environ.get(f"RATCHETRY_{name.replace('-', '_').upper()}")
        if text is not None:
            values[name] = _from_text(name, text)
    return Layer(origin="the environment", values=values)


def resolve(*layers: Layer) -> Settings:
    """Return the settings that the layers give, later ones winning.

    Raises ConfigError naming the origin and the key that is unknown (with the nearest name) or ill-typed.
    """
    settings = Settings()
    for layer in layers:
        settings = replace(settings, **_checked(layer))  # type: ignore[arg-type]  # checked by msgspec just above
    return settings


def _checked(layer: Layer) -> dict[str, object]:
    """Return the values of a layer by field name, converted to the fields' types."""
    by_field: dict[str, object] = {}
    for key, value in layer.values.items():
        if key not in _NAMES:
            near = difflib.get_close_matches(key, _NAMES, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else f"; known are {', '.join(sorted(_NAMES))}"
            msg = f"{layer.origin}: unknown setting {key!r}{hint}"
            raise ConfigError(msg)
        by_field[_NAMES[key]] = value
    try:
        converted = msgspec.convert(by_field, Settings)
    except msgspec.ValidationError as error:
        msg = f"{layer.origin}: {_readable(str(error))}"
        raise ConfigError(msg) from error
    unknown = [name for name in converted.stages if name not in STAGES]
    if unknown:
        msg = f"{layer.origin}: stages: unknown stage {unknown[0]!r}; the stages are {', '.join(STAGES)}"
        raise ConfigError(msg)
    return {name: getattr(converted, name) for name in by_field}


def _readable(message: str) -> str:
    """Return msgspec's message with the field named the way users write it."""
    what, _, where = message.partition(" - at `$.")
    return f"{where.rstrip('`').replace('_', '-')}: {what}" if where else what


def _from_text(name: str, text: str) -> object:
    """Return the text of an environment variable as the type of its setting."""
    default = getattr(Settings(), _NAMES[name])
    match default:
        case tuple():
            return [part.strip() for part in text.split(",") if part.strip()]
        case bool():
            return {"true": True, "1": True, "false": False, "0": False}.get(text.strip().lower(), text)
        case int():
            return int(text) if text.strip().lstrip("-").isdigit() else text
        case float():
            try:
                return float(text)
            except ValueError:
                return text
        case _:
            return text
