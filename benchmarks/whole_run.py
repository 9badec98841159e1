"""The whole main job beside a script that runs the same tools, with the same arguments, one after the other.

usage: whole_run.py [--package click==8.5.1] [--needs NAME ...] [--rounds N] [--json FILE]
       whole_run.py --repository DIR --python EXE [--rounds N] [--json FILE]

Without --repository, the package's source distribution is fetched with pip, and an environment is made for its
tests.  The sequential script is what `ratchetry run --dry-run` says it would run.  The time of the real advisory
service is in neither: both ask one on loopback that knows of no vulnerability.
"""

from __future__ import annotations

import argparse
import json
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

PROGRAM = (
    "import sys, time\n"
    "from ratchetry.cli.app import run\n"
    "run(sys.argv[1:])\n"
    "print(time.process_time(), file=sys.stderr)\n"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """The repository that is measured and the interpreter that runs its tests."""

    name: str
    root: Path
    python: Path
    advisories: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Medians: wall times in seconds, ratios to the sequential script, ratchetry's own CPU time in seconds."""

    subject: str
    tests: int
    sequential: float
    cold: float
    warm: float
    cold_ratio: float
    suite_share: float
    warm_ratio: float
    own_cpu_cold: float
    own_cpu_warm: float


def fetch(requirement: str, needs: Sequence[str], directory: Path) -> Subject:
    """Return a package's unpacked source distribution and an environment with what its tests need."""
    pip = [sys.executable, "-m", "pip"]
    downloads = directory / "downloads"
    command = [*pip, "download", "-q", "--no-deps", "--no-binary", ":all:", "-d", str(downloads), requirement]
    subprocess.run(command, check=True)
    (archive,) = downloads.glob("*.tar.gz")
    shutil.unpack_archive(archive, directory)
    root = directory / archive.name.removesuffix(".tar.gz")
    environment = directory / "environment"
    subprocess.run([sys.executable, "-m", "venv", str(environment)], check=True)
    python = environment / "bin" / "python"
    subprocess.run([str(python), "-m", "pip", "install", "-q", "pytest", "coverage", *needs, str(root)], check=True)
    for build in ("build", f"src/{requirement.partition('==')[0]}.egg-info"):
        shutil.rmtree(root / build, ignore_errors=True)
    return Subject(name=archive.name.removesuffix(".tar.gz"), root=root, python=python)


def arguments(subject: Subject, *more: str) -> list[str]:
    """Return the arguments of a run over the subject."""
    return ["run", str(subject.root), "--python", str(subject.python), "--osv-url", subject.advisories, *more]


def planned(subject: Subject) -> list[list[str]]:
    """Return the commands that a run would start."""
    command = [sys.executable, "-m", "ratchetry", *arguments(subject, "--dry-run", "--no-cache", "--format", "json")]
    plan = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return [shlex.split(line) for stage in plan["stages"].values() for line in stage.get("commands", [])]


def suite_seconds(subject: Subject) -> float:
    """Return what the test suite took in the last run: no schedule can make the whole faster than that."""
    record = json.loads((subject.root / ".ratchetry" / "record.json").read_bytes())
    return float(record["stages"]["test"]["duration"])


def run_sequentially(subject: Subject, commands: Sequence[Sequence[str]], scratch: Path) -> None:
    """Run the commands one after the other in a copy of the repository, ignoring what they find."""
    shutil.rmtree(scratch, ignore_errors=True)
    shutil.copytree(subject.root, scratch, ignore=shutil.ignore_patterns(".ratchetry"))
    for command in commands:
        subprocess.run(command, check=False, cwd=scratch, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def run_ratchetry(subject: Subject) -> float:
    """Run the main job and return the CPU seconds of ratchetry's own process, its tools excluded."""
    command = [sys.executable, "-c", PROGRAM, *arguments(subject, "--format", "json")]
    process = subprocess.run(command, check=True, capture_output=True, text=True)
    return float(process.stderr.split()[-1])


class NoVulnerabilities(BaseHTTPRequestHandler):
    """An advisory service (OSV protocol) that knows of nothing."""

    def do_POST(self) -> None:  # the name that http.server calls
        """Answer that there is no vulnerability."""
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name of the base class
        """Say nothing."""


@contextmanager
def advisory_service() -> Iterator[str]:
    """Yield the address of an advisory service on loopback."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), NoVulnerabilities)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()


def timed(action: Callable[[], object]) -> tuple[float, object]:
    """Return the wall time of an action, in seconds, and its result."""
    began = time.perf_counter()
    result = action()
    return time.perf_counter() - began, result


def measure(subject: Subject, rounds: int, directory: Path) -> Figures:
    """Return the medians over some rounds of sequential, cold and warm runs, one of each in turn."""
    output = subject.root / ".ratchetry"
    sequential, cold, warm = [], [], []
    run_ratchetry(subject)  # leaves the files behind that the planned commands read
    commands = planned(subject)
    for _ in range(rounds):
        shutil.rmtree(output / "work" / "reports" / "quality")  # mypy starts without its cache on both sides
        sequential.append(timed(lambda: run_sequentially(subject, commands, directory / "scratch"))[0])
        shutil.rmtree(output)
        cold.append(timed(lambda: run_ratchetry(subject)))
        warm.append(timed(lambda: run_ratchetry(subject)))
    record = json.loads((output / "record.json").read_bytes())
    medians = [statistics.median(values) for values in (sequential, [wall for wall, _ in cold], [w for w, _ in warm])]
    return Figures(
        subject=subject.name,
        tests=len(record["tests"]),
        sequential=medians[0],
        cold=medians[1],
        warm=medians[2],
        cold_ratio=medians[1] / medians[0],
        suite_share=suite_seconds(subject) / medians[0],
        warm_ratio=medians[2] / medians[0],
        own_cpu_cold=statistics.median(float(str(cpu)) for _, cpu in cold),
        own_cpu_warm=statistics.median(float(str(cpu)) for _, cpu in warm),
    )


def main() -> None:
    """Print the figures and, if asked to, write them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--package", default="click==8.5.1")
    parser.add_argument("--needs", nargs="*", default=[], help="packages that the tests need")
    parser.add_argument("--repository", type=Path)
    parser.add_argument("--python", type=Path, default=Path(sys.executable))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary, advisory_service() as advisories:
        directory = Path(temporary)
        if options.repository:
            root = options.repository.resolve()
            subject = Subject(name=root.name, root=root, python=options.python)
        else:
            subject = fetch(options.package, options.needs, directory)
        figures = measure(replace(subject, advisories=advisories), options.rounds, directory)
    print("| measure | value | goal |\n| --- | --- | --- |")
    print(f"| subject | {figures.subject}, {figures.tests} tests | |")
    print(f"| the same tools one after the other | {figures.sequential:.2f} s | |")
    print(f"| ratchetry, cold | {figures.cold:.2f} s = {figures.cold_ratio:.2f} of it | at most 0.70 |")
    print(f"| its test stage alone, which nothing can shorten | {figures.suite_share:.2f} of it | |")
    print(f"| ratchetry, nothing changed | {figures.warm:.2f} s = {figures.warm_ratio:.3f} of it | at most 0.10 |")
    print(f"| ratchetry's own CPU, cold | {figures.own_cpu_cold:.2f} s | at most 1 s at 2,000 tests |")
    print(f"| ratchetry's own CPU, nothing changed | {figures.own_cpu_warm:.2f} s | |")
    if options.json:
        options.json.write_text(json.dumps(asdict(figures), indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
