"""The kinds of measures, and all measures of an agreement asked of each block in one pass.

A kind is one module with one class (see `kind.Kind`) and one line here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from linkage.measures.evaluate import Block, Program
from linkage.measures.kinds.count import CountTable
from linkage.measures.kinds.howmany import HowManyTable
from linkage.measures.kinds.overlap import OverlapTable
from linkage.measures.kinds.share import ShareTable
from linkage.measures.model import Count, Figures, HowMany, Overlap, Share

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from linkage.measures.kinds.kind import Kind
    from linkage.measures.kinds.tally import Table
    from linkage.measures.model import Frame, Measure, People

KINDS: Final[Mapping[type[Measure], Callable[[Any, Frame, Program], Kind]]] = {
    Count: CountTable,
    Overlap: OverlapTable,
    HowMany: HowManyTable,
    Share: ShareTable,
}

_COUNTING = 60
"""Bytes per person while one expression is counted: classes, an index, keys, and a copy of each."""
_AT_WORK = 20
"""Answers that are used at a time: eight sets, their members, and what one of them is made of."""


class Questions:
    """All measures of an agreement, ready to be asked of every block in one pass.

    series: the keys of the series that somebody asks for; sex, age: whether somebody asks for them.
    """

    def __init__(self, measures: Sequence[Measure], frame: Frame) -> None:
        self.frame = frame
        self.program = Program(frame)
        self._measures = tuple(measures)
        self._kinds = [KINDS[type(m)](m, frame, self.program) for m in measures]
        self.series = self.program.series
        self.sex = self.program.looks_at_sex or any("sex" in m.by for m in measures)
        self.age = self.program.looks_at_age or any("age" in m.by for m in measures)

    @property
    def bytes_per_person(self) -> int:
        """Memory that a block takes per person, at most: columns, answers, what a histogram needs."""
        answers = len(self.series) + self.program.most_held() + _AT_WORK
        return self.frame.window.dtype.itemsize * answers + _COUNTING

    def zeros(self) -> list[Table]:
        """The tables of nobody, one per measure."""
        return [np.zeros(kind.shape(), np.int64) for kind in self._kinds]

    def add(self, tables: Sequence[Table], people: People) -> None:
        """Add the people of one block to the tables; they must be in no other block."""
        block = Block(self.program, people)
        for table, kind in zip(tables, self._kinds, strict=True):
            np.add(table, kind.block(block), out=table)

    def figures(self, tables: Sequence[Table]) -> Figures:
        """The true answers: `tables` are the sums over all blocks."""
        pairs = zip(self._measures, self._kinds, tables, strict=True)
        return Figures(self._measures, {measure.name: kind.cells(table) for measure, kind, table in pairs})
