"""About how many people an expression is about, from the sizes of its series (docs/agreement.md)."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, ClassVar

from linkage.measures.expressions import (
    And,
    AtLeast,
    Bridge,
    Ever,
    Left,
    Minus,
    Not,
    OfAge,
    OfSex,
    Or,
    Presence,
    Started,
    Was,
    Will,
    Within,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from linkage.dimensions import Ages
    from linkage.measures.expressions import Tree


def least(numbers: Iterable[Fraction | None]) -> Fraction | None:
    """The smallest that is known: nobody is in two sets who is not in the smaller one."""
    return min((n for n in numbers if n is not None), default=None)


def times(number: Fraction | None, factor: Fraction) -> Fraction | None:
    """A product; None where the number is not known."""
    return None if number is None else number * factor


class Guess:
    """Sizes of expressions in people. None is said where a series lacks its size and nothing else tells."""

    LEAVING: ClassVar[Fraction] = Fraction(1, 10)
    """Of the people in a period, those who started in it, or leave after it."""
    OVER_TIME: ClassVar[int] = 3
    """How many times as many people are there over a long time as in one period."""
    YOUNGEST, OLDEST = 16, 80
    """Ages that people are spread over evenly."""

    def __init__(
        self, periods: int, sizes: Mapping[str, int | None], undated: frozenset[str], ages: Ages | None
    ) -> None:
        """sizes: people in a period by series, of an undated one in the window. periods: of the window."""
        self.periods = periods
        self._sizes = sizes
        self._undated = undated
        self._ages = ages
        self._told: dict[tuple[int, int], tuple[Tree, Fraction | None]] = {}

    def everybody(self, periods: int) -> Fraction | None:
        """All people of all series: no more than their sum."""
        return self.together([self._series(key, periods) for key in self._sizes])

    def together(self, numbers: Sequence[Fraction | None]) -> Fraction | None:
        """A sum; None where a number is not known."""
        known = [n for n in numbers if n is not None]
        return sum(known, Fraction(0)) if len(known) == len(numbers) else None

    def of_ages(self, low: int, high: int) -> Fraction:
        """The part of all people who are of these ages, both included; of ages beyond, as of one year."""
        years = min(high, self.OLDEST) - max(low, self.YOUNGEST) + 1
        return Fraction(max(1, years), self.OLDEST - self.YOUNGEST + 1)

    def people(self, tree: Tree, periods: int) -> Fraction | None:
        """Those whom the expression is about in some of so many periods in a row."""
        key = (id(tree), periods)  # the tree is kept too, so that no other can have its id
        if key not in self._told:
            part = self._part(tree)
            found = self._people(tree, periods) if part is None else times(self.everybody(periods), part)
            self._told[key] = tree, found
        return self._told[key][1]

    def _people(self, tree: Tree, periods: int) -> Fraction | None:  # noqa: C901 - one case for each sign
        match tree:
            case Presence(series):
                return self._series(series, periods)
            case And(a, b):
                for one, other in ((a, b), (b, a)):
                    if (part := self._part(one)) is not None:
                        return times(self.people(other, periods), part)
                return least((self.people(a, periods), self.people(b, periods)))
            case Minus(a, b):
                part = self._part(b)
                return times(self.people(a, periods), Fraction(1) if part is None else 1 - part)
            case Or(a, b):
                return self.together([self.people(a, periods), self.people(b, periods)])
            case AtLeast(count, items):
                every = self.together([self.people(item, periods) for item in items])
                return times(every, Fraction(1, count))
            case Not():
                return self.everybody(periods)
            case Ever(a):
                return self.people(a, self.periods)
            case Started(a) | Left(a):
                each = times(self.people(a, 1), self.LEAVING * periods)
                return least((each, self.people(a, periods)))
            case Was(a, _) | Will(a, _) | Bridge(a, _):
                return self.people(a, periods)
            case Within(a, k):
                return self.people(a, min(self.periods, periods + k))
            case _:
                raise TypeError(type(tree).__name__)

    def _series(self, key: str, periods: int) -> Fraction | None:
        size = self._sizes.get(key)
        if size is None:
            return None
        return Fraction(size if key in self._undated else size * min(periods, self.OVER_TIME))

    def _part(self, tree: Tree) -> Fraction | None:
        """The part of all people that an expression of sex and age alone is about; None for another."""
        match tree:
            case OfSex():
                return Fraction(1, 2)
            case OfAge(codes):
                pieces = self._ages.pieces if self._ages else ()
                return sum((self.of_ages(pieces[c - 1].low, pieces[c - 1].high) for c in codes), Fraction(0))
            case Not(a):
                part = self._part(a)
                return None if part is None else 1 - part
            case And(a, b) | Or(a, b) | Minus(a, b):
                one, other = self._part(a), self._part(b)
                if one is None or other is None:
                    return None
                joined = {And: one * other, Or: min(one + other, Fraction(1)), Minus: one * (1 - other)}
                return joined[type(tree)]
            case _:
                return None
