"""Tools run as real processes, the ill-behaved ones above all."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
import tracemalloc
from pathlib import Path

import pytest

from ratchetry.adapters.process import ProcessRunner
from ratchetry.domain.command import Command, ToolOutcome
from ratchetry.errors import ReportError
from ratchetry.ports import ToolRunner

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals and process groups are POSIX's")

PYTHON = (sys.executable, "-I", "-S", "-c")
FOREVER = "import time\nwhile True: time.sleep(60)\n"


def runner_in(directory: Path, *, report_limit: int = 1 << 20, output_limit: int = 1 << 20) -> ProcessRunner:
    """Return a runner whose repository and scratch copy are directories of a test."""
    for name in ("repository", "scratch"):
        (directory / name).mkdir(exist_ok=True)
    return ProcessRunner(
        directories={"repository": str(directory / "repository"), "scratch": str(directory / "scratch")},
        environ={"PATH": os.environ["PATH"], "BASE": "base"},
        report_limit=report_limit,
        output_limit=output_limit,
        grace=0.3,
    )


@pytest.fixture
def run(tmp_path: Path) -> ProcessRunner:
    """Return a runner in a fresh directory."""
    return runner_in(tmp_path)


def python(program: str, *arguments: str, report: Path | None = None) -> Command:
    """Return a command that runs a Python program."""
    return Command(name="tool", argv=(*PYTHON, program, *arguments), report=None if report is None else str(report))


def is_gone(pid_file: Path) -> bool:
    """Tell whether the process that wrote its number into a file ends within a second."""
    pid = int(pid_file.read_text())
    for _ in range(100):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return True
        if state == "Z":
            return True
        time.sleep(0.01)
    os.kill(pid, signal.SIGKILL)
    return False


def run_in_thread(runner: ToolRunner, command: Command) -> tuple[threading.Thread, list[ToolOutcome]]:
    """Start a command in a thread and return the thread with the list its outcome will be in."""
    outcomes: list[ToolOutcome] = []
    thread = threading.Thread(target=lambda: outcomes.append(runner(command, 30)))
    thread.start()
    return thread, outcomes


def wait_for(path: Path) -> None:
    """Wait until a process has written a file."""
    for _ in range(1000):
        if path.exists() and path.read_text():
            return
        time.sleep(0.005)
    pytest.fail(f"{path} was not written")


def test_arguments_directory_and_environment_arrive_as_given(tmp_path: Path) -> None:
    """Spaces, quotes and non-ASCII letters need no quoting, and the command's environment wins over the base."""
    directory = tmp_path / "with späce 'quoted'"
    directory.mkdir()
    program = (
        "import json, os, sys; print(json.dumps([sys.argv[1:], os.getcwd(), os.environ['BASE'], os.environ['X']]))"
    )
    arguments = ("a b", 'quo"te', "ünï → ☃", "$HOME; rm -rf x", "", "line\nbreak")
    command = Command(
        name="tool", argv=(*PYTHON, program, *arguments), cwd="scratch", environment={"BASE": "own", "X": "é"}
    )
    answer = json.loads(runner_in(directory)(command, 10).require(0))
    assert answer == [list(arguments), str(directory / "scratch"), "own", "é"]


def test_output_and_exit_code_are_returned(run: ProcessRunner) -> None:
    """Bytes of any kind come back untouched, errors as readable text."""
    program = "import sys; sys.stdout.buffer.write(bytes(range(256))); sys.stderr.buffer.write(b'b\\xffd'); sys.exit(3)"
    outcome = run(python(program), 10)
    assert (outcome.exit_code, outcome.stdout, outcome.stderr) == (3, bytes(range(256)), "b\ufffdd")
    assert outcome.problem == ""
    assert outcome.duration > 0
    assert outcome.require(3) == bytes(range(256))
    with pytest.raises(ReportError, match="tool ended with exit code 3: b\ufffdd"):
        outcome.require(0)


def test_standard_input_is_empty(run: ProcessRunner) -> None:
    """A tool that asks a question gets no answer instead of waiting for one."""
    assert run(python("import sys; print(repr(sys.stdin.read()))"), 10).require(0) == b"''\n"


def test_files_are_written_and_the_report_is_read(run: ProcessRunner, tmp_path: Path) -> None:
    """A command's files exist before it starts, with their directories, and its report is what it returns."""
    config, report = tmp_path / "in" / "put" / "config", tmp_path / "out" / "report"
    program = "import sys, pathlib; pathlib.Path(sys.argv[2]).write_bytes(pathlib.Path(sys.argv[1]).read_bytes() * 2)"
    command = Command(
        name="tool",
        argv=(*PYTHON, program, str(config), str(report)),
        files={str(config): "é\n"},
        report=str(report),
    )
    assert run(command, 10).require(0) == "é\né\n".encode()


def test_stale_report_is_never_read(run: ProcessRunner, tmp_path: Path) -> None:
    """A report of an earlier run does not stand in for the one that this run failed to write."""
    report = tmp_path / "report"
    report.write_text("stale")
    outcome = run(python("print('nothing to do')", report=report), 10)
    assert outcome.report is None
    with pytest.raises(ReportError, match=r"ended with exit code 0 but wrote no report \(.*report\): nothing to do"):
        outcome.require(0)


def test_exit_code_tells_more_than_a_missing_report(run: ProcessRunner, tmp_path: Path) -> None:
    """A tool that crashed is reported with its last words, not with the absence of its report."""
    outcome = run(python("raise RuntimeError('the real reason')", report=tmp_path / "report"), 10)
    assert outcome.problem == ""
    with pytest.raises(ReportError, match="exit code 1: RuntimeError: the real reason"):
        outcome.require(0)


def test_large_report_is_refused(tmp_path: Path) -> None:
    """A report over the limit is a problem that names both sizes, and is not read."""
    report = tmp_path / "report"
    program = "import os, sys; os.truncate(os.open(sys.argv[1], os.O_CREAT | os.O_WRONLY), 1 << 40)"
    outcome = runner_in(tmp_path)(python(program, str(report), report=report), 10)
    assert outcome.report is None
    assert "the report of tool has 1048576.0 MiB, more than the 1 MiB that are read" in outcome.problem


@pytest.mark.parametrize(
    ("program", "problem"),
    [
        ("import os, sys; os.mkfifo(sys.argv[1])", "is no regular file"),
        ("import os, sys; os.symlink('/etc/hostname', sys.argv[1])", "cannot be read"),
        ("import os, sys; os.mkdir(sys.argv[1])", "no regular file"),
    ],
)
def test_report_that_is_no_file_is_refused(run: ProcessRunner, tmp_path: Path, program: str, problem: str) -> None:
    """Pipes, links and directories in a report's place are neither waited for nor followed."""
    report = tmp_path / "report"
    for _ in range(2):  # what the first run left does not hinder the second
        outcome = run(python(program, str(report), report=report), 10)
        assert problem in outcome.problem
        assert outcome.exit_code == 0
        assert outcome.report is None


@pytest.mark.parametrize(
    ("argv", "problem"),
    [
        (("no-such-tool-here", "--version"), "tool is not installed (no-such-tool-here does not exist)"),
        (("/etc/hostname/tool",), "tool is not installed (/etc/hostname/tool does not exist)"),
        (("/",), "tool cannot be run: /: Permission denied; reinstall it"),
        ((sys.executable, "a\0b"), "tool could not be started: embedded null byte"),
        ((sys.executable, "x" * 10_000_000), "tool could not be started: "),
        ((), "tool could not be started: the command names no program"),
    ],
)
def test_tool_that_cannot_start_is_a_problem(run: ProcessRunner, argv: tuple[str, ...], problem: str) -> None:
    """What is not installed or cannot be executed is said, and is never an exception."""
    outcome = run(Command(name="tool", argv=argv), 10)
    assert outcome.exit_code is None
    assert outcome.problem.startswith(problem)


def test_missing_directory_is_a_problem(tmp_path: Path) -> None:
    """A working directory that is gone is told from a tool that is."""
    run = ProcessRunner(directories={"repository": str(tmp_path / "gone")}, environ={})
    assert "working directory" in run(python("pass"), 10).problem
    blocked = Command(name="tool", argv=PYTHON, files={"/proc/none/file": ""})
    assert "its files cannot be prepared" in runner_in(tmp_path)(blocked, 10).problem


@pytest.mark.parametrize("module", ["no_such_module_here", "json.no_such_module"])
def test_missing_module_is_not_mistaken_for_findings(run: ProcessRunner, module: str) -> None:
    """`python -m tool` without the tool exits with 1, which many tools use for findings: it is a problem instead."""
    outcome = run(Command(name="tool", argv=(sys.executable, "-I", "-m", module)), 10)
    assert outcome.exit_code == 1
    assert outcome.problem.startswith("tool is not installed (")
    assert module in outcome.problem
    with pytest.raises(ReportError):
        outcome.require(0, 1)


def test_module_missing_inside_a_tool_is_its_own_matter(run: ProcessRunner) -> None:
    """A tool whose code fails to import something has run: its exit code speaks."""
    outcome = run(python("import no_such_module_here"), 10)
    assert (outcome.exit_code, outcome.problem) == (1, "")


def test_hundred_megabytes_cost_neither_memory_nor_a_hang(run: ProcessRunner, tmp_path: Path) -> None:
    """A suite that floods both streams ends, and only the last of what it printed is kept."""
    program = (
        "import os, sys, pathlib\nblock = b'x' * 1_000_000\n"
        "for _ in range(50): os.write(1, block); os.write(2, block)\n"
        "os.write(1, b'the end'); pathlib.Path(sys.argv[1]).write_text('report')"
    )
    tracemalloc.start()
    try:
        outcome = run(python(program, str(tmp_path / "report"), report=tmp_path / "report"), 30)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert outcome.require(0) == b"report"
    assert outcome.stdout.endswith(b"xxxthe end")
    assert len(outcome.stdout) == len(outcome.stderr) == 64 * 1024
    assert peak < 3_000_000


def test_output_over_the_limit_is_a_problem(run: ProcessRunner) -> None:
    """A report on standard output that is too large is refused, not cut."""
    outcome = run(python("import os\nfor _ in range(40): os.write(1, b'y' * 100_000)"), 10)
    assert outcome.problem == "tool printed more than the 1 MiB that are read"
    assert len(outcome.stdout) == 64 * 1024
    whole = run(python("import os; os.write(1, b'y' * (1 << 20))"), 10)
    assert whole.require(0) == b"y" * (1 << 20)


def test_hanging_tool_is_killed_with_its_children(run: ProcessRunner, tmp_path: Path) -> None:
    """At the timeout nothing of the tool survives: not its child, not one that made a session of its own."""
    program = (
        "import os, sys, time\nprint('collected 3 items\\n\\x1b[31mtest_hangs\\x1b[0m\\t\\n', flush=True)\n"
        "for name in sys.argv[1:]:\n"
        "    if os.fork() == 0:\n"
        "        if 'session' in name: os.setsid()\n"
        "        if 'orphan' in name and os.fork(): os._exit(0)\n"
        "        open(name, 'w').write(str(os.getpid()))\n"
        "        time.sleep(60)\n"
    ) + FOREVER
    names = [tmp_path / name for name in ("child", "session", "session-orphan")]
    outcome = run(python(program, *map(str, names)), 1.5)
    assert outcome.timed_out
    assert outcome.exit_code is None
    assert outcome.problem == ("tool was killed after 1.5 s with its whole process group; last output: test_hangs")
    assert all(is_gone(name) for name in names)
    assert outcome.duration < 10
    with pytest.raises(ReportError, match="killed after"):
        outcome.require(0)


def test_silent_hang_says_so(run: ProcessRunner) -> None:
    """A tool that was killed before it printed anything is reported as that."""
    assert run(python(FOREVER), 0.2).problem.endswith("; it had printed nothing")


def test_tool_that_ignores_sigterm_is_killed(run: ProcessRunner, tmp_path: Path) -> None:
    """Refusing to end gives a tool no more than the grace."""
    program = "import os, signal, sys; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
    program += "open(sys.argv[1], 'w').write(str(os.getpid()))\n" + FOREVER
    outcome = run(python(program, str(tmp_path / "pid")), 1.0)
    assert outcome.timed_out
    assert is_gone(tmp_path / "pid")


def test_tool_may_clean_up_when_it_is_asked_to_end(run: ProcessRunner, tmp_path: Path) -> None:
    """SIGTERM comes first: a tool that heeds it can leave its report behind."""
    program = (
        "import signal, sys, time\n"
        "def end(*_): open(sys.argv[1], 'w').write('partial'); sys.exit(0)\n"
        "signal.signal(signal.SIGTERM, end)\ntime.sleep(60)"
    )
    outcome = run(python(program, str(tmp_path / "report"), report=tmp_path / "report"), 1.0)
    assert outcome.timed_out
    assert outcome.report == b"partial"
    assert outcome.exit_code is None


def test_background_child_that_keeps_the_pipe_does_not_hang_the_run(run: ProcessRunner, tmp_path: Path) -> None:
    """A tool has ended when it has, whoever still holds its output open; those are ended too."""
    program = (
        "import os, sys, time\nprint('done', flush=True)\n"
        "if os.fork() == 0:\n"
        "    if sys.argv[2:]: os.setsid()\n"
        "    if os.fork(): os._exit(0)\n"
        "    open(sys.argv[1], 'w').write(str(os.getpid()))\n"
        "    time.sleep(60)\n"
        "while not os.path.exists(sys.argv[1]) or not open(sys.argv[1]).read(): time.sleep(0.01)\n"
    )
    for arguments in ((str(tmp_path / "group"),), (str(tmp_path / "daemon"), "setsid")):
        outcome = run(python(program, *arguments), 30)
        assert outcome.require(0) == b"done\n"
        assert outcome.duration < 15
        assert is_gone(Path(arguments[0]))


def test_daemon_that_hides_is_left_behind_not_waited_for(run: ProcessRunner, tmp_path: Path) -> None:
    """A descendant with a session and an environment of its own cannot be found: the run goes on without it."""
    hidden = "import os, sys, time; open(sys.argv[1], 'w').write(str(os.getpid())); time.sleep(20)"
    program = (
        "import os, sys, time\nprint('done', flush=True)\n"
        "if os.fork() == 0:\n"
        "    os.setsid()\n"
        "    os.execve(sys.executable, [sys.executable, '-I', '-S', '-c', sys.argv[2], sys.argv[1]], {})\n"
        "while not os.path.exists(sys.argv[1]) or not open(sys.argv[1]).read(): time.sleep(0.01)\n"
    )
    pid_file = tmp_path / "hidden"
    outcome = run(python(program, str(pid_file), hidden), 30)
    try:
        assert outcome.require(0) == b"done\n"
        assert outcome.duration < 15
    finally:
        os.kill(int(pid_file.read_text()), signal.SIGKILL)


def test_crash_by_signal_is_named(run: ProcessRunner) -> None:
    """A tool that the system killed is reported with the signal and what it usually means."""
    outcome = run(python("import os; os.kill(os.getpid(), 9)"), 10)
    assert outcome.exit_code == -9
    with pytest.raises(ReportError, match=r"was ended by signal 9 \(SIGKILL, as systems do when memory runs out\)"):
        outcome.require(0)


def test_cancel_ends_every_running_tool(run: ProcessRunner, tmp_path: Path) -> None:
    """An interrupt from another thread ends the polite and the stubborn, and nothing starts afterwards."""
    polite = "import os, sys; open(sys.argv[1], 'w').write(str(os.getpid()))\n" + FOREVER
    stubborn = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + polite
    threads, outcomes = [], []
    for name, program in (("polite", polite), ("stubborn", stubborn)):
        thread, outcome = run_in_thread(run, python(program, str(tmp_path / name)))
        threads.append(thread)
        outcomes.append(outcome)
        wait_for(tmp_path / name)
    run.cancel()
    for thread in threads:
        thread.join(10)
    assert [outcome[0].problem for outcome in outcomes] == ["tool was ended because the run was interrupted"] * 2
    assert all(outcome[0].exit_code is None and not outcome[0].timed_out for outcome in outcomes)
    assert is_gone(tmp_path / "polite")
    assert is_gone(tmp_path / "stubborn")
    assert run(python("pass"), 10).problem == "tool was not started: the run was interrupted"
    run.cancel()


def test_interrupt_of_the_main_thread_ends_the_tool(tmp_path: Path) -> None:
    """Ctrl-C while a tool runs reaches the caller, after the tool was ended."""
    tool = "import os, sys; open(sys.argv[1], 'w').write(str(os.getpid()))\n" + FOREVER
    script = (
        "import sys\nfrom ratchetry.adapters.process import ProcessRunner\n"
        "from ratchetry.domain.command import Command\n"
        "run = ProcessRunner(directories={'repository': '/'}, environ={})\n"
        "try: run(Command(name='tool', argv=(sys.executable, '-c', sys.argv[1], sys.argv[2])), 30)\n"
        "except KeyboardInterrupt: print('interrupted')\n"
    )
    (tmp_path / "pids").mkdir()
    outer = runner_in(tmp_path)
    command = Command(name="outer", argv=(sys.executable, "-c", script, tool, str(tmp_path / "pid")))
    thread, outcomes = run_in_thread(outer, command)
    wait_for(tmp_path / "pid")
    os.kill(_parent_of(int((tmp_path / "pid").read_text())), signal.SIGINT)
    thread.join(20)
    assert outcomes[0].require(0) == b"interrupted\n"
    assert is_gone(tmp_path / "pid")


def _parent_of(pid: int) -> int:
    """Return the number of a process's parent."""
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def test_many_tools_run_at_the_same_time(run: ProcessRunner) -> None:
    """Outcomes do not mix when threads share a runner."""
    started = [run_in_thread(run, python(f"import os; os.write(1, b'{turn}' * 1000)")) for turn in range(12)]
    for turn, (thread, outcomes) in enumerate(started):
        thread.join(30)
        assert outcomes[0].require(0) == str(turn).encode() * 1000


def test_no_descriptor_is_left_open(run: ProcessRunner) -> None:
    """Running tools costs no file descriptors."""
    run(python("pass"), 10)
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(5):
        run(python("pass"), 10)
    assert len(list(Path("/proc/self/fd").iterdir())) == before
