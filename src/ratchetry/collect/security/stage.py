"""The security stage: plans its four tools and joins what they measured."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ratchetry.collect.security import audit, bill_of_materials, code_scan, secret_scan
from ratchetry.collect.security.dependencies import dependencies_of
from ratchetry.collect.security.part import NAME
from ratchetry.collect.stage import Context, Stage, status_of
from ratchetry.domain.command import Plan, ToolOutcome
from ratchetry.domain.fingerprint import fingerprinted
from ratchetry.domain.record import Fragment

_TOOLS: Final = (audit.TOOL, code_scan.TOOL, secret_scan.TOOL, bill_of_materials.TOOL)


def plan(context: Context) -> Plan:
    """Return the audit of the dependencies, the scans of code and files, and the bill of materials."""
    dependencies = dependencies_of(context.project, context.interpreter)
    return (
        *audit.commands(context, dependencies),
        *code_scan.commands(context),
        *secret_scan.commands(context),
        *bill_of_materials.commands(context, dependencies),
    )


def interpret(context: Context, outcomes: Mapping[str, ToolOutcome]) -> Fragment:
    """Return what the tools measured; how many findings are too many is for the gates to say."""
    dependencies = dependencies_of(context.project, context.interpreter)
    parts = (
        audit.measure(context, dependencies, outcomes.get(audit.TOOL)),
        code_scan.measure(context, outcomes.get(code_scan.TOOL)),
        secret_scan.measure(context, outcomes),
        bill_of_materials.measure(outcomes[bill_of_materials.TOOL]),
    )
    ran = {name for name in _TOOLS if name in outcomes and outcomes[name].exit_code is not None}
    tools = {name: version for name, version in sorted(context.own_distributions.items()) if name in ran}
    unmeasured = {family: why for part in parts for family, why in part.unmeasured.items()}
    return Fragment(
        stages={NAME: status_of(failed=False, unmeasured=unmeasured, tools=tools)},
        metrics={name: metric for part in parts for name, metric in part.metrics.items()},
        findings=fingerprinted(finding for part in parts for finding in part.findings),
    )


STAGE: Final = Stage(name=NAME, plan=plan, interpret=interpret, perishable=True)
