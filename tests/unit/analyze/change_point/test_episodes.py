"""Which changes have to last longer, because machines change so, too."""

from __future__ import annotations

import pytest

from ratchetry.analyze.change_point.episodes import KNOWN, SETTLED, STAYED, doubtful


def _doubted(*stretches: tuple[float, int], gap: float = 0.0, stay: int = 0) -> set[int]:
    """Return which changes are doubted between levels of given lengths."""
    bounds = [0]
    for _, length in stretches:
        bounds.append(bounds[-1] + length)
    return set(doubtful([level for level, _ in stretches], bounds, gap, stay))


def test_a_step_is_not_doubted() -> None:
    """A level that was never there before is a change at once."""
    assert _doubted((0.0, 50), (1.0, 3)) == set()
    assert _doubted((0.0, 50), (1.0, 30), (2.0, 3)) == set()


def test_the_end_of_an_episode_is_a_change_once_things_have_settled() -> None:
    """A slow week with the same level before and after it ends with a change, but not at once."""
    assert _doubted((0.0, 50), (1.0, 10), (0.0, SETTLED - 1)) == {1}
    assert _doubted((0.0, 50), (1.0, 10), (0.0, SETTLED)) == set()


def test_a_known_level_has_to_stay() -> None:
    """After a long stretch, too, the way back is no news for some runs."""
    assert _doubted((0.0, 50), (1.0, 60), (0.0, KNOWN - 1)) == {1}
    assert _doubted((0.0, 50), (1.0, 60), (0.0, KNOWN)) == set()


def test_episodes_that_are_alike_are_those_of_a_machine() -> None:
    """Three stays of a few runs on the same other level are no changes, however long ago; other steps are."""
    episodes = [(0.0, 20), (1.0, 8), (0.02, 20), (1.01, 9), (0.0, 20), (0.98, 5), (0.01, 90)]
    assert _doubted(*episodes) == {0, 1, 2, 3, 4, 5}
    assert _doubted(*episodes, (5.0, 90)) == {0, 1, 2, 3, 4, 5}


def test_two_episodes_are_changes_in_the_end() -> None:
    """Twice broken and twice mended is four changes."""
    twice = [(0.0, 20), (1.0, 8), (0.0, 40), (1.0, 8), (0.0, 200)]
    assert _doubted(*twice) == set()


@pytest.mark.parametrize(("stay", "least"), [(0, STAYED[0]), (14, 14), (99, STAYED[1])])
def test_a_step_as_high_as_a_switch_has_to_outlast_what_was_seen(stay: int, least: int) -> None:
    """Where machines were told apart, their difference is a change after the longest stay that there was."""
    assert _doubted((0.0, 50), (1.0, least), gap=1.1, stay=stay) == {0}
    assert _doubted((0.0, 50), (1.0, least + 1), gap=1.1, stay=stay) == set()
    assert _doubted((0.0, 50), (3.0, 3), gap=1.1, stay=stay) == set()


def test_scale_and_sign_do_not_matter() -> None:
    """Levels in other units, or upside down, are doubted alike."""
    levels = [(0.0, 20), (1.0, 8), (0.02, 20), (1.01, 9), (0.0, 20), (2.0, 5), (0.01, 9)]
    for factor in (1e-9, 1e9, -1.0):
        assert _doubted(*((level * factor, length) for level, length in levels)) == _doubted(*levels)
    assert all(0 <= at < len(levels) - 1 for at in _doubted(*levels))
