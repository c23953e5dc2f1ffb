"""outcome: of those who left, how many are somewhere else later. Per cents are made by the release."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from linkage.measures.expressions import Left, Not, Will, Within
from linkage.measures.facts import Touches
from linkage.measures.figures import Axis
from linkage.measures.kinds import tally
from linkage.measures.kinds.breakdown import Breakdown
from linkage.measures.kinds.table import Table
from linkage.measures.model import Follow

if TYPE_CHECKING:
    from linkage.measures.evaluate import Block, Program
    from linkage.measures.expressions import Tree
    from linkage.measures.facts import Time, Values, Where
    from linkage.measures.figures import Bits, Cells
    from linkage.measures.model import Frame, Outcome


class OutcomeTable:
    """Own axis: value, of.

    An event counts where the leaving and the whole follow-up are known, for value and of alike. Per period
    people are counted by their event there, over a stretch by their first event in it.
    """

    def __init__(self, measure: Outcome, frame: Frame, program: Program) -> None:
        self._breakdown = Breakdown(measure, frame)
        self._left = program.add_tree(Left(measure.leaving.tree))
        self._later = program.add_tree(later(measure.to.tree, measure.follow, measure.k))
        self._known = program.known(self._left) & program.known(self._later)

    def block(self, block: Block) -> Table:
        """See Kind."""
        left, later = block.bits(self._left), block.bits(self._later)
        events = left & left.dtype.type(self._known)
        value = self._breakdown.count(events & later, block, events)
        return Table(np.stack([value, self._breakdown.count(events, block)], axis=1))

    def cells(self, total: Table) -> Cells:
        """See Kind."""
        notes = self._breakdown.notes([self._known], dated=True)
        return self._breakdown.cells([Axis("role", ("value", "of"))], total, [notes] * 2)

    def told(self, time: Time) -> list[Where | None]:
        """See Kind."""
        if not time.tells([self._known], dated=True):
            return [None] * 2
        events = time.mask & self._known
        return [((EndsWell(self._left, self._later, events), 1),), ((Touches(self._left, events), 1),)]


@dataclass(frozen=True)
class EndsWell:
    """1 for whoever has an event in the periods of the mask of which the first ends well.

    left: the step of events; later: that of how they end.
    """

    left: int
    later: int
    mask: int

    @property
    def size(self) -> int:
        """See Fact."""
        return 2

    @property
    def looks_at(self) -> tuple[tuple[int, int], ...]:
        """See Fact."""
        return ((self.left, self.mask), (self.later, self.mask))

    ordered = True

    def values(self, bits: Callable[[int], Bits]) -> Values:
        """See Fact."""
        well: Values = (tally.first(bits(self.left), self.mask) & bits(self.later)) != 0
        return well


def later(to: Tree, follow: Follow, k: int) -> Tree:
    """Bit p is set where the follow-up of an event in p ends well; known where all its periods are."""
    match follow:
        case Follow.AT:
            return Will(to, k)
        case Follow.WITHIN:
            return Within(to, k)
        case Follow.FOR:
            return Not(Within(Not(Will(to, 1)), k - 1))  # in none of p + 1 … p + k out of it
