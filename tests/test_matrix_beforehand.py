"""How far apart a party can think a number to be: that of each of its people being whoever it could be."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pytest

from linkage.dimensions import SEXES
from linkage.measures.atoms import AGE, ALL, SEX, Atoms
from linkage.measures.figures import Cells
from linkage.release.audit.problem import FAR
from linkage.release.matrix.cells import places
from linkage.release.matrix.rows import Matrix
from tests.attacked_random import a_round, registers
from tests.test_measures_atoms import answered
from tests.test_release_matrix import matrix_of

Cell = tuple[str, int, int, str, str]
"""Measure, place on its own axes, stretch, sex, age."""


def possible(atoms: Atoms, cell: Cell, view: int) -> tuple[set[int], bool] | None:
    """Every number that a view can think of, one of its people after the other; None: of others too.

    And whether it has kinds of people who could be counted or not; there need be none of them.
    """
    measure, own, number, sex, age = cell
    stretch, counted = atoms.stretches[number], atoms.cell(measure, own, number)
    columns = {SEX: stretch.sex, AGE: stretch.age, **dict(enumerate(stretch.digits.T))}
    known = [columns[n] for n in atoms.asked[measure].seen[number][own][view]]
    could: defaultdict[tuple[int, ...], set[bool]] = defaultdict(set)
    people: list[tuple[int, ...]] = []
    for i in range(len(stretch)):
        of_class = sex in (ALL, SEXES[stretch.sex[i]]) and (
            age == ALL or atoms.ages[stretch.age_row[i]] == age
        )
        if of_class and not stretch.patterns[i, view] and counted[i]:
            return None
        if of_class and stretch.patterns[i, view]:
            group = tuple(int(column[i]) for column in known)
            could[group].add(bool(counted[i]))
            people += [group] * int(stretch.people[i])
    numbers = {0}
    for group in people:
        numbers = {n + more for n in numbers for more in could[group]}
    return numbers, any(len(either) == 2 for either in could.values())


def true(atoms: Atoms, cell: Cell) -> int:
    measure, own, number, sex, age = cell
    return int(atoms.stretches[number].people[atoms.cell(measure, own, number, sex, age)].sum())


def by_sum(matrix: Matrix, measure: str, found: Atoms, of: Cells) -> defaultdict[tuple[int, int], set[Cell]]:
    """The cells of a measure by the sum that they are."""
    several: defaultdict[tuple[int, int], set[Cell]] = defaultdict(set)
    for index, time, own, sex, age in places(of):
        pieces = matrix.cells[measure].pieces(index)
        for stretch, piece in zip(found.rows(measure, time), pieces, strict=True):
            several[piece].add((measure, own, stretch, sex, age))
    return several


@pytest.mark.parametrize("seed", range(24))
def test_it_is_what_each_of_its_people_could_be(seed: int) -> None:
    """Of a sum that several cells are it is the least: the view may look at it as any of them."""
    agreement, people = a_round(seed, "suppress", months=bool(seed % 2), columns=60)
    found = answered(agreement, registers(agreement, people))
    assert found.atoms
    atoms, matrix = found.atoms, matrix_of(found, agreement)
    several: defaultdict[tuple[int, int], set[Cell]] = defaultdict(set)
    for name, of in found.figures.cells.items():
        for piece, some in by_sum(matrix, name, atoms, of).items():
            several[piece] |= some
    for (part, row), some in several.items():
        before = matrix.stretches[part].beforehand
        assert before
        assert before.told[row]
        for number, names in enumerate(atoms.views):
            far, left = FAR, FAR
            for cell in some:
                if (thought := possible(atoms, cell, number)) is not None:
                    numbers, either = thought
                    far = min(far, max(numbers) - min(numbers))
                    left = min(left, max(numbers) - true(atoms, cell)) if either else left
            assert before.reach["+".join(names)][row] == far, (some, names)
            if len(names) == 1:
                assert before.left[names[0]][row] == left, (some, names)
    assert several


def test_of_sums_that_are_no_cells_nothing_is_said() -> None:
    agreement, people = a_round(1, "suppress", columns=60)
    found = answered(agreement, registers(agreement, people))
    for stretch in matrix_of(found, agreement).stretches:
        before = stretch.beforehand
        assert before
        for view, far in stretch.room.items():
            assert (far[before.told] == before.reach[view][before.told]).all()
            assert (before.reach[view][~before.told] == FAR).all()
            assert far.dtype == np.int64
