"""How a table becomes cells: totals along sex and age, and the axes in the order that they were asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from linkage.measures.figures import Note
from linkage.measures.kinds.table import two_largest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from linkage.measures.figures import Axis

_SEX, _AGE = 3, 4
"""Of what is counted: after the layers, the own axis, and time."""


class Layout:
    """The axes of a table in the order of `Cells`, and its numbers with totals along them.

    axes: the kind's own, then time, sex, age, the last two of one value where nobody asks for them; order:
    the names of those that stay; notes: by own axis and time.
    """

    def __init__(self, axes: Sequence[Axis], order: Sequence[str], notes: npt.NDArray[np.object_]) -> None:
        place = {axis.name: i for i, axis in enumerate(axes)}
        self._shape = tuple(len(axis.values) for axis in axes)
        self._order = [place[name] for name in order]
        self._left_out = [i for i in range(len(axes)) if i not in self._order]  # of one value
        self._notes = notes[:, :, None, None]
        self.axes = tuple(axes[i] for i in self._order)
        by_class = np.broadcast_to(self._notes, (*notes.shape, *self._shape[-2:]))
        self.noted = self._turned(by_class[None])[0]

    def sums(self, counted: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """counted: shape (any, own axis, time, sex code, age row). Shape (any, *axes)."""
        counted = self._behind_no_note(counted)
        for axis in self._with_totals:
            counted = np.concatenate([counted, counted.sum(axis=axis, keepdims=True)], axis=axis)
        return self._turned(counted)

    def largest(self, two: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """As sums, of the two largest amounts of one person."""
        two = self._behind_no_note(two)
        for axis in self._with_totals:
            every = np.concatenate([*np.moveaxis(two, axis, 0)])
            two = np.concatenate([two, np.expand_dims(two_largest(every), axis)], axis=axis)
        return self._turned(two)

    def _behind_no_note(self, counted: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        counted = np.where(self._notes == Note.KNOWN, counted, 0)
        # the code "other" is first, its row last
        return np.roll(counted, -1, axis=_SEX) if _SEX in self._with_totals else counted

    @property
    def _with_totals(self) -> tuple[int, ...]:
        return tuple(axis for axis, length in ((_SEX, -2), (_AGE, -1)) if self._shape[length] > 1)

    def _turned(self, counted: npt.NDArray[Any]) -> npt.NDArray[Any]:
        apart = counted.reshape(len(counted), *self._shape)
        order = [0, *(1 + i for i in (*self._order, *self._left_out))]
        shape = [len(counted), *(self._shape[i] for i in self._order)]
        return np.transpose(apart, order).reshape(shape).copy()
