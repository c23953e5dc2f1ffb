"""The matrix of a release: sums of atoms are the figures, and what ties them holds for every population."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings

from linkage.agreement.model import Agreement
from linkage.match.count import Counted
from linkage.measures.figures import Note
from linkage.release.audit.model import Ground
from linkage.release.matrix.bounds import Bounds
from linkage.release.matrix.problem import Rule, Told, problem
from linkage.release.matrix.rows import Matrix, build
from tests.oracle import Registers
from tests.random_rounds import rounds
from tests.test_measures_atoms import EXAMPLES, answered


def matrix_of(found: Counted, agreement: Agreement) -> Matrix:
    assert found.atoms
    return build(found.figures, found.atoms, agreement.window)


def as_they_are(found: Counted) -> list[Told]:
    """Every number told exactly."""
    return [
        Told(name, index, Bounds(int(cells.people[index]), int(cells.people[index])))
        for name, cells in found.figures.cells.items()
        for index in np.ndindex(*cells.people.shape)
        if cells.notes[index] == Note.KNOWN
    ]


SOME = settings(EXAMPLES, max_examples=30)


@SOME
@given(rounds())
def test_sums_are_the_figures_and_ties_hold(made: tuple[Agreement, Registers]) -> None:
    """`build` compares every cell; a model refuses a true table that breaks what binds its parts."""
    agreement, registers = made
    found = answered(agreement, registers)
    matrix = matrix_of(found, agreement)
    whole = problem(matrix, found.figures, Rule(3, 1, 1), as_they_are(found))
    ground = Ground(whole)
    for view in whole.views:
        for numbers in [*([n] for n in range(len(whole.parts))), [*range(len(whole.parts))]]:
            model, _ = ground.model(numbers, view)
            assert model.holds(model.people), (view, numbers)


@SOME
@given(rounds())
def test_every_cell_with_a_number_has_its_sums(made: tuple[Agreement, Registers]) -> None:
    agreement, registers = made
    found = answered(agreement, registers)
    matrix = matrix_of(found, agreement)
    whole = problem(matrix, found.figures, Rule(3, 1, 1), ())
    true = [part.told.values(part.people) for part in whole.parts]
    for name, cells in found.figures.cells.items():
        where = matrix.cells[name]
        for index in np.ndindex(*cells.people.shape):
            pieces = where.pieces(index)
            assert bool(pieces) == (cells.notes[index] == Note.KNOWN)
            assert sum(true[part][row] for part, row in pieces) == cells.people[index]
