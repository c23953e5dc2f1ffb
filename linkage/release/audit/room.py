"""How far apart readers can think small numbers to be before there is any release at all.

What a party knows of its own people in one period binds what can be true of them in another: who comes into
a state is there at the next departure, who is there in a period is there over the whole time. A number that
is nearly known to a reader so far cannot be hidden from it by telling less.

Found by adding and comparing bounds, without any solver: a solver that stops or lies could make numbers look
known that are not, and nothing would have to be hidden. What this overlooks makes the audit ask for too much.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from linkage.release.audit.model import relations
from linkage.release.audit.problem import FAR, NOTHING
from linkage.release.audit.reach import reach

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from linkage.release.audit.model import Relation
    from linkage.release.audit.problem import Part, Problem, Whole

Room = tuple[dict[str, "Whole"], ...]
"""By part and reader, how far apart each sum can be; FAR where nothing bounds it."""
_ROUNDS: Final = 4
"""How often bounds are carried from sum to sum: fewer rounds find less, and nothing wrong."""
_CELLS: Final = 1 << 24
"""Sums times atoms of a part of which it is looked which sums lie in which."""


def room(problem: Problem) -> Room:
    """What readers know by themselves, by former releases, and by what holds for every population.

    problem: as if the new release told nothing.
    """
    ties = [r for r in relations(problem) if len({p for (p, _), _ in r.several}) > 1]
    inside = [_inside(part) for part in problem.parts]
    found: Room = tuple({} for _ in problem.parts)
    for view in problem.views:
        bounds = [_own(part, view) for part in problem.parts]
        rests = [_rests(part, view) for part in problem.parts]
        for _ in range(_ROUNDS):
            for (low, high), (small, large), (one, other, both) in zip(bounds, inside, rests, strict=True):
                np.minimum.at(high, small, high[large])
                np.maximum.at(low, large, low[small])
                np.maximum.at(low, one, both - high[other])
                np.minimum.at(high, one, both - low[other])
            _carry(ties, bounds)
        for by_view, (low, high) in zip(found, bounds, strict=True):
            by_view[view] = np.where(high >= FAR, FAR, high - low)
    return found


def with_room(problem: Problem, found: Room) -> Problem:
    """The same problem, of whose readers it is known what they knew before. Parts without: as they are."""
    several: list[Mapping[str, Whole]] = [*found, *({} for _ in problem.parts[len(found) :])]
    parts = tuple(replace(p, room=r) if r else p for p, r in zip(problem.parts, several, strict=True))
    return replace(problem, parts=parts)


def _own(part: Part, view: str) -> tuple[Whole, Whole]:
    """What the reader's own groups let each sum be: those inside it, and at most those that it touches."""
    known = part.known.get(view, NOTHING)
    far = reach(part.told, known, part.people)
    group = np.full(len(part.people), -1, np.intp)
    group[known.atoms] = known.rows
    of, rows = group[part.told.atoms], part.told.rows
    sizes, atoms = known.values(part.people), np.diff(known.starts)
    low = np.zeros(len(part.told), np.int64)
    pairs, counts = np.unique(rows[of >= 0] * np.intp(len(known) + 1) + of[of >= 0], return_counts=True)
    row, there = np.divmod(pairs, len(known) + 1)
    whole = counts == atoms[there]
    np.add.at(low, row[whole], sizes[there[whole]])
    return low, np.where(far >= FAR, FAR, low + far)


def _rests(part: Part, view: str) -> tuple[Whole, Whole, Whole]:
    """Pairs of sums without common atoms that are some of the reader's groups together, and of how many."""
    known = part.known.get(view, NOTHING)
    group = np.full(len(part.people), -1, np.intp)
    group[known.atoms] = known.rows
    sizes = known.values(part.people)
    numbers = {part.told.one(i).tobytes(): i for i in range(len(part.told))}
    found = []
    for one in range(len(part.told)):
        mine = part.told.one(one)
        touched = np.unique(group[mine])
        if len(touched) and touched[0] >= 0:
            atoms = np.flatnonzero(np.isin(group, touched))
            rest = np.setdiff1d(atoms, mine)
            if (other := numbers.get(rest.tobytes())) is not None:
                found.append((one, other, int(sizes[touched].sum())))
    pairs: Whole = np.array(found, np.int64).reshape(-1, 3)
    return pairs[:, 0], pairs[:, 1], pairs[:, 2]


def _inside(part: Part) -> tuple[Sequence[int], Sequence[int]]:
    """Pairs of sums, the first of which is of some of the second one's atoms."""
    if len(part.told) * len(part.people) > _CELLS:
        return (), ()
    there = np.zeros((len(part.told), len(part.people)), np.float32)
    there[part.told.rows, part.told.atoms] = 1
    small, large = np.nonzero(there @ there.T == there.sum(axis=1)[:, None])
    other = small != large
    return small[other], large[other]


def _carry(ties: Sequence[Relation], bounds: Sequence[tuple[Whole, Whole]]) -> None:
    """Each sum is what the others of a relation leave for it."""
    for several, least, most in ties:
        lows = [int(bounds[p][0][r]) if s > 0 else -int(bounds[p][1][r]) for (p, r), s in several]
        highs = [int(bounds[p][1][r]) if s > 0 else -int(bounds[p][0][r]) for (p, r), s in several]
        for place, ((part, row), sign) in enumerate(several):
            rest_low, rest_high = sum(lows) - lows[place], sum(highs) - highs[place]
            low, high = least - rest_high, most - rest_low
            if sign < 0:
                low, high = -high, -low
            mine = bounds[part]
            mine[0][row] = max(int(mine[0][row]), low)
            mine[1][row] = min(int(mine[1][row]), max(high, int(mine[0][row])))
