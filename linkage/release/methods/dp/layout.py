"""The cells of a measure as classes of which nobody is in two: by time, sex and age, without totals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from linkage.release.counts import TIME_AXES

if TYPE_CHECKING:
    import numpy.typing as npt

    from linkage.measures.figures import Axis

Whole: TypeAlias = "npt.NDArray[np.int64]"
_ORDER = (TIME_AXES, ("sex",), ("age",))


@dataclass(frozen=True)
class Layout:
    """How the tables of one measure lie. axes: as in Cells."""

    axes: tuple[Axis, ...]

    @property
    def own(self) -> int:
        """How many axes are the kind's own; they come first."""
        return sum(axis.name not in (*TIME_AXES, "sex", "age") for axis in self.axes)

    @property
    def times(self) -> tuple[str, ...]:
        """The labels of the rows of time, "all" last."""
        return next(tuple(map(str, axis.values)) for axis in self.axes if axis.name in TIME_AXES)

    @property
    def classes(self) -> tuple[int, int]:
        """How many classes of sex and of age there are, totals left out."""
        sizes = {axis.name: len(axis.values) - 1 for axis in self.axes}
        return sizes.get("sex", 1), sizes.get("age", 1)

    def straight(self, table: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """The kind's own axes as one, then time, sex and age: shape (own, time, sex, age), totals too."""
        order = [*range(self.own), *(at for names in _ORDER if (at := self._at(names)) is not None)]
        moved = np.transpose(table, order)
        for number, names in enumerate(_ORDER):
            if self._at(names) is None:
                moved = np.expand_dims(moved, self.own + number)
        return moved.reshape(-1, *moved.shape[self.own :])

    def inner(self, table: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """As straight, without the totals of sex and age."""
        sexes, ages = self.classes
        return self.straight(table)[:, :, :sexes, :ages]

    def whole(self, inner: Whole) -> Whole:
        """With totals of sex and age, in the order of the axes again. inner: shape (own, time, sex, age)."""
        for axis, name in ((2, "sex"), (3, "age")):
            if self._at((name,)) is not None:
                inner = np.concatenate([inner, inner.sum(axis=axis, keepdims=True)], axis=axis)
        gone = tuple(1 + number for number, names in enumerate(_ORDER) if self._at(names) is None)
        order = [at for names in _ORDER if (at := self._at(names)) is not None]
        moved = inner.squeeze(gone).reshape(
            *(len(axis.values) for axis in self.axes[: self.own]),
            *(len(self.axes[at].values) for at in order),
        )
        back = np.argsort([*range(self.own), *order])
        return np.ascontiguousarray(np.transpose(moved, back))

    def _at(self, names: tuple[str, ...]) -> int | None:
        return next((i for i, axis in enumerate(self.axes) if axis.name in names), None)
