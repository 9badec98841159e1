"""Tests of ratchetry.adapters.github_actions."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ratchetry.adapters.github_actions import SUMMARY_LIMIT, publish
from ratchetry.domain.record import Metric, RunRecord
from tests.unit.report import records

ANNOTATIONS = ("::error title=a::b", "::warning title=c::d")


class Step:
    """A step of a job: the files GitHub gives it, and what it wrote to standard error."""

    def __init__(self, folder: Path) -> None:
        self.summary = folder / "summary"
        self.output = folder / "output"
        self.environ = {
            "GITHUB_ACTIONS": "true",
            "GITHUB_STEP_SUMMARY": str(self.summary),
            "GITHUB_OUTPUT": str(self.output),
        }
        self.stream = io.StringIO()

    def publish(self, record: RunRecord, *, markdown: str = "# summary", record_path: str = "out/record.json") -> str:
        """Publish a record and return what was written to the stream."""
        publish(
            record,
            self.environ,
            markdown=markdown,
            annotations=ANNOTATIONS,
            record_path=record_path,
            stream=self.stream,
        )
        return self.stream.getvalue()

    def outputs(self) -> dict[str, str]:
        """Return the step's outputs as GitHub's runner reads them."""
        values, lines = {}, self.output.read_text(encoding="utf-8").split("\n")
        while lines and lines[0]:
            name, _, delimiter = lines.pop(0).partition("<<")
            end = lines.index(delimiter)
            values[name] = "\n".join(lines[:end])
            del lines[: end + 1]
        return values


@pytest.fixture
def step(tmp_path: Path) -> Step:
    """Return a step with empty files."""
    return Step(tmp_path)


def test_a_step_gets_summary_outputs_and_annotations(step: Step) -> None:
    """In GitHub Actions the summary, three outputs and the annotations are published."""
    assert step.publish(records.realistic()).splitlines() == list(ANNOTATIONS)
    assert step.summary.read_text(encoding="utf-8") == "# summary\n"
    assert step.outputs() == {"verdict": "fail", "score": "0.8127", "record-path": "out/record.json"}


def test_what_was_there_stays(step: Step) -> None:
    """Summary and outputs are appended to what the step has already said."""
    step.summary.write_text("before\n", encoding="utf-8")
    step.output.write_text("other=1\n", encoding="utf-8")
    step.publish(records.passing())
    assert step.summary.read_text(encoding="utf-8") == "before\n# summary\n"
    assert step.output.read_text(encoding="utf-8").startswith("other=1\nverdict<<")


def test_a_score_that_was_not_measured_is_empty(step: Step) -> None:
    """A missing score is an empty output, never a zero."""
    step.publish(records.empty())
    assert step.outputs()["score"] == ""
    assert step.outputs()["verdict"] == "not_measured"


@pytest.mark.parametrize("environ", [{}, {"GITHUB_ACTIONS": "false"}, {"GITHUB_ACTIONS": ""}])
def test_elsewhere_nothing_happens(step: Step, environ: dict[str, str]) -> None:
    """Outside of GitHub Actions nothing is written, even if the files are named."""
    step.environ = {**step.environ, **environ} if environ else {}
    assert step.publish(records.realistic()) == ""
    assert not step.summary.exists()
    assert not step.output.exists()


def test_a_missing_variable_is_a_warning(step: Step) -> None:
    """A runner that names no file for the summary gets a warning; the outputs are written all the same."""
    del step.environ["GITHUB_STEP_SUMMARY"]
    said = step.publish(records.realistic())
    assert "::warning title=ratchetry::GITHUB_STEP_SUMMARY is not set" in said
    assert step.outputs()["verdict"] == "fail"


def test_a_file_that_cannot_be_written_is_a_warning(step: Step) -> None:
    """A file that cannot be opened is a warning that names it and the cause, on one line."""
    step.environ["GITHUB_OUTPUT"] = str(step.output / "no\nfolder")
    said = step.publish(records.realistic()).splitlines()
    assert len(said) == len(ANNOTATIONS) + 1
    assert said[-1].startswith("::warning title=ratchetry::GITHUB_OUTPUT could not be written: ")
    assert step.summary.exists()


def test_a_summary_that_github_would_drop_is_not_written(step: Step) -> None:
    """A summary that would grow beyond GitHub's limit is left out, so that what is there survives."""
    step.summary.write_bytes(b"x" * (SUMMARY_LIMIT - 5))
    assert "GITHUB_STEP_SUMMARY would be larger" in step.publish(records.realistic())
    assert step.summary.stat().st_size == SUMMARY_LIMIT - 5


def test_a_closed_stream_changes_nothing(step: Step) -> None:
    """Annotations that nobody can read any more do not end the run."""
    step.stream.close()
    publish(records.passing(), step.environ, markdown="m", annotations=ANNOTATIONS, record_path="r", stream=step.stream)
    assert step.outputs()["verdict"] == "pass"


def test_a_stream_that_cannot_say_everything_gets_escapes(step: Step) -> None:
    """An annotation that the stream's encoding lacks is written with escapes."""
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    publish(records.passing(), step.environ, markdown="m", annotations=("::error::≥",), record_path="r", stream=stream)
    stream.seek(0)
    assert stream.read() == "::error::\\u2265\n"


def test_a_path_that_is_no_text_is_written_as_it_is(step: Step) -> None:
    """The bytes of a path that is not valid UTF-8 reach the output unchanged."""
    step.publish(records.passing(), record_path="out/\udcff/record.json")
    assert b"out/\xff/record.json" in step.output.read_bytes()


@settings(max_examples=50, derandomize=True, deadline=None)
@given(
    path=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r"), max_size=60), total=st.floats(0, 1)
)
def test_no_value_adds_an_output(tmp_path_factory: pytest.TempPathFactory, path: str, total: float) -> None:
    """Whatever a path is made of, the step has exactly three outputs, and the path comes back whole."""
    step = Step(tmp_path_factory.mktemp("step"))
    metric = Metric(value=total, unit="ratio", better="higher", stage="score")
    step.publish(replace(records.empty(), metrics={"score.total": metric}), record_path=f"{path}\nverdict=pass")
    assert step.outputs() == {
        "verdict": "not_measured",
        "score": f"{total:.6g}",
        "record-path": f"{path}\nverdict=pass",
    }


def test_delimiters_differ(step: Step) -> None:
    """No two outputs share a delimiter, so none can be foreseen."""
    step.publish(records.passing())
    step.publish(records.passing())
    lines = step.output.read_text(encoding="utf-8").splitlines()
    delimiters = [line.partition("<<")[2] for line in lines if "<<" in line]
    assert len(delimiters) == len(set(delimiters)) == 6
