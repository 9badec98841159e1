"""The security stage with its real tools against an advisory service on the loopback interface."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path

import pytest
import requests
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from ratchetry.adapters.process import ProcessRunner
from ratchetry.collect.security import STAGE
from ratchetry.collect.stage import Context
from ratchetry.domain.command import Where
from ratchetry.domain.project import Interpreter, Package, Project, Requirements
from ratchetry.domain.record import Fragment
from ratchetry.errors import ReportError, UnreachableError
from ratchetry.settings import Settings
from tests.e2e.osv_service import osv_service

pytestmark = pytest.mark.e2e

TOOLS = ("bandit", "cyclonedx-bom", "detect-secrets", "pip-audit")
TEXTS = {
    "requirements.txt": "jinja2==2.4.1\nrequests==2.19.0\npyyaml==5.3\n",
    "my app/__init__.py": "import hashlib\n\nhashlib.md5(b'')\nexec('1')  # nosec\n",
    "my app/pip_audit.py": "raise SystemExit('imported from the repository')\n",
    "bandit.py": "raise SystemExit('imported from the repository')\n",
    "config.py": 'AWS = "AKIAIOSFODNN7EXAMPLE"\n',  # pragma: allowlist secret
}


@dataclass(frozen=True, slots=True)
class Directory:
    """A repository on disk."""

    path: Path

    @property
    def root(self) -> str:
        """Return the path of the repository."""
        return str(self.path)

    def files(self) -> tuple[str, ...]:
        """Return all files."""
        return tuple(sorted(str(path.relative_to(self.path)) for path in self.path.rglob("*") if path.is_file()))

    def read(self, path: str, limit: int = 5_000_000) -> bytes:
        """Return a file's bytes."""
        data = (self.path / path).read_bytes()
        if len(data) > limit:
            raise ReportError(path)
        return data

    def exists(self, path: str) -> bool:
        """Tell whether a path is there."""
        return (self.path / path).exists()


def fetch(url: str) -> bytes:
    """Return what a service answers."""
    answer = requests.get(url, timeout=10)
    if not answer.ok:
        raise UnreachableError(url)
    return answer.content


@pytest.fixture
def context(tmp_path: Path) -> Context:
    """Return the context of a project with vulnerable pins, none of which is installed."""
    root = tmp_path / "a répository"
    for name, text in TEXTS.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    for name in ("reports", "artifacts", "scratch"):
        (tmp_path / name).mkdir()
    tree = Directory(root)
    project = Project(
        root=tree.root,
        name="app",
        files=tree.files(),
        packages=(Package(name="app", path="my app"),),
        requirements=Requirements(runtime=tuple(TEXTS["requirements.txt"].splitlines()), sources=("requirements.txt",)),
    )
    return Context(
        project=project,
        settings=Settings(),
        interpreter=Interpreter(executable=sys.executable, version="3.11.2"),
        tree=tree,
        fetch=fetch,
        scratch=str(tmp_path / "scratch"),
        reports=str(tmp_path / "reports"),
        artifacts=str(tmp_path / "artifacts"),
        own_python=sys.executable,
        own_distributions={name: version(name) for name in TOOLS},
    )


def run(context: Context, osv_url: str) -> Fragment:
    """Return the fragment of a run of the stage."""
    context = replace(context, settings=Settings(osv_url=osv_url))
    directories: dict[Where, str] = {"repository": context.tree.root, "scratch": context.scratch}
    runner = ProcessRunner(directories=directories, environ={"PATH": "/usr/bin:/bin", "HOME": context.scratch})
    commands = STAGE.plan(context)
    assert isinstance(commands, tuple)
    before = context.tree.files()
    fragment = STAGE.interpret(context, {command.name: runner(command, 120) for command in commands})
    assert context.tree.files() == before
    return fragment


def test_known_vulnerable_pins_are_found_and_rated(context: Context) -> None:
    """Six real vulnerabilities of three packages have the ratings that their published vectors give."""
    with osv_service() as url:
        fragment = run(context, url)
    values = {name: metric.value for name, metric in fragment.metrics.items()}
    assert fragment.stages["security"].status == "passed"
    assert {name.rpartition(".")[2]: value for name, value in values.items() if ".vulnerabilities." in name} == {
        "critical": 1,
        "high": 2,
        "medium": 2,
        "low": 0,
        "unknown": 1,
    }
    rated = {row.rule: row.severity for row in fragment.findings if row.tool == "pip-audit" and row.rule != "unaudited"}
    assert rated == {
        "PYSEC-2018-28": "high",
        "PYSEC-2023-74": "medium",
        "PYSEC-2021-142": "critical",
        "CVE-2014-1402": "medium",
        "PYSEC-2019-217": "high",
        "PYSEC-2021-66": "unknown",
    }
    assert values["security.unaudited"] == 3
    assert values["security.bandit.high"] == 1
    assert values["security.secrets"] == 1
    assert values["sbom.components"] == 3
    assert fragment.stages["security"].tools == context.own_distributions


def test_the_bill_of_materials_is_kept(context: Context) -> None:
    """The artifact is a valid CycloneDX 1.6 document with the pinned versions."""
    with osv_service() as url:
        run(context, url)
    text = (Path(context.artifacts) / "sbom.cdx.json").read_text(encoding="utf-8")
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    document = json.loads(text)
    assert (document["bomFormat"], document["specVersion"]) == ("CycloneDX", "1.6")
    assert sorted(row["purl"] for row in document["components"]) == [
        "pkg:pypi/jinja2@2.4.1",
        "pkg:pypi/pyyaml@5.3",
        "pkg:pypi/requests@2.19.0",
    ]


@pytest.fixture(params=["refused", "broken"])
def dead_service(request: pytest.FixtureRequest) -> Iterator[str]:
    """Yield the address of a service that is gone, and of one that only ever fails."""
    if request.param == "broken":
        with osv_service(broken=True) as url:
            yield url
    else:
        with osv_service() as url:
            pass
        yield url


def test_a_dead_service_leaves_vulnerabilities_unmeasured(context: Context, dead_service: str) -> None:
    """Nothing is counted, the reason is one sentence, and what needs no service is measured all the same."""
    fragment = run(context, dead_service)
    stage = fragment.stages["security"]
    assert stage.status == "not_measured"
    reason = f"no advisory service could be reached at {dead_service}"
    assert stage.unmeasured == {"security.vulnerabilities": reason}
    assert "security.unaudited" not in fragment.metrics
    assert not [name for name in fragment.metrics if "vulnerabilities" in name]
    assert fragment.metrics["security.bandit.high"].value == 1
