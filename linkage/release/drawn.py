"""Cells as they were drawn, before they were made to fit each other: what intervals are made of."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from linkage.release.spread import Cells, Linear

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import numpy.typing as npt

    from linkage.measures.figures import Axis
    from linkage.release.margins import Noise

ALL = "all"


@dataclass(frozen=True, repr=False)
class Drawn:
    """Noisy numbers of one measure, of the shape of its counts.

    numbers: int64, totals too, as added up from the cells; made: shape (places of the own axes, base): which
    kinds of drawn cells a place adds up; noise: of each cell; summed: how many rows of time the row "all"
    adds up, 1 where it was drawn itself; most: of amounts, the largest of one person.
    """

    numbers: npt.NDArray[np.int64]
    made: npt.NDArray[np.int64]
    noise: Noise
    summed: int = 1
    most: int | None = None

    def at(self, axes: Sequence[Axis], index: tuple[int, ...]) -> Linear:
        """What is known of one number. axes: of the counts; index: of the number."""
        own, where, many = 0, [], 1
        for axis, at in zip(axes, index, strict=True):
            size, label = len(axis.values), axis.values[at]
            if axis.name in ("sex", "age"):
                many *= size - 1 if label == ALL else 1
            elif axis.name in ("period", "span", "window"):
                many *= self.summed if label == ALL else 1
            else:
                own = own * size + at
                continue
            where.append(label)
        weights = {int(kind): Fraction(int(self.made[own, kind])) for kind in self.made[own].nonzero()[0]}
        number = Fraction(int(self.numbers[index]))
        return Linear(number, self.noise, {tuple(where): Cells(weights, many)}, positive=True)
