"""How far apart worlds must keep a number: the width, or as far as a reader's own register lets them.

A party that has one person of a kind knows that a cell of such people is 0 or 1, whatever is published. No
release can hide more than that, and none may show less: both must stay possible.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from linkage.release.audit.problem import FAR, NOTHING

if TYPE_CHECKING:
    from linkage.release.audit.problem import Part, Sums, Whole


def room_of(part: Part, view: str) -> Whole:
    """How far apart a reader can think each told sum of a part to be: as was worked out, or by its groups."""
    found = part.room.get(view)
    return reach(part.told, part.known.get(view, NOTHING), part.people) if found is None else found


def reach(told: Sums, known: Sums, people: Whole) -> Whole:
    """How far apart a reader who sees no release can think each told sum to be. Shape (m,); FAR: any number.

    known: groups of which it knows the number of people, no atom in two of them.
    """
    group = np.full(len(people), -1, np.intp)
    group[known.atoms] = known.rows
    of, rows = group[told.atoms], told.rows
    sizes, atoms = known.values(people), np.diff(known.starts)
    found = np.zeros(len(told), np.int64)
    pairs, counts = np.unique(rows[of >= 0] * np.intp(len(known) + 1) + of[of >= 0], return_counts=True)
    row, there = np.divmod(pairs, len(known) + 1)
    partly = counts < atoms[there]
    np.add.at(found, row[partly], sizes[there[partly]])
    found[rows[of < 0]] = FAR
    return found
