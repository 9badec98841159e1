"""Backfilling the past of a real package beside two scripts that check out and test its commits one by one.

usage: backfill.py [--package cachetools] [--commits 50] [--needs NAME ...] [--jobs N] [--each K] [--json FILE]

The past is made of the package's source distributions, one commit each with the date of its newest file; where there
are fewer of them than commits, what changed between two is committed in several parts.  Every way runs the suite
under coverage.py and reports what it covers:

fresh     what a careful script does: for each commit a clone, a new environment, the package installed, the suite
reusing   what a hasty script does: one checkout and one environment, the package installed anew for each commit
backfill  `ratchetry history backfill --stage test`
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from xml.etree.ElementTree import parse

from ratchetry.adapters.history_directory import HistoryDirectory

BUILDERS = ("setuptools", "wheel", "hatchling", "flit_core", "poetry-core")
TESTERS = ("pytest", "coverage")

Counts = tuple[int, int]
"""How many tests there were, and how many of them did not pass."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Wall times in seconds, ratios of the backfill to the scripts, and on how many commits the tests ended alike."""

    package: str
    commits: int
    backfill: float
    reusing: float
    fresh: float
    ratio_to_fresh: float
    ratio_to_reusing: float
    alike: int
    scripted: int
    """How many commits the scripts measured; with fewer than all, their times are extrapolated."""
    load: float
    """The load of the machine at the end: other work distorts the times."""


def run(*argv: str, cwd: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Return how a command ended."""
    hidden = ("PYTHONPATH", "VIRTUAL_ENV")
    environ = {name: value for name, value in os.environ.items() if name not in hidden}
    return subprocess.run(argv, cwd=cwd, env={**environ, **variables}, capture_output=True, text=True, check=False)


def checked(*argv: str, cwd: Path, **variables: str) -> str:
    """Return what a command printed; ends the benchmark when it failed."""
    done = run(*argv, cwd=cwd, **variables)
    if done.returncode != 0:
        msg = f"{' '.join(argv)}: {done.stderr.strip()[-500:]}"
        raise SystemExit(msg)
    return done.stdout.strip()


def fetch(package: str, commits: int, directory: Path) -> list[Path]:
    """Return the source distributions of the newest releases, oldest first, fetched with pip."""
    python = directory / "builder" / "bin" / "python"
    checked(sys.executable, "-m", "venv", str(python.parents[1]), cwd=directory)
    checked(str(python), "-m", "pip", "install", "-q", "-U", "pip", *BUILDERS, cwd=directory)
    listed = checked(str(python), "-m", "pip", "index", "versions", package, cwd=directory)
    versions = listed.partition("Available versions: ")[2].splitlines()[0].replace(" ", "").split(",")
    options = ("-q", "--no-deps", "--no-build-isolation", "--no-binary", ":all:")
    found: list[Path] = []
    for version in versions:
        place = directory / "releases" / version
        run(str(python), "-m", "pip", "download", *options, f"{package}=={version}", "-d", str(place), cwd=directory)
        found += sorted(place.glob("*.tar.gz"))
        if len(found) == commits:
            break
    return found[::-1]


def history_of(releases: Sequence[Path], commits: int, root: Path) -> None:
    """Make a repository whose commits are releases, or parts of what changed between two of them."""
    root.mkdir()
    checked("git", "init", "-q", "-b", "main", cwd=root)
    parts = -(-commits // len(releases))
    for release in releases:
        moment = unpack(release, root)
        changed = checked("git", "ls-files", "-z", "--modified", "--deleted", "--others", cwd=root).split("\0")
        paths = sorted({path for path in changed if path})
        size = max(1, -(-len(paths) // parts))
        for number, first in enumerate(range(0, len(paths), size)):
            date = f"{moment + number} +0000"
            who = {"GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@example.org"}
            who |= {name.replace("AUTHOR", "COMMITTER"): value for name, value in who.items()}
            checked("git", "add", "-A", "-f", "--", *paths[first : first + size], cwd=root)
            dates = {"GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date}
            checked("git", "commit", "-q", "-m", release.name, cwd=root, **who, **dates)


def unpack(release: Path, root: Path) -> int:
    """Make the files of a repository those of a release, and return when the newest of them was changed."""
    for path in root.iterdir():
        if path.name != ".git":
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    with tempfile.TemporaryDirectory() as directory, tarfile.open(release) as archive:
        files = [member for member in archive if member.isfile() and ".." not in member.name.split("/")]
        archive.extractall(directory, members=files)  # noqa: S202 -- regular files inside of the directory only
        (top,) = Path(directory).iterdir()
        for path in top.iterdir():
            if path.name != "PKG-INFO" and path.suffix != ".egg-info":
                shutil.move(path, root)
        return int(max(member.mtime for member in files))


def environment(place: Path) -> Path:
    """Return the Python of a new environment."""
    checked(sys.executable, "-m", "venv", str(place), cwd=place.parent)
    return place / "bin" / "python"


def tested(python: Path, checkout: Path, needs: Sequence[str]) -> Counts:
    """Install a checkout, run its suite under coverage.py, and return how it went."""
    run(str(python), "-m", "pip", "install", "-q", ".", *TESTERS, *needs, cwd=checkout)
    suite = ("-m", "pytest", "-q", "-p", "no:cacheprovider", "--junitxml=report.xml")
    run(str(python), "-m", "coverage", "run", "--branch", "--source=.", *suite, cwd=checkout)
    run(str(python), "-m", "coverage", "json", "-q", cwd=checkout)
    report = checkout / "report.xml"
    if not report.is_file():
        return 0, 0
    cases = list(parse(report).getroot().iter("testcase"))  # noqa: S314 -- what pytest has just written
    names = {(case.get("classname"), case.get("name")) for case in cases}  # subtests bear the name of their test
    bad = {case.get("name") for case in cases if case.find("failure") is not None or case.find("error") is not None}
    return len(names), len(bad)


def fresh(root: Path, commits: Sequence[str], needs: Sequence[str], directory: Path) -> dict[str, Counts]:
    """Return how the suites went, each commit in a clone and an environment of its own."""
    found = {}
    for commit in commits:
        place = directory / "fresh"
        checked("git", "clone", "-q", str(root), str(place / "checkout"), cwd=directory)
        checked("git", "checkout", "-q", "--detach", commit, cwd=place / "checkout")
        found[commit] = tested(environment(place / "environment"), place / "checkout", needs)
        shutil.rmtree(place)
    return found


def reusing(root: Path, commits: Sequence[str], needs: Sequence[str], directory: Path) -> dict[str, Counts]:
    """Return how the suites went, all commits in one checkout and one environment."""
    place = directory / "reusing"
    checked("git", "clone", "-q", str(root), str(place / "checkout"), cwd=directory)
    python = environment(place / "environment")
    found = {}
    for commit in commits:
        checked("git", "checkout", "-q", "--force", "--detach", commit, cwd=place / "checkout")
        checked("git", "clean", "-ffdxq", cwd=place / "checkout")
        found[commit] = tested(python, place / "checkout", needs)
    return found


def backfill(root: Path, commits: Sequence[str], jobs: int, directory: Path) -> dict[str, Counts]:
    """Return how the suites went when ratchetry measured them."""
    output = directory / "backfill"
    more = ("--jobs", str(jobs)) if jobs else ()
    arguments = ("--stage", "test", "--commits", str(len(commits)), "--output-dir", str(output), *more)
    checked(sys.executable, "-m", "ratchetry", "history", "backfill", *arguments, cwd=root)
    return dict(kept(output))


def kept(output: Path) -> Iterator[tuple[str, Counts]]:
    """Yield how the suite of each commit in a history went."""
    for record in HistoryDirectory(output).records():
        bad = sum(test.outcome in {"failed", "error"} for test in record.tests)
        yield record.run.commit, (len(record.tests), bad)


def timed(action: Callable[[], Mapping[str, Counts]]) -> tuple[float, Mapping[str, Counts]]:
    """Return the wall time of an action, in seconds, and its result."""
    began = time.perf_counter()
    result = action()
    return time.perf_counter() - began, result


def compare(package: str, count: int, directory: Path, *, needs: Sequence[str], jobs: int, each: int) -> Figures:
    """Return the figures of the three ways over the same commits, of which the scripts measure each so-many-th."""
    root = directory / "repository"
    history_of(fetch(package, count, directory), count, root)
    commits = checked("git", "log", "--format=%H", f"--max-count={count}", cwd=root).split()
    part = commits[::each]
    hasty, _ = timed(lambda: reusing(root, part, needs, directory))
    ours, mine = timed(lambda: backfill(root, commits, jobs, directory))
    careful, theirs = timed(lambda: fresh(root, part, needs, directory))
    factor = len(commits) / len(part)
    return Figures(
        package=package,
        commits=len(commits),
        backfill=ours,
        reusing=hasty * factor,
        fresh=careful * factor,
        ratio_to_fresh=ours / (careful * factor),
        ratio_to_reusing=ours / (hasty * factor),
        alike=sum(mine.get(commit) == theirs[commit] for commit in part),
        scripted=len(part),
        load=os.getloadavg()[0],
    )


def main() -> None:
    """Print the figures and, if asked to, write them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--package", default="cachetools")
    parser.add_argument("--commits", type=int, default=50)
    parser.add_argument("--needs", nargs="*", default=[], help="packages that the tests need")
    parser.add_argument("--jobs", type=int, default=0, help="commits that the backfill measures at once")
    parser.add_argument("--each", type=int, default=1, help="the scripts measure each so-many-th commit only")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        figures = compare(
            options.package,
            options.commits,
            Path(temporary),
            needs=options.needs,
            jobs=options.jobs,
            each=options.each,
        )
    print(f"{figures.package}, {figures.commits} commits, load {figures.load:.1f}\n")
    print("| way | seconds | backfill against it |\n| --- | --- | --- |")
    print(f"| one by one, everything fresh | {figures.fresh:.0f} | {figures.ratio_to_fresh:.2f} (at most 0.50) |")
    print(f"| one by one, one environment for all | {figures.reusing:.0f} | {figures.ratio_to_reusing:.2f} |")
    print(f"| ratchetry history backfill | {figures.backfill:.0f} | |")
    print(f"\nthe scripts measured {figures.scripted} commits; the tests of {figures.alike} of them ended alike")
    if options.json:
        options.json.write_text(json.dumps(asdict(figures), indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
