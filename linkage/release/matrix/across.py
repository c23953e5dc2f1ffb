"""Numbers that no row tells and several give together: of one party's people, how many another's rows count.

From two counts and their union follows how many are in both. A party can do more: it knows its own people, so
every number that others have a part in tells it something of how many of its own are there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from linkage.measures.expressions import Expression, Presence
from linkage.measures.model import Count, Share
from linkage.measures.trees import leaves
from linkage.release.counts import ALL
from linkage.release.matrix.cells import own_shape, places

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from linkage.measures.atoms import Atoms
    from linkage.measures.figures import Axis, Figures
    from linkage.measures.model import Measure
    from linkage.release.audit.problem import Flags
    from linkage.release.matrix.cells import Collector


MOST: Final = 300
"""Such sums of a round, at most, and LEAST of each stretch: those of the fewest people first."""
LEAST: Final = 20


class _Told(NamedTuple):
    """One cell of a stretch: the parties of whose series it tells, its class, its atoms."""

    parties: frozenset[str]
    whole: bool
    atoms: Flags


def across(figures: Figures, atoms: Atoms, collectors: Sequence[Collector], few: int) -> list[list[int]]:
    """By stretch, the numbers of such sums, which are added to the collectors: where few are, or are not."""
    cells: list[list[_Told]] = [[] for _ in atoms.stretches]
    for measure in figures.measures:
        axes = figures.cells[measure.name].axes
        of = parties_of(measure, axes)
        for _, time, own, sex, age in places(figures.cells[measure.name]):
            for stretch in atoms.rows(measure.name, time):
                there = atoms.cell(measure.name, own, stretch, sex, age)
                cells[stretch].append(_Told(of[own], (sex, age) == (ALL, ALL), there))
    found, most = [], max(LEAST, MOST // len(atoms.stretches))
    for stretch, told in enumerate(cells):
        each = {both.tobytes(): (there, both) for there, both in _both(told, atoms, stretch, few)}
        first = sorted(each.values(), key=lambda two: two[0])[:most]
        found.append(sorted({collectors[stretch].add(both) for _, both in first}))
    return found


def _both(told: Sequence[_Told], atoms: Atoms, stretch: int, few: int) -> Iterator[tuple[int, Flags]]:
    """Such people, and of how many it is that they are few."""
    people = atoms.stretches[stretch].people
    for view, parties in enumerate(atoms.views):
        if len(parties) != 1:
            continue
        mine = [atoms.stretches[stretch].patterns[:, view] > 0]
        mine += [cell.atoms for cell in told if cell.parties == {*parties} and cell.whole]
        others = [cell.atoms for cell in told if cell.parties - {*parties}]
        for own in {each.tobytes(): each for each in mine}.values():
            for other in others:
                both: Flags = own & other
                if both.any() and (other & ~own).any():
                    there = int(people[both].sum())
                    left = min(int(people[own].sum()) - there, int(people[other].sum()) - there)
                    if min(there, left) < few:
                        yield min(there, left), both


def parties_of(measure: Measure, axes: Sequence[Axis]) -> list[frozenset[str]]:
    """For each place of the own axes, the parties whose series it asks about."""
    match measure:
        case Count(count=count, parts=parts):
            several = [(expression,) for expression in (*parts, count)]
        case Share(share=share, of=of):
            several = [(e,) for e in (share, of) if isinstance(e, Expression)]
        case _:
            return [_of(measure.expressions)] * int(np.prod(own_shape(axes), dtype=np.intp))
    return [_of(expressions) for expressions in several]


def _of(expressions: Sequence[Expression]) -> frozenset[str]:
    series = (leaf.series for e in expressions for leaf in leaves(e.tree) if isinstance(leaf, Presence))
    return frozenset(key.partition(".")[0] for key in series)
