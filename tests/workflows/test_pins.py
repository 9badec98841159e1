"""What workflows and actions use is pinned, and of our own it is the file beside them."""

from __future__ import annotations

import re
from typing import Final

from tests.workflows.files import OWN, ROOT, actions, target, texts, uses, workflows

PINNED: Final = re.compile(r"[\w.-]+/[\w./-]+@[0-9a-f]{40}")
LINE: Final = re.compile(r"^\s*(?:- )?uses: (?P<used>\S+)(?: # (?P<comment>.+))?$")


def lines() -> list[tuple[str, str, str]]:
    """Return file, what is used and the comment of every line that uses something."""
    found = [(path, LINE.match(line)) for path, text in texts().items() for line in text.splitlines()]
    return [(path, match["used"], match["comment"] or "") for path, match in found if match]


def test_every_use_is_seen() -> None:
    """The lines that are checked are all that YAML knows of."""
    assert sorted(used for _, used, _ in lines()) == sorted(used for _, used in uses())
    assert len(lines()) > 40


def test_others_are_pinned_to_a_commit_with_its_version() -> None:
    """Anything that is not ours is a full commit, and a comment says which version that is."""
    for path, used, comment in lines():
        if not used.startswith(OWN):
            assert PINNED.fullmatch(used), f"{path}: {used}"
            assert re.fullmatch(r"v\d+\.\d+\.\d+", comment), f"{path}: {used} # {comment}"


def test_one_action_is_pinned_to_one_commit() -> None:
    """No file lags behind: the same action is the same commit everywhere."""
    pins: dict[str, set[str]] = {}
    for _, used, comment in lines():
        if not used.startswith(OWN):
            name, _, commit = used.partition("@")
            pins.setdefault("/".join(name.split("/")[:2]), set()).add(f"{commit} {comment}")
    assert {name: pin for name, pin in pins.items() if len(pin) > 1} == {}


def test_our_own_are_of_the_same_commit_and_exist() -> None:
    """`./` would be the checkout of who calls, a branch or tag another commit: our own files are named with `$/`."""
    for place, used in uses():
        assert not used.startswith("./"), place
        path = target(used)
        assert not path or (ROOT / path).is_file(), f"{place}: {used}"
        assert not path or path in workflows() or path in actions()


def test_every_called_file_is_called() -> None:
    """No reusable workflow and no action is left over."""
    called = {target(used) for _, used in uses()}
    reusable = {path for path, workflow in workflows().items() if workflow.is_called}
    assert reusable | set(actions()) == called - {""}
