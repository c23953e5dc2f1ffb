"""Atoms counted block by block: what is asked of each person in each stretch, and who is alike in all."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from linkage.dimensions import SEXES
from linkage.measures.atoms import ALL, Asked, Atoms, Stretch, age_labels
from linkage.measures.evaluate import Block
from linkage.measures.facts import Time
from linkage.measures.model import Flow
from linkage.measures.packed import Found, Places, nearly_grouped
from linkage.measures.views import Knowledge, views_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    import numpy.typing as npt

    from linkage.measures.atoms import Digits
    from linkage.measures.evaluate import Program
    from linkage.measures.facts import Fact, Values, Where
    from linkage.measures.figures import People
    from linkage.measures.kinds.kind import Kind
    from linkage.measures.model import Measure
    from linkage.measures.packed import Words
    from linkage.window import Window

_CHUNKS: Final = (1 << 11, 1 << 14)
"""People who are looked at a time, at least and at most: answers stay near, and calls of numpy are few."""
_ANSWERS: Final = 8_000_000
"""Bytes that all answers of these people may take, where they are more than the least."""
_PACKING: Final = 40
"""Bytes per person and word of a stretch: as found, ordered, what they are ordered by, and a copy."""
_PAIRED: Final = 200
"""Numbers of a stretch of which any two are looked at together, at most."""
_KEPT: Final = 1 << 14
"""Combinations of a stretch that wait, and those that they are put together with, where these are no more."""


class _Asking(NamedTuple):
    """One stretch: its row of time, its facts in order, and what each measure tells of them."""

    time: str
    label: str
    row: Time
    facts: dict[Fact, int]
    told: dict[str, Sequence[Where | None]]

    def digits(self, where: Where) -> Digits:
        """The numbers of the facts, with their values."""
        return tuple((self.facts[fact], value) for fact, value in where)


class Joint:
    """The stretches of a round, ready to be asked of every block.

    owned: party → keys of its series, in the agreement's order. sex, age: whether somebody asks for them. Who
    somebody is stands before the facts: sex, age, and for each party whether it has the person.
    """

    def __init__(
        self,
        measures: Sequence[Measure],
        kinds: Sequence[Kind],
        program: Program,
        owned: Mapping[str, Collection[str]],
        *,
        sex: bool,
        age: bool,
    ) -> None:
        self._measures = measures
        self._program = program
        self._owned = owned
        self._sex = sex
        self._ages, self._age_rows = _ages(program, asked=age)
        self._knowledge = Knowledge(program, owned)
        self._asking = [self._stretch(*times, kinds) for times in _times(measures, program.frame.window)]
        who = [len(SEXES), int(self._ages.max()) + 1, *(2 for _ in owned)]
        self._places = [Places([*who, *(fact.size for fact in asking.facts)]) for asking in self._asking]
        few, many = _CHUNKS
        self._chunk = max(few, min(many, _ANSWERS // self._bytes_of_answers))

    def _stretch(self, time: str, label: str, row: Time, kinds: Sequence[Kind]) -> _Asking:
        told = {
            measure.name: kind.told(row)
            for measure, kind in zip(self._measures, kinds, strict=True)
            if time == "window" or time in measure.by or (time == "period" and isinstance(measure, Flow))
        }
        where = (where for places in told.values() for where in places if where is not None)
        facts = dict.fromkeys(fact for conditions in where for fact, _ in conditions)
        for view in views_of([*self._owned]):
            series = self._knowledge.of(view)
            for fact in [*facts]:
                facts |= dict.fromkeys(self._knowledge.parts(series, fact))
        return _Asking(time, label, row, {fact: i for i, fact in enumerate(facts)}, told)

    # -- counting -----------------------------------------------------------------------------------------

    def zeros(self) -> list[Found]:
        """The combinations of nobody, by stretch."""
        return [Found(places.words) for places in self._places]

    def add(self, found: Sequence[Found], people: People) -> None:
        """Add the people of one block; they must be in no other block."""
        for several in self._packed(people):
            for words, atoms in zip(several, found, strict=True):
                atoms.add(nearly_grouped(words))

    def imagine(self, found: Sequence[Found], people: People, *, together: bool) -> None:
        """Add atoms of people who could be, where a number would have none; once, after all blocks.

        Whoever is added for one stretch is added for all: there could be such a person. together: also where
        nobody is counted in two numbers, or in one and not in another.
        """
        words = [np.concatenate(parts) for parts in zip(*self._packed(people), strict=True)]
        chosen = np.zeros(people.n, np.bool_)
        for asking, places, atoms, could_be in zip(self._asking, self._places, found, words, strict=True):
            there = _Side(places.unpack(atoms.all().words), self._age_rows, len(self._owned))
            others = _Side(places.unpack(could_be), self._age_rows, len(self._owned))
            _choose(chosen, self._measures, asking, there, others)
            if together:
                _choose_pairs(chosen, asking, there, others)
        for atoms, could_be in zip(found, words, strict=True):
            group = nearly_grouped(could_be[chosen])
            atoms.add(group._replace(people=np.zeros_like(group.people)))

    def _packed(self, people: People) -> Iterator[list[Words]]:
        """A few people at a time: of each stretch, their combinations."""
        for first in range(0, people.n, self._chunk):
            some = _some(people, slice(first, first + self._chunk), [*self._owned])
            block = Block(self._program, some, keep=True)
            sex = some.sex if self._sex else np.zeros_like(some.sex)
            who: list[Values] = [sex, self._ages[some.age], *some.members.values()]
            yield [
                places.pack((*who, *(fact.values(block.bits) for fact in asking.facts)), some.n)
                for asking, places in zip(self._asking, self._places, strict=True)
            ]

    def bytes_of_block(self, people: float) -> int:
        """Memory that a block of so many people takes beside its tables, unless most people differ."""
        words = [places.words for places in self._places]
        at_work = self._bytes_of_answers + max(words) * _PACKING
        kept = sum(_KEPT * 8 * (each + 1) for each in words)
        return int(min(people, self._chunk) * at_work + people * len(self._owned)) + kept

    @property
    def _bytes_of_answers(self) -> int:
        facts = max(len(asking.facts) for asking in self._asking)
        return self._program.frame.window.dtype.itemsize * len(self._program.steps) + facts + 1

    # -- the result ---------------------------------------------------------------------------------------

    def atoms(self, found: Sequence[Found]) -> Atoms:
        """All atoms: `found` are the combinations of all blocks."""
        ages = self._program.frame.dimensions.age
        pairs = zip(self._asking, self._places, found, strict=True)
        return Atoms(
            tuple(self._told_of(asking, places, atoms) for asking, places, atoms in pairs),
            views_of([*self._owned]),
            age_labels([band.name for band in ages.bands] if ages else ()),
            {measure.name: self._asked(measure) for measure in self._measures},
        )

    def _told_of(self, asking: _Asking, places: Places, found: Found) -> Stretch:
        words, people = found.all()
        digits = places.unpack(words)
        parties = len(self._owned)
        who, facts = digits[:, : 2 + parties], digits[:, 2 + parties :]
        largest = max((fact.size for fact in asking.facts), default=1)
        patterns = [self._pattern(asking, view, who[:, 2:], facts) for view in views_of([*self._owned])]
        age = who[:, 1].astype(np.uint8)
        return Stretch(
            asking.time,
            asking.label,
            people,
            facts.astype(np.min_scalar_type(largest - 1)),
            who[:, 0].astype(np.uint8),
            age,
            self._age_rows[age],
            np.stack(patterns, axis=1),
        )

    def _pattern(
        self,
        asking: _Asking,
        view: Sequence[str],
        members: npt.NDArray[np.uint64],
        facts: npt.NDArray[np.uint64],
    ) -> npt.NDArray[np.uint32]:
        """What a view knows of its people: who of its parties has them, and the facts that are its own."""
        series = self._knowledge.of(view)
        has = members[:, [party in view for party in self._owned]]
        own = facts[:, [self._knowledge.owns(series, fact) for fact in asking.facts]]
        inside = np.flatnonzero(has.any(axis=1))
        pattern = np.zeros(len(members), np.uint32)
        known = np.concatenate([has, own], axis=1)[inside]
        pattern[inside] = np.unique(known, axis=0, return_inverse=True)[1].reshape(-1) + 1
        return pattern

    def _asked(self, measure: Measure) -> Asked:
        own = {
            number: [None if where is None else asking.digits(where) for where in told]
            for number, asking in enumerate(self._asking)
            if (told := asking.told.get(measure.name)) is not None
        }
        rows = {
            self._asking[number].label: self._cells(measure, number)
            for number in own
            if self._asking[number].time in ("window", *measure.by)
        }
        return Asked(rows, own)

    def _cells(self, measure: Measure, number: int) -> tuple[int, ...]:
        """The stretches whose cells add up to those of this one."""
        asking = self._asking[number]
        told = asking.told[measure.name]
        if told:
            return (number,) if any(told) else ()
        return tuple(
            i
            for i, each in enumerate(self._asking)
            if each.time == "period"
            and each.row.mask & asking.row.mask
            and any(each.told.get(measure.name, ()))
        )


def _times(measures: Sequence[Measure], window: Window) -> Iterator[tuple[str, str, Time]]:
    """The stretches that some measure has rows for, and those that flows over longer ones are made of."""
    if any("period" in measure.by or isinstance(measure, Flow) for measure in measures):
        for p, label in enumerate(window.labels):
            yield "period", label, Time(1 << p, whole=False)
    if any("span" in measure.by for measure in measures):
        for name in window.spans:
            yield "span", name, Time(window.span_bits(name), whole=False)
    yield "window", ALL, Time(window.full, whole=True)


def _ages(program: Program, *, asked: bool) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
    """Age piece code → the age that is told apart, and that one → the row of a table."""
    rows = program.age_rows.astype(np.uint8)
    if program.looks_at_age:
        return np.arange(len(rows), dtype=np.uint8), rows
    if asked:
        return rows, np.arange(int(rows.max()) + 1, dtype=np.uint8)
    return np.zeros(256, np.uint8), np.zeros(1, np.uint8)


def _some(people: People, some: slice, parties: Sequence[str]) -> People:
    """Those at these places, without what no atom is made of."""
    return replace(
        people,
        n=len(range(people.n)[some]),
        presence={key: bits[some] for key, bits in people.presence.items()},
        sex=people.sex[some],
        age=people.age[some],
        amounts={},
        record_keys=None,
        members={party: people.members[party][some] for party in parties},
    )


class _Side:
    """Combinations of one stretch as digits: which are counted where."""

    def __init__(self, digits: npt.NDArray[np.uint64], age_rows: npt.NDArray[np.uint8], parties: int) -> None:
        self.n = len(digits)
        self.members = digits[:, 2 : 2 + parties].T
        self._facts = digits[:, 2 + parties :]
        self._sex = digits[:, 0].astype(np.intp)
        self._age = age_rows[digits[:, 1].astype(np.intp)].astype(np.intp)

    def counted(self, where: tuple[tuple[int, int], ...]) -> npt.NDArray[np.intp]:
        """Those of whom all this is true."""
        there = np.ones(self.n, np.bool_)
        for number, value in where:
            there &= self._facts[:, number] == value
        return np.flatnonzero(there)

    def classes(self, some: npt.NDArray[np.intp], by: Sequence[str]) -> npt.NDArray[np.intp]:
        """The class of each, by the dimensions of a measure."""
        sex = self._sex[some] if "sex" in by else 0
        age = self._age[some] if "age" in by else 0
        return np.broadcast_to(np.asarray(sex * 256 + age, np.intp), some.shape)


def _choose(
    chosen: npt.NDArray[np.bool_],
    measures: Sequence[Measure],
    asking: _Asking,
    there: _Side,
    others: _Side,
) -> None:
    """Choose of others one for each cell of a measure that nobody is counted in: neither there nor chosen."""
    for measure in measures:
        for where in asking.told.get(measure.name, ()):
            if where is None:
                continue
            digits = asking.digits(where)
            could = others.counted(digits)
            classes, first = np.unique(others.classes(could, measure.by), return_index=True)
            some = there.counted(digits)
            filled = {*there.classes(some, measure.by).tolist()}
            filled |= {*others.classes(could[chosen[could]], measure.by).tolist()}
            for of_class, place in zip(classes.tolist(), first.tolist(), strict=True):
                if of_class not in filled:
                    chosen[could[place]] = True


def _choose_pairs(chosen: npt.NDArray[np.bool_], asking: _Asking, there: _Side, others: _Side) -> None:
    """Choose of others one for each two numbers that nobody is counted in, and each one without another."""
    wheres = {w for told in asking.told.values() for w in told if w is not None}
    digits = sorted({asking.digits(where) for where in wheres})
    if len(digits) > _PAIRED:
        return
    real, could = (_counted_or_not(digits, side) for side in (there, others))
    for without in (0, 1):
        filled = (real[0] @ real[without].T > 0) | (could[0][:, chosen] @ could[without][:, chosen].T > 0)
        possible = could[0] @ could[without].T > 0
        for one, other in np.argwhere(possible & ~filled):
            both = (could[0, one] > 0) & (could[without, other] > 0)
            if not (both & chosen).any():
                chosen[np.argmax(both)] = True


def _counted_or_not(several: Sequence[Digits], side: _Side) -> npt.NDArray[np.float32]:
    """Who is counted in each number, and whom each party has; then who is not. Shape (2, numbers, n)."""
    there = np.zeros((len(several) + len(side.members), side.n), np.float32)
    for number, where in enumerate(several):
        there[number, side.counted(where)] = 1
    there[len(several) :] = side.members
    return np.stack([there, 1 - there])
