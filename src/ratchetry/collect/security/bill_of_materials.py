"""The software bill of materials, a CycloneDX document written by cyclonedx-py and kept as an artifact."""

from __future__ import annotations

from typing import Final

from ratchetry.collect.security.dependencies import Dependencies
from ratchetry.collect.security.part import NAME, Part
from ratchetry.collect.security.sbom_report import parse
from ratchetry.collect.stage import OWN_TOOL_ENVIRONMENT, Context, measured
from ratchetry.domain.command import Command, ToolOutcome
from ratchetry.errors import ReportError

TOOL: Final = "cyclonedx-bom"
ARTIFACT: Final = "sbom.cdx.json"
_METRIC: Final = "sbom.components"


def commands(context: Context, dependencies: Dependencies) -> tuple[Command, ...]:
    """Return what writes the document.

    It describes the project's environment; where there is none of the project's own, or the project needs
    nothing, it describes what the project declares.
    """
    document = f"{context.artifacts}/{ARTIFACT}"
    # Validating costs ten times as much as writing, and repeats in every run what our tests establish once.
    flags = ("--spec-version", "1.6", "--output-format", "JSON", "--output-reproducible", "--no-validate")
    output = (*flags, "--output-file", document)
    module = (context.own_python, "-m", "cyclonedx_py")
    interpreter = context.interpreter
    if interpreter.origin != "own" and not interpreter.problem and not dependencies.empty:
        argv: tuple[str, ...] = (*module, "environment", *output, interpreter.executable)
        return (Command(name=TOOL, argv=argv, environment=OWN_TOOL_ENVIRONMENT, report=document),)
    listing = f"{context.reports}/sbom-requirements.txt"
    argv = (*module, "requirements", *output, listing)
    files = {listing: dependencies.listing()}
    return (Command(name=TOOL, argv=argv, environment=OWN_TOOL_ENVIRONMENT, report=document, files=files),)


def measure(outcome: ToolOutcome) -> Part:
    """Return the number of components in the document."""
    try:
        components = parse(outcome.require(0)).components
    except ReportError as error:
        return Part(unmeasured={_METRIC: str(error)})
    return Part(metrics=dict([measured(_METRIC, len(components), NAME, n=len(components))]))
