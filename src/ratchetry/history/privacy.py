"""What of a run may be kept: people by a pseudonym, messages without what looks like a secret, no source code at all.

Nothing in a record holds source code; what a tool or a failing test says may quote a line of it, and may be left out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal

from ratchetry.domain.event import Event, event
from ratchetry.domain.fingerprint import short_hash
from ratchetry.domain.record import Failure, Finding, RunRecord, StageResult

Authors = Literal["hash", "omit", "keep"]
Messages = Literal["redact", "omit", "keep"]

REDACTED: Final = "<redacted>"
_TOKENS: Final = (
    r"-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]{0,40}PRIVATE KEY-----|\Z)",
    r"\b(?:A3T[A-Z0-9]|ABIA|ACCA|AKIA|ASIA)[0-9A-Z]{16}\b",  # Amazon Web Services
    r"\bgh[a-z]_[A-Za-z0-9_]{36,255}|\bgithub_pat_[A-Za-z0-9_]{22,255}",
    r"\bgl[a-z]{2,6}-[A-Za-z0-9_-]{20,255}|\bGR1348941[A-Za-z0-9_-]{20,50}",  # GitLab
    r"\bxox[a-z]-[A-Za-z0-9-]{10,255}|hooks\.slack\.com/services/[\w/]{10,255}",
    r"\b[rs]k_(?:live|test)_[0-9A-Za-z]{16,255}",  # Stripe
    r"\bsk-[A-Za-z0-9_-]{20,255}",  # OpenAI, Anthropic
    r"\bAIza[0-9A-Za-z_-]{35}|\bya29\.[0-9A-Za-z_-]{20,255}",  # Google
    r"\beyJ[A-Za-z0-9_=-]{8,4096}\.[A-Za-z0-9_=-]{4,4096}(?:\.[A-Za-z0-9_.+/=-]{0,4096})?",  # JSON Web Token
    r"\bpypi-[A-Za-z0-9_-]{50,255}|\bnpm_[A-Za-z0-9]{36}",
    r"\bSG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}|\b[0-9a-z]{32}-us[0-9]{1,2}\b",  # SendGrid, Mailchimp
    r"\b(?:AC|SK)[0-9a-f]{32}\b|\bsq0csp-[\w\\-]{43}|\bAKC[A-Za-z0-9]{10,255}",  # Twilio, Square, Artifactory
    r"\b[MNO][A-Za-z\d_-]{23,25}\.[A-Za-z\d_-]{6}\.[A-Za-z\d_-]{27}|\b\d{8,10}:[0-9A-Za-z_-]{35}",  # Discord, Telegram
    r"(?<=AccountKey=)[A-Za-z0-9+/=]{40,255}|(?<=_authToken=)\S{1,255}",  # Azure, npm
    r"(?<=://)[^/\s:@]{1,255}:[^/\s@]{1,255}(?=@)",  # a password in a URL
)
"""How tokens look, as their issuers say and scanners know: each with a prefix or place that little else has."""

_TOKEN: Final = re.compile("|".join(_TOKENS))
_NAMED: Final = re.compile(
    r"""(?P<name>(?:passw(?:or)?d|passphrase|pwd|secret|token|api[_-]?key|access[_-]?key|credential|authorization)s?
    ["']?\s{0,3}(?:=(?!=)|:(?!:))\s{0,3}(?:(?:Bearer|Basic|token)\s)?)
    (?:"[^"\n]{1,400}"|'[^'\n]{1,400}'|(?=[^\s,;)}\]]{0,255}\d)[^\s,;)}\]]{8,255})""",
    re.IGNORECASE | re.VERBOSE,
)
_ADDRESS: Final = re.compile(r"\b[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")
_IN_BRACKETS: Final = re.compile(r"<([^<>\s]{1,254}@[^<>\s]{1,254})>")
_PERSONAL: Final = re.compile(r"-by$|^(?:author|cc|from|to)$", re.IGNORECASE)
_PSEUDONYM: Final = re.compile(r"author-[0-9a-f]{16}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Privacy:
    """What becomes of people and of messages; a pseudonym can only be told by who knows the salt."""

    authors: Authors = "hash"
    messages: Messages = "redact"
    salt: str = ""


def private_record(record: RunRecord, privacy: Privacy) -> RunRecord:
    """Return what may be kept of a record; taking it again changes nothing."""
    salt = privacy.salt or record.run.repository
    record = replace(
        record, change=replace(record.change, trailers=_trailers(record.change.trailers, privacy.authors, salt))
    )
    if privacy.messages == "keep":
        return record
    return replace(
        record,
        stages={name: _stage(stage) for name, stage in record.stages.items()},
        findings=tuple(_finding(finding, privacy.messages) for finding in record.findings),
        failures=tuple(_failure(failure, privacy.messages) for failure in record.failures),
        gates=tuple(replace(gate, reason=redacted(gate.reason)) if gate.reason else gate for gate in record.gates),
    )


def private_event(kept: Event, privacy: Privacy) -> Event:
    """Return what may be kept of an event, under the identifier that follows; taking it again changes nothing."""
    actor = person(kept.actor, privacy.authors, privacy.salt or kept.repository)
    data = dict(kept.data)
    if privacy.messages != "keep" and isinstance(data.get("message"), str):
        data["message"] = redacted(str(data["message"]))
    if actor == kept.actor and data == dict(kept.data):
        return kept
    return event(
        kept.kind,
        time=kept.time,
        repository=kept.repository,
        subject=kept.subject,
        actor=actor,
        runs=kept.runs,
        data=data,
    )


def person(name: str, authors: Authors, salt: str) -> str:
    """Return what stands for a person: the pseudonym of an address is the same however the name is spelled."""
    if not name or authors == "keep" or _PSEUDONYM.fullmatch(name):
        return name
    if authors == "omit":
        return ""
    address = _IN_BRACKETS.search(name)
    return f"author-{short_hash(salt, (address[1] if address else name).strip().casefold())}"


def redacted(text: str) -> str:
    """Return a text with `<redacted>` for all that looks like a token, a password or an e-mail address."""
    text = _TOKEN.sub(REDACTED, text)
    text = _NAMED.sub(lambda found: f"{found['name']}{REDACTED}", text)
    return _ADDRESS.sub(REDACTED, text)[:4096]


def _trailers(trailers: Mapping[str, tuple[str, ...]], authors: Authors, salt: str) -> dict[str, tuple[str, ...]]:
    """Return trailers with what stands for people; those that name nobody any more are left out."""
    kept: dict[str, tuple[str, ...]] = {}
    for name, values in trailers.items():
        personal = _PERSONAL.search(name)
        people = [person(value, authors, salt) if personal or _ADDRESS.search(value) else value for value in values]
        if any(people) or not any(values):
            kept[name] = tuple(value for value in people if value)
    return kept


def _stage(stage: StageResult) -> StageResult:
    """Return a stage with its reasons redacted: they may not be left out."""
    return replace(
        stage,
        reason=redacted(stage.reason),
        unmeasured={family: redacted(why) for family, why in stage.unmeasured.items()},
    )


def _finding(finding: Finding, messages: Messages) -> Finding:
    """Return a finding with what may be kept of its message."""
    message = redacted(finding.message) if messages == "redact" else ""
    return finding if message == finding.message else replace(finding, message=message)


def _failure(failure: Failure, messages: Messages) -> Failure:
    """Return a failure with what may be kept of its evidence."""
    return replace(failure, evidence=redacted(failure.evidence) if messages == "redact" else "")
