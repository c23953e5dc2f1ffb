"""Which cells of each measure are drawn, what is added up from them, and in how many one person can count.

A row of time is a histogram of its own: nobody is in two of its cells, where that can be had. So the noise of
a cell need not hide more than one person there, and what is a union or a total is a sum of drawn cells.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from linkage.agreement.parts import Parts
from linkage.measures.expressions import Expression
from linkage.measures.figures import Note
from linkage.measures.model import Change, Count, Flow, Outcome, Share
from linkage.release.counts import ALL
from linkage.release.facts import covered
from linkage.release.methods.dp.layout import Layout, Whole

if TYPE_CHECKING:
    import numpy.typing as npt

    from linkage.measures.atoms import Atoms
    from linkage.measures.figures import Cells
    from linkage.measures.model import Frame, Measure

MOST_DIGITS = 6
"""Parts and their union that are told apart together: more make more cells than anybody is in."""


@dataclass(frozen=True, repr=False)
class Histogram:
    """The cells of one measure that are drawn. Inside the matcher only.

    cells: true numbers, shape (base, time, sex, age), without totals; made: what each place of the kind's own
    axes adds up, shape (own, base); told: which rows of time say something of each place, shape (own, time);
    touched: for each row of time, how many cells one person can count in, each time a cell holds the person
    again counted again; squares: the largest sum of squares of how often, likewise. summed: the last row of
    time is not drawn, as it adds up the others. each: one person can be in several cells of a row of time.
    """

    cells: Whole
    made: Whole
    told: npt.NDArray[np.bool_]
    touched: tuple[int, ...]
    squares: tuple[int, ...]
    summed: bool = False
    each: bool = False


def histogram(
    measure: Measure, cells: Cells, frame: Frame, atoms: Atoms | None, *, gaussian: bool
) -> Histogram:
    """The cells to draw of a measure. atoms: where there are any, parts are told apart by them."""
    layout = Layout(cells.axes)
    told = (layout.inner(cells.notes) == Note.KNOWN).all(axis=(2, 3))
    people: Whole = np.where(told[:, :, None, None], layout.inner(cells.people), 0)
    match measure:
        case Count(parts=parts) if parts:
            joint = None if atoms is None else _joint(measure, layout, told, atoms, gaussian=gaussian)
            return joint or _each(people, told)
        case Share(share=share, of=Expression(tree=whole)) if Parts(given_up=False).within(share.tree, whole):
            return _within(people, told)
        case Outcome():
            return _within(people, told)
        case Flow():
            return _moves(measure, people, told, layout, frame)
        case Change():
            made = np.ones((len(people), 1), np.int64)
            return Histogram(people[:1], made, told, *_once(told))
        case Share():
            return _each(people, told)
        case _:
            return Histogram(people, np.eye(len(people), dtype=np.int64), told, *_once(told))


def _once(told: npt.NDArray[np.bool_]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Everybody is in one cell of each row of time that says something, at most."""
    rows = tuple(int(told[:, time].any()) for time in range(told.shape[1]))
    return rows, rows


def _each(people: Whole, told: npt.NDArray[np.bool_]) -> Histogram:
    """Every place for itself: somebody can be in all that a row of time tells."""
    rows = tuple(int(told[:, time].sum()) for time in range(told.shape[1]))
    return Histogram(people, np.eye(len(people), dtype=np.int64), told, rows, rows, each=True)


def _within(people: Whole, told: npt.NDArray[np.bool_]) -> Histogram:
    """Value and the rest of those that it is out of. people: of value and of."""
    value, of = people
    if (value > of).any():
        raise ValueError("a value that is no part of what it is out of")
    made = np.array([[1, 0], [1, 1]], np.int64)
    return Histogram(np.stack([value, of - value]), made, told, *_once(told))


def _moves(
    measure: Flow, people: Whole, told: npt.NDArray[np.bool_], layout: Layout, frame: Frame
) -> Histogram:
    """One move of everybody in each period of departure; over a stretch as many as it has of these."""
    known = frame.window.full
    for state in measure.flow:
        known &= state.known
    departures = known & known >> measure.every
    summed = "period" in measure.by
    several = [_bits(label, frame) & departures for label in layout.times]
    touched = tuple(mask.bit_count() if told[0, time] else 0 for time, mask in enumerate(several))
    if summed:
        touched = (*touched[:-1], 0)
    squares = tuple(many * many for many in touched)
    return Histogram(people, np.eye(len(people), dtype=np.int64), told, touched, squares, summed)


def _bits(label: str, frame: Frame) -> int:
    """The periods of a row of time."""
    window = frame.window
    if label == ALL:
        return int(window.full)
    return int(window.span_bits(label)) if label in window.spans else 1 << window.labels.index(label)


# -- parts and their union --------------------------------------------------------------------------------


def _joint(
    measure: Count, layout: Layout, told: npt.NDArray[np.bool_], atoms: Atoms, *, gaussian: bool
) -> Histogram | None:
    """Every combination of parts and union that can be; None where drawing each by itself costs less."""
    combinations = _combinations(measure)
    if combinations is None:
        return None
    own = len(told)
    made = np.array([[c >> i & 1 for c in combinations] for i in range(own)], np.int64)
    if made.sum() >= own * (own if gaussian else own * own):
        return None
    cells = np.zeros((len(combinations), told.shape[1], *layout.classes), np.int64)
    for time, label in enumerate(layout.times):
        for stretch in atoms.rows(measure.name, label):
            cells[:, time] += _counted(measure, atoms, stretch, combinations, layout, told[:, time])
    return Histogram(cells, made, told, *_once(told))


def _combinations(measure: Count) -> list[int] | None:
    """Bit i: in part i, the last one in the union. None where they are too many."""
    every = (*measure.parts, measure.count)
    if len(every) > MOST_DIGITS:
        return None
    found = range(1, 1 << len(every))
    if len({e.known for e in every}) > 1:
        return list(found)  # somebody may be in a part where nothing is known of the union
    last = 1 << len(measure.parts)
    parts = Parts(given_up=False)
    inside = [parts.within(part.tree, measure.count.tree) for part in measure.parts]
    needed = sum(1 << i for i, one in enumerate(inside) if one)
    closed = covered(measure)
    return [c for c in found if (c & last or not c & needed) and not (closed and c == last)]


def _counted(
    measure: Count,
    atoms: Atoms,
    stretch: int,
    combinations: list[int],
    layout: Layout,
    told: npt.NDArray[np.bool_],
) -> Whole:
    """People of a stretch by combination, sex and age. Shape (combinations, sex, age).

    What is not told of a place is "no" there: then it is nobody's.
    """
    found = atoms.stretches[stretch]
    codes = np.zeros(len(found), np.int64)
    for own in np.flatnonzero(told):
        codes |= atoms.cell(measure.name, int(own), stretch).astype(np.int64) << own
    sexes, ages = layout.classes
    # rows begin with the first sex code that is known; "other" is code 0 and comes last
    sex = (found.sex.astype(np.int64) - 1) % sexes if sexes > 1 else np.zeros(len(found), np.int64)
    age = found.age_row.astype(np.int64) if ages > 1 else np.zeros(len(found), np.int64)
    place = np.full(1 << len(told), -1, np.int64)
    place[combinations] = np.arange(len(combinations))
    there = codes > 0
    if (place[codes[there]] < 0).any():
        raise ValueError("people in a combination that cannot be")
    cells = np.zeros((len(combinations), sexes, ages), np.int64)
    np.add.at(cells, (place[codes[there]], sex[there], age[there]), found.people[there])
    return cells
