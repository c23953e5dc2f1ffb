"""One reader's attack on a release: which sensitive cells two worlds keep apart, and which none do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from linkage.release.audit.model import alone, determined, together
from linkage.release.audit.problem import FAR, NOTHING
from linkage.release.audit.solver import Clock, Floats, Solver

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linkage.release.audit.model import Model
    from linkage.release.audit.problem import Places, Problem, Whole

_TRIES: Final = 3
"""Worlds in a row that prove nothing new, before each cell left is looked at by itself."""
_SECONDS: Final = 5.0
"""For one world that is only to be far away."""
_ROOM: Final = 1000
"""More people than there are that a world may have in an atom: more of them would prove nothing more."""


@dataclass(repr=False)
class Seen:
    """What the worlds found so far make of the cells of a model: the smallest and the largest of each."""

    smallest: Whole
    largest: Whole
    worlds: int = 1
    solves: int = 0

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

    def near(self, aims: Places, width: int) -> Places:
        """Those of the cells that no two worlds keep `width` apart."""
        return aims[(self.largest - self.smallest)[aims] < width]


@dataclass(frozen=True)
class Attack:
    """What one reader can do. narrow: (part, sum) of each sensitive cell that no two worlds keep apart.

    cells: sensitive cells looked at; worlds, solves: how many it took. No number of people is in it.
    """

    view: str
    cells: int
    narrow: tuple[tuple[int, int], ...]
    worlds: int
    solves: int


def attack(problem: Problem, view: str, clock: Clock, seed: int = 0) -> Attack:
    """Every part by itself, then what is left with the parts that it is tied to. Raises TimeError."""
    rng = np.random.default_rng(seed)
    cells, worlds, solves = 0, 0, 0
    narrow: list[tuple[int, int]] = []
    for number, part in enumerate(problem.parts):
        known = part.known.get(view, NOTHING)
        aims = np.flatnonzero(part.sensitive & ~determined(part.told, known, len(part.people)))
        cells += len(aims)
        for model, begin in _models(problem, number, view):
            if len(aims):
                left, seen = _separate(model, aims + begin, problem.width, clock, rng)
                aims = left - begin
                worlds, solves = worlds + seen.worlds, solves + seen.solves
        narrow += [(number, int(row)) for row in aims]
    return Attack(view, cells, tuple(narrow), worlds, solves)


def _models(problem: Problem, number: int, view: str) -> Iterator[tuple[Model, int]]:
    """A part alone; then with all that it is tied to. Each with the place of the part's first sum."""
    yield alone(problem, number, view), 0
    tied = _tied(problem, number)
    if len(tied) > 1:
        wide, begins = together(problem, tied, view)
        yield wide, begins[number]


def _tied(problem: Problem, number: int) -> list[int]:
    """The parts that a part is tied to, itself among them."""
    bound = [{part for part, _ in (tie.whole, *tie.pieces)} for tie in problem.ties]
    bound += [{part for part, _ in total.pieces} for total in problem.totals]
    parts = {number}
    while more := set().union(*(b for b in bound if b & parts)) - parts:
        parts |= more
    return sorted(parts)


def _separate(
    model: Model, aims: Places, width: int, clock: Clock, rng: np.random.Generator
) -> tuple[Places, Seen]:
    """Which of these sums no two worlds keep `width` apart, and what was seen on the way."""
    seen = Seen.of(model)
    _one_atom(model, seen)
    left = seen.near(aims, width)
    if not len(left):
        return left, seen
    solver = Solver(len(model.people), model.rows(), int(model.people.sum()) + _ROOM, FAR)
    tries = 0
    while len(left) and tries < _TRIES:
        signs = rng.choice(np.array([-1.0, 1.0]), len(left))
        world = solver.furthest(_cost(model, left, signs), model.people, clock, seconds=_SECONDS)
        seen.add(model, world)
        fewer = seen.near(aims, width)
        tries = 0 if len(fewer) < len(left) else tries + 1
        left = fewer
    for row in left:
        _alone(model, solver, seen, row, width, clock)
    seen.solves = solver.solves
    return seen.near(left, width), seen


def _one_atom(model: Model, seen: Seen) -> None:
    """All worlds in which one atom alone has more or fewer people, at once."""
    if model.bounds:
        return  # they bind sums to each other: what one atom may do is not told by bounds
    values, rows, atoms = model.told.values(model.people), model.told.rows, model.told.atoms
    more, fewer = np.full(len(model.people), _ROOM, np.int64), model.people.copy()
    np.minimum.at(more, atoms, (model.high - values)[rows])
    np.minimum.at(fewer, atoms, (values - model.low)[rows])
    inside = rows < model.cells
    np.maximum.at(seen.largest, rows[inside], (values[rows] + more[atoms])[inside])
    np.minimum.at(seen.smallest, rows[inside], (values[rows] - fewer[atoms])[inside])
    seen.worlds += int(np.count_nonzero(more) + np.count_nonzero(fewer))


def _alone(model: Model, solver: Solver, seen: Seen, row: np.intp, width: int, clock: Clock) -> None:
    """One sum as large and as small as it can be. Raises TimeError where that is not known in time."""
    for sign in (1.0, -1.0):
        if len(seen.near(np.array([row]), width)):
            seen.add(
                model, solver.largest(_cost(model, np.array([row]), np.array([sign])), model.people, clock)
            )


def _cost(model: Model, rows: Places, signs: Floats) -> Floats:
    cost = np.zeros(len(model.people))
    for row, sign in zip(rows, signs, strict=True):
        cost[model.told.one(int(row))] += sign
    return cost
