"""Everyday draws from numpy's plain stream of random numbers, which stays the same between versions."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


class Chance:
    """A stream of draws; the same seed and purpose give the same ones."""

    def __init__(self, seed: int, purpose: int) -> None:
        self.rng = np.random.default_rng([seed, purpose])

    def happens(self, share: float) -> bool:
        """True in that share of draws."""
        return bool(self.rng.random() < share)

    def whole(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`, both included."""
        return low + int(self.rng.random() * (high - low + 1))

    def between(self, low: float, high: float) -> float:
        """A number between the two."""
        return low + float(self.rng.random()) * (high - low)

    def one_of(self, shares: Sequence[tuple[str, float]]) -> str | None:
        """One of the names, each in its share of draws; None in what is left of 1."""
        left = float(self.rng.random())
        for name, share in shares:
            left -= share
            if left < 0:
                return name
        return None

    def part(self, shares: Sequence[tuple[float, float, float]]) -> float:
        """A number between `low` and `high` of one of (share, low, high)."""
        left = float(self.rng.random())
        for share, low, high in shares:
            left -= share
            if left < 0:
                return self.between(low, high)
        return self.between(*shares[-1][1:])
