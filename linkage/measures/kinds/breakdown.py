"""What all kinds share: how the people of a measure are cut by time, sex and age, counted, and laid out.

A table is int64 of shape (own axis, time, sex code, age row), and the tables of blocks add.
"""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from linkage.dimensions import OTHER, SEXES
from linkage.measures.evaluate import age_row_count
from linkage.measures.kinds import tally
from linkage.measures.model import Axis, Cells, Note

if TYPE_CHECKING:
    from collections.abc import Sequence

    from linkage.measures.evaluate import Block
    from linkage.measures.kinds.tally import Classes, Table
    from linkage.measures.model import Bits, Frame, Measure

ALL = "all"


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
        live = np.flatnonzero(bits != 0)
        bits, classes = bits[live], self._classes(block, live)
        cut = self._cut[0] * self._cut[1]
        table = np.empty((len(self.masks), cut), np.int64)
        table[-1] = tally.all_of_them(len(live), classes, cut)
        if self.by_period:
            table[:-1] = tally.per_period(bits, len(self.masks) - 1, classes, cut)
        else:
            for row, mask in enumerate(self.masks[:-1]):
                table[row] = tally.in_some(bits, mask, classes, cut)
        return table.reshape(-1, *self._cut)

    def count_sums(self, sets: Sequence[Bits], weights: Sequence[int], block: Block) -> Table:
        """People by the sum of the weights of the sets that they are in, at some time of the row's periods.

        weights: one for each set, positive. Shape (largest sum, time, sex code, age row), from sum 1: people
        in none of the sets are left out.
        """
        live = np.flatnonzero(reduce(or_, sets) != 0)
        sets, classes = [bits[live] for bits in sets], self._classes(block, live)
        cut = self._cut[0] * self._cut[1]
        table = np.empty((sum(weights) + 1, len(self.masks), cut), np.int64)
        stretches = list(enumerate(self.masks))
        if self.by_period:
            table[:, :-1] = tally.sums_per_period(sets, weights, len(self.masks) - 1, classes, cut)
            stretches = stretches[-1:]
        for row, mask in stretches:
            table[:, row] = tally.sums_in_some(sets, weights, mask, classes, cut)
        return table[1:].reshape(-1, len(self.masks), *self._cut)

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
