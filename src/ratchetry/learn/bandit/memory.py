"""How evidence is remembered: bounded for each arm, and fading while others are tried.

After an outcome the evidence on its arm is scaled down to the cap, which makes it an exponential window over the
newest outcomes; that on the other arms of the context fades a little, so that they are tried again at some point.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from ratchetry.domain.moment import time_of
from ratchetry.domain.weights import ArmEvidence, Parameters


@dataclass(slots=True)
class _Cell:
    """The evidence on one arm, as it was after its newest outcome."""

    alpha: float = 0.0
    beta: float = 0.0
    n: int = 0
    reward: float = 0.0
    last: float = 0.0
    step: int = 0


@dataclass(slots=True)
class ContextMemory:
    """The evidence of one context; what faded is worked out when an arm is touched: an outcome takes constant time."""

    parameters: Parameters
    step: int = 0
    cells: dict[str, _Cell] = field(default_factory=dict)

    def observe(self, arm: str, reward: float, at: float) -> None:
        """Take in the reward of an arm, from 0 to 1, that became known so many days after 1970."""
        self.step += 1
        cell = self.cells.setdefault(arm, _Cell(step=self.step - 1))
        kept = self.parameters.idle_decay ** (self.step - 1 - cell.step) * self.parameters.discount
        alpha, beta = cell.alpha * kept + reward, cell.beta * kept + 1.0 - reward
        cap = self.parameters.cap
        scale = min(1.0, cap / (alpha + beta)) if cap else 1.0
        cell.alpha, cell.beta, cell.step = alpha * scale, beta * scale, self.step
        cell.n += 1
        cell.reward += reward
        cell.last = max(cell.last, at)

    def evidence(self) -> dict[str, ArmEvidence]:
        """Return the evidence on each arm as it is now."""
        found: dict[str, ArmEvidence] = {}
        for arm, cell in sorted(self.cells.items()):
            kept = self.parameters.idle_decay ** (self.step - cell.step)
            found[arm] = ArmEvidence(
                alpha=round(cell.alpha * kept, 6),
                beta=round(cell.beta * kept, 6),
                n=cell.n,
                reward=round(cell.reward, 6),
                last=time_of(cell.last),
            )
        return found
