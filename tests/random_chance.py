"""Two ways to choose: by hypothesis, which makes small what fails, and by a seed, which never repeats itself.

hypothesis likes few and small things and tries what it knows with small changes; in most of such rounds
nobody leaves anything. A seed gives rounds in which much happens, each unlike all others.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from random import Random
from typing import TypeVar

from hypothesis import strategies as st

T = TypeVar("T")


class Chance(ABC):
    """Chooses at random."""

    @abstractmethod
    def whole(self, low: int, high: int) -> int:
        """A whole number from low to high, both included."""

    def pick(self, among: Sequence[T]) -> T:
        """One of them."""
        return among[self.whole(0, len(among) - 1)]

    def coin(self) -> bool:
        return self.whole(0, 1) == 1

    def several(self, one: Callable[[], T], least: int, most: int) -> list[T]:
        """So many as chance will have it."""
        return [one() for _ in range(self.whole(least, most))]

    def shuffled(self, those: Sequence[T]) -> list[T]:
        """All of them, in any order."""
        left = list(those)
        return [left.pop(self.whole(0, len(left) - 1)) for _ in those]


class ByHypothesis(Chance):
    """Each choice is one of its own."""

    def __init__(self, draw: st.DrawFn) -> None:
        self._draw = draw

    def whole(self, low: int, high: int) -> int:
        return self._draw(st.integers(low, high))


class BySeed(Chance):
    """All choices come from one number."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)  # noqa: S311  made-up registers

    def whole(self, low: int, high: int) -> int:
        return self._random.randint(low, high)


def chance_of(draw: st.DrawFn) -> Chance:
    """One or the other; by a seed more often."""
    if draw(st.integers(0, 3)) == 0:
        return ByHypothesis(draw)
    return BySeed(draw(st.integers(0, 2**64 - 1)))
