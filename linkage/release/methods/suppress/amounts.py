"""Amounts under `suppress`: told of many people alone, and so that those of others do not follow.

Amounts of sexes and ages add up, so that what is not told of one could follow from the others. All sums of
one table are looked at together: nothing that follows from those that are told may be of few people, or
mostly of one. What follows is found in the span of the told sums over the smallest classes, in fractions.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np

from linkage.release.counts import ALL
from linkage.release.methods.cellkey_amounts import dominated

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from linkage.measures.figures import Cells
    from linkage.release.audit.problem import Flags

Classes: TypeAlias = frozenset[int]
_OFFSET: Final = 0
"""The axis of the periods around the event."""


def told_amounts(cells: Cells, known: Flags, threshold: int) -> Flags:
    """Of which cells the sum of amounts may be told. known: whose people are told. Shape: that of the axes.

    A class of people is told in every period around the event, or in none: level and mean need them all.
    """
    shape = tuple(len(axis.values) for axis in cells.axes[1:])
    places = [*product(*(range(size) for size in shape))]
    members = {place: frozenset(_smallest(cells, place)) for place in places}
    whole = np.atleast_1d(known.reshape(len(known), -1).all(axis=0))
    told = {p for i, p in enumerate(places) if whole[i] and _many(cells, members[p], threshold)}
    while (least := _unsafe(cells, told, members, threshold)) is not None:
        told.discard(least)
    flags = np.zeros_like(known.reshape(len(known), -1))
    flags[:, [i for i, place in enumerate(places) if place in told]] = True
    return flags.reshape(known.shape)


def _smallest(cells: Cells, place: tuple[int, ...]) -> Iterator[int]:
    """The numbers of the smallest classes that a class is of."""
    axes = cells.axes[1:]
    inside = [
        range(len(axis.values) - 1) if axis.values[i] == ALL and len(axis.values) > 1 else (i,)
        for axis, i in zip(axes, place, strict=True)
    ]
    shape = tuple(len(axis.values) for axis in axes)
    for several in product(*inside):
        yield int(np.ravel_multi_index(several, shape)) if shape else 0


def _many(cells: Cells, classes: Classes, threshold: int) -> bool:
    """Whether they are enough people, and no one's amount is most of it, in every period."""
    if cells.sums is None:
        raise ValueError("cells without amounts")
    flat = tuple(len(axis.values) for axis in cells.axes)
    people = cells.people.reshape(flat[0], -1)
    total, largest = cells.sums.total.reshape(flat[0], -1), cells.sums.largest.reshape(2, flat[0], -1)
    mine = sorted(classes)
    for offset in range(flat[_OFFSET]):
        if int(people[offset, mine].sum()) < threshold:
            return False
        first, second = sorted((int(n) for n in largest[:, offset, mine].ravel()), reverse=True)[:2]
        if dominated(int(total[offset, mine].sum()), first, second):
            return False
    return True


def _unsafe(
    cells: Cells, told: set[tuple[int, ...]], members: dict[tuple[int, ...], Classes], threshold: int
) -> tuple[int, ...] | None:
    """The told class of fewest people, where something follows from all of them that must not; else None."""
    several = sorted(told, key=lambda p: (len(members[p]), int(cells.people[(0, *p)]), p))
    rows = [members[place] for place in several]
    safe = all(_many(cells, rest, threshold) for rest in _rests(rows) if _people(cells, rest))
    if safe and not any(_follows(rows, c) for c in _too_small(cells, members, threshold)):
        return None
    return several[0]


def _rests(rows: Sequence[Classes]) -> Iterator[Classes]:
    """What is left of each told class when told classes inside it are taken off."""
    for whole in rows:
        rest = whole
        for part in sorted((r for r in rows if r < whole), key=len, reverse=True):
            rest = rest - part if part <= rest else rest
        if rest and rest != whole:
            yield rest


def _people(cells: Cells, classes: Classes) -> int:
    return int(cells.people.reshape(len(cells.axes[0].values), -1)[0, sorted(classes)].sum())


def _too_small(cells: Cells, members: dict[tuple[int, ...], Classes], threshold: int) -> Iterator[Classes]:
    """Classes of somebody that must not be told."""
    for classes in set(members.values()):
        if _people(cells, classes) and not _many(cells, classes, threshold):
            yield classes


def _follows(rows: Sequence[Classes], wanted: Classes) -> bool:
    """Whether the amounts of a class are made of told ones, added to and taken from each other."""
    every = sorted(set().union(wanted, *rows))
    basis: list[list[Fraction]] = []
    for classes in rows:
        _reduce(basis, [Fraction(c in classes) for c in every])
    before = len(basis)
    _reduce(basis, [Fraction(c in wanted) for c in every])
    return len(basis) == before


def _reduce(basis: list[list[Fraction]], row: list[Fraction]) -> None:
    """Add a row to rows in which each has a first place that no other has, unless it is made of them."""
    for other in basis:
        at = next(i for i, value in enumerate(other) if value)
        if row[at]:
            factor = row[at] / other[at]
            row = [a - factor * b for a, b in zip(row, other, strict=True)]
    if any(row):
        basis.append(row)
