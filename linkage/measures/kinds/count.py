"""count: unique people, and what adding up the parts would count."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from linkage.measures.facts import Touches
from linkage.measures.figures import Axis
from linkage.measures.kinds.breakdown import Breakdown
from linkage.measures.kinds.table import Table

if TYPE_CHECKING:
    from linkage.measures.evaluate import Block, Program
    from linkage.measures.facts import Time, Where
    from linkage.measures.figures import Cells
    from linkage.measures.model import Count, Frame

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
        """See Kind."""
        parts = self._measure.parts
        notes = [self._breakdown.notes([known], dated=dated) for _, known, dated in self._places]
        own = [Axis("part", (*(part.source for part in parts), UNIQUE))] if parts else []
        return self._breakdown.cells(own, total, notes)

    def told(self, time: Time) -> list[Where | None]:
        """See Kind."""
        return [
            ((Touches(step, time.mask & known), 1),) if time.tells([known], dated=dated) else None
            for step, known, dated in self._places
        ]

    @property
    def _places(self) -> list[tuple[int, int, bool]]:
        """Step, known periods, and whether they have dates: of "unique" only where all parts have them."""
        parts, unique = self._measure.parts, self._measure.count
        every = [*((part, part.dated) for part in parts), (unique, all(e.dated for e in (*parts, unique)))]
        return [(step, e.known, dated) for step, (e, dated) in zip(self._steps, every, strict=True)]
