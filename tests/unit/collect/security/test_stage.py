"""The security stage as a whole: what it plans, and how it reads what its tools left behind."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from ratchetry.collect.security import STAGE
from ratchetry.collect.stage import Context
from ratchetry.domain.command import Command, ToolOutcome
from ratchetry.domain.project import Interpreter, Requirements
from ratchetry.domain.record import Fragment
from ratchetry.settings import Settings
from tests.unit.collect.contexts import context_of, project_of
from tests.unit.collect.security.reports import real

PINS = ("jinja2==2.4.1", "requests==2.19.0", "pyyaml==5.3", "itsdangerous==2.2.0")
TEXTS: dict[str, str | bytes] = {
    "pyproject.toml": "",
    "src/pkg/__init__.py": "",
    "src/pkg/risky.py": "",
    "src/pkg/tests/test_it.py": "",
    "poetry.lock": "",
    "docs/a.md": "",
}
BANDIT = {
    "results": [],
    "errors": [],
    "metrics": {"_totals": {}, "./src/pkg/__init__.py": {}, "./src/pkg/risky.py": {}},
}


def context(
    *declared: str, texts: dict[str, str | bytes] | None = None, osv_url: str = "https://osv.example", **changes: object
) -> Context:
    """Return the context of a project that declares dependencies, all of which are installed as pinned."""
    pins = dict(row.split("==") for row in declared if "==" in row)
    texts = TEXTS if texts is None else texts
    requirements = Requirements(runtime=declared, sources=("requirements.txt",))
    project = project_of(texts, requirements=requirements, test_paths=("src/pkg/tests",), **changes)
    interpreter = Interpreter(executable="/env/bin/python", version="3.11.2", origin="found", distributions=pins)
    made = context_of(texts, interpreter=interpreter, settings=Settings(osv_url=osv_url), project=project)
    own = {"bandit": "1.9.4", "pip-audit": "2.10.1", "detect-secrets": "1.5.0", "cyclonedx-bom": "7.5.0", "ruff": "1"}
    return replace(made, own_distributions=own)


def plan(made: Context) -> dict[str, Command]:
    """Return the planned commands by name."""
    commands = STAGE.plan(made)
    assert isinstance(commands, tuple)
    return {command.name: command for command in commands}


def outcome(name: str, output: bytes = b"", *, exit_code: int = 0, stderr: str = "") -> ToolOutcome:
    """Return how a tool ended."""
    return ToolOutcome(name=name, exit_code=exit_code, stdout=output, stderr=stderr)


def interpret(made: Context, *changed: ToolOutcome) -> Fragment:
    """Return the fragment after tools that found nothing, except for the given ones."""
    outcomes = {
        "bandit": outcome("bandit", json.dumps(BANDIT).encode()),
        "detect-secrets": outcome("detect-secrets", b'{"results": {}, "scanned": 4}'),
        "cyclonedx-bom": outcome("cyclonedx-bom", real("cyclonedx-bom-7.5.0/environment.json")),
        **{row.name: row for row in changed},
    }
    return STAGE.interpret(made, {name: row for name, row in outcomes.items() if name in plan(made)})


def values(fragment: Fragment, prefix: str) -> dict[str, float]:
    """Return the values of a family of metrics, without its name."""
    return {name.removeprefix(prefix): row.value for name, row in fragment.metrics.items() if name.startswith(prefix)}


def audit(name: str = "pip-audit-2.10.1/vulnerable.json", *, exit_code: int = 1) -> ToolOutcome:
    """Return how pip-audit ended with a real report."""
    return outcome("pip-audit", real(name), exit_code=exit_code)


def test_every_tool_reads_the_repository_and_writes_elsewhere() -> None:
    """Nothing is written into the repository, and no module of it is imported in place of the tool's own."""
    commands = plan(context(*PINS))
    assert set(commands) == {"pip-audit", "bandit", "detect-secrets", "cyclonedx-bom"}
    for command in commands.values():
        assert command.cwd == "repository"
        assert command.environment["PYTHONSAFEPATH"] == "1"
        written = [*command.files, *([command.report] if command.report else [])]
        assert all("/.ratchetry/" in path for path in written)


def test_the_audit_resolves_nothing_and_asks_the_configured_service() -> None:
    """pip-audit gets exact versions and the address of the service's query."""
    command = plan(context(*PINS, osv_url="https://osv.example/"))["pip-audit"]
    assert {"--disable-pip", "--no-deps"} <= set(command.argv)
    assert command.argv[command.argv.index("--osv-url") + 1] == "https://osv.example/v1/query"
    assert list(command.files.values()) == ["itsdangerous==2.2.0\njinja2==2.4.1\npyyaml==5.3\nrequests==2.19.0\n"]


def test_vulnerabilities_are_counted_once_under_all_their_names() -> None:
    """The real report of four dependencies holds six vulnerabilities; without a service their severity is unknown."""
    fragment = interpret(context(*PINS), audit())
    assert values(fragment, "security.vulnerabilities.") == {
        "critical": 0,
        "high": 0,
        "medium": 0,
        "low": 0,
        "unknown": 6,
    }
    assert fragment.metrics["security.vulnerabilities.high"].n == 4
    assert fragment.metrics["security.unaudited"].value == 0
    found = [row for row in fragment.findings if row.rule == "PYSEC-2021-142"]
    assert [(row.tool, row.path, row.severity) for row in found] == [("pip-audit", "requirements.txt", "unknown")]
    assert found[0].message.startswith(
        "pyyaml 5.3: PYSEC-2021-142 (also CVE-2020-14343, GHSA-8q59-q68h-6hv4), fixed in 5.4"
    )


def test_severities_come_from_the_advisories() -> None:
    """A rated advisory puts its vulnerability into the count of its severity."""
    made = replace(context(*PINS), fetch=lambda _url: b'{"id": "X", "database_specific": {"severity": "HIGH"}}')
    fragment = interpret(made, audit())
    assert values(fragment, "security.vulnerabilities.")["high"] == 6
    assert "severity" not in fragment.findings[0].message


def test_a_project_without_dependencies_has_no_vulnerabilities() -> None:
    """Nothing to audit is measured without asking anybody: zero of zero."""
    made = context()
    assert "pip-audit" not in plan(made)
    fragment = interpret(made)
    assert sum(values(fragment, "security.vulnerabilities.").values()) == 0
    assert fragment.metrics["security.vulnerabilities.critical"].n == 0
    assert fragment.stages["security"].status == "passed"


@pytest.mark.parametrize("version", ["2.10.0", "2.10.1"])
def test_an_unreachable_service_is_no_clean_audit(version: str) -> None:
    """pip-audit's traceback becomes one sentence, and nothing counts as zero."""
    stderr = real(f"pip-audit-{version}/unreachable.txt").decode()
    made = context(*PINS, osv_url="https://user:secret@osv.example")
    fragment = interpret(made, outcome("pip-audit", exit_code=1, stderr=stderr))
    stage = fragment.stages["security"]
    assert stage.status == "not_measured"
    assert stage.unmeasured["security.vulnerabilities"] == "no advisory service could be reached at https://osv.example"
    assert not values(fragment, "security.vulnerabilities")
    assert not values(fragment, "security.unaudited")
    assert values(fragment, "security.secrets") == {"": 0}


def test_an_audit_that_skipped_everything_is_no_clean_audit() -> None:
    """Although pip-audit ended with 0 and spoke of no known vulnerabilities, it had audited nothing."""
    fragment = interpret(context(*PINS), audit("pip-audit-2.9.0/offline.json", exit_code=0))
    reason = fragment.stages["security"].unmeasured["security.vulnerabilities"]
    assert reason.startswith("no advisory service could be reached at https://osv.example")
    assert "audited none of 4" in reason


@pytest.mark.parametrize(
    ("ended", "reason"),
    [
        (ToolOutcome(name="pip-audit", exit_code=None, problem="killed at the timeout"), "killed at the timeout"),
        (outcome("pip-audit", exit_code=2, stderr="usage: wrong flag"), "exit code 2: usage: wrong flag"),
        (outcome("pip-audit", exit_code=1, stderr="ERROR: odd requirement"), "exit code 1: ERROR: odd requirement"),
        (outcome("pip-audit", b'{"depend'), "report cannot be read"),
        (
            outcome("pip-audit", real("pip-audit-2.10.1/clean.json"), stderr="Unsupported OSV schema version: 2"),
            "passed over",
        ),
    ],
)
def test_a_broken_audit_is_unmeasured(ended: ToolOutcome, reason: str) -> None:
    """However the audit fails, the family has the reason."""
    fragment = interpret(context(*PINS), ended)
    assert reason in fragment.stages["security"].unmeasured["security.vulnerabilities"]


def test_dependencies_that_were_left_out_are_unaudited() -> None:
    """A report that says nothing about a dependency has not audited it."""
    fragment = interpret(context(*PINS), audit("pip-audit-2.10.1/clean.json", exit_code=0))
    assert fragment.metrics["security.unaudited"].value == 3
    assert fragment.metrics["security.vulnerabilities.high"].n == 1
    messages = [row.message for row in fragment.findings if row.rule == "unaudited"]
    assert messages[0] == "jinja2: not audited: pip-audit did not report on it"


def test_without_any_known_version_vulnerabilities_are_unmeasured() -> None:
    """A project none of whose dependencies is installed has no vulnerabilities that anybody could count."""
    made = context("requests>=2", "flask")
    assert "pip-audit" not in plan(made)
    fragment = interpret(made)
    assert "none is installed" in fragment.stages["security"].unmeasured["security.vulnerabilities"]
    assert fragment.metrics["security.unaudited"].value == 2
    assert {row.severity for row in fragment.findings} == {"unknown"}


def test_bandit_looks_at_the_packages_and_not_at_their_tests() -> None:
    """Issues in tests or in files that do not count are left out."""
    row = {"test_id": "B1", "issue_severity": "HIGH", "issue_confidence": "LOW", "line_number": 3, "issue_text": "risk"}
    names = ("./src/pkg/risky.py", "./src/pkg/tests/test_it.py", "./src/pkg/build/ignored.py")
    report = {**BANDIT, "results": [{**row, "filename": name} for name in names]}
    fragment = interpret(context(), outcome("bandit", json.dumps(report).encode(), exit_code=1))
    assert values(fragment, "security.bandit.") == {"high": 1, "medium": 0, "low": 0}
    assert fragment.metrics["security.bandit.high"].n == 2
    assert [(row.path, row.line, row.message) for row in fragment.findings] == [
        ("src/pkg/risky.py", 3, "risk (confidence: low)")
    ]


def test_an_issue_of_undefined_severity_counts_as_low() -> None:
    """Plugins may leave the severity open; the issue is counted all the same."""
    row = {"test_id": "X1", "issue_severity": "UNDEFINED", "issue_confidence": "HIGH", "line_number": 1}
    results = [{**row, "filename": "./src/pkg/risky.py", "issue_text": "risk"}]
    fragment = interpret(context(), outcome("bandit", json.dumps({**BANDIT, "results": results}).encode()))
    assert values(fragment, "security.bandit.") == {"high": 0, "medium": 0, "low": 1}


def test_a_password_that_bandit_quotes_is_left_out() -> None:
    """The record says that there is one, and where, but not which."""
    row = {"test_id": "B105", "issue_severity": "LOW", "issue_confidence": "HIGH", "line_number": 1}
    text = "Possible hardcoded password: 'hunter2'"  # pragma: allowlist secret
    results = [{**row, "filename": "./src/pkg/risky.py", "issue_text": text}]
    fragment = interpret(context(), outcome("bandit", json.dumps({**BANDIT, "results": results}).encode()))
    (message,) = [finding.message for finding in fragment.findings if finding.rule == "B105"]
    assert message == "Possible hardcoded password (confidence: high)"


def test_a_file_that_bandit_cannot_parse_makes_the_family_unmeasured() -> None:
    """The file is named; one of the tests does not matter."""
    errors = [{"filename": f"./src/pkg/{name}", "reason": "syntax error"} for name in ("tests/test_it.py", "risky.py")]
    fragment = interpret(context(), outcome("bandit", json.dumps({**BANDIT, "errors": errors}).encode()))
    assert fragment.stages["security"].unmeasured == {
        "security.bandit": "bandit could not look at src/pkg/risky.py: syntax error"
    }


def test_a_scan_that_looked_at_nothing_is_unmeasured() -> None:
    """A configuration that excludes every file does not make a project safe."""
    report = {**BANDIT, "metrics": {"_totals": {}}}
    fragment = interpret(context(), outcome("bandit", json.dumps(report).encode()))
    assert "looked at none of 2 files" in fragment.stages["security"].unmeasured["security.bandit"]


@pytest.mark.parametrize(
    ("extra", "tables", "flags"),
    [
        ({}, {}, ()),
        ({}, {"tool": {"bandit": {}}}, ("--configfile", "pyproject.toml")),
        ({"bandit.yaml": "skips: []"}, {}, ("--configfile", "bandit.yaml")),
        ({".bandit": "[bandit]\nskips: B101"}, {}, ("--ini", ".bandit")),
        ({".bandit": "skips: [B101]"}, {}, ("--configfile", ".bandit")),
        (
            {".bandit": "[bandit]\n"},
            {"tool": {"bandit": {}}},
            ("--ini", ".bandit", "--configfile", "pyproject.toml"),
        ),
    ],
)
def test_bandit_gets_the_projects_configuration(
    extra: dict[str, str], tables: dict[str, object], flags: tuple[str, ...]
) -> None:
    """Wherever a project configures bandit, the scan is told."""
    argv = plan(context(texts={**TEXTS, **extra}, tables=tables))["bandit"].argv
    assert argv[argv.index("--output") + 2 : -1] == flags
    assert argv[-1] == "./src/pkg"


def test_without_source_files_there_is_no_risky_code() -> None:
    """A repository of documents is scanned for secrets only."""
    made = context(texts={"README.md": ""})
    assert set(plan(made)) == {"detect-secrets", "cyclonedx-bom"}
    fragment = interpret(made)
    assert fragment.metrics["security.bandit.high"].n == 0
    assert fragment.stages["security"].status == "passed"


def test_secrets_are_places_and_never_values() -> None:
    """A finding has a type and a line, and nothing from which the secret could be guessed."""
    report = json.loads(real("detect-secrets-1.5.0/without_entropy.json"))
    output = json.dumps({**report, "scanned": 4}).encode()
    fragment = interpret(context(), outcome("detect-secrets", output))
    assert fragment.metrics["security.secrets"].value == 3
    assert fragment.metrics["security.secrets"].n == 4
    assert {(row.rule, row.path, row.line, row.severity) for row in fragment.findings} >= {
        ("AWS Access Key", "pkg/keys.py", 1, "high")
    }
    text = repr(fragment)
    assert all(row["hashed_secret"] not in text for rows in report["results"].values() for row in rows)


def test_lock_files_and_excluded_files_are_not_scanned() -> None:
    """Lock files are full of hashes; the configuration leaves out more."""
    made = replace(context(), settings=Settings(exclude=("docs", "*/risky.py")))
    (job,) = plan(made)["detect-secrets"].files.values()
    assert json.loads(job) == {
        "files": ["pyproject.toml", "src/pkg/__init__.py", "src/pkg/tests/test_it.py"],
        "settings": None,
    }


def test_a_large_repository_is_scanned_in_parts() -> None:
    """Five thousand files are several commands that can run side by side, each file in one of them."""
    made = context(texts={f"f{number}.txt": "" for number in range(5000)})
    scans = [command for name, command in plan(made).items() if name.startswith("detect-secrets")]
    jobs = [json.loads(content)["files"] for command in scans for content in command.files.values()]
    assert len(jobs) == 4
    assert sorted(path for job in jobs for path in job) == sorted(made.project.files)
    outcomes = {command.name: outcome(command.name, b'{"results": {}, "scanned": 1250}') for command in scans}
    assert interpret(made, *outcomes.values()).metrics["security.secrets"].n == 5000


@pytest.mark.parametrize(
    ("report", "reason"),
    [
        (b'{"results": {}}', "does not tell how many"),
        (b'{"results": {}, "scanned": 1, "unreadable": [{"path": "a", "reason": "no"}]}', "could not scan a: no"),
        (b"", "cannot be read"),
    ],
)
def test_an_incomplete_scan_is_unmeasured(report: bytes, reason: str) -> None:
    """A scan that left files out has not found them clean."""
    fragment = interpret(context(), outcome("detect-secrets", report))
    assert reason in fragment.stages["security"].unmeasured["security.secrets"]


def test_what_the_baseline_dismissed_does_not_count() -> None:
    """A secret audited as a false positive is left out; the baseline itself is not scanned."""
    found = {"type": "Secret Keyword", "hashed_secret": "ab", "line_number": 1}
    baseline = {"version": "1.5.0", "plugins_used": [{"name": "KeywordDetector"}], "filters_used": []}
    audited = {"docs/a.md": [{**found, "is_secret": False}]}
    made = context(texts={**TEXTS, ".secrets.baseline": json.dumps({**baseline, "results": audited})})
    (job,) = plan(made)["detect-secrets"].files.values()
    assert json.loads(job)["settings"] == {"plugins_used": [{"name": "KeywordDetector"}], "filters_used": []}
    assert ".secrets.baseline" not in json.loads(job)["files"]
    report = {"results": {"docs/a.md": [found, {**found, "hashed_secret": "cd"}]}, "scanned": 4}
    fragment = interpret(made, outcome("detect-secrets", json.dumps(report).encode()))
    assert fragment.metrics["security.secrets"].value == 1


def test_a_baseline_that_cannot_be_used_makes_secrets_unmeasured() -> None:
    """Code of the repository is not run for its baseline, and the scan not done without it."""
    made = context(texts={**TEXTS, ".secrets.baseline": '{"version": "1.5.0"'})
    assert "detect-secrets" not in plan(made)
    assert ".secrets.baseline cannot be read" in interpret(made).stages["security"].unmeasured["security.secrets"]


def test_the_bill_of_materials_describes_the_projects_environment() -> None:
    """The document is an artifact; its components are counted."""
    made = context(*PINS)
    command = plan(made)["cyclonedx-bom"]
    assert command.report == "/repo/.ratchetry/artifacts/sbom.cdx.json"
    assert command.argv[3] == "environment"
    assert command.argv[-1] == "/env/bin/python"
    assert interpret(made, audit()).metrics["sbom.components"].value == 2


def test_without_an_environment_the_bill_lists_what_is_declared() -> None:
    """Ratchetry's own distributions are never taken for the project's."""
    made = context("requests==2.19.0", "flask")
    command = plan(replace(made, interpreter=replace(made.interpreter, origin="own")))["cyclonedx-bom"]
    assert command.argv[3] == "requirements"
    assert list(command.files.values()) == ["requests==2.19.0\nflask\n"]


def test_a_project_that_needs_nothing_has_an_empty_bill() -> None:
    """What else is installed in its environment is none of its components."""
    command = plan(context())["cyclonedx-bom"]
    assert command.argv[3] == "requirements"
    assert list(command.files.values()) == [""]


def test_a_bill_that_was_not_written_is_unmeasured() -> None:
    """Without the document there are not zero components."""
    fragment = interpret(context(), outcome("cyclonedx-bom", exit_code=1, stderr="ValueError: odd"))
    assert fragment.stages["security"].unmeasured == {
        "sbom.components": "cyclonedx-bom ended with exit code 1: ValueError: odd"
    }


def test_the_stage_names_its_tools_and_fingerprints_its_findings() -> None:
    """Versions are those of the tools that ran; each finding has a fingerprint."""
    fragment = interpret(context(*PINS), audit())
    assert fragment.stages["security"].tools == {
        "bandit": "1.9.4",
        "cyclonedx-bom": "7.5.0",
        "detect-secrets": "1.5.0",
        "pip-audit": "2.10.1",
    }
    assert all(row.fingerprint for row in fragment.findings)
    assert STAGE.perishable
