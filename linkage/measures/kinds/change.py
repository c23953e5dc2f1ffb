"""change: amounts of people in the periods around their first event. Means are made by the release."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from linkage.measures.facts import Touches
from linkage.measures.figures import Axis, Sums
from linkage.measures.kinds import tally
from linkage.measures.kinds.breakdown import Breakdown
from linkage.measures.kinds.table import Table

if TYPE_CHECKING:
    import numpy.typing as npt

    from linkage.measures.evaluate import Block, Program
    from linkage.measures.facts import Time, Where
    from linkage.measures.figures import Cells
    from linkage.measures.kinds.members import Members
    from linkage.measures.model import Change, Frame

_AMOUNTS = 1 << 16
"""Amounts that are looked at together."""
_PACKED = np.uint64(32)
"""Bits of an amount, behind the class of whom it belongs to."""


class ChangeTable:
    """Own axis: the period's offset from the event. The same people in each, with their amounts there.

    An event counts where it is known and the window holds all periods around it.
    """

    def __init__(self, measure: Change, frame: Frame, program: Program) -> None:
        self._measure = measure
        self._breakdown = Breakdown(measure, frame)
        self._step = program.add(measure.around)
        whole = (1 << max(0, len(frame.window) - measure.before - measure.after)) - 1
        self._known = measure.around.known & whole << measure.before
        self._offsets = range(-measure.before, measure.after + 1)

    def block(self, block: Block) -> Table:
        """See Kind."""
        events = tally.first(block.bits(self._step), self._known)
        live = np.flatnonzero(events)
        period = np.bitwise_count(events[live] - events.dtype.type(1))
        members = self._breakdown.members(block).take(live)
        amounts = block.people.amounts[self._measure.change]
        step = max(1, _AMOUNTS // len(self._offsets))
        table = self._table(amounts, live[:0], period[:0], members.take(slice(0, 0)))
        for first in range(0, len(live), step):
            some = slice(first, first + step)
            table.add(self._table(amounts, live[some], period[some], members.take(some)))
        return table

    def _table(
        self,
        amounts: npt.NDArray[np.uint32],
        live: npt.NDArray[np.intp],
        period: npt.NDArray[np.uint8],
        members: Members,
    ) -> Table:
        """live: those of the block who have an event; period: of each one's event."""
        around = np.stack([amounts[live, period.astype(np.intp) + offset] for offset in self._offsets])
        counted = np.repeat(members.all()[:, None], len(self._offsets), axis=1)
        sums = _sums(around, members)
        by_class = self._breakdown.by_class
        return Table(
            by_class(counted[:, :, None]),
            Sums(by_class(sums.total[:, None]), by_class(sums.largest[:, :, None])),
        )

    def cells(self, total: Table) -> Cells:
        """See Kind."""
        notes = self._breakdown.notes([self._known], dated=True)
        own = Axis("offset", tuple(self._offsets))
        return self._breakdown.cells([own], total, [notes] * len(self._offsets))

    def told(self, time: Time) -> list[Where | None]:
        """See Kind. The same people at every offset; of their amounts it says nothing."""
        event = ((Touches(self._step, self._known), 1),) if time.tells([self._known], dated=True) else None
        return [event] * len(self._offsets)


def _sums(amounts: npt.NDArray[np.uint32], members: Members) -> Sums:
    """By offset and class. amounts: shape (offsets, n)."""
    classes = np.zeros(members.n, np.intp) if members.classes is None else members.classes
    ordered = np.sort(classes.astype(np.uint64) << _PACKED | amounts, axis=1) & np.uint64(0xFFFFFFFF)
    sizes = np.bincount(classes, minlength=members.cut)
    ends = np.cumsum(sizes)
    below = np.zeros((len(amounts), members.n + 1), np.int64)
    np.cumsum(ordered, axis=1, out=below[:, 1:], dtype=np.int64)
    total = below[:, ends] - below[:, ends - sizes]
    largest = np.zeros((2, *total.shape), np.int64)
    for rank in (0, 1):
        there = sizes > rank
        largest[rank][:, there] = ordered[:, ends[there] - 1 - rank]
    return Sums(total, largest)
