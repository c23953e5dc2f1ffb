"""What the worlds found so far make of the cells of a model, and worlds that are found without a solver."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from linkage.release.audit.model import Model
    from linkage.release.audit.problem import Places, Whole

ROOM: Final = 1000
"""More people than there are that a world may have in an atom: more of them would prove nothing more."""


@dataclass(repr=False)
class Seen:
    """The smallest and the largest that each cell of a model is in some world.

    worlds: how many there were.
    """

    smallest: Whole
    largest: Whole
    worlds: int = 1

    @classmethod
    def of(cls, model: Model) -> Seen:
        """The truth is the first world."""
        true = model.told.values(model.people)[: model.cells]
        return cls(true.copy(), true.copy())

    def add(self, model: Model, world: Whole | None) -> bool:
        """Take a world in; false where there is none, or it is none: solvers are not believed."""
        if world is None or not model.holds(world):
            return False
        values = model.told.values(world)[: model.cells]
        np.minimum(self.smallest, values, out=self.smallest)
        np.maximum(self.largest, values, out=self.largest)
        self.worlds += 1
        return True

    def widen(self, smallest: Whole, largest: Whole) -> None:
        """Take in what other worlds make of the same cells."""
        np.minimum(self.smallest, smallest, out=self.smallest)
        np.maximum(self.largest, largest, out=self.largest)

    def near(self, aims: Places, widths: Whole) -> Places:
        """Those of the cells that no two worlds keep apart. widths: by how much, for every cell."""
        return aims[(self.largest - self.smallest)[aims] < widths[aims]]


@dataclass(frozen=True, repr=False)
class Moves:
    """How many people more, and fewer, each atom may have if no other sum than the told ones counted."""

    more: Whole
    fewer: Whole

    @classmethod
    def of(cls, model: Model) -> Moves:
        """Where equal people have equal marks, no atom loses its last: two sets could become the same."""
        values = model.told.values(model.people)
        inside = model.told.rows < model.cells
        rows, atoms = model.told.rows[inside], model.told.atoms[inside]
        more = np.full(len(model.people), ROOM, np.int64)
        fewer = model.people.copy() if model.marks is None else np.maximum(model.people - 1, 0)
        np.minimum.at(more, atoms, (model.high - values)[rows])
        np.minimum.at(fewer, atoms, (values - model.low)[rows])
        return cls(more, fewer)


def by_one_atom(model: Model, seen: Seen) -> None:
    """All worlds in which one atom alone has more or fewer people, or two of one known group change places.

    A model with bounds has none that are so simple: they bind sums to each other.
    """
    if model.bounds:
        return
    moves = Moves.of(model)
    cells = len(model.told.starts) - 1 - model.cells
    group = np.full(len(model.people), -1, np.intp)
    known = model.told.rows >= model.cells
    group[model.told.atoms[known]] = model.told.rows[known] - model.cells
    free = group < 0
    _each(model, seen, Moves(np.where(free, moves.more, 0), np.where(free, moves.fewer, 0)))
    if cells:
        _within_groups(model, seen, moves, group)


def _each(model: Model, seen: Seen, moves: Moves) -> None:
    """One atom at a time."""
    values = model.told.values(model.people)
    inside = model.told.rows < model.cells
    rows, atoms = model.told.rows[inside], model.told.atoms[inside]
    np.maximum.at(seen.largest, rows, values[rows] + moves.more[atoms])
    np.minimum.at(seen.smallest, rows, values[rows] - moves.fewer[atoms])
    seen.worlds += int(np.count_nonzero(moves.more) + np.count_nonzero(moves.fewer))


def _within_groups(model: Model, seen: Seen, moves: Moves, group: Places) -> None:
    """So many people of one atom of a group in another: the group keeps its number."""
    values = model.told.values(model.people)[: model.cells]
    inside = model.told.rows < model.cells
    rows, atoms = model.told.rows[inside], model.told.atoms[inside]
    rows = rows[np.argsort(atoms, kind="stable")]
    ends = np.cumsum(np.bincount(atoms, minlength=len(model.people)))
    of_atom = np.split(rows, ends[:-1])  # the sums that each atom stands in
    order = np.argsort(group, kind="stable")
    order = order[(group[order] >= 0) & ((moves.more[order] > 0) | (moves.fewer[order] > 0))]
    for several in np.split(order, np.flatnonzero(np.diff(group[order])) + 1):
        if len(several) < 2 or not moves.more[several].any() or not moves.fewer[several].any():
            continue
        touched, place = np.unique(np.concatenate([of_atom[a] for a in several]), return_inverse=True)
        mine = np.zeros((len(touched), len(several)), np.bool_)
        mine[place, np.repeat(np.arange(len(several)), [len(of_atom[a]) for a in several])] = True
        more, fewer = moves.more[several], moves.fewer[several]
        up = np.minimum(np.where(mine, more, 0).max(axis=1), np.where(mine, 0, fewer).max(axis=1))
        down = np.minimum(np.where(mine, fewer, 0).max(axis=1), np.where(mine, 0, more).max(axis=1))
        seen.largest[touched] = np.maximum(seen.largest[touched], values[touched] + up)
        seen.smallest[touched] = np.minimum(seen.smallest[touched], values[touched] - down)
        seen.worlds += int(np.count_nonzero(more) + np.count_nonzero(fewer))
