"""What holds between stretches of time for every population there can be.

Who is in a set in some period is in it over the whole time, and who is in it over the whole time is in it in
some period; who comes into a state is there when the next move begins.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import and_
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from linkage.measures.expressions import Expression, Left
from linkage.measures.kinds.outcome import later
from linkage.measures.model import Count, Flow, HowMany, Outcome, Overlap, Share
from linkage.measures.trees import known
from linkage.release.audit.problem import Tie, Total
from linkage.release.matrix.cells import places

if TYPE_CHECKING:
    import numpy.typing as npt

    from linkage.measures.atoms import Atoms
    from linkage.measures.figures import Figures
    from linkage.measures.model import Measure
    from linkage.release.matrix.cells import Collector
    from linkage.window import Window


_VALUE, _OF = 0, 1  # on the axis "role"


class Held(NamedTuple):
    """A set of people that has an answer in several stretches.

    what: what tells it from others; known: bitmap of the periods that count; upto: whether whoever is in it
    over a stretch is in it in some period of it; least: whether whoever is in it in a period is in it over
    every stretch with that period.
    """

    what: tuple[object, ...]
    known: int
    upto: bool = True
    least: bool = True


@dataclass
class Ties:
    """Collects, for each held set and class, the sum of each stretch. masks: by stretch, its periods."""

    masks: Sequence[int]
    found: defaultdict[tuple[Held, str, str], dict[int, int]] = field(
        default_factory=lambda: defaultdict(dict)
    )
    totals: list[Total] = field(default_factory=list)

    def add(self, held: Held, sex: str, age: str, stretch: int, number: int) -> None:
        """The sum that the set is in a stretch."""
        self.found[held, sex, age][stretch] = number

    def ties(self) -> Iterator[Tie]:
        """Each stretch with the periods, and with the spans, inside it."""
        for (held, _, _), numbers in self.found.items():
            for whole in numbers:
                for pieces in self._inside(whole, numbers):
                    several = tuple((piece, numbers[piece]) for piece in pieces)
                    there = reduce(lambda a, b: a | b, (self.masks[p] for p in pieces))
                    every = not held.known & self.masks[whole] & ~there
                    complete = held.upto and every
                    if complete or held.least:
                        yield Tie((whole, numbers[whole]), several, complete, held.least)

    def _inside(self, whole: int, numbers: Mapping[int, int]) -> Iterator[list[int]]:
        """The periods inside a stretch, then the longer stretches."""
        mask = self.masks[whole]
        inside = [n for n in numbers if n != whole and self.masks[n] & ~mask == 0]
        periods = [n for n in inside if self.masks[n].bit_count() == 1]
        spans = [n for n in inside if self.masks[n].bit_count() > 1 and self.masks[n] != mask]
        same = [n for n in inside if self.masks[n] == mask and self.masks[n].bit_count() > 1]
        yield from (several for several in (periods, spans, same) if several)


def masks(atoms: Atoms, window: Window) -> list[int]:
    """By stretch, the bitmap of its periods."""
    periods = {label: 1 << i for i, label in enumerate(window.labels)}
    return [periods[s.label] if s.time == "period" else window.span_bits(s.label) for s in atoms.stretches]


def collect(figures: Figures, atoms: Atoms, collectors: Sequence[Collector], window: Window) -> Ties:
    """What ties the sums of these figures; sums that no cell tells are added to the collectors."""
    ties = Ties(masks(atoms, window))
    for measure in figures.measures:
        seen: set[tuple[int, str, str]] = set()
        for _, time, _, sex, age in places(figures.cells[measure.name]):
            for stretch in atoms.rows(measure.name, time):
                if (stretch, sex, age) not in seen:
                    seen.add((stretch, sex, age))
                    cell = _Cell(measure, atoms, stretch, sex, age)
                    for held, people in _held(cell, window):
                        ties.add(held, sex, age, stretch, collectors[stretch].add(people))
        if isinstance(measure, Flow):
            several = [_Cell(measure, atoms, *place) for place in seen]
            _follow_each_other(measure, several, collectors, ties)
    return ties


class _Cell(NamedTuple):
    """One class of one stretch of a measure."""

    measure: Measure
    atoms: Atoms
    stretch: int
    sex: str
    age: str

    def people(self, own: int) -> npt.NDArray[np.bool_]:
        """The atoms at a place of the own axes."""
        return self.atoms.cell(self.measure.name, own, self.stretch, self.sex, self.age)

    def one_each(self) -> npt.NDArray[np.intp]:
        """The place of each atom, of a kind in which nobody is at two; -1 for who is at none."""
        place = np.full(len(self.atoms.stretches[self.stretch]), -1, np.intp)
        for own in self.owns:
            place[self.people(own)] = own
        return place

    @property
    def owns(self) -> range:
        """The places of the own axes."""
        return range(len(self.atoms.asked[self.measure.name].own[self.stretch]))

    def told(self, own: int) -> bool:
        """Whether there is an answer at a place."""
        return self.atoms.asked[self.measure.name].own[self.stretch][own] is not None


def _held(cell: _Cell, window: Window) -> Iterator[tuple[Held, npt.NDArray[np.bool_]]]:
    """The sets that a measure tells of, with their atoms."""
    match cell.measure:
        case Count(count=count, parts=parts):
            for own, expression in enumerate((*parts, count)):
                if cell.told(own):
                    yield _set(expression, expression.known), cell.people(own)
        case Share(share=share, of=of):
            several = [e for e in (share, of) if isinstance(e, Expression)]
            both = reduce(and_, (e.known for e in several))
            for own, expression in enumerate(several):
                yield _set(expression, both), cell.people(own)
        case Overlap(sets=sets):
            yield from _combinations(cell, sets)
        case HowMany(lists=lists):
            place, same = cell.one_each(), len({e.known for e in lists}) == 1
            for least in range(1, len(lists) + 1):
                what = ("lists", least, *(e.source for e in lists))
                held = Held(what, reduce(and_, (e.known for e in lists)), upto=same and least == 1)
                yield held, place >= least - 1
        case Outcome():
            yield from _outcome(cell, cell.measure, window)
        case _:
            return


def _set(expression: Expression, known: int) -> Held:
    return Held(("set", expression.source), known)


def _combinations(cell: _Cell, sets: Sequence[Expression]) -> Iterator[tuple[Held, npt.NDArray[np.bool_]]]:
    """Each set, and those who are in all of several: who is so in a period is so over the whole time."""
    combination = cell.one_each() + 1
    for wanted in range(1, 1 << len(sets)):
        people = combination & wanted == wanted
        inside = [e for i, e in enumerate(sets) if wanted >> i & 1]
        if len(inside) == 1:
            yield _set(inside[0], inside[0].known), people
        else:
            what = ("all of", *(e.source for e in inside))
            yield Held(what, reduce(and_, (e.known for e in inside)), upto=False), people
    some = Held(("some of", *(e.source for e in sets)), reduce(and_, (e.known for e in sets)))
    yield some._replace(upto=len({e.known for e in sets}) == 1), combination > 0


def _outcome(cell: _Cell, measure: Outcome, window: Window) -> Iterator[tuple[Held, npt.NDArray[np.bool_]]]:
    """Who left; and of the first leaving of each, no more turned out well than of all leavings."""
    asked = (measure.leaving.source, measure.to.source, measure.follow, measure.k)
    followed = later(measure.to.tree, measure.follow, measure.k)
    left = known(Left(measure.leaving.tree), len(window)) & known(followed, len(window))
    yield Held(("left", *asked), left), cell.people(_OF)
    yield Held(("well", *asked), left, least=False), cell.people(_VALUE)


def _follow_each_other(
    measure: Flow, cells: Sequence[_Cell], collectors: Sequence[Collector], ties: Ties
) -> None:
    """Whoever comes into a state is there when the next move begins: no more and no fewer."""
    states = len(measure.flow) + 1
    place = {cell: cell.one_each() for cell in cells}
    for cell in cells:
        next_one = ties.masks[cell.stretch] << measure.every
        for after in cells:
            if ties.masks[after.stretch] == next_one and (after.sex, after.age) == (cell.sex, cell.age):
                for state in range(states):
                    coming = (place[cell] >= 0) & (place[cell] % states == state)
                    arrived = collectors[cell.stretch].add(coming)
                    departs = collectors[after.stretch].add(place[after] // states == state)
                    pieces, less = ((cell.stretch, arrived),), ((after.stretch, departs),)
                    ties.totals.append(Total(pieces, 0, 0, less))
