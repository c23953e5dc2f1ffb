"""In how many ways the same people can be put together from what is told, under `cellkey`.

A total, its women and men, its ages and all combinations of sets it joins are moved each by themselves. Their
sums are so many answers about the same people, and who takes the weighted mean of them is nearer the truth
than the release means to tell. Seen here from the questions alone: sums that are partitions, no differences.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from linkage.measures.expressions import Expression, Or
from linkage.measures.model import Count, HowMany, Overlap, Share

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from linkage.agreement.model import Agreement
    from linkage.dimensions import Dimensions
    from linkage.measures.expressions import Tree
    from linkage.measures.model import Measure

_SEXES = 2
"""Of whom there are many; the third row is mostly of few."""
Set: TypeAlias = "frozenset[Tree]"
"""Whoever is in one of these."""


class Way(NamedTuple):
    """By which dimensions, and by which sets, people are cut, and into how many numbers."""

    by: tuple[str, ...]
    into: tuple[str, ...]
    numbers: int


@dataclass(frozen=True)
class PutTogether:
    """People who are told of in several ways. what: as written; numbers: how many make up each way."""

    what: str
    time: str
    numbers: tuple[int, ...]

    def off(self, variance: Fraction) -> float:
        """The standard deviation that is left to the best weighted mean. variance: of one number."""
        return math.sqrt(variance / sum(Fraction(1, n) for n in self.numbers))


def put_together(agreement: Agreement) -> tuple[PutTogether, ...]:
    """People told of in two ways or more, the nearest to be had first. time: a dimension, or "all"."""
    names: dict[Set, str] = {}
    ways: defaultdict[tuple[Set, str], set[Way]] = defaultdict(set)
    for measure in agreement.measures:
        for people, name, into, numbers in _told(measure):
            names.setdefault(people, name)
            for by, times in _dimensions(measure, agreement.dimensions):
                for time in _times(measure):
                    ways[people, time].add(Way(by, into, numbers * times))
    found = [
        PutTogether(names[people], time, tuple(sorted(way.numbers for way in several)))
        for (people, time), several in ways.items()
        if len(several) > 1
    ]
    return tuple(sorted(found, key=lambda each: each.off(Fraction(1))))


def _told(measure: Measure) -> Iterator[tuple[Set, str, tuple[str, ...], int]]:
    """Sets of people of a measure: their name, what they are cut into, and how many numbers that is."""
    match measure:
        case Count() | Share():
            for expression in measure.expressions:
                yield _set([expression]), expression.source, (), 1
        case Overlap(sets=sets):
            into = tuple(e.source for e in sets)
            for expression in sets:
                yield _set([expression]), expression.source, into, 1 << (len(sets) - 1)
            yield _set(sets), " | ".join(into), into, (1 << len(sets)) - 1
        case HowMany(lists=lists):
            into = tuple(e.source for e in lists)
            yield _set(lists), " | ".join(into), ("lists", *into), len(lists)
        case _:
            return


def _set(several: Sequence[Expression]) -> Set:
    return frozenset(tree for expression in several for tree in _joined(expression.tree))


def _joined(tree: Tree) -> Iterator[Tree]:
    if isinstance(tree, Or):
        yield from _joined(tree.a)
        yield from _joined(tree.b)
    else:
        yield tree


def _dimensions(measure: Measure, dimensions: Dimensions) -> Iterator[tuple[tuple[str, ...], int]]:
    """Each way to cut by sex and age, and into how many numbers."""
    ages = len(dimensions.age.bands) if dimensions.age and "age" in measure.by else 0
    sexes = _SEXES if "sex" in measure.by else 0
    for by_sex in (False, True)[: 1 + bool(sexes)]:
        for by_age in (False, True)[: 1 + bool(ages)]:
            by = ("sex",) * by_sex + ("age",) * by_age
            yield by, (sexes if by_sex else 1) * (ages if by_age else 1)


def _times(measure: Measure) -> tuple[str, ...]:
    return (*(time for time in ("period", "span") if time in measure.by), "all")
