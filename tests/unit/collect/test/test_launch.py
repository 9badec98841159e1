"""How the tools of the stage are started."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from ratchetry.collect.test.launch import environment, module_argv, observer_files
from ratchetry.domain.project import Interpreter
from tests.unit.collect.test.suites import context

REPORTS = "/repo/.ratchetry/inside/reports/stage"


def test_a_module_is_run_by_the_projects_interpreter() -> None:
    """The project's Python runs the module by its name."""
    assert module_argv(context(), "pytest", "-q") == ("/env/bin/python", "-m", "pytest", "-q")


def test_borrowed_directories_are_searched_last(tmp_path: Path) -> None:
    """A module from a borrowed directory runs as if by -m, and what the project has itself comes first."""
    (tmp_path / "probe.py").write_text("import sys; print(sys.argv[1:], sys.path[-1], __name__, flush=True)")
    (tmp_path / "json.py").write_text("raise SystemExit('the borrowed directory was searched first')")
    python = Interpreter(executable=sys.executable, appended_path=(str(tmp_path),))
    argv = module_argv(context(interpreter=python), "probe", "-q", "a b")
    done = subprocess.run(argv, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == f"['-q', 'a b'] {tmp_path} __main__"


def test_the_environment_is_the_same_everywhere() -> None:
    """The sources come first, caches go to the reports, and an outer run of these tools is shut out."""
    variables = environment(context())
    assert variables["PYTHONPATH"] == f"/repo/.ratchetry/inside/scratch/src:{REPORTS}/observer"
    assert variables["PYTHONDONTWRITEBYTECODE"] == "1"
    assert variables["HYPOTHESIS_STORAGE_DIRECTORY"].startswith(REPORTS)
    assert {name for name, value in variables.items() if not value} == {
        "COVERAGE_PROCESS_CONFIG",
        "COVERAGE_PROCESS_START",
        "COVERAGE_RCFILE",
        "PYTEST_ADDOPTS",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD",
    }
    assert not {"NO_COLOR", "CI", "COLUMNS"} & variables.keys()


def test_the_observer_is_a_module_of_its_own() -> None:
    """What pytest is told to load is Python that compiles."""
    ((path, source),) = observer_files(context()).items()
    assert path == f"{REPORTS}/observer/ratchetry_observer.py"
    compile(source, path, "exec")
