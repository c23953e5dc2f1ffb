"""Atoms counted block by block: what is asked of each person in each stretch, and who is alike in all."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from linkage.dimensions import SEXES
from linkage.measures.asking import Interview
from linkage.measures.atoms import Atoms, Stretch, age_labels
from linkage.measures.chosen import Side, choose, choose_pairs, choose_seen
from linkage.measures.evaluate import Block
from linkage.measures.packed import Found, Places, nearly_grouped
from linkage.measures.views import views_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    import numpy.typing as npt

    from linkage.measures.evaluate import Program
    from linkage.measures.facts import Fact, Values
    from linkage.measures.figures import People
    from linkage.measures.kinds.kind import Kind
    from linkage.measures.model import Measure
    from linkage.measures.packed import Group, Words

_CHUNKS: Final = (1 << 11, 1 << 14)
"""People who are looked at a time, at least and at most: answers stay near, and calls of numpy are few."""
_ANSWERS: Final = 8_000_000
"""Bytes that all answers of these people may take, where they are more than the least."""
_PACKING: Final = 40
"""Bytes per person and word of a stretch: as found, ordered, what they are ordered by, and a copy."""
_FEW: Final = 500
"""Combinations of people who could be that are all taken, where no more are imagined."""
_KEPT: Final = 1 << 14
"""Combinations of a stretch that wait, and those that they are put together with, where these are no more."""


class _Ground(NamedTuple):
    """Facts that are asked together, and where their values stand: one stretch's, or those of all."""

    facts: dict[Fact, int]
    places: Places


class Joint:
    """The stretches of a round, ready to be asked of every block.

    owned: party → keys of its series, in the agreement's order. sex, age: whether somebody asks for them. Who
    somebody is stands before the facts: sex, age, and for each party whether it has the person. histories:
    None, or an atom is of people who are alike in all stretches, not in one alone, and there may be so many
    atoms: all stretches then have the same ones.
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
        histories: int | None,
    ) -> None:
        self._most, self._whole = histories, histories is not None
        self._measures = measures
        self._program = program
        self._owned = owned
        self._sex = sex
        self._ages, self._age_rows = _ages(program, asked=age)
        self._asked = Interview(measures, kinds, program, owned, whole=self._whole)
        who = [len(SEXES), int(self._ages.max()) + 1, *(2 for _ in owned)]
        grounds = self._asked.grounds
        self._grounds = [_Ground(f, Places([*who, *(fact.size for fact in f)])) for f in grounds]
        few, many = _CHUNKS
        self._chunk = max(few, min(many, _ANSWERS // self._bytes_of_answers))

    # -- counting -----------------------------------------------------------------------------------------

    def zeros(self) -> list[Found]:
        """The combinations of nobody, by ground."""
        return [Found(ground.places.words, self._most) for ground in self._grounds]

    def add(self, found: Sequence[Found], people: People) -> None:
        """Add the people of one block; they must be in no other block."""
        for several in self._packed(people):
            for words, atoms in zip(several, found, strict=True):
                atoms.add(nearly_grouped(words))

    def imagine(self, found: Sequence[Found], people: People, *, pairs: bool) -> None:
        """Add atoms of people who could be, where a number would have none; once, after all blocks.

        Whoever is added for one stretch is added for all: there could be such a person. pairs: also where
        nobody is counted in two numbers, or in one and not in another.
        """
        words = [np.concatenate(parts) for parts in zip(*self._packed(people), strict=True)]
        alike = [nearly_grouped(several).words for several in words]
        if max(map(len, alike)) <= _FEW:
            for atoms, could_be in zip(found, alike, strict=True):
                atoms.add(_of_nobody(could_be))
            return
        if self._whole:
            words = alike
        chosen = np.zeros(len(words[0]), np.bool_)
        sides = [self._sides(*several) for several in zip(self._grounds, found, words, strict=True)]
        for asking in self._asked.asking:
            told = {
                name: [None if where is None else asking.digits(where) for where in places]
                for name, places in asking.told.items()
            }
            by = {measure.name: measure.by for measure in self._measures}
            choose(chosen, [(by[name], several) for name, several in told.items()], *sides[asking.ground])
            if pairs:
                choose_pairs(chosen, [d for several in told.values() for d in several], *sides[asking.ground])
            choose_seen(chosen, [*self._asked.looked_at(asking)], *sides[asking.ground])
        for atoms, could_be in zip(found, words, strict=True):
            atoms.add(_of_nobody(could_be[chosen]))

    def _sides(self, ground: _Ground, found: Found, could_be: Words) -> tuple[Side, Side]:
        """Combinations that people have, and that people could have."""
        several = (ground.places.unpack(words) for words in (found.all().words, could_be))
        there, others = (Side(digits, self._age_rows, len(self._owned)) for digits in several)
        return there, others

    def _packed(self, people: People) -> Iterator[list[Words]]:
        """A few people at a time: of each ground, their combinations."""
        for first in range(0, people.n, self._chunk):
            some = _some(people, slice(first, first + self._chunk), [*self._owned])
            block = Block(self._program, some, keep=True)
            sex = some.sex if self._sex else np.zeros_like(some.sex)
            who: list[Values] = [sex, self._ages[some.age], *some.members.values()]
            yield [
                places.pack((*who, *(fact.values(block.bits) for fact in facts)), some.n)
                for facts, places in self._grounds
            ]

    def bytes_of_block(self, people: float) -> int:
        """Memory that a block of so many people takes beside its tables, unless most people differ."""
        words = [ground.places.words for ground in self._grounds]
        at_work = self._bytes_of_answers + max(words) * _PACKING
        kept = sum(_KEPT * 8 * (each + 1) for each in words)
        return int(min(people, self._chunk) * at_work + people * len(self._owned)) + kept

    @property
    def _bytes_of_answers(self) -> int:
        facts = max(len(ground.facts) for ground in self._grounds)
        return self._program.frame.window.dtype.itemsize * len(self._program.steps) + facts + 1

    # -- the result ---------------------------------------------------------------------------------------

    def atoms(self, found: Sequence[Found]) -> Atoms:
        """All atoms: `found` are the combinations of all blocks."""
        ages = self._program.frame.dimensions.age
        grounds = [self._told_of(*several) for several in zip(self._grounds, found, strict=True)]
        return Atoms(
            tuple(replace(grounds[a.ground], time=a.time, label=a.label) for a in self._asked.asking),
            views_of([*self._owned]),
            age_labels([band.name for band in ages.bands] if ages else ()),
            {measure.name: self._asked.asked(measure) for measure in self._measures},
            whole=self._whole,
        )

    def _told_of(self, ground: _Ground, found: Found) -> Stretch:
        """The atoms of one ground, of no stretch yet."""
        words, people = found.all()
        digits = ground.places.unpack(words)
        parties = len(self._owned)
        who, facts = digits[:, : 2 + parties], digits[:, 2 + parties :]
        largest = max((fact.size for fact in ground.facts), default=1)
        patterns = [self._pattern(ground, view, who[:, 2:], facts) for view in views_of([*self._owned])]
        age = who[:, 1].astype(np.uint8)
        return Stretch(
            "",
            "",
            people,
            facts.astype(np.min_scalar_type(largest - 1)),
            who[:, 0].astype(np.uint8),
            age,
            self._age_rows[age],
            np.stack(patterns, axis=1),
        )

    def _pattern(
        self,
        ground: _Ground,
        view: Sequence[str],
        members: npt.NDArray[np.uint64],
        facts: npt.NDArray[np.uint64],
    ) -> npt.NDArray[np.uint32]:
        """What a view knows of its people: who of its parties has them, and the facts that are its own."""
        series = self._asked.knowledge.of(view)
        has = members[:, [party in view for party in self._owned]]
        own = facts[:, [self._asked.knowledge.owns(series, fact) for fact in ground.facts]]
        inside = np.flatnonzero(has.any(axis=1))
        pattern = np.zeros(len(members), np.uint32)
        known = np.concatenate([has, own], axis=1)[inside]
        pattern[inside] = np.unique(known, axis=0, return_inverse=True)[1].reshape(-1) + 1
        return pattern


def _of_nobody(words: Words) -> Group:
    group = nearly_grouped(words)
    return group._replace(people=np.zeros_like(group.people))


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
