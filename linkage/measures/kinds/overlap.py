"""overlap: every combination of the sets, each person in exactly one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linkage.measures.facts import Touches
from linkage.measures.figures import Axis
from linkage.measures.kinds.combinations import Combinations

if TYPE_CHECKING:
    from linkage.measures.evaluate import Program
    from linkage.measures.facts import Time, Where
    from linkage.measures.figures import Cells
    from linkage.measures.kinds.table import Table
    from linkage.measures.model import Frame, Overlap


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

    def told(self, time: Time) -> list[Where | None]:
        """See Kind."""
        sets = self.sets_in(time)
        combinations = range(1, 1 << len(self._sets))
        if sets is None:
            return [None] * len(combinations)
        facts = [Touches(*each) for each in sets]
        return [tuple((fact, c >> i & 1) for i, fact in enumerate(facts)) for c in combinations]
