"""What of a run may be kept."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratchetry.domain.event import event
from ratchetry.domain.record import Change, Failure, Finding, Gate, RunRecord, StageResult
from ratchetry.history.privacy import REDACTED, Privacy, person, private_event, private_record, redacted
from tests.builders import record
from tests.unit.history.records import records

# put together here, so that no scanner takes this file for one that holds secrets
SECRETS = [
    "AKIA" + "ABCDEFGHIJKLMNOP",
    "ghp_" + "a1B2" * 9,
    "github_pat_" + "a1B2" * 9,
    "glpat-" + "a1B2c3" * 4,
    "xoxb-" + "123456789012-abcdef",
    "sk_live_" + "a1B2c3d4" * 3,
    "sk-ant-" + "a1B2c3d4" * 4,
    "AIza" + "a1B2c3d" * 5,
    "eyJ" + "hbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln",
    "pypi-AgEIcHlwaS5vcmc" + "a1B2c3d4" * 9,
    "npm_" + "a1B2" * 9,
    "SG." + "a" * 22 + "." + "b" * 43,
    "0123456789abcdef" * 2 + "-us12",
    "AC" + "0123456789abcdef" * 2,
    "12345678:" + "a1B2c" * 7,
    "-----BEGIN RSA PRIVATE " + "KEY-----\nMIIE\nabc\n-----END RSA PRIVATE KEY-----",
    "-----BEGIN OPENSSH PRIVATE " + "KEY-----\nthe end is missing",
]


@pytest.mark.parametrize("secret", SECRETS)
def test_tokens_are_redacted_wherever_they_stand(secret: str) -> None:
    """A token goes, the text around it stays."""
    assert redacted(f"before {secret}") == f"before {REDACTED}"
    assert secret not in redacted(f"error: '{secret}'\nafter")


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("postgres://user:hunter2@db/x", f"postgres://{REDACTED}@db/x"),  # pragma: allowlist secret
        ("password = 'hunter2'", f"password = {REDACTED}"),  # pragma: allowlist secret
        ("Authorization: Bearer abc123def456", f"Authorization: Bearer {REDACTED}"),
        ('{"api_key": "x"}', f'{{"api_key": {REDACTED}}}'),
        ("client_secret=abc12345&next=1", f"client_secret={REDACTED}"),
        ("AccountKey=" + "a1B2" * 22, f"AccountKey={REDACTED}"),
        ("mail jo.doe+x@mail.example.org now", f"mail {REDACTED} now"),
        ("assert token == 'abc'", "assert token == 'abc'"),
        ("the password is wrong", "the password is wrong"),
        ("tests/test_a.py:12: AssertionError: 1 == 2", "tests/test_a.py:12: AssertionError: 1 == 2"),
        ("@pytest.mark.parametrize", "@pytest.mark.parametrize"),
        ("7f5546a69af02ca454ea753fc2d21d7ad47603db", "7f5546a69af02ca454ea753fc2d21d7ad47603db"),
    ],
)
def test_passwords_and_addresses_go_and_plain_text_stays(text: str, kept: str) -> None:
    """What is named a secret is redacted, comparisons, paths and commits are not."""
    assert redacted(text) == kept


def test_what_detect_secrets_finds_is_redacted() -> None:
    """The patterns cover what the secret scanner's patterns find in the same texts."""
    from detect_secrets.core.plugins.util import get_mapping_from_secret_type_to_class
    from detect_secrets.plugins.base import RegexBasedDetector

    foreign = {"IPPublicDetector", "CloudantDetector", "IbmCloudIamDetector", "IbmCosHmacDetector", "SoftlayerDetector"}
    mapping: Mapping[str, type[object]] = get_mapping_from_secret_type_to_class()
    kinds = [kind for kind in mapping.values() if issubclass(kind, RegexBasedDetector)]
    plugins = [kind() for kind in kinds if kind.__name__ not in foreign]
    texts = [*SECRETS, "postgres://user:hunter2@db/x", "AccountKey=" + "a1B2" * 22]  # pragma: allowlist secret
    found = [secret for text in texts for plugin in plugins for secret in plugin.analyze_string(redacted(text))]
    assert len(plugins) > 15
    assert found == []


_NASTY = st.text("aA1:=/@.-_ '\"<>\n", max_size=300) | st.sampled_from(
    [
        "token=" * 600,
        "://a:" * 800,
        "eyJ" * 1300,
        "a.b@c." * 600,
        "-----BEGIN PRIVATE KEY-----" * 150,  # pragma: allowlist secret
        "'" * 4096,
    ]
)


@given(_NASTY)
def test_no_text_takes_long_or_grows(text: str) -> None:
    """Redacting ends in time for texts made to be slow, and never gives more than a record may hold."""
    assert len(redacted(text)) <= 4096


def test_people_get_one_pseudonym_for_each_address() -> None:
    """However a name is spelled, an address has one pseudonym, which depends on the salt and hides the name."""
    one = person("Jo Doe <Jo@Example.org>", "hash", "salt")
    assert one == person("J. Doe <jo@example.org>", "hash", "salt") == person("jo@example.org", "hash", "salt")
    assert one.startswith("author-")
    assert "jo" not in one.casefold().removeprefix("author-")
    assert one != person("jo@example.org", "hash", "pepper")
    assert person(one, "hash", "salt") == one
    assert person("jo@example.org", "omit", "salt") == ""
    assert person("jo@example.org", "keep", "salt") == "jo@example.org"
    assert person("", "hash", "salt") == ""


TRAILERS = {"Signed-off-by": ("Jo <jo@example.org>",), "Ratchetry-Decision": ("d-1",), "Ask": ("jo@example.org", "x")}


@pytest.mark.parametrize(
    ("authors", "kept"),
    [
        ("keep", TRAILERS),
        ("omit", {"Ratchetry-Decision": ("d-1",), "Ask": ("x",)}),
        (
            "hash",
            {
                "Signed-off-by": (person("jo@example.org", "hash", "s"),),
                "Ratchetry-Decision": ("d-1",),
                "Ask": (person("jo@example.org", "hash", "s"), "x"),
            },
        ),
    ],
)
def test_trailers_name_people_as_the_setting_says(authors: str, kept: dict[str, tuple[str, ...]]) -> None:
    """Trailers about people, and any with an address, are hashed, left out or kept; decisions always stay."""
    privacy = Privacy(authors=authors, salt="s")  # type: ignore[arg-type]  # as listed
    private = private_record(record(change=Change(trailers=TRAILERS)), privacy)
    assert private.change.trailers == kept


def _telling(text: str) -> RunRecord:
    """Return a record that says something wherever a record can."""
    return record(
        stages={"test": StageResult(status="not_measured", reason=text, unmeasured={"coverage": text})},
        findings=(Finding(tool="t", rule="r", severity="low", path="p", message=text, fingerprint="f"),),
        failures=(Failure(signature="s", category="c", evidence=text),),
        gates=(Gate(metric="m", kind="measured", verdict="not_measured", reason=text),),
    )


def test_messages_are_redacted_left_out_or_kept() -> None:
    """Messages and evidence follow the setting; reasons are redacted, never left out, and fingerprints stay."""
    telling = _telling(f"see {SECRETS[0]}")
    assert private_record(telling, Privacy(messages="keep")) == telling
    assert private_record(telling, Privacy()) == _telling(f"see {REDACTED}")
    silent = private_record(telling, Privacy(messages="omit"))
    assert (silent.findings[0].message, silent.failures[0].evidence) == ("", "")
    assert silent.findings[0].fingerprint == "f"
    assert silent.stages["test"].reason == silent.gates[0].reason == f"see {REDACTED}"


@given(records())
def test_what_may_be_kept_is_kept_as_it_is(drawn: RunRecord) -> None:
    """Taking what may be kept again changes nothing."""
    once = private_record(drawn, Privacy())
    assert private_record(once, Privacy()) == once


def test_an_event_hides_its_actor_and_gets_the_identifier_of_what_it_says() -> None:
    """The pseudonym is part of the event, so noting it again is the same event."""
    told = event("log", time="t", repository="r", actor="jo", data={"message": f"see {SECRETS[0]}"})
    kept = private_event(told, Privacy())
    assert kept.actor == person("jo", "hash", "r")
    assert kept.data == {"message": f"see {REDACTED}"}
    assert kept.id != told.id
    assert private_event(kept, Privacy()) == kept
    assert private_event(told, Privacy(authors="keep", messages="keep")) == told
