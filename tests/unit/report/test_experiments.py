"""Experiments and versions for people, and their drawings."""

from __future__ import annotations

from dataclasses import replace

from defusedxml.ElementTree import fromstring

from ratchetry.domain.event import Refusal
from ratchetry.domain.experiment import ExperimentStatus
from ratchetry.domain.versions import ActiveVersion, ActiveVersions, VersionsReport
from ratchetry.learn.decision_log import read_log
from ratchetry.learn.experiment.definition import start_event
from ratchetry.learn.experiment.learn import courses, status_of
from ratchetry.learn.watch_report import watch_report
from ratchetry.report import experiments, versions
from tests.unit.learn.experiment import made
from tests.unit.learn.experiment.made import experiment, units
from tests.unit.learn.watched import after, promoted, results, steady

HOSTILE = "<script>|\x1b[2J\n::error::x"


def status(as_of: float = 14.5, name: str = "") -> ExperimentStatus:
    """Return the status of an experiment that is won on the seventh day."""
    events = (start_event(experiment()), *units(experiment(), {"long": 0.5, "short": 0.8}, days=14, per_day=40))
    log = read_log(events, made.after(as_of))
    found = status_of(courses(log).by_name["tone"], log)
    return replace(found, reason=name) if name else found


def watched() -> VersionsReport:
    """Return the report on a version that fell, and one rollback."""
    events = (
        promoted("v1", "v0", -40),
        promoted("v2", "v1", 30),
        promoted("v1", "v2", 40, cause="rollback"),
        *results([steady("v1", 30, 0.7), steady("v2", 10, 0.3), steady("v1", 20, 0.7)]),
    )
    return watch_report(read_log(events, after(60)))


def kind_of(svg: str) -> str:
    """Return what a drawing is, parsed."""
    return str(fromstring(svg).tag).rpartition("}")[2]


def test_the_status_says_where_it_stands_and_that_looking_is_safe() -> None:
    """Headline, numbers, intervals and the assurance stand in the table and in Markdown."""
    for text in (experiments.terminal([status()]), experiments.markdown([status()])):
        assert "tone: winner short after 7 days" in text
        assert "Looking daily is safe" in text
        assert "interval" in text
    assert "a winner needs evidence of 20, 7 days, 30 units in each arm and a lift of 10%" in experiments.terminal(
        [status(3)]
    )


def test_without_experiments_it_says_how_to_start() -> None:
    """An empty list is an invitation."""
    assert "experiment start" in experiments.terminal([])
    assert "No experiment yet" in experiments.markdown([])


def test_hostile_text_is_harmless() -> None:
    """Names and reasons become neither markup nor commands of the runner."""
    refused = [Refusal(event="0" * 16, reason=HOSTILE)]
    for text in (experiments.terminal([status(name=HOSTILE)], refused), experiments.markdown([status(name=HOSTILE)])):
        assert "\x1b" not in text
        assert "\n::error" not in text
    assert "<script>" not in experiments.markdown([status(name=HOSTILE)])
    assert "<script>" not in experiments.plot(replace(status(), winner=HOSTILE))


def test_the_drawing_has_both_kinds_of_evidence_and_their_bounds() -> None:
    """It is well-formed SVG with a title, two curves and the bound for a winner."""
    svg = experiments.plot(status())
    assert kind_of(svg) == "svg"
    assert "winner at 20" in svg
    assert "harmful at 20" in svg
    assert svg.count('<path class="c0"') == 2
    assert "prefers-color-scheme:dark" in svg
    assert kind_of(experiments.plot(status(0.5))) == "svg"


def test_a_plan_that_cannot_be_kept_says_so() -> None:
    """What takes longer than it may is said when it starts; what is unknown is called so."""
    one = replace(
        experiment(), plan=replace(experiment().plan, base=0.6, units_per_arm=900, units_per_day=5.0, days=180.0)
    )
    text = experiments.started(one, dry_run=True)
    assert "would start tone" in text
    assert "180 days" in text
    assert "more than the 60 days that it may take" in text
    assert "unknown" in experiments.started(experiment(), dry_run=False)


def test_versions_are_shown_with_why_and_what_rollbacks_did() -> None:
    """The file's versions, the promotions, and that going back has helped."""
    active = ActiveVersions(slots={"review-prompt": ActiveVersion(version="v1", since=after(40), reason=HOSTILE)})
    text = versions.shown_terminal(active, watched())
    assert "going back from v2 to v1 on 2026-04-11 has helped: +" in text
    assert "v2 -> v1 (rollback)" in text
    assert "\x1b" not in text
    assert "<script>" not in versions.shown_markdown(active, watched())
    assert "no version was promoted yet" in versions.shown_terminal(ActiveVersions(), VersionsReport())


def test_the_watch_says_what_is_degraded_and_where_to_go() -> None:
    """The alarm, the fall with its interval, and the version to go back to."""
    events = (
        promoted("v1", "v0", -40),
        promoted("v2", "v1", 30),
        *results([steady("v1", 30, 0.7), steady("v2", 9, 0.3)]),
    )
    report = watch_report(read_log(events, after(39)))
    for text in (versions.checked_terminal(report), versions.checked_markdown(report)):
        assert "1 version degraded: review" in text
        assert "v1" in text
    svg = versions.plot(report.slots[0])
    assert kind_of(svg) == "svg"
    assert svg.count("<circle") == 39
    assert "evidence for an alarm" in svg
    assert "nothing to watch" in versions.checked_terminal(VersionsReport())
