"""flow: moves between states from a period to a later one; staying is one too, as is being elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from operator import and_
from typing import TYPE_CHECKING

import numpy as np

from linkage.measures.facts import Touches
from linkage.measures.figures import Axis
from linkage.measures.kinds import tally
from linkage.measures.kinds.breakdown import Breakdown
from linkage.measures.kinds.table import Table

if TYPE_CHECKING:
    from linkage.measures.evaluate import Block, Program
    from linkage.measures.facts import Time, Values, Where
    from linkage.measures.figures import Bits, Cells
    from linkage.measures.kinds.members import Layers, Members
    from linkage.measures.model import Flow, Frame

ELSEWHERE = "elsewhere"


class FlowTable:
    """Own axes: from and to, each the states as written, then elsewhere.

    A move is known where all states are, in the period of departure and `every` periods later. Over a stretch
    moves are counted, not people: somebody who moves twice is there twice, and so is the record key.
    """

    def __init__(self, measure: Flow, frame: Frame, program: Program) -> None:
        self._measure = measure
        self._breakdown = Breakdown(measure, frame)
        self._steps = [program.add(e) for e in measure.flow]
        known = reduce(and_, (e.known for e in measure.flow))
        self._departures = known & known >> measure.every

    def block(self, block: Block) -> Table:
        """See Kind."""
        members = self._breakdown.members(block)
        states = self._states(block)
        live = np.flatnonzero(reduce(np.bitwise_or, states) != 0)
        found = tally.moves_per_period(
            [bits[live] for bits in states], self._measure.every, self._departures, members.take(live)
        )
        return Table(self._breakdown.added_up(self._with_elsewhere(found, members)))

    def _states(self, block: Block) -> list[Bits]:
        """When each person is in each state: the first listed whose bit is set."""
        states: list[Bits] = []
        taken: Bits | None = None
        for step in self._steps:
            bits = block.bits(step)
            states.append(bits if taken is None else bits & ~taken)
            taken = bits if taken is None else taken | bits
        return states

    def _with_elsewhere(self, found: Layers, members: Members) -> Layers:
        """Elsewhere last instead of first, and who was elsewhere twice: all who made no other move.

        found: as `moves_per_period` gives it. Shape (layers, pairs of states, periods, cut).
        """
        base = len(self._steps) + 1
        width = found.shape[2]
        counting = (self._departures >> np.arange(width, dtype=np.uint64) & 1).astype(np.int64)
        everybody = counting[:, None] * members.all()[:, None]
        found[:, 0] = everybody - found[:, 1:].sum(axis=1)
        square = found.reshape(len(found), base, base, width, members.cut)
        return np.roll(square, (-1, -1), axis=(1, 2)).reshape(found.shape)

    def cells(self, total: Table) -> Cells:
        """See Kind."""
        states = (*(e.source for e in self._measure.flow), ELSEWHERE)
        notes = self._breakdown.notes([self._departures], dated=True)
        own = [Axis("from", states), Axis("to", states)]
        return self._breakdown.cells(own, total, [notes] * len(states) ** 2)

    def told(self, time: Time) -> list[Where | None]:
        """See Kind. Over more than a period it counts moves: nothing is told of people there."""
        if time.mask.bit_count() > 1:
            return []
        steps = tuple(self._steps)
        states = [*range(1, len(steps) + 1), 0]
        if not time.tells([self._departures], dated=True):
            return [None] * len(states) ** 2
        here = State(steps, time.mask)
        later = State(steps, time.mask << self._measure.every)
        return [((here, start), (later, end)) for start in states for end in states]


@dataclass(frozen=True)
class State:
    """The first of the steps whose bit a person has in a period, from 1; 0 elsewhere. mask: of the period."""

    steps: tuple[int, ...]
    mask: int

    @property
    def size(self) -> int:
        """See Fact."""
        return len(self.steps) + 1

    @property
    def looks_at(self) -> tuple[tuple[int, int], ...]:
        """See Fact."""
        return tuple((step, self.mask) for step in self.steps)

    ordered = False

    def values(self, bits: Callable[[int], Bits]) -> Values:
        """See Fact."""
        there = [Touches(step, self.mask).values(bits) for step in self.steps]
        found = np.zeros(len(there[0]), np.min_scalar_type(len(there)))
        for number in range(len(there), 0, -1):
            found[there[number - 1]] = number
        return found
