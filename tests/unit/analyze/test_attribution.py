"""What goes with a failure or a step: probabilities that add up, and the suspects that speak for themselves."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ratchetry.analyze.attribution import attribute, in_range, module_evidence
from ratchetry.analyze.blame.onset import Onset, failure_onset
from ratchetry.domain.commit_change import CommitChange
from ratchetry.domain.record import ChangedFile
from ratchetry.domain.run_evidence import RunEvidence

TEST = "tests/cart/test_prices.py::test_sum"


def run(number: int, *changed: str, broken: tuple[str, ...] = ()) -> RunEvidence:
    """Return the run of a commit."""
    return RunEvidence(
        run_id=str(number),
        started=f"2026-01-{1 + number // 20:02d}T{number % 20:02d}:00:00Z",
        commit=f"{number:040x}",
        ending="failed" if broken else "passed",
        broken=broken,
        changed=changed,
    )


def commit(number: int, *paths: str, lines: int = 10) -> CommitChange:
    """Return a commit that changed some files."""
    files = tuple(ChangedFile(path=path, added=lines, deleted=0) for path in paths)
    return CommitChange(sha=f"{number:040x}", time="2026-01-01T00:00:00Z", files=files)


PAST = [run(number, "src/shop/auth.py" if number % 2 else "src/shop/cart/prices.py") for number in range(20)]
BROKEN = (*PAST, run(23, "src/shop/auth.py", "src/shop/cart/prices.py", "docs/a.md", broken=(TEST,)))
COMMITS = (
    commit(19, "a"),
    commit(20, "src/shop/auth.py"),
    commit(21, "docs/a.md"),
    commit(22, "src/shop/cart/prices.py"),
    commit(23, "src/shop/auth.py"),
)


def onset() -> Onset:
    """Return where the test broke."""
    found = failure_onset(BROKEN)
    assert found is not None
    return found


def test_a_failure_with_its_commits() -> None:
    """The commit that changed what the test is named after is likeliest, a page hardly is; all add up."""
    found = attribute(onset(), BROKEN, COMMITS)
    assert found.commits[0].sha == COMMITS[3].sha
    assert {one.sha: one.probability for one in found.commits}[COMMITS[2].sha] < 0.1
    assert found.outside + sum(one.probability for one in found.commits) == pytest.approx(1.0)
    assert found.outside + sum(one.probability for one in found.files) == pytest.approx(1.0)
    assert found.outside + sum(one.probability for one in found.modules) == pytest.approx(1.0)
    assert (found.files[0].name, found.files[0].why) == ("src/shop/cart/prices.py", "its name")
    assert found.bisection is not None
    assert (found.bisection.good, found.bisection.bad) == (COMMITS[0].sha, COMMITS[4].sha)
    assert found.bisection.first in {COMMITS[2].sha, COMMITS[3].sha}
    assert found.bisection.steps <= found.bisection.plain_steps


def test_what_a_test_imports_is_suspect() -> None:
    """An import counts like the name."""
    found = attribute(onset(), BROKEN, COMMITS, frozenset({"shop.auth"}))
    assert {one.name: one.why for one in found.files}["src/shop/auth.py"] == "imported by the test"


def test_the_past_decides_between_equals() -> None:
    """Of two files whose names say the same, the one that broke something before is likelier."""
    past = [
        run(at, "src/x/risky.py", "src/x/calm.py" if at % 3 else "src/x/other.py", broken=("t",) * (at % 4 == 3))
        for at in range(20)
    ]
    calm = [run(40 + at, "src/x/calm.py") for at in range(10)]
    last = run(60, "src/x/risky.py", "src/x/calm.py", broken=("u",))
    found = failure_onset([*past, *calm, last])
    assert found is not None
    shown = attribute(found, [*past, *calm, last])
    assert [one.name for one in shown.files] == ["src/x/risky.py", "src/x/calm.py"]
    assert shown.files[0].risk > 3 * shown.files[1].risk


def test_larger_changes_are_likelier() -> None:
    """Of two unknown files, the one of which more has changed."""
    one = Onset(kind="step", subject="coverage.line", told="", last_good=f"{1:040x}", first_bad=f"{3:040x}")
    commits = (commit(1), commit(2, "src/a.py", lines=2), commit(3, "src/b.py", lines=500))
    found = attribute(one, [], commits)
    assert found.commits[0].sha == f"{3:040x}"
    assert found.bisection is None


def test_benchmarks_are_bisected_by_comparing() -> None:
    """Each commit is compared with the last good one."""
    one = Onset(kind="step", subject="benchmark.parse", told="", last_good=f"{1:040x}", first_bad=f"{3:040x}")
    found = attribute(one, [], (commit(1), commit(2, "src/a.py"), commit(3, "src/parse.py")))
    assert found.bisection is not None
    assert "ratchetry bench compare" in found.bisection.commands[2]
    assert found.bisection.commands[2].endswith(f"{1:040x} parse")


def test_without_git_the_run_speaks() -> None:
    """The files that the run names stand for one commit, which is said."""
    found = attribute(onset(), BROKEN)
    assert [one.files for one in found.commits] == [3]
    assert any("git does not know the commits" in note for note in found.notes)
    assert found.bisection is None


def test_a_range_that_git_does_not_have() -> None:
    """A first bad commit alone is looked at alone; one that is older than the last good one is no range."""
    one = replace(onset(), last_good="f" * 40, changed=())
    assert in_range(one, COMMITS) == (COMMITS[4],)
    assert len(in_range(replace(onset(), last_good=COMMITS[4].sha, first_bad=COMMITS[0].sha), COMMITS)) == 1


def test_nothing_known_is_said() -> None:
    """A failure that was always there, with no changed file, is from outside as far as is known."""
    first = [run(1, broken=("t",))]
    found = failure_onset(first)
    assert found is not None
    shown = attribute(found, first)
    assert shown.outside == 1.0
    assert len(shown.notes) == 3


def test_evidence_on_modules() -> None:
    """Each module with its runs, the one that broke something first; what failed is cited, and counted once."""
    found = module_evidence(BROKEN)
    counts = {one.module: (one.passed, one.failed) for one in found}
    assert counts == {"shop.auth": (10, 1), "shop.cart.prices": (10, 1), "docs": (0, 1)}
    assert found[0].module == "docs"
    assert found[0].runs == ("23-1",)
    assert all(one.interval[0] <= one.blame_mean <= one.interval[1] for one in found)
    assert module_evidence([]) == ()
