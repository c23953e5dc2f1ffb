"""What overlap and howmany share: people by which, or by how many, of several sets they are in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linkage.measures.kinds.breakdown import Breakdown
from linkage.measures.kinds.table import Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from linkage.measures.evaluate import Block, Program
    from linkage.measures.expressions import Expression
    from linkage.measures.facts import Time
    from linkage.measures.figures import Axis, Cells
    from linkage.measures.model import Frame, Measure


class Combinations:
    """Own axis: the sums of the weights of the sets that a person is in, from 1.

    In a period all sets must be known; over a stretch each set counts by its own known periods.
    """

    def __init__(
        self,
        measure: Measure,
        frame: Frame,
        program: Program,
        sets: Sequence[Expression],
        weights: Sequence[int],
    ) -> None:
        self._breakdown = Breakdown(measure, frame)
        self._sets = sets
        self._weights = weights
        self._steps = [program.add(e) for e in sets]

    def block(self, block: Block) -> Table:
        """See Kind."""
        sets = [block.bits(step) for step in self._steps]
        return Table(self._breakdown.count_sums(sets, self._weights, block))

    def laid_out(self, own: Axis, total: Table) -> Cells:
        """The figures, with the kind's own axis."""
        notes = self._breakdown.notes(self._known, dated=self._dated)
        return self._breakdown.cells([own], total, [notes] * len(own.values))

    def sets_in(self, time: Time) -> list[tuple[int, int]] | None:
        """Each set's step, and its periods in a row of time; None where the row says nothing."""
        if not time.tells(self._known, dated=self._dated):
            return None
        return [(step, time.mask & known) for step, known in zip(self._steps, self._known, strict=True)]

    @property
    def _known(self) -> list[int]:
        return [e.known for e in self._sets]

    @property
    def _dated(self) -> bool:
        return all(e.dated for e in self._sets)
