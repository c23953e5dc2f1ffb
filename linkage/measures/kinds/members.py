"""The people who are counted together, and the only two ways to count them: all, and by some value.

What is counted of people are layers, int64, on the first axis of every table: how many they are and, where
people have record keys, the sum of these. Sums wrap around at 2**64, so they are right modulo 2**32.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self, TypeAlias

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from linkage.measures.evaluate import Block

Layers: TypeAlias = npt.NDArray[np.int64]
"""Shape (layers, …): people, and the sum of their record keys where they have any."""
Index: TypeAlias = npt.NDArray[np.intp]

_EXACT = 1 << 20
"""People whose record keys are summed at a time: bincount adds floats, which are exact up to 2**53."""


@dataclass(frozen=True, eq=False, repr=False)
class Members:
    """n people. classes: the class of each, 0 to cut - 1, None where all are in class 0.

    record_keys: whole numbers below 2**32 as floats, shape (n,), or None.
    """

    n: int
    cut: int = 1
    classes: Index | None = None
    record_keys: npt.NDArray[np.float64] | None = None

    @classmethod
    def of(cls, block: Block, cut: int, *, sex: bool, age: bool) -> Self:
        """Everybody of the block, by the classes of the dimensions asked for."""
        return cls(block.people.n, cut, block.classes(sex=sex, age=age), block.record_keys)

    @property
    def layers(self) -> int:
        """How many sums there are of each cell."""
        return 1 if self.record_keys is None else 2

    def take(self, index: Index | slice) -> Self:
        """Those at these places."""
        classes = None if self.classes is None else self.classes[index]
        keys = None if self.record_keys is None else self.record_keys[index]
        n = len(range(self.n)[index]) if isinstance(index, slice) else len(index)
        return replace(self, n=n, classes=classes, record_keys=keys)

    def all(self) -> Layers:
        """All of them, by class. Shape (layers, cut)."""
        if self.classes is not None:
            return self._sums(self.classes, self.cut)
        counted = np.full((self.layers, 1), self.n, np.int64)
        if self.record_keys is not None:
            counted[1] = sum(
                int(self.record_keys[first : first + _EXACT].sum()) for first in range(0, self.n, _EXACT)
            )
        return counted

    def by(self, values: npt.NDArray[Any], size: int) -> Layers:
        """By value (0 … size - 1), shape (n,), and class. Shape (layers, size, cut)."""
        places = values if self.classes is None else values * np.intp(self.cut) + self.classes
        return self._sums(places, size * self.cut).reshape(-1, size, self.cut)

    def _sums(self, places: npt.NDArray[Any], size: int) -> Layers:
        counted = np.zeros((self.layers, size), np.int64)
        counted[0] = np.bincount(places, minlength=size)
        if self.record_keys is not None:
            for first in range(0, self.n, _EXACT):
                some = slice(first, first + _EXACT)
                sums = np.bincount(places[some], self.record_keys[some], minlength=size)
                counted[1] += sums.astype(np.int64)
        return counted
