"""The interpreter is the given, active, found, built or own one, in this order, and never silently another."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from ratchetry.adapters.environment_cache import prune
from ratchetry.adapters.interpreter import prepare
from ratchetry.adapters.leases import Sharing
from ratchetry.collect.discovery import discover
from ratchetry.domain.project import Interpreter
from ratchetry.domain.record import StageResult
from ratchetry.errors import ReportError, UsageError
from ratchetry.settings import Settings
from tests.adapters.indexes import demo, index

PATH = {"PATH": os.environ["PATH"]}
TOOLS = ("pytest", "coverage", "pytest-benchmark")


@dataclass
class Heard:
    """A `ports.Progress` that remembers what is prepared."""

    messages: list[str] = field(default_factory=list)

    def preparing(self, what: str) -> None:
        """Remember it."""
        self.messages.append(what)

    def planned(self, stages: Sequence[str]) -> None:
        """Hear nothing."""

    def started(self, stage: str, command: str) -> None:
        """Hear nothing."""

    def ended(self, stage: str, command: str, seconds: float) -> None:
        """Hear nothing."""

    def finished(self, stage: str, result: StageResult) -> None:
        """Hear nothing."""


class Files:
    """A `ports.SourceTree` of a small directory."""

    def __init__(self, root: Path) -> None:
        self._root = root

    @property
    def root(self) -> str:
        """Return the directory."""
        return str(self._root)

    def files(self) -> tuple[str, ...]:
        """Return its files, those of environments left out."""
        paths = (path.relative_to(self._root) for path in self._root.rglob("*") if path.is_file())
        return tuple(sorted(path.as_posix() for path in paths if ".venv" not in path.parts))

    def read(self, path: str, limit: int = 5_000_000) -> bytes:
        """Return a file's content; raises ReportError when there is none."""
        try:
            return (self._root / path).read_bytes()[:limit]
        except OSError as error:
            raise ReportError(path) from error

    def exists(self, path: str) -> bool:
        """Tell whether there is such a file."""
        return (self._root / path).exists()


def venv(place: Path, *, system: bool = False) -> Path:
    """Return the Python of a new virtual environment without pip."""
    more = ("--system-site-packages",) if system else ()
    subprocess.run((sys.executable, "-m", "venv", "--without-pip", *more, str(place)), check=True)
    return place / "bin" / "python"


def site(python: Path) -> Path:
    """Return the directory in which a virtual environment installs packages."""
    return next((python.parent.parent / "lib").glob("python3*")) / "site-packages"


def prepared(
    root: Path,
    settings: Settings,
    environ: Mapping[str, str] | None = None,
    heard: Heard | None = None,
    *,
    sharing: Sharing | None = None,
    **places: Path,
) -> Interpreter:
    """Return the interpreter for a repository, whose scratch copy and cache lie beside it."""
    scratch = root.with_name(f"{root.name} copy")

    def copied() -> str:
        shutil.rmtree(scratch, ignore_errors=True)
        shutil.copytree(root, scratch, symlinks=True, ignore=shutil.ignore_patterns(".venv"))
        return str(scratch)

    return prepare(
        discover(Files(root), settings),
        settings,
        environ={**PATH, **(environ or {})},
        own_python=str(places.get("own", Path(sys.executable))),
        cache_dir=str(root.with_name("cache é")),
        scratch=copied,
        progress=heard or Heard(),
        sharing=sharing,
    )


OFFLINE = Settings(install=False)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return an empty repository."""
    place = tmp_path / "repo é"
    place.mkdir()
    return place


def test_nothing_declared_is_measured_with_our_own(root: Path) -> None:
    """A repository that declares nothing uses ratchetry's own Python, with everything in it."""
    found = prepared(root, Settings())
    assert (found.origin, found.executable, found.problem) == ("own", sys.executable, "")
    assert found.version == ".".join(map(str, sys.version_info[:3]))
    assert all(found.has(tool) for tool in TOOLS)
    assert "pluggy" in found.requires["pytest"]
    assert "colorama" not in found.requires["pytest"]


def test_given(root: Path) -> None:
    """settings.python comes before everything, as a path, a directory or a command."""
    python = venv(root / ".venv")
    other = venv(root / "other")
    for given in (str(other), "other", str(other.parent.parent)):
        found = prepared(root, Settings(python=given, install=False), {"VIRTUAL_ENV": str(root / ".venv")})
        assert (found.origin, found.executable) == ("given", str(other)) or given == "other"
        assert found.executable != str(python)
    assert prepared(root, Settings(python="python3", install=False), {"PATH": str(other.parent)}).executable == str(
        other.with_name("python3")
    )


@pytest.mark.parametrize("given", ["missing", "./README.md"])
def test_given_and_not_usable(root: Path, given: str) -> None:
    """An interpreter that the user names and that does not run is an error, not replaced."""
    (root / "README.md").write_text("no program", encoding="utf-8")
    with pytest.raises(UsageError, match=r"^python: "):
        prepared(root, Settings(python=given, install=False))


def test_an_environment_is_built_with_the_base_that_is_named(root: Path) -> None:
    """settings.base_python makes the environment, pip of ratchetry's own Python installs into it."""
    demo(root)
    log, base = root.with_name("calls"), root.with_name("base python")
    base.write_text(f'#!/bin/sh\necho "$@" >> "{log}"\nexec "{sys.executable}" "$@"\n', encoding="utf-8")
    base.chmod(0o755)
    environ = index(root.with_name("index"), *TOOLS)
    found = prepared(root, Settings(base_python=str(base)), environ)
    assert (found.origin, found.problem) == ("built", "")
    assert log.read_text(encoding="utf-8").split()[:3] == ["-m", "venv", "--without-pip"]
    assert prepared(root, Settings(), environ).executable != found.executable


def test_the_base_runs_what_declares_nothing(root: Path) -> None:
    """Where nothing is to be built the base that was named is the interpreter; one that is not there is an error."""
    base = venv(root.with_name("base"))
    found = prepared(root, Settings(base_python=str(base), install=False))
    assert (found.origin, found.executable) == ("given", str(base))
    with pytest.raises(UsageError, match=r"^base-python: there is no interpreter 'missing'"):
        prepared(root, Settings(base_python="missing"))


def test_active(root: Path) -> None:
    """The activated environment comes before the one in the repository, unless it is ratchetry's own."""
    found_one = venv(root / ".venv")
    active = venv(root.with_name("active"))
    environ = {"VIRTUAL_ENV": str(root.with_name("active"))}
    found = prepared(root, OFFLINE, environ)
    assert (found.origin, found.executable) == ("active", str(active))
    found = prepared(root, OFFLINE, environ, own=active)
    assert (found.origin, found.executable) == ("found", str(found_one))


def test_conda(root: Path) -> None:
    """An activated conda environment counts, its base does not."""
    active = venv(root.with_name("active"))
    environ = {"CONDA_PREFIX": str(root.with_name("active")), "CONDA_DEFAULT_ENV": "work"}
    assert prepared(root, OFFLINE, environ).executable == str(active)
    assert prepared(root, OFFLINE, {**environ, "CONDA_DEFAULT_ENV": "base"}).origin == "own"


def test_found_above(root: Path) -> None:
    """In a directory of a git repository the environment at its top is found, nothing above it is."""
    (root / ".git").mkdir()
    below = root / "packages" / "one"
    below.mkdir(parents=True)
    venv(root.parent / ".venv")
    assert prepared(below, OFFLINE).origin == "own"
    python = venv(root / "venv")
    assert prepared(below, OFFLINE).executable == str(python)


def test_pdm(root: Path) -> None:
    """The interpreter that PDM remembers is found; what is no interpreter's path is not."""
    python = venv(root.with_name("elsewhere"))
    (root / ".pdm-python").write_text(f"{python}\n", encoding="utf-8")
    assert prepared(root, OFFLINE).executable == str(python)
    for text in ("relative/python", "/nonexistent/python", "\0"):
        (root / ".pdm-python").write_text(text, encoding="utf-8")
        assert prepared(root, OFFLINE).origin == "own"


def test_a_broken_environment_is_left_out_aloud(root: Path) -> None:
    """An environment whose interpreter is gone is left out, and progress says so."""
    python = venv(root / ".venv")
    python.unlink()
    python.with_name("python3").unlink()
    heard = Heard()
    assert prepared(root, OFFLINE, heard=heard).origin == "own"
    assert any("leaving out" in message and ".venv" in message for message in heard.messages)


def test_an_interpreter_that_is_too_old_is_a_problem(root: Path) -> None:
    """An old Python in the usual place is reported instead of replaced."""
    python = venv(root / ".venv")
    python.unlink()
    answer = '{"version": "3.6.1", "markers": {}, "distributions": [], "packages": {}}'
    python.write_text(f"#!/bin/sh\necho '{answer}' > \"$3\"\n", encoding="utf-8")
    python.chmod(0o755)
    found = prepared(root, OFFLINE)
    assert "is Python 3.6.1" in found.problem
    assert "pass --python" in found.problem


def test_the_surrounding_python_path_does_not_matter(root: Path) -> None:
    """What PYTHONPATH offers here is not installed there; modules beside the probe hide nothing."""
    venv(root / ".venv")
    other = root.with_name("path")
    (other / "ghost-1.0.dist-info").mkdir(parents=True)
    (other / "ghost-1.0.dist-info" / "METADATA").write_text("Name: ghost\nVersion: 1.0\n", encoding="utf-8")
    (other / "json.py").write_text("raise SystemExit", encoding="utf-8")
    found = prepared(root, OFFLINE, {"PYTHONPATH": str(other)})
    assert found.origin == "found"
    assert not found.distributions


def test_the_checkout_is_what_gets_imported(root: Path) -> None:
    """A package that cannot be imported, is editable or was copied is imported from the scratch copy."""
    package = root / "src" / "demo"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    installed = site(venv(root / ".venv"))
    copy = (str(root.with_name(f"{root.name} copy") / "src"),)
    assert prepared(root, OFFLINE).import_path == copy
    (installed / "editable.pth").write_text(f"{root / 'src'}\n", encoding="utf-8")
    assert prepared(root, OFFLINE).import_path == copy
    (installed / "demo").mkdir()
    (installed / "demo" / "__init__.py").touch()
    assert prepared(root, OFFLINE).import_path == copy
    (installed / "demo" / "_speed.so").touch()
    assert prepared(root, OFFLINE).import_path == ()


def test_missing_test_tools_are_put_beside(root: Path) -> None:
    """The test tools that an environment lacks are installed beside it, once, and count as its own."""
    python = venv(root / ".venv")
    environ = index(root.with_name("index"), *TOOLS)
    found = prepared(root, Settings(), environ)
    assert found.executable == str(python)
    assert all(found.has(tool) for tool in TOOLS)
    (directory,) = found.appended_path
    assert (Path(directory) / "pytest").is_dir()
    again = Heard()
    assert prepared(root, Settings(), {"PIP_NO_INDEX": "1"}, again) == found
    assert not again.messages


def test_test_tools_that_cannot_be_had_are_lacking(root: Path) -> None:
    """When the missing tools cannot be installed the interpreter is used without them."""
    venv(root / ".venv")
    found = prepared(root, Settings(), {"PIP_NO_INDEX": "1"})
    assert (found.origin, found.problem, found.appended_path) == ("found", "", ())
    assert not found.has("pytest")


def test_an_environment_is_built_once(root: Path) -> None:
    """Project, requirements and tools are installed; the environment is used again, also when the code changes."""
    demo(root)
    (root / "requirements-dev.txt").write_text("helper\n-e .\n--index-url https://example.org\n", encoding="utf-8")
    environ = index(root.with_name("index"), *TOOLS, "helper")
    heard = Heard()
    found = prepared(root, Settings(), environ, heard)
    assert (found.origin, found.problem) == ("built", "")
    assert {"demo", "helper", *TOOLS} <= set(found.distributions)
    assert found.import_path == (str(root.with_name(f"{root.name} copy") / "src"),)
    assert any("installing demo" in message for message in heard.messages)
    (root / "src" / "demo" / "new.py").touch()
    again = Heard()
    assert prepared(root, Settings(), {"PIP_NO_INDEX": "1"}, again) == found
    assert not again.messages
    assert not (root.with_name(f"{root.name} copy") / "build").exists()


def test_an_installed_copy_never_goes_stale(root: Path) -> None:
    """A project whose installed copy is measured, because of generated files, is built again when its code changes."""
    demo(root)
    (root / "generate").touch()
    environ = index(root.with_name("index"), *TOOLS)
    first = prepared(root, Settings(), environ)
    assert first.import_path == ()
    assert prepared(root, Settings(), environ).executable == first.executable
    (root / "src" / "demo" / "new.py").touch()
    second = prepared(root, Settings(), environ)
    assert second.executable != first.executable
    assert (site(Path(second.executable)) / "demo" / "new.py").exists()


def test_a_project_that_cannot_be_built_leaves_its_requirements(root: Path) -> None:
    """Without the project itself the declared requirements still make an environment, and progress says why."""
    demo(root)
    (root / "broken").touch()
    heard = Heard()
    found = prepared(root, Settings(), index(root.with_name("index"), *TOOLS), heard)
    assert (found.origin, found.problem) == ("built", "")
    assert found.has("pytest")
    assert not found.has("demo")
    assert any("cannot be built" in message for message in heard.messages)
    assert found.import_path == (str(root.with_name(f"{root.name} copy") / "src"),)


def test_a_failed_build_is_a_problem(root: Path) -> None:
    """Requirements that cannot be had give a problem with pip's reason, no other interpreter, and no leftovers."""
    (root / "requirements.txt").write_text("no-such-thing==1\n", encoding="utf-8")
    found = prepared(root, Settings(), {"PIP_NO_INDEX": "1"})
    assert found.executable == ""
    assert found.problem.startswith("could not install what the project needs: ")
    assert "no-such-thing==1" in found.problem
    assert found.problem.endswith("; or pass --python")
    assert [path for path in root.with_name("cache é").glob("environments/*") if path.is_dir()] == []


def test_a_conflict_is_told_with_who_is_in_it(root: Path) -> None:
    """Of requirements that contradict each other, the problem names them and not a page about conflicts."""
    offline = index(root.parent / "index", "needed", "pytest", "coverage", "pytest-benchmark")
    (root / "requirements.txt").write_text("needed==1.0\n", encoding="utf-8")
    (root / "requirements-test.txt").write_text("needed<1.0\n", encoding="utf-8")
    problem = prepared(root, Settings(), offline).problem
    assert "Cannot install needed<1.0 and needed==1.0" in problem
    assert "ResolutionImpossible" not in problem


def test_an_unreachable_index_is_named(root: Path) -> None:
    """Without a network the problem says that the index could not be reached."""
    (root / "requirements.txt").write_text("six\n", encoding="utf-8")
    nowhere = {"PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_CONFIG_FILE": "/dev/null", "PIP_RETRIES": "0"}
    assert "the package index could not be reached" in prepared(root, Settings(), nowhere).problem


def test_what_a_killed_build_leaves_is_not_used(root: Path) -> None:
    """An environment without its last file is built anew; only the three used last are kept."""
    demo(root)
    environ = index(root.with_name("index"), *TOOLS)
    home = Path(prepared(root, Settings(), environ).executable).parent.parent
    (home / "ratchetry.json").unlink()
    (home / "half.txt").touch()
    for number in range(4):
        place = home.with_name(f"old{number}")
        place.mkdir()
        (place / "ratchetry.json").touch()
        os.utime(place / "ratchetry.json", (number + 1, number + 1))
    home.with_name("killed").mkdir()
    assert prepared(root, Settings(), environ).executable == str(home / "bin" / "python")
    assert not (home / "half.txt").exists()
    assert {path.name for path in home.parent.iterdir() if path.is_dir()} == {home.name, "old3", "old2"}


def test_a_copy_that_cannot_be_made_is_no_fault_of_the_interpreter(root: Path) -> None:
    """When the repository cannot be copied the run ends with that reason, and no other interpreter is tried."""
    (root / "single.py").touch()
    venv(root / ".venv")

    def too_large() -> str:
        msg = "the repository is too large"
        raise ReportError(msg)

    with pytest.raises(ReportError, match="too large"):
        prepare(
            discover(Files(root), OFFLINE),
            OFFLINE,
            environ=PATH,
            own_python=sys.executable,
            cache_dir=str(root.with_name("cache")),
            scratch=too_large,
            progress=Heard(),
        )


@pytest.mark.e2e
def test_a_real_environment(root: Path) -> None:
    """A tiny project with a real requirement is installed from the real index."""
    demo(root)
    (root / "requirements-test.txt").write_text("six==1.17.0\n", encoding="utf-8")
    found = prepared(root, Settings(), dict(os.environ))
    assert found.problem == ""
    assert found.distributions["six"] == "1.17.0"
    assert all(found.has(tool) for tool in TOOLS)


def test_checkouts_of_one_repository_share_an_environment(root: Path) -> None:
    """Two directories with the same declarations get one environment, which is not removed while it is held."""
    offline = index(root.with_name("index"), *TOOLS)
    other = root.with_name("other")
    demo(root)
    shutil.copytree(root, other)
    with ExitStack() as leases:
        sharing = Sharing(identity="repo", leases=leases)
        first = prepared(root, Settings(), offline, sharing=sharing)
        assert prepared(other, Settings(), offline, sharing=sharing).executable == first.executable
        assert prepared(other, Settings(), offline).executable != first.executable
        for number in range(3):
            (other / "requirements.txt").write_text(f"# {number}\n", encoding="utf-8")
            prepared(other, Settings(), offline)
        assert Path(first.executable).exists()
    prune(str(root.with_name("cache \u00e9")))
    kept = [path for path in root.with_name("cache \u00e9").glob("environments/*") if path.is_dir()]
    assert len(kept) == 3
    assert not Path(first.executable).exists()


@pytest.mark.parametrize("generated", [False, True])
def test_other_sources_need_a_build_only_if_building_makes_files(root: Path, *, generated: bool) -> None:
    """A module that other sources do not have belongs to those; only where builds make files, each needs its own."""
    offline = index(root.with_name("index"), *TOOLS)
    newer = demo(root) / "src" / "demo" / "newer.py"
    newer.write_text("x = 1\n", encoding="utf-8")
    if generated:
        (root / "generate").touch()
    first = prepared(root, Settings(), offline)
    newer.unlink()
    second = prepared(root, Settings(), offline)
    assert (second.executable == first.executable) is not generated
    assert bool(second.import_path) is not generated
