"""howmany: people in exactly one, two, three … of the lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linkage.measures.facts import Number
from linkage.measures.figures import Axis
from linkage.measures.kinds.combinations import Combinations

if TYPE_CHECKING:
    from linkage.measures.evaluate import Program
    from linkage.measures.facts import Time, Where
    from linkage.measures.figures import Cells
    from linkage.measures.kinds.table import Table
    from linkage.measures.model import Frame, HowMany


class HowManyTable(Combinations):
    """Own axis: the number of lists, from 1."""

    def __init__(self, measure: HowMany, frame: Frame, program: Program) -> None:
        super().__init__(measure, frame, program, measure.lists, [1] * len(measure.lists))

    def cells(self, total: Table) -> Cells:
        """See Kind."""
        return self.laid_out(Axis("lists", tuple(range(1, len(self._sets) + 1))), total)

    def told(self, time: Time) -> list[Where | None]:
        """See Kind."""
        lists = self.sets_in(time)
        if lists is None:
            return [None] * len(self._sets)
        number = Number(tuple(lists))
        return [((number, lists_of),) for lists_of in range(1, number.size)]
