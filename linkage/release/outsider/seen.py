"""One release as somebody outside sees it: numbers over everybody who could be, and what is told of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from linkage.measures.kinds import Questions
from linkage.release.audit.problem import FAR, Part, Problem
from linkage.release.counts import ALL
from linkage.release.matrix.bounds import bounds_of, numbers
from linkage.release.matrix.rows import OUTSIDER, build
from linkage.release.matrix.sensitive import joins
from linkage.release.outsider.asked import asked
from linkage.release.outsider.everybody import READER, everybody
from linkage.release.tables import HIDDEN

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from linkage.agreement.model import Agreement
    from linkage.measures.figures import Cells
    from linkage.measures.model import Measure
    from linkage.release.document import Release
    from linkage.release.matrix.bounds import Bounds
    from linkage.release.matrix.cells import Index
    from linkage.release.matrix.rows import Matrix, Piece
    from linkage.release.outsider.asked import Asked


@dataclass(frozen=True)
class Number:
    """One number of a release: of which people, and what its bytes say of it.

    pieces: the sums that add up to it, mostly one.
    hidden: it is there, and is not told as it was counted. joined: it is of several parties' registers.
    """

    measure: str
    cell: Index
    pieces: tuple[Piece, ...]
    bounds: Bounds
    hidden: bool
    joined: bool


@dataclass(frozen=True, repr=False)
class Seen:
    """A release with all that its bytes tell.

    matrix: its numbers as sums over people who could be; every: whether those are of every kind; cells: by
    measure, the labels of its numbers.
    """

    release: Release
    asked: Asked
    matrix: Matrix
    cells: Mapping[str, Cells]
    numbers: tuple[Number, ...]
    every: bool

    def __repr__(self) -> str:
        return f"<Seen {self.release.agreement.slug}>"

    def place(self, number: Number) -> dict[str, str]:
        """Where a number stands: the table, and the labels of the row, "all" left out."""
        labels = {
            axis.name: axis.values[i]
            for axis, i in zip(self.cells[number.measure].axes, number.cell, strict=True)
            if axis.name != "window"
        }
        shown = {k: " & ".join(v) if isinstance(v, tuple) else str(v) for k, v in labels.items()}
        return {"table": number.measure} | {k: v for k, v in shown.items() if v != ALL}

    def untold(self) -> Problem:
        """What holds for every population there can be: nobody, where nothing is told."""
        parts = tuple(
            Part(
                stretch.label,
                np.zeros(len(stretch.people), np.int64),
                stretch.sums,
                np.zeros(len(stretch.sums), np.int64),
                np.full(len(stretch.sums), FAR, np.int64),
                np.zeros(len(stretch.sums), np.bool_),
            )
            for stretch in self.matrix.stretches
        )
        return Problem(parts, self.matrix.ties, (OUTSIDER,), 1, self.matrix.totals)


def seen(release: Release, agreement: Agreement | None = None) -> Seen:
    """A release as its readers have it. Raises MeaningError."""
    question = asked(release, agreement)
    counting = Questions(question.measures, question.frame, atoms={READER: ()})
    found = everybody(question, sex=counting.sex, age=counting.age)
    tables = counting.zeros()
    counting.add(tables, found.people)
    atoms = counting.atoms(tables)
    if atoms is None:
        raise ValueError("no atoms were asked for")
    figures = counting.figures(tables)
    matrix = build(figures, atoms, question.frame.window)
    told = tuple(n for m in question.measures for n in _numbers(release, m, figures.cells[m.name], matrix))
    return Seen(release, question, matrix, figures.cells, told, found.every)


def _numbers(release: Release, measure: Measure, cells: Cells, matrix: Matrix) -> Iterator[Number]:
    """The numbers of one table, those left out that nobody can be counted in."""
    bounds, where = bounds_of(release.method), matrix.cells[measure.name]
    joined = joins(measure, cells.axes)
    for index, value, note in numbers(release.table(measure.name), cells.axes):
        pieces = where.pieces(index)
        if any(len(matrix.stretches[part].sums.one(row)) for part, row in pieces):
            hidden = not release.exact and (release.moved > 0 or (value is None and note in HIDDEN))
            yield Number(measure.name, index, pieces, bounds(value, note), hidden, bool(joined[index]))
