"""What all kinds share: how the people of a measure are cut by time, sex and age, counted, and laid out.

What is counted has the layers of `members` first, then (own axis, time, sex code, age row).
"""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

import numpy as np

from linkage.dimensions import OTHER, SEXES
from linkage.measures.evaluate import age_row_count
from linkage.measures.facts import Time
from linkage.measures.figures import Axis, Cells, Note, Sums
from linkage.measures.kinds import tally
from linkage.measures.kinds.layout import Layout
from linkage.measures.kinds.members import Members

if TYPE_CHECKING:
    from collections.abc import Sequence

    from linkage.measures.evaluate import Block
    from linkage.measures.figures import Bits
    from linkage.measures.kinds.members import Layers
    from linkage.measures.kinds.table import Table
    from linkage.measures.model import Frame, Measure

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

    @property
    def _cut(self) -> tuple[int, int]:
        return len(SEXES) if self.by_sex else 1, age_row_count(self._frame) if self.by_age else 1

    # -- counting -----------------------------------------------------------------------------------------

    def members(self, block: Block) -> Members:
        """Everybody of the block, in the classes of the measure."""
        return Members.of(block, self._cut[0] * self._cut[1], sex=self.by_sex, age=self.by_age)

    def by_class(self, counted: Layers) -> Layers:
        """With the class, which is last, as (sex code, age row)."""
        return counted.reshape(*counted.shape[:-1], *self._cut)

    def count(self, bits: Bits, block: Block, events: Bits | None = None) -> Layers:
        """People with a bit in the row's periods, by time and class. Shape (layers, time, sex code, age row).

        events: bitmaps of events of these people. Then people of whom the first event in the row's periods
        is one of `bits`.
        """
        live = np.flatnonzero(bits != 0)
        members = self.members(block).take(live)
        bits = bits[live]
        events = None if events is None else events[live]
        table = np.empty((members.layers, len(self.masks), members.cut), np.int64)
        stretches = list(enumerate(self.masks))
        if self.by_period:
            table[:, :-1] = tally.per_period(bits, len(self.masks) - 1, members)
            stretches = stretches[-1:]
        for row, mask in stretches:
            if events is not None:
                table[:, row] = tally.in_some(bits & tally.first(events, mask), mask, members)
            elif mask == self.masks[-1]:
                table[:, row] = members.all()
            else:
                table[:, row] = tally.in_some(bits, mask, members)
        return self.by_class(table)

    def count_sums(self, sets: Sequence[Bits], weights: Sequence[int], block: Block) -> Layers:
        """People by the sum of the weights of the sets that they are in, at some time of the row's periods.

        weights: one for each set, positive. Shape (layers, largest sum, time, sex code, age row), from sum 1:
        people in none of the sets are left out.
        """
        live = np.flatnonzero(reduce(or_, sets) != 0)
        sets, members = [bits[live] for bits in sets], self.members(block).take(live)
        table = np.empty((members.layers, sum(weights) + 1, len(self.masks), members.cut), np.int64)
        stretches = list(enumerate(self.masks))
        if self.by_period:
            table[:, :, :-1] = tally.sums_per_period(sets, weights, len(self.masks) - 1, members)
            stretches = stretches[-1:]
        for row, mask in stretches:
            table[:, :, row] = tally.sums_in_some(sets, weights, mask, members)
        return self.by_class(table[:, 1:])

    def added_up(self, per_period: Layers) -> Layers:
        """What happened in the row's periods. per_period: shape (layers, own axis, periods, cut)."""
        rows = [per_period[:, :, _periods(mask)].sum(axis=2) for mask in self.masks]
        return self.by_class(np.stack(rows, axis=2))

    # -- laying out ---------------------------------------------------------------------------------------

    def notes(self, known: Sequence[int], *, dated: bool) -> list[Note]:
        """Per row of time, why it has no value, if all of `known` must have one of its periods."""
        *stretches, window = self.masks
        times = [*(Time(mask, whole=False) for mask in stretches), Time(window, whole=True)]
        return [
            Note.KNOWN
            if time.tells(known, dated=dated)
            else Note.EDGE
            if time.whole or dated
            else Note.NO_DATES
            for time in times
        ]

    def cells(self, own: Sequence[Axis], table: Table, notes: Sequence[Sequence[Note]]) -> Cells:
        """The figures with labels and totals. own: the kind's axes; notes: by own axis and time."""
        axes = (*own, Axis(self._time, self.times), *self._classes)
        order = [a.name for a in own] + (["window"] if self._time == "window" else []) + [*self.by]
        layout = Layout(axes, order, np.array(notes, object).reshape(-1, len(self.times)))
        counts = layout.sums(table.counts)
        sums = table.sums and Sums(layout.sums(table.sums.total[None])[0], layout.largest(table.sums.largest))
        keys = counts[1].astype(np.uint32) if len(counts) > 1 else None
        return Cells(layout.axes, counts[0], layout.noted, keys, sums)

    @property
    def _classes(self) -> tuple[Axis, Axis]:
        """Sex and age; of one value where nobody asks for it."""
        ages = self._frame.dimensions.age
        bands = tuple(band.name for band in ages.bands) if ages else ()
        return (
            Axis("sex", (*SEXES[1:], SEXES[0], ALL) if self.by_sex else (ALL,)),
            Axis("age", (*bands, OTHER, ALL) if self.by_age else (ALL,)),
        )

    @property
    def _time(self) -> str:
        return "period" if self.by_period else "span" if "span" in self.by else "window"


def _periods(mask: int) -> list[int]:
    return [p for p in range(mask.bit_length()) if mask >> p & 1]
