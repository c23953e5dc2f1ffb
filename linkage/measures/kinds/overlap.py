"""overlap: every combination of the sets, each person in exactly one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linkage.measures.kinds.combinations import Combinations
from linkage.measures.model import Axis

if TYPE_CHECKING:
    from linkage.measures.evaluate import Program
    from linkage.measures.kinds.table import Table
    from linkage.measures.model import Cells, Frame, Overlap


class OverlapTable(Combinations):
    """Own axis: combinations in the order of their bitmaps, bit i for set i; people in none are left out."""

    def __init__(self, measure: Overlap, frame: Frame, program: Program) -> None:
        super().__init__(measure, frame, program, measure.sets, [1 << i for i in range(len(measure.sets))])

    def cells(self, total: Table) -> Cells:
        """See Kind."""
        sources = [e.source for e in self._sets]
        combinations = range(1, 1 << len(sources))
        named = (tuple(s for i, s in enumerate(sources) if c >> i & 1) for c in combinations)
        return self.laid_out(Axis("in", tuple(named)), total)
