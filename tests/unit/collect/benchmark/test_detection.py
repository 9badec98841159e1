"""Whether a repository has benchmarks is told from its source."""

from __future__ import annotations

import pytest

from ratchetry.collect.benchmark.detection import benchmark_targets
from tests.unit.collect.contexts import MemoryTree, project_of


def targets(texts: dict[str, str | bytes], **changes: object) -> tuple[str, ...]:
    """Return the targets of a repository in memory."""
    return benchmark_targets(project_of(texts, **changes), MemoryTree(texts))


@pytest.mark.parametrize(
    "source",
    [
        "def test_a(benchmark): pass",
        "class TestA:\n    def test_b(self, size, *, benchmark): pass",
        "def test_a(\n    size: int = f(1, (2)),\n    benchmark: object = None,\n): pass",
        "async def test_a(benchmark_weave): pass",
        "def bench_a(benchmark): pass",
        "import pytest\n@pytest.mark.benchmark(group='a')\ndef test_a(timed): pass",
        "import pytest\npytestmark = pytest.mark.benchmark",
        "import pytest\n@pytest.mark.usefixtures('benchmark')\ndef test_a(): pass",
        "import pytest\n@pytest.fixture(scope='function')\ndef timed(benchmark): return benchmark\n",
    ],
)
def test_a_test_or_fixture_that_takes_the_fixture_or_carries_the_mark_is_found(source: str) -> None:
    """Each way of asking for the benchmark fixture counts."""
    assert targets({"tests/test_a.py": source}) == ("tests/test_a.py",)


@pytest.mark.parametrize(
    "source",
    [
        "def test_a(tmp_path): benchmark = 1",
        "# def test_a(benchmark): pass",
        "SOURCE = '''\ndef test_a(benchmark): pass\n'''",
        "def helper(benchmark): pass",
        "def test_a(benchmark_results): pass",
        "def test_a(benchmark: pass",
        "x = " + "(" * 500,
        b"\xff\xfe benchmark",
        b"benchmark\0",
    ],
)
def test_what_only_looks_like_a_benchmark_is_none(source: str | bytes) -> None:
    """Comments, strings, helpers and files that cannot be parsed hold no benchmark."""
    assert targets({"tests/test_a.py": source}) == ()


def test_files_outside_the_tests_are_not_searched() -> None:
    """A package's own function with such a parameter is no benchmark."""
    source = "def test_a(benchmark): pass"
    assert targets({"src/a/runner.py": source, "tests/notes.txt": source}) == ()
    assert targets({"checks/speed.py": source}, test_paths=("checks",)) == ("checks/speed.py",)
    assert targets({"benchmarks/speed.py": source}) == ("benchmarks/speed.py",)


def test_a_fixture_in_a_conftest_stands_for_its_directory() -> None:
    """Tests that use such a fixture do not name benchmark themselves."""
    fixture = "import pytest\n@pytest.fixture\ndef timed(benchmark): return benchmark\n"
    test = "def test_a(benchmark): pass"
    texts: dict[str, str | bytes] = {"tests/conftest.py": fixture, "tests/a/test_a.py": test, "test_b.py": test}
    assert targets(texts) == ("test_b.py", "tests")
    assert targets({"conftest.py": fixture, "test_b.py": test}) == (".",)


def test_a_huge_file_is_left_alone() -> None:
    """Planning stays cheap whatever the repository holds."""
    assert targets({"tests/test_a.py": "def test_a(benchmark): pass\n" + "#" * 1_000_001}) == ()
