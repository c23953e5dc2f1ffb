"""The kinds of measures, and all measures of an agreement asked of each block in one pass.

A kind is one module with one class (see `kind.Kind`) and one line here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from linkage.measures.evaluate import Block, Program
from linkage.measures.figures import Figures, People
from linkage.measures.imagined import imagined
from linkage.measures.joint import Joint
from linkage.measures.kinds.change import ChangeTable
from linkage.measures.kinds.count import CountTable
from linkage.measures.kinds.duration import DurationTable
from linkage.measures.kinds.flow import FlowTable
from linkage.measures.kinds.howmany import HowManyTable
from linkage.measures.kinds.outcome import OutcomeTable
from linkage.measures.kinds.overlap import OverlapTable
from linkage.measures.kinds.share import ShareTable
from linkage.measures.kinds.table import Tables
from linkage.measures.kinds.tally import bytes_spread
from linkage.measures.model import Change, Count, Duration, Flow, HowMany, Outcome, Overlap, Share

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from linkage.measures.atoms import Atoms
    from linkage.measures.kinds.kind import Kind
    from linkage.measures.model import Frame, Measure

KINDS: Final[Mapping[type[Measure], Callable[[Any, Frame, Program], Kind]]] = {
    Count: CountTable,
    Overlap: OverlapTable,
    HowMany: HowManyTable,
    Share: ShareTable,
    Flow: FlowTable,
    Outcome: OutcomeTable,
    Duration: DurationTable,
    Change: ChangeTable,
}

_COUNTING = 60
"""Bytes per person while one expression is counted: classes, an index, keys, and a copy of each."""
_KEYS = 28
"""Bytes per person of record keys: as they are, as they are added up, and those of the people counted."""
_AT_WORK = 20
"""Answers that are used at a time by most measures: one of each expression, and what these are made of."""


class Questions:
    """All measures of an agreement, ready to be asked of every block in one pass.

    series: keys of the series of whose presence somebody asks; amounts: of whose amounts, each with the
    largest one; sex, age: whether somebody asks for them. record_keys: whether the people have any. members:
    the parties of whom it is asked whether they have somebody. atoms: party → keys of all its series, in the
    agreement's order, where atoms are asked for. histories: whether these are of whole histories, and
    of how many at most (see Joint).
    """

    def __init__(
        self,
        measures: Sequence[Measure],
        frame: Frame,
        *,
        record_keys: bool = False,
        atoms: Mapping[str, Collection[str]] | None = None,
        histories: int | None = None,
    ) -> None:
        self.frame = frame
        self.program = Program(frame)
        self._measures = tuple(measures)
        self._kinds = [KINDS[type(m)](m, frame, self.program) for m in measures]
        self.series = self.program.series
        self.amounts = {m.change: frame.amounts[m.change] for m in measures if isinstance(m, Change)}
        self.sex = self.program.looks_at_sex or any("sex" in m.by for m in measures)
        self.age = self.program.looks_at_age or any("age" in m.by for m in measures)
        self.record_keys = record_keys
        self.members = tuple(atoms or ())
        self._owned = {party: [*keys] for party, keys in (atoms or {}).items()}
        self._whole = histories is not None
        self._joint = (
            Joint(
                self._measures,
                self._kinds,
                self.program,
                atoms,
                sex=self.sex,
                age=self.age,
                histories=histories,
            )
            if atoms
            else None
        )

    def bytes_of_block(self, people: float) -> int:
        """Memory that a block of so many people takes, at most."""
        over_time = any(
            isinstance(m, Flow) or (isinstance(m, Overlap | HowMany) and "period" in m.by)
            for m in self._measures
        )
        spread = bytes_spread(people, self.frame.window.dtype) if over_time else 0
        joint = self._joint.bytes_of_block(people) if self._joint else 0
        return int(people * self.bytes_per_person) + spread + joint

    @property
    def bytes_per_person(self) -> int:
        """Of these, what each person takes: columns, answers, what a histogram needs."""
        at_work = max([_AT_WORK, *(2 * len(m.expressions) + 4 for m in self._measures)])
        answers = len(self.series) + self.program.most_held() + at_work
        amounts = len(self.amounts) * len(self.frame.window) * 4
        keys = _KEYS if self.record_keys else 0
        return self.frame.window.dtype.itemsize * answers + amounts + keys + _COUNTING

    def zeros(self) -> Tables:
        """The tables of nobody."""
        block = Block(self.program, self._nobody())
        return Tables([kind.block(block) for kind in self._kinds], self._joint.zeros() if self._joint else ())

    def _nobody(self) -> People:
        code, bits = np.zeros(0, np.uint8), np.zeros(0, self.frame.window.dtype)
        amounts = np.zeros((0, len(self.frame.window)), np.uint32)
        keys = np.zeros(0, np.uint32) if self.record_keys else None
        return People(
            0, dict.fromkeys(self.series, bits), code, code, dict.fromkeys(self.amounts, amounts), keys
        )

    def add(self, tables: Tables, people: People) -> None:
        """Add the people of one block to the tables; they must be in no other block."""
        if (people.record_keys is not None) != self.record_keys:
            raise ValueError("people with record keys are asked for, or none with any")
        block = Block(self.program, people)
        for table, kind in zip(tables.tables, self._kinds, strict=True):
            table.add(kind.block(block))
        if self._joint:
            self._joint.add(tables.found, people)

    def figures(self, tables: Tables) -> Figures:
        """The true answers: `tables` are the sums over all blocks."""
        pairs = zip(self._measures, self._kinds, tables.tables, strict=True)
        return Figures(self._measures, {measure.name: kind.cells(table) for measure, kind, table in pairs})

    def imagine(self, tables: Tables, *, pairs: bool) -> None:
        """Add the atoms of people who could be, and count nobody. Once, after all blocks; see Joint."""
        if self._joint:
            people = imagined(self.frame, self._owned, sex=self.sex, age=self.age, whole=self._whole)
            self._joint.imagine(tables.found, people, pairs=pairs)

    def atoms(self, tables: Tables) -> Atoms | None:
        """The atoms, where they are asked for: `tables` are the sums over all blocks."""
        return self._joint.atoms(tables.found) if self._joint else None
