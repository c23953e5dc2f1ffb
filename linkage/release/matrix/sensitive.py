"""Which numbers must not be narrowed: those of few people, and answers about several parties' registers.

A number that joins two parties' series is sensitive too where it is 0, and where it is all but a few of some
people of whom a party knows how many they are: a party that put one person among its own could otherwise read
the answer from a zero, or from a full cell.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from linkage.measures.expressions import Expression, Presence
from linkage.measures.model import Count, Share
from linkage.measures.trees import leaves

if TYPE_CHECKING:
    from collections.abc import Sequence

    from linkage.measures.figures import Axis
    from linkage.measures.model import Measure
    from linkage.release.audit.problem import Flags, Sums
    from linkage.release.matrix.rows import Stretch


def joins(measure: Measure, axes: Sequence[Axis]) -> Flags:
    """Which cells tell of people by several parties' registers. Shape: that of the axes."""
    shape = tuple(len(axis.values) for axis in axes)
    match measure:
        case Count(count=count, parts=parts):
            found = [_of_several((expression,)) for expression in (*parts, count)]
        case Share(share=share, of=of):
            found = [_of_several((e,)) for e in (share, of) if isinstance(e, Expression)]
        case _:
            found = [_of_several(measure.expressions)]
    own = np.array(found).reshape(-1, *(1 for _ in shape[1:])) if len(found) > 1 else np.array(found[0])
    return np.broadcast_to(own, shape)  # the own axis is the first


def _of_several(expressions: Sequence[Expression]) -> bool:
    series = (leaf.series for e in expressions for leaf in leaves(e.tree) if isinstance(leaf, Presence))
    return len({key.partition(".")[0] for key in series}) > 1


def sensitive(stretch: Stretch, joined: Flags, told: Flags, parties: Sequence[str], threshold: int) -> Flags:
    """Which sums of a stretch are. joined, told: shape (m,), whether a cell of each joins, and is a cell."""
    true = stretch.sums.values(stretch.people)
    found: Flags = (true > 0) & (true < threshold)
    found |= joined & (true == 0)
    for party in parties:
        found |= joined & _nearly_full(stretch, stretch.known[party], threshold)
        if stretch.beforehand is not None:
            found |= joined & (stretch.beforehand.left[party] < threshold)
    return found & told & (np.diff(stretch.sums.starts) > 0)


def _nearly_full(stretch: Stretch, known: Sums, threshold: int) -> Flags:
    """Sums of a party's own people that are all but a few of the groups that they are of, or all of them."""
    group = np.full(len(stretch.people), -1, np.intp)
    group[known.atoms] = known.rows
    sizes, atoms = known.values(stretch.people), np.diff(known.starts)
    found = np.zeros(len(stretch.sums), np.bool_)
    for number in range(len(stretch.sums)):
        mine = stretch.sums.one(number)
        touched = np.unique(group[mine])
        if len(touched) and touched[0] >= 0 and int(atoms[touched].sum()) > len(mine):
            left_out = int(sizes[touched].sum() - stretch.people[mine].sum())
            found[number] = left_out < threshold
    return found
