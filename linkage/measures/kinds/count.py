"""count: unique people, and what adding up the parts would count."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from linkage.measures.kinds.breakdown import Breakdown
from linkage.measures.kinds.table import Table
from linkage.measures.model import Axis

if TYPE_CHECKING:
    from linkage.measures.evaluate import Block, Program
    from linkage.measures.model import Cells, Count, Frame

UNIQUE = "unique"


class CountTable:
    """Own axis: each part, then the people of `count`; without parts these alone."""

    def __init__(self, measure: Count, frame: Frame, program: Program) -> None:
        self._measure = measure
        self._breakdown = Breakdown(measure, frame)
        self._steps = [program.add(e) for e in (*measure.parts, measure.count)]

    def block(self, block: Block) -> Table:
        """See Kind."""
        every = [self._breakdown.count(block.bits(step), block) for step in self._steps]
        return Table(np.stack(every, axis=1))

    def cells(self, total: Table) -> Cells:
        """See Kind. Beside parts of which one has no dates, "unique" has only its "all" too."""
        parts, whole = self._measure.parts, self._measure.count
        notes = [self._breakdown.notes([part.known], dated=part.dated) for part in parts]
        notes.append(self._breakdown.notes([whole.known], dated=all(e.dated for e in (*parts, whole))))
        own = [Axis("part", (*(part.source for part in parts), UNIQUE))] if parts else []
        return self._breakdown.cells(own, total, notes)
