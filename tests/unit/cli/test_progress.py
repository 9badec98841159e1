"""Tests of ratchetry.cli.progress."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor

import pytest
from rich.console import Console

from ratchetry.cli.progress import LiveProgress, PlainProgress, SilentProgress, progress_for
from ratchetry.domain.record import StageResult
from ratchetry.ports import Progress

FAILED = StageResult(status="failed", duration=2.0)
UNABLE = StageResult(status="not_measured", reason="no \x1b[31mservice\n::error::x")
REUSED = StageResult(status="passed", duration=3.0, cached=True)


class Terminal(io.StringIO):
    """A stream that claims to be a terminal."""

    def isatty(self) -> bool:
        """Return that it is one."""
        return True


class Ticks:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        """Return the present time."""
        return self.now


def drawn(progress: LiveProgress) -> list[str]:
    """Return the lines of a live display as they are now."""
    console = Console(file=io.StringIO(), width=80, color_system=None)
    with console.capture() as capture:
        console.print(progress.renderable())
    return [line.rstrip() for line in capture.get().splitlines()]


def story(progress: Progress) -> None:
    """Tell a progress what happens in a small run."""
    progress.preparing("installing the dependencies")
    progress.planned(["validate", "test"])
    progress.started("test", "pytest")
    progress.ended("test", "pytest", 2.0)
    progress.finished("test", FAILED)
    progress.finished("validate", UNABLE)


def test_logs_get_one_line_for_each_event() -> None:
    """In CI every event is one plain line, and no name in it is a command to the runner."""
    stream = io.StringIO()
    with progress_for(stream, {"GITHUB_ACTIONS": "true"}) as progress:
        story(progress)
    assert stream.getvalue().splitlines() == [
        "ratchetry: installing the dependencies",
        "ratchetry: measuring validate and test",
        "test: pytest started",
        "test: pytest ended after 2.00 s",
        "test: failed in 2.00 s",
        r"validate: not measured (no \x1b[31mservice \x3a:error::x)",
    ]


@pytest.mark.parametrize("environ", [{}, {"TERM": "xterm"}])
def test_pipes_get_nothing(environ: dict[str, str]) -> None:
    """Outside of CI a stream that is no terminal stays empty."""
    stream = io.StringIO()
    with progress_for(stream, environ) as progress:
        assert isinstance(progress, SilentProgress)
        story(progress)
    assert stream.getvalue() == ""


def test_a_dumb_terminal_gets_nothing() -> None:
    """A terminal that cannot move its cursor is spared a display that would need it."""
    stream = Terminal()
    with progress_for(stream, {"TERM": "dumb"}) as progress:
        story(progress)
    assert stream.getvalue() == ""


def test_a_terminal_gets_a_live_display_that_leaves_nothing_behind() -> None:
    """On a terminal the display is drawn, and wiped at the end, the cursor shown again."""
    stream = Terminal()
    with progress_for(stream, {"TERM": "xterm"}) as progress:
        assert isinstance(progress, LiveProgress)
        story(progress)
    assert "validate" in stream.getvalue()
    assert stream.getvalue().endswith("\x1b[2K")
    assert stream.getvalue().rindex("\x1b[?25h") > stream.getvalue().rindex("\x1b[?25l")


def test_the_display_is_wiped_when_a_run_is_interrupted() -> None:
    """An interruption ends the display before it goes on its way."""
    stream = Terminal()
    with pytest.raises(KeyboardInterrupt), progress_for(stream, {"TERM": "xterm"}):
        raise KeyboardInterrupt
    assert stream.getvalue().rindex("\x1b[?25h") > stream.getvalue().rindex("\x1b[?25l")


def test_the_display_follows_the_run() -> None:
    """The display shows what is prepared, what waits, what runs since when, and how stages ended."""
    clock = Ticks()
    progress = LiveProgress(clock)
    progress.preparing("installing the dependencies")
    clock.now = 3.0
    assert drawn(progress)[0].endswith("ratchetry installing the dependencies  3.00 s")
    progress.planned(["validate", "test"])
    progress.started("test", "pytest")
    progress.started("test", "coverage")
    clock.now = 65.0
    waiting, running = drawn(progress)
    assert waiting.split() == [".", "validate", "waiting"]
    assert running.endswith("test     pytest 1 min 2 s, coverage 1 min 2 s")
    progress.ended("test", "coverage", 62.0)
    assert drawn(progress)[1].endswith("test     pytest 1 min 2 s")
    progress.finished("test", FAILED)
    progress.finished("validate", REUSED)
    assert [line.split(maxsplit=1) for line in drawn(progress)] == [
        ["ok", "validate passed reused"],
        ["x", "test     failed in 2.00 s"],
    ]


def test_hostile_reasons_do_not_steer_the_terminal() -> None:
    """A reason with control characters is shown as escapes, on one line, in what the stream can say."""
    progress = LiveProgress(Ticks(), "ascii")
    progress.planned(["validate"])
    progress.finished("validate", StageResult(status="skipped", reason="日\x1b[2J\n"))
    assert [line.split(maxsplit=1)[1] for line in drawn(progress)] == [r"validate skipped (\u65e5\x1b[2J )"]


def test_a_closed_stream_ends_no_run() -> None:
    """Progress that nobody can read any more is dropped."""
    stream = io.StringIO()
    progress = PlainProgress(stream)
    stream.close()
    story(progress)


def test_threads_do_not_mix_their_lines() -> None:
    """Lines written from many threads stay whole."""
    stream = io.StringIO()
    progress = PlainProgress(stream)
    with ThreadPoolExecutor(8) as pool:
        for number in range(200):
            pool.submit(progress.started, "test", f"command-{number}")
    assert sorted(stream.getvalue().splitlines()) == sorted(f"test: command-{number} started" for number in range(200))


def test_threads_may_change_what_is_being_drawn() -> None:
    """Drawing while other threads report never fails, and ends with what they reported last."""
    progress = LiveProgress(Ticks())
    progress.planned(["test"])
    with ThreadPoolExecutor(8) as pool:
        changes = [pool.submit(progress.started, "test", f"command-{number}") for number in range(200)]
        changes += [pool.submit(progress.ended, "test", f"other-{number}", 0.0) for number in range(200)]
        draws = [pool.submit(drawn, progress) for _ in range(20)]
    assert [job.exception() for job in changes] == [None] * 400
    assert [job.exception() for job in draws] == [None] * 20
    assert "command-" in drawn(progress)[0]
