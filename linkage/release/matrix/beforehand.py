"""What readers know of each number before there is a release: by their own registers, and what is asked.

A party that is asked of has its own part of the answer: of whom it knows that he is in no set of another, it
knows nothing more. So its people are put into groups by that part alone, not by all that it knows of them:
two people alike in it can be counted or not for all that it can tell, whatever else tells them apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from linkage.dimensions import SEXES
from linkage.release.audit.problem import FAR
from linkage.release.audit.reach import reach
from linkage.release.counts import ALL
from linkage.release.matrix.cells import places

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    from linkage.measures.atoms import Atoms
    from linkage.measures.figures import Figures
    from linkage.release.audit.problem import Flags, Sums, Whole
    from linkage.release.matrix.rows import Where


@dataclass(frozen=True, eq=False, repr=False)
class Beforehand:
    """Of the sums of one part that are cells. told: which are; of the others nothing is said here.

    reach: by view, how far apart it can think each to be; left: by party, how many of its people could be
    counted there too, where nobody else could. Shapes (m,).
    """

    told: Flags
    reach: Mapping[str, Whole]
    left: Mapping[str, Whole]

    def room(self, told: Sums, known: Mapping[str, Sums], people: Whole) -> dict[str, Whole]:
        """How far apart each view can think each sum to be; of those that are no cells, by all its groups."""
        return {
            view: np.where(self.told, mine, reach(told, known[view], people))
            for view, mine in self.reach.items()
        }


def beforehand(
    figures: Figures, atoms: Atoms, sizes: Sequence[int], cells: Mapping[str, Where]
) -> list[Beforehand]:
    """By part. sizes: how many sums each has; cells: by measure."""
    views = {number: "+".join(names) for number, names in enumerate(atoms.views)}
    parties = [number for number, names in enumerate(atoms.views) if len(names) == 1]
    found = [
        Beforehand(
            np.zeros(size, np.bool_),
            {view: np.full(size, FAR, np.int64) for view in views.values()},
            {views[party]: np.full(size, FAR, np.int64) for party in parties},
        )
        for size in sizes
    ]
    for measure in figures.measures:
        groups: dict[tuple[int, int, tuple[int, ...]], npt.NDArray[np.int64]] = {}
        classes: dict[tuple[int, str, str], npt.NDArray[np.intp]] = {}
        where = cells[measure.name]
        for index, time, own, sex, age in places(figures.cells[measure.name]):
            stretches = atoms.rows(measure.name, time)
            for stretch, (part, row) in zip(stretches, where.pieces(index), strict=True):
                found[part].told[row] = True
                if (of := (part, sex, age)) not in classes:  # stretches of one part have the same atoms
                    classes[of] = _of_class(atoms, stretch, sex, age)
                looked = classes[of]
                seen = atoms.asked[measure.name].seen[stretch][own]
                counted = atoms.cell(measure.name, own, stretch, sex, age)[looked]
                people = atoms.stretches[stretch].people[looked]
                for number, view in views.items():
                    if (key := (part, number, seen[number])) not in groups:
                        groups[key] = atoms.seen(measure.name, own, stretch, number)
                    far, left = _known(groups[key][looked], counted, people)
                    mine = found[part].reach[view]
                    mine[row] = min(int(mine[row]), far)
                    if number in parties:
                        mine = found[part].left[view]
                        mine[row] = min(int(mine[row]), left)
    return found


def _of_class(atoms: Atoms, stretch: int, sex: str, age: str) -> npt.NDArray[np.intp]:
    found = atoms.stretches[stretch]
    there: Flags = np.ones(len(found), np.bool_)
    if sex != ALL:
        there &= found.sex == SEXES.index(sex)
    if age != ALL:
        there &= found.age_row == atoms.ages.index(age)
    return np.flatnonzero(there)


def _known(groups: npt.NDArray[np.int64], counted: Flags, people: Whole) -> tuple[int, int]:
    """See Beforehand. groups: of each atom, 0 where the view does not have its people."""
    every = np.bincount(groups, minlength=1)
    inside = np.bincount(groups[counted], minlength=len(every))
    sizes = np.zeros(len(every), np.int64)
    np.add.at(sizes, groups, people)
    if inside[0]:
        return FAR, FAR
    partly = (inside > 0) & (inside < every)
    left = int(sizes[inside > 0].sum() - people[counted].sum()) if partly.any() else FAR
    return int(sizes[partly].sum()), left
