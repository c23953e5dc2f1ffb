"""The method that moves every count a little, the same people always by the same amount (docs/release.md).

A cell's key is the sum of its people's record keys, which only the matcher can make, and for as long as it
keeps the family's key. What the family's noise makes of that key, and the count, give the change, by the
perturbation table of the agreed parameters. So equal sets of people are changed alike in all measures, rounds
and runs: comparing or averaging them tells nothing. Of sets that are not equal the changes have nothing to do
with each other, although their keys are sums: by those alone, who knows how many of its own sets were moved
could work out record keys, and how other sets of the same people were (docs/decisions/family-key.md).

Each cell is looked up by its own key, totals too, so that parts need not add up. Then what is below the
threshold becomes one mark, zero and cells that nobody can be in too.
"""

from __future__ import annotations

import struct
from functools import partial
from typing import TYPE_CHECKING, Final

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

_PREFIX: Final = b"linkage/1/count\n"


def protect(figures: Figures, rule: ReleaseRule, noise: Noise | None = None) -> Protected:
    """Every count moved by its cell key, or marked as few. What comes of it has still to be audited.

    noise: the family's. Raises PerturbationError where the rule's parameters allow no table, ValueError for
    figures without keys, or without noise.
    """
    if noise is None:
        raise ValueError("figures without noise cannot be moved")
    table = perturbation(rule.d, float(rule.variance), rule.js)
    counts = {name: _moved(cells, table, rule, noise) for name, cells in figures.cells.items()}
    for measure in figures.measures:
        if isinstance(measure, Change):
            name, draw = measure.name, partial(even, noise, series=measure.change)
            counts[name] = _with_amounts(counts[name], figures.cells[name], rule, draw)
    return Protected({"name": rule.method, **rule.parameters}, counts, {"audited": False})


def _moved(cells: Cells, table: Perturbation, rule: ReleaseRule, noise: Noise) -> Counts:
    if cells.record_keys is None:
        raise ValueError("figures without record keys cannot be moved")
    known = cells.notes == Note.KNOWN
    people = np.where(known, cells.people, 0)
    told = people + table.changes(people, _drawn(cells.record_keys, noise))
    notes = cells.notes.copy()
    notes[known & (told < rule.threshold)] = Note.FEW
    return Counts(cells.axes, np.where(notes == Note.KNOWN, told, 0), notes)


def _drawn(keys: npt.NDArray[np.uint32], noise: Noise) -> npt.NDArray[np.uint32]:
    """What is drawn for each cell key, of the same shape: equal for equal keys, else independent."""
    several, places = np.unique(keys, return_inverse=True)
    drawn = b"".join(noise(_PREFIX + struct.pack(">I", key))[:4] for key in several.tolist())
    return np.frombuffer(drawn, ">u4").astype(np.uint32)[places].reshape(keys.shape)


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
