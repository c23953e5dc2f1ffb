"""The method that moves every count a little, the same people always by the same amount (docs/release.md).

A cell's key is the sum of its people's record keys, which only the matcher can make, and for as long as it
keeps the family's key. Key and count give the change, by the perturbation table of the agreed parameters.
So equal sets of people are changed alike in all measures, rounds and runs: comparing or averaging them tells
nothing; sets that differ in one person have keys that have nothing to do with each other.

Each cell is looked up by its own key, totals too, so that parts need not add up. Then what is below the
threshold becomes one mark, zero and cells that nobody can be in too.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from linkage.measures.figures import Note
from linkage.measures.model import Change
from linkage.perturbation import perturbation
from linkage.release.counts import Counts
from linkage.release.methods.cellkey_amounts import dominated, even, moved
from linkage.release.protected import Protected
from linkage.release.tables import AMOUNT_STEP

if TYPE_CHECKING:
    from collections.abc import Callable
    from fractions import Fraction

    import numpy.typing as npt

    from linkage.agreement.model import ReleaseRule
    from linkage.measures.figures import Cells, Figures
    from linkage.perturbation import Perturbation
    from linkage.release.protected import Noise


def protect(figures: Figures, rule: ReleaseRule, noise: Noise | None = None) -> Protected:
    """Every count moved by its cell key, or marked as few. What comes of it has still to be audited.

    noise: the family's, of amounts. Raises PerturbationError where the rule's parameters allow no table,
    ValueError for figures without keys, or for amounts without noise.
    """
    table = perturbation(rule.d, float(rule.variance), rule.js)
    counts = {name: _moved(cells, table, rule) for name, cells in figures.cells.items()}
    for measure in figures.measures:
        if isinstance(measure, Change):
            if noise is None:
                raise ValueError("amounts without noise cannot be moved")
            name, draw = measure.name, partial(even, noise, series=measure.change)
            counts[name] = _with_amounts(counts[name], figures.cells[name], rule, draw)
    return Protected({"name": rule.method, **rule.parameters}, counts, {"audited": False})


def _moved(cells: Cells, table: Perturbation, rule: ReleaseRule) -> Counts:
    if cells.record_keys is None:
        raise ValueError("figures without record keys cannot be moved")
    known = cells.notes == Note.KNOWN
    people = np.where(known, cells.people, 0)
    told = people + table.changes(people, cells.record_keys)
    notes = cells.notes.copy()
    notes[known & (told < rule.threshold)] = Note.FEW
    return Counts(cells.axes, np.where(notes == Note.KNOWN, told, 0), notes)


def _with_amounts(counts: Counts, cells: Cells, rule: ReleaseRule, draw: Callable[..., Fraction]) -> Counts:
    """Amounts are told of those cells alone whose people are, in every period around the event or in none."""
    if cells.sums is None or cells.record_keys is None:
        raise ValueError("cells without amounts, or without keys")
    known = counts.notes == Note.KNOWN
    told = np.broadcast_to((known & _many(cells, rule.threshold)).all(axis=0), known.shape)
    offsets = cells.axes[0].values
    sums, notes = np.zeros_like(counts.values), counts.notes.copy()
    notes[known & ~told] = Note.WITHHELD
    for index in zip(*np.nonzero(told), strict=True):
        total, key = int(cells.sums.total[index]), int(cells.record_keys[index])
        first = int(cells.sums.largest[0][index])
        sums[index] = moved(total, first, rule.variance, draw(key, offset=int(offsets[index[0]])))
    return Counts(counts.axes, counts.values, counts.notes, sums, notes, AMOUNT_STEP)


def _many(cells: Cells, threshold: int) -> npt.NDArray[np.bool_]:
    """Of which cells the true number of people is enough, and nobody can come near the largest amount."""
    if cells.sums is None:
        raise ValueError("cells without amounts")
    enough = cells.people >= threshold
    for index in zip(*np.nonzero(enough), strict=True):
        first, second = (int(n) for n in cells.sums.largest[(slice(None), *index)])
        enough[index] = not dominated(int(cells.sums.total[index]), first, second)
    return enough
