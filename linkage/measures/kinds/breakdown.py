"""What all kinds share: how the people of a measure are cut by time, sex and age, counted, and laid out.

A table is int64 of shape (own axis, time, sex code, age row), and the tables of blocks add. Each number in it
is how many people are in a class: what else is to be summed over them has its place beside `_histogram`.
"""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import numpy.typing as npt

from linkage.dimensions import OTHER, SEXES
from linkage.measures.evaluate import age_row_count
from linkage.measures.model import Axis, Cells, Note

if TYPE_CHECKING:
    from collections.abc import Sequence

    from linkage.measures.evaluate import Block
    from linkage.measures.model import Bits, Frame, Measure

Table: TypeAlias = npt.NDArray[np.int64]
Classes: TypeAlias = npt.NDArray[np.intp]
"""A class per person: sex code times age rows plus age row, of the dimensions that the measure is cut by."""

ALL = "all"
_BYTE = 8


class Breakdown:
    """The cut of one measure.

    times: the labels of its rows of time, "all" last; masks: for each the bitmap of its periods.
    """

    def __init__(self, measure: Measure, frame: Frame) -> None:
        window = frame.window
        self.by = measure.by
        self.by_period = "period" in measure.by
        self.by_sex = "sex" in measure.by
        self.by_age = "age" in measure.by
        self._frame = frame
        names: tuple[str, ...] = ()
        if self.by_period:
            names = window.labels
        elif "span" in measure.by:
            names = tuple(window.spans)
        self.times = (*names, ALL)
        inner = (
            [1 << p for p in range(len(names))] if self.by_period else [window.span_bits(n) for n in names]
        )
        self.masks = (*inner, window.full)

    def shape(self, own: int) -> tuple[int, int, int, int]:
        """The shape of a table with so many values on the kind's own axis."""
        return own, len(self.masks), *self._cut

    @property
    def _cut(self) -> tuple[int, int]:
        return len(SEXES) if self.by_sex else 1, age_row_count(self._frame) if self.by_age else 1

    # -- counting -----------------------------------------------------------------------------------------

    def count(self, bits: Bits, block: Block) -> Table:
        """People with a bit in the row's periods, by time and class. Shape (time, sex code, age row)."""
        live = np.flatnonzero(bits != 0)  # most sets are a minority's, and the rest costs time
        bits, classes = bits[live], self._classes(block, live)
        cut = self._cut[0] * self._cut[1]
        table = np.empty((len(self.masks), cut), np.int64)
        table[-1] = len(live) if classes is None else np.bincount(classes, minlength=cut)
        if self.by_period:
            table[:-1] = _per_period(bits, len(self.masks) - 1, classes, cut)
        else:
            for row, mask in enumerate(self.masks[:-1]):
                table[row] = _histogram(_touches(bits, mask), 2, classes, cut)[1]
        return table.reshape(-1, *self._cut)

    def count_sums(self, sets: Sequence[Bits], weights: Sequence[int], block: Block) -> Table:
        """People by the sum of the weights of the sets that they are in, at some time of the row's periods.

        weights: one for each set, positive. Shape (largest sum, time, sex code, age row), from sum 1: people
        in none of the sets are left out.
        """
        largest = sum(weights)
        live = np.flatnonzero(reduce(or_, sets) != 0)
        sets, classes = [bits[live] for bits in sets], self._classes(block, live)
        cut = self._cut[0] * self._cut[1]
        table = np.empty((largest, len(self.masks), cut), np.int64)
        for row, mask in enumerate(self.masks):
            sums = np.zeros(len(live), np.min_scalar_type(largest))
            for bits, weight in zip(sets, weights, strict=True):
                sums += _touches(bits, mask) * sums.dtype.type(weight)
            table[:, row] = _histogram(sums, largest + 1, classes, cut)[1:]
        return table.reshape(largest, -1, *self._cut)

    def _classes(self, block: Block, live: npt.NDArray[np.intp]) -> Classes | None:
        classes = block.classes(sex=self.by_sex, age=self.by_age)
        return None if classes is None else classes[live]

    # -- laying out ---------------------------------------------------------------------------------------

    def notes(self, known: Sequence[int], *, dated: bool) -> list[Note]:
        """Per row of time, why it has no value, if all of `known` must have one of its periods."""
        return [
            Note.NO_DATES
            if row < len(self.masks) - 1 and not dated
            else Note.KNOWN
            if all(bits & mask for bits in known)
            else Note.EDGE
            for row, mask in enumerate(self.masks)
        ]

    def cells(self, own: Axis | None, total: Table, notes: Sequence[Sequence[Note]]) -> Cells:
        """The figures with labels and totals. total: of `shape`; notes: by own axis and time."""
        noted = np.array(notes, object).reshape(*total.shape[:2], 1, 1)
        people = np.where(noted == Note.KNOWN, total, 0)
        axes = [own or Axis("", ("",)), Axis(self._time, self.times)]
        if self.by_sex:  # the code "other" is first, its row last
            people = np.roll(people, -1, axis=2)
            people = np.concatenate([people, people.sum(axis=2, keepdims=True)], axis=2)
        axes.append(Axis("sex", (*SEXES[1:], SEXES[0], ALL)))
        if self.by_age:
            people = np.concatenate([people, people.sum(axis=3, keepdims=True)], axis=3)
        axes.append(Axis("age", (*self._bands, OTHER, ALL)))
        return self._arranged(own, axes, people, np.broadcast_to(noted, people.shape))

    @property
    def _time(self) -> str:
        return "period" if self.by_period else "span" if "span" in self.by else "window"

    @property
    def _bands(self) -> tuple[str, ...]:
        ages = self._frame.dimensions.age
        return tuple(band.name for band in ages.bands) if ages else ()

    def _arranged(
        self, own: Axis | None, axes: Sequence[Axis], people: Table, notes: npt.NDArray[np.object_]
    ) -> Cells:
        """The axes in the order of `Cells`: the own one, time where nobody asked for it, then as `by`."""
        first = ([own.name] if own else []) + (["window"] if self._time == "window" else [])
        place = {axis.name: i for i, axis in enumerate(axes)}
        order = [place[name] for name in (*first, *self.by)]
        left_out = tuple(i for i in range(len(axes)) if i not in order)  # one value long
        turned = np.transpose(people, (*order, *left_out)).reshape([people.shape[i] for i in order])
        said = np.transpose(notes, (*order, *left_out)).reshape(turned.shape)
        return Cells(tuple(axes[i] for i in order), turned.copy(), said.copy())


def _touches(bits: Bits, mask: int) -> npt.NDArray[np.bool_]:
    """Who has a bit among those of the mask."""
    found: npt.NDArray[np.bool_] = (bits & bits.dtype.type(mask)) != 0
    return found


def _per_period(bits: Bits, periods: int, classes: Classes | None, cut: int) -> Table:
    """People by period and class. Shape (periods, cut).

    One histogram per byte of the bitmap, in which each value stands for eight periods at once: one over whole
    bitmaps is faster only where it is much smaller than the block.
    """
    table = np.empty((periods, cut), np.int64)
    columns = (
        np.ascontiguousarray(bits, bits.dtype.newbyteorder("<"))
        .view(np.uint8)
        .reshape(len(bits), bits.itemsize)
    )
    for first in range(0, periods, _BYTE):
        values = _histogram(columns[:, first // _BYTE], 1 << _BYTE, classes, cut)
        some = min(_BYTE, periods - first)
        table[first : first + some] = _BITS[:some] @ values
    return table


_BITS = (np.arange(1 << _BYTE) >> np.arange(_BYTE)[:, None] & 1).astype(np.int64)
"""Bit p of every byte, shape (8, 256)."""


def _histogram(values: npt.NDArray[Any], size: int, classes: Classes | None, cut: int) -> Table:
    """People by value (0 … size − 1) and class. Shape (size, cut)."""
    keys = values if classes is None else values * np.intp(cut) + classes
    return np.bincount(keys, minlength=size * cut).reshape(size, cut)
