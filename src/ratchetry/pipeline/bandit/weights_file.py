"""The weights file of a repository, and the arms that are chosen between."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from ratchetry.adapters.files import read_bounded
from ratchetry.domain.fingerprint import short_hash
from ratchetry.domain.weights import MOST_ARMS, Weights, is_arm, names_of
from ratchetry.errors import UsageError
from ratchetry.settings import Settings
from ratchetry.state.weights import loads

_EMPTY: Final = Weights()


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightsOnDisk:
    """A weights file: where it stands, what it says, and the hash of its bytes; empty before there is one."""

    path: Path
    weights: Weights = field(default_factory=Weights)
    data: bytes = b""

    @property
    def state(self) -> str:
        """Return the hash of the file, empty when there is none."""
        return short_hash(self.data.decode("utf-8", "surrogateescape")) if self.data else ""


def read_weights(root: Path, settings: Settings, name: str | None = None) -> WeightsOnDisk:
    """Return the weights file of a repository, or the one of a name.

    Raises UsageError when a file that was named is not there, StateError when it cannot be read.
    """
    path = Path(name) if name else root / settings.weights
    if not path.exists():
        if name:
            msg = f"{name}: there is no such weights file; `ratchetry bandit fold` writes one"
            raise UsageError(msg)
        return WeightsOnDisk(path=path)
    data = read_bounded(path, str(path))
    return WeightsOnDisk(path=path, weights=loads(data, str(path)), data=data)


def offered_arms(weights: Weights, settings: Settings, asked: Sequence[str] = ()) -> tuple[str, ...]:
    """Return the arms to choose between, by their present names: those asked for, else the settings', else the file's.

    Raises UsageError for a name that is none, one that is there twice, or when there is no arm at all.
    """
    names = names_of(weights.arms)
    retired = {arm.name for arm in weights.arms if arm.retired}
    offered = tuple(names.get(name, name) for name in asked)
    if not offered:
        declared = tuple(names.get(name, name) for name in settings.arms) or weights.active
        offered = tuple(name for name in declared if name not in retired)
    for name in offered:
        if not is_arm(name):
            msg = f"{name[:200]!r} is no name of an arm: letters, digits and _ . / @ : + - are, up to 200 of them"
            raise UsageError(msg)
        if offered.count(name) > 1:
            msg = f"arm {name!r} is named twice, perhaps under an older name of it"
            raise UsageError(msg)
    if not 0 < len(offered) <= MOST_ARMS:
        msg = f"there are {len(offered)} arms to choose between, and must be 1 to {MOST_ARMS}: name them with --arms, "
        msg += f"or as arms in [tool.ratchetry], or in {settings.weights}"
        raise UsageError(msg)
    return offered
