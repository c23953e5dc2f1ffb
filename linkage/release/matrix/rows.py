"""Every number of people that a release tells, as a sum of atoms: built once, for methods and audit alike.

Cells that are the same set of atoms are one sum. What is counted over several stretches, as the moves of a
flow over a year are, is a total of sums.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import numpy.typing as npt

from linkage.measures.figures import Note
from linkage.release.audit.problem import NOTHING, Sums
from linkage.release.counts import ALL
from linkage.release.matrix.across import across
from linkage.release.matrix.beforehand import Beforehand, beforehand
from linkage.release.matrix.cells import Collector, Index, places
from linkage.release.matrix.pairs import Pairs, pairs
from linkage.release.matrix.ties import Ties, collect

if TYPE_CHECKING:
    from collections.abc import Sequence

    from linkage.measures.atoms import Atoms
    from linkage.measures.figures import Cells, Figures
    from linkage.release.audit.problem import Tie, Total, Whole
    from linkage.window import Window

Piece: TypeAlias = tuple[int, int]
"""(number of a part, number of one of its sums)."""
Numbers: TypeAlias = npt.NDArray[np.intp]


@dataclass(frozen=True, eq=False, repr=False)
class Stretch:
    """The atoms of one part, of one stretch of time or of all together, and the distinct sums over them.

    known: by view, sums that it knows exactly. beforehand: what is known of the sums before.
    """

    label: str
    people: Whole
    sums: Sums
    known: Mapping[str, Sums]
    beforehand: Beforehand | None = None

    @cached_property
    def room(self) -> Mapping[str, Whole]:
        """By view, how far apart it can think each sum to be before any release."""
        return self.beforehand.room(self.sums, self.known, self.people) if self.beforehand else {}

    def __repr__(self) -> str:
        return f"<Stretch {self.label}: {len(self.sums)} sums>"


@dataclass(frozen=True, eq=False, repr=False)
class Where:
    """The sums of the cells of one measure.

    part, sum: of the cells' shape; -1 where the cell has no number, or one that is a total. totals: place of
    a cell → the sums that add up to it.
    """

    part: Numbers
    sum: Numbers
    totals: Mapping[Index, tuple[Piece, ...]]

    def pieces(self, index: Index) -> tuple[Piece, ...]:
        """What adds up to a cell; nothing where it has no number."""
        if self.part[index] >= 0:
            return ((int(self.part[index]), int(self.sum[index])),)
        return self.totals.get(index, ())


@dataclass(frozen=True, eq=False, repr=False)
class Matrix:
    """All cells of a round. views: the readers, "outsider" first; cells: by measure name.

    parties: those views that are one party; ties, totals: what holds between stretches for every population.
    across, pairs: by part, sums that no cell is and several cells give together (see there). whole: whether
    there is one part, of whole histories.
    """

    stretches: tuple[Stretch, ...]
    cells: Mapping[str, Where]
    views: tuple[str, ...]
    parties: tuple[str, ...]
    ties: tuple[Tie, ...]
    totals: tuple[Total, ...]
    across: tuple[tuple[int, ...], ...] = ()
    pairs: tuple[Pairs, ...] = ()
    whole: bool = False

    def __repr__(self) -> str:
        return f"<Matrix of {len(self.stretches)} stretches>"


OUTSIDER = "outsider"


def build(figures: Figures, atoms: Atoms, window: Window, *, few: int = 0) -> Matrix:
    """The matrix of these figures over their atoms. Raises ValueError where a sum is not the figure.

    few: with the sums that several cells give together; of any two cells those of fewer people.
    """
    parts = [0 if atoms.whole else n for n in range(len(atoms.stretches))]
    of_part = [Collector() for _ in {*parts}]
    collectors = [of_part[n] for n in parts]
    cells = {m.name: _where(m.name, figures.cells[m.name], atoms, parts, of_part) for m in figures.measures}
    # whole histories need no ties: what holds for every population holds for every person
    ties = Ties([]) if atoms.whole else collect(figures, atoms, collectors, window)
    both = _by_part(parts, across(figures, atoms, collectors, few)) if few else []
    two = pairs(figures, atoms, collectors, few) if few else []
    views = {"+".join(names): number for number, names in enumerate(atoms.views)}
    sizes = [len(collector.several) for collector in of_part]
    before = beforehand(figures, atoms, sizes, cells)
    stretches = tuple(
        Stretch(
            ALL if atoms.whole else found.label,
            found.people,
            Sums.of(collector.several) if collector.several else NOTHING,
            {view: known(atoms, n, number) for view, number in views.items()},
            before[n],
        )
        for n, (found, collector) in enumerate(zip(atoms.stretches, of_part, strict=False))
    )
    parties = tuple(names[0] for names in atoms.views if len(names) == 1)
    matrix = Matrix(
        stretches,
        cells,
        (OUTSIDER, *views),
        parties,
        tuple(ties.ties()),
        tuple(ties.totals),
        tuple(map(tuple, both)),
        tuple(
            Pairs(*(tuple(numbers) for numbers in several))
            for several in zip(
                _by_part(parts, [each.few for each in two]),
                _by_part(parts, [each.nobody for each in two]),
                strict=True,
            )
        ),
        atoms.whole,
    )
    for measure in figures.measures:
        _check(measure.name, figures.cells[measure.name], matrix)
    return matrix


def _by_part(parts: Sequence[int], by_stretch: Sequence[Sequence[int]]) -> list[list[int]]:
    """Numbers of sums of each stretch → those of each part."""
    found: list[dict[int, None]] = [{} for _ in {*parts}]
    for part, numbers in zip(parts, by_stretch, strict=False):
        found[part] |= dict.fromkeys(numbers)
    return [[*numbers] for numbers in found]


def _where(
    measure: str, cells: Cells, atoms: Atoms, parts: Sequence[int], collectors: Sequence[Collector]
) -> Where:
    """collectors: by part; parts: by stretch, the number of its part."""
    shape = cells.people.shape
    part, number = np.full(shape, -1, np.intp), np.full(shape, -1, np.intp)
    totals: dict[Index, tuple[Piece, ...]] = {}
    for index, time, own, sex, age in places(cells):
        pieces = tuple(
            (parts[stretch], collectors[parts[stretch]].add(atoms.cell(measure, own, stretch, sex, age)))
            for stretch in atoms.rows(measure, time)
        )
        if len(pieces) == 1:
            part[index], number[index] = pieces[0]
        else:
            totals[index] = pieces
    return Where(part, number, totals)


def known(atoms: Atoms, stretch: int, view: int) -> Sums:
    """The groups that a view knows exactly, as sums."""
    groups = atoms.known(stretch, view)
    order = np.argsort(groups, kind="stable")
    order = order[groups[order] > 0]
    if not len(order):
        return NOTHING
    starts = np.flatnonzero(np.diff(groups[order], prepend=0))
    return Sums(np.array([*starts, len(order)], np.intp), order)


def _check(measure: str, cells: Cells, matrix: Matrix) -> None:
    """Atoms that do not add up to the figures would make an audit of something else."""
    true = [stretch.sums.values(stretch.people) for stretch in matrix.stretches]
    found: npt.NDArray[Any] = np.zeros(cells.people.shape, np.int64)
    for index, *_ in places(cells):
        found[index] = sum(int(true[part][row]) for part, row in matrix.cells[measure].pieces(index))
    if (found != np.where(cells.notes == Note.KNOWN, cells.people, 0)).any():
        raise ValueError(f"the atoms do not add up to the figures of {measure}")
