"""share: people of one expression beside those of another, as written. Per cents are made by the release."""

from __future__ import annotations

from functools import reduce
from operator import and_
from typing import TYPE_CHECKING

import numpy as np

from linkage.measures.expressions import Expression
from linkage.measures.facts import Touches
from linkage.measures.figures import Axis
from linkage.measures.kinds.breakdown import Breakdown
from linkage.measures.kinds.table import Table

if TYPE_CHECKING:
    from linkage.measures.evaluate import Block, Program
    from linkage.measures.facts import Time, Where
    from linkage.measures.figures import Cells
    from linkage.measures.model import Frame, Share


class ShareTable:
    """Own axis: value, of; value alone where `of` is a number from elsewhere, or places.

    Both look at the periods in which both are known: elsewhere an edge would count as a "no" in the share.
    """

    def __init__(self, measure: Share, frame: Frame, program: Program) -> None:
        self._breakdown = Breakdown(measure, frame)
        self._expressions = [e for e in (measure.share, measure.of) if isinstance(e, Expression)]
        self._steps = [program.add(e) for e in self._expressions]
        self._known = reduce(and_, (e.known for e in self._expressions))

    def block(self, block: Block) -> Table:
        """See Kind."""
        every = [block.bits(step) for step in self._steps]
        known = [bits & bits.dtype.type(self._known) for bits in every]
        return Table(np.stack([self._breakdown.count(bits, block) for bits in known], axis=1))

    def cells(self, total: Table) -> Cells:
        """See Kind."""
        notes = self._breakdown.notes([self._known], dated=self._dated)
        own = Axis("role", ("value", "of")[: len(self._steps)])
        return self._breakdown.cells([own], total, [notes] * len(self._steps))

    def told(self, time: Time) -> list[Where | None]:
        """See Kind."""
        if not time.tells([self._known], dated=self._dated):
            return [None] * len(self._steps)
        return [((Touches(step, time.mask & self._known), 1),) for step in self._steps]

    @property
    def _dated(self) -> bool:
        return all(e.dated for e in self._expressions)
