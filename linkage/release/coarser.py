"""What an audit found too narrow is withheld: a breakdown by one dimension at a time, last a measure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np

from linkage.measures.figures import Note
from linkage.release.counts import ALL, TIME_AXES

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from linkage.measures.figures import Axis
    from linkage.release.audit.problem import Problem
    from linkage.release.audit.verdict import Verdict
    from linkage.release.counts import Counts
    from linkage.release.matrix.cells import Index
    from linkage.release.matrix.rows import Matrix, Piece

Cut: TypeAlias = tuple[str, str]
"""A measure, and the dimension by which it is not told; WHOLE where none of it is."""
WHOLE: Final = ""
_FINEST: Final = ("age", "sex", *TIME_AXES)
"""Dimensions that go, in this order."""


def narrow_numbers(problem: Problem, verdict: Verdict) -> frozenset[tuple[Piece, ...]]:
    """What an audit found narrow, each as the sums that add up to it."""
    sums = {((part, row),) for part, row in verdict.narrow}
    return frozenset(sums | {problem.totals[number].pieces for number in verdict.totals})


def cuts(
    matrix: Matrix,
    axes: Mapping[str, Sequence[Axis]],
    narrow: Collection[tuple[Piece, ...]],
    before: Collection[Cut],
) -> set[Cut] | None:
    """Which breakdowns these numbers stand in, beside those that are withheld already; then whole measures.

    A number by a measure's own axes alone, as a move or a length, stands in no breakdown. None where one of
    the numbers is told nowhere any more, and cannot be helped so. axes: of each measure's cells.
    """
    found: dict[tuple[Piece, ...], set[Cut]] = {number: set() for number in narrow}
    for measure, where in matrix.cells.items():
        for index in np.ndindex(*where.part.shape):
            pieces = where.pieces(index)
            if pieces in found:
                dimension = _dimension(measure, axes[measure], index, before)
                found[pieces] |= set() if dimension is None else {(measure, dimension)}
    return set().union(*found.values()) if all(found.values()) else None


def coarser(counts: Mapping[str, Counts], several: Collection[Cut]) -> dict[str, Counts]:
    """The same counts with only the totals of these dimensions, and nothing of a measure that is WHOLE."""
    found = dict(counts)
    for measure, dimension in several:
        found[measure] = _without(found[measure], dimension)
    return found


def _dimension(measure: str, axes: Sequence[Axis], index: Index, before: Collection[Cut]) -> str | None:
    """The finest dimension of which a cell is no total, and that is still told; WHOLE where there is none."""
    at = {axis.name: axis.values[index[i]] for i, axis in enumerate(axes)}
    several = [*(d for d in _FINEST if at.get(d, ALL) != ALL), WHOLE]
    return next((d for d in several if (measure, d) not in before), None)


def tells_nothing(counts: Mapping[str, Counts]) -> bool:
    """Whether no measure has a number left."""
    return not any((each.notes == Note.KNOWN).any() for each in counts.values())


def _without(counts: Counts, dimension: str) -> Counts:
    rows = [slice(None)] * len(counts.axes)
    if dimension != WHOLE:
        place = next(i for i, axis in enumerate(counts.axes) if axis.name == dimension)
        rows[place] = slice(0, counts.axes[place].values.index(ALL))
    values, notes = counts.values.copy(), counts.notes.copy()
    pieces = np.zeros(notes.shape, np.bool_)
    pieces[tuple(rows)] = True
    notes[pieces & ((notes == Note.KNOWN) | (notes == Note.FEW))] = Note.WITHHELD
    values[notes != Note.KNOWN] = 0
    if counts.sums is None:
        return replace(counts, values=values, notes=notes)
    known = np.full_like(counts.notes, Note.KNOWN) if counts.sum_notes is None else counts.sum_notes
    sum_notes = np.where(notes == Note.KNOWN, known, notes)
    sums = np.where(sum_notes == Note.KNOWN, counts.sums, 0)
    return replace(counts, values=values, notes=notes, sums=sums, sum_notes=sum_notes)
