"""Numbers that were told before are told again, for as long as they can still be true (docs/release.md).

Under `cellkey` a set that changes by one person has another key, and so another number in nine of ten cases:
whoever sees the number of a set before and after would know of that person. So a number stays what it was
told to be while the perturbation table could have made it of the people who are there now; a release says no
less truly than before, within D, how many there are. Only where it could not is it drawn anew.

A set that was not told before, of the same people as one that was, is told alike: one number, not two draws.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from linkage.measures.figures import Note
from linkage.release.matrix.bounds import FEW, WITHHELD, bounds_of
from linkage.release.matrix.cells import numbered

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from linkage.measures.figures import Cells, Figures
    from linkage.release.counts import Counts
    from linkage.release.matrix.cells import Index
    from linkage.release.matrix.history import Before, Cell
    from linkage.release.protected import Protected


def again(protected: Protected, figures: Figures, last: Mapping[Cell, Before]) -> Protected:
    """The same counts, with what was told last of a number where it can still be true.

    last: what the latest release that told of a cell said of it; nothing changes where it is empty.
    """
    chosen = dict(_still_true(protected, figures, last))
    alike: dict[tuple[int, int], Before] = {}
    for (name, index), before in chosen.items():
        alike.setdefault(_people(figures.cells[name], index), before)
    counts = dict(protected.counts)
    for name in figures.cells if chosen else ():
        several = {
            index: found
            for index in numbered(figures.cells[name])
            if (found := chosen.get((name, index)) or alike.get(_people(figures.cells[name], index)))
        }
        counts[name] = _told(counts[name], several)
    return replace(protected, counts=counts)


def _still_true(
    protected: Protected, figures: Figures, last: Mapping[Cell, Before]
) -> Iterator[tuple[Cell, Before]]:
    """What was said last of those cells of which this release could say it too, had it drawn it."""
    bounds = bounds_of(protected.method)
    for (name, index), before in last.items():
        few = before.note == FEW
        if (before.value is not None or few) and _may_tell(before.value, int(protected.method["threshold"])):
            may_be = bounds(before.value, FEW if few else WITHHELD)
            if may_be.low <= int(figures.cells[name].people[index]) <= may_be.high:
                yield (name, index), before


def _may_tell(value: int | None, threshold: int) -> bool:
    """Whether a number is one that is told; an earlier agreement may have told smaller ones."""
    return value is None or value >= threshold


def _people(cells: Cells, index: Index) -> tuple[int, int]:
    """What equal sets of people have in common, and unequal ones hardly ever: their number and their key."""
    if cells.record_keys is None:
        raise ValueError("figures without record keys cannot be moved")
    return int(cells.people[index]), int(cells.record_keys[index])


def _told(counts: Counts, several: Mapping[Index, Before]) -> Counts:
    """The counts with these numbers in their place. Amounts of people who are few now are few too."""
    values, notes = counts.values.copy(), counts.notes.copy()
    for index, before in several.items():
        values[index] = before.value or 0
        notes[index] = Note.FEW if before.value is None else Note.KNOWN
    if counts.sums is None or counts.sum_notes is None:
        return replace(counts, values=values, notes=notes)
    sum_notes = counts.sum_notes.copy()
    sum_notes[notes == Note.FEW] = Note.FEW
    sum_notes[(notes == Note.KNOWN) & (sum_notes == Note.FEW)] = Note.WITHHELD
    sums = np.where(sum_notes == Note.KNOWN, counts.sums, 0)
    return replace(counts, values=values, notes=notes, sums=sums, sum_notes=sum_notes)
