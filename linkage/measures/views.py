"""What a party, or several that put together what they have, knows of its own people without any release."""

from __future__ import annotations

from functools import cached_property
from itertools import combinations
from typing import TYPE_CHECKING

from linkage.measures.expressions import (
    Bridge,
    Ever,
    Left,
    OfAge,
    OfSex,
    Presence,
    Started,
    Was,
    Will,
    Within,
)
from linkage.measures.facts import Touches

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from linkage.measures.evaluate import Program, Step
    from linkage.measures.facts import Fact


def views_of(parties: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """Each party, then each coalition of all but one, where that is more than one party."""
    alone = [(party,) for party in parties]
    return (*alone, *(combinations(parties, len(parties) - 1) if len(parties) > 2 else ()))


class Knowledge:
    """Which facts are a matter of some series alone. owned: party → keys of its series.

    Whoever holds these series knows such facts of its people, however late they became true: it has the whole
    window. Of a fact that needs other series too it knows what it can: the answers of the largest parts of
    the expression that are a matter of its own series, in the periods that are looked at.
    """

    def __init__(self, program: Program, owned: Mapping[str, Collection[str]]) -> None:
        self._program = program
        self._owned = owned
        self._series: list[frozenset[str]] = []

    def of(self, view: Sequence[str]) -> frozenset[str]:
        """The series of a view."""
        return frozenset(key for party in view for key in self._owned[party])

    def owns(self, series: frozenset[str], fact: Fact) -> bool:
        """Whether it is a matter of these series alone."""
        return all(self._looks_at[step] <= series for step, _ in fact.looks_at)

    def parts(self, series: frozenset[str], fact: Fact, *, single: bool = False) -> Iterator[Touches]:
        """What is known of a fact by whoever holds these series, where not the whole.

        single: in each period, not in any: which of a person's months it was may bear on another number.
        """
        if not self.owns(series, fact):
            for step, mask in fact.looks_at:
                for part in dict.fromkeys(self._parts(series, step, mask)):
                    several = _bits(part.mask) if single or fact.ordered else (part.mask,)
                    yield from (Touches(part.step, periods) for periods in several)

    def looks_at(self, fact: Fact) -> frozenset[type]:
        """Which of sex and age decide it, as the expressions that ask for them."""
        return frozenset().union(*(self._who[step] for step, _ in fact.looks_at))

    def _parts(self, series: frozenset[str], number: int, mask: int) -> Iterator[Touches]:
        step = self._program.steps[number]
        mask &= step.known
        if not mask or not self._looks_at[number] & series:
            return
        if self._looks_at[number] <= series:
            yield Touches(number, mask)
            return
        for wider in _masks(step, mask, self._program.frame.window.full):
            for part in step.parts:
                yield from self._parts(series, part, wider)

    @cached_property
    def _who(self) -> list[frozenset[type]]:
        """Of each step, as `looks_at`."""
        found: list[frozenset[type]] = []
        for tree, parts, _ in self._program.steps:
            own = frozenset({type(tree)} & {OfSex, OfAge})
            found.append(own.union(*(found[part] for part in parts)))
        return found

    @cached_property
    def _looks_at(self) -> list[frozenset[str]]:
        """The series that each step looks at: its parts stand before it."""
        found: list[frozenset[str]] = []
        for tree, parts, _ in self._program.steps:
            own = frozenset([tree.series]) if isinstance(tree, Presence) else frozenset[str]()
            found.append(own.union(*(found[part] for part in parts)))
        return found


def _bits(mask: int) -> Iterator[int]:
    """Each period of a bitmap."""
    yield from (1 << p for p in range(mask.bit_length()) if mask >> p & 1)


def _masks(step: Step, mask: int, full: int) -> tuple[int, ...]:
    """In which periods the parts of a step are looked at, for its answer in those of the mask."""
    match step.tree:
        case Ever():
            return (full,)
        case Started():
            return mask, mask >> 1
        case Left():
            return mask, mask << 1 & full
        case Was(_, k):
            return (mask >> k,)
        case Will(_, k):
            return (mask << k & full,)
        case Within(_, k):
            return (_spread(mask, 0, k, full),)
        case Bridge(_, k):
            return mask, _spread(mask, -k, k, full)
        case _:
            return (mask,)


def _spread(mask: int, first: int, last: int, full: int) -> int:
    """The periods of the mask, and those from `first` to `last` after each of them."""
    spread = 0
    for by in range(first, last + 1):
        spread |= mask << by if by >= 0 else mask >> -by
    return spread & full
