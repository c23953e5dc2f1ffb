"""What a reader of a release sees: the matrix, with what its bytes let every number be."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from linkage.release.audit.problem import FAR, NO_MARK, Part, Problem, Sums, Total
from linkage.release.matrix.bounds import UNTOLD, Bounds, bounds_of, numbers
from linkage.release.matrix.history import Earlier
from linkage.release.matrix.sensitive import joins, sensitive

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from linkage.measures.figures import Figures
    from linkage.release.audit.problem import Flags
    from linkage.release.document import Release
    from linkage.release.matrix.cells import Index
    from linkage.release.matrix.history import Changed
    from linkage.release.matrix.rows import Matrix, Piece


_SEED = 1
NEVER = Earlier()
"""No release before."""


class Rule(NamedTuple):
    """When a number is of few, and how far apart two worlds must keep a sensitive one.

    told: what a release says of it: the width as agreed, or under cellkey one more.
    """

    threshold: int
    width: int
    told: int


class Told(NamedTuple):
    """What a release lets one cell be."""

    measure: str
    cell: Index
    bounds: Bounds


def rule_of(method: Mapping[str, str | int]) -> Rule:
    """The rule of a method with its parameters. Under cellkey worlds js apart, or 1, must remain."""
    threshold = int(method["threshold"])
    if method["name"] == "cellkey":
        width = max(1, int(method["js"]))
        return Rule(threshold, width, width + 1)
    return Rule(threshold, int(method["width"]), int(method["width"]))


def told_of(release: Release, figures: Figures) -> Iterator[Told]:
    """What the bytes of a release let each cell of these figures be; only the axes of these are looked at."""
    bounds = bounds_of(release.method)
    for measure in figures.measures:
        table = release.table(measure.name)
        for index, value, note in numbers(table, figures.cells[measure.name].axes):
            yield Told(measure.name, index, bounds(value, note))


def told_anew(told: Iterable[Told], figures: Figures, earlier: Earlier) -> Iterator[Told]:
    """What it says that a number is not the one told before: that it cannot be what was said then.

    Only a method that tells numbers again says so. A reader may guess whether it is more now, or less.
    """
    for measure, cell, bounds in told:
        before = earlier.last.get((measure, cell))
        then = NO_MARK if before is None else before.bounds.mark
        if before is None or NO_MARK in (bounds.mark, then) or bounds.mark == then:
            continue
        people = int(figures.cells[measure].people[cell])
        if people > before.bounds.high:
            yield Told(measure, cell, Bounds(before.bounds.high + 1, FAR))
        elif people < before.bounds.low:
            yield Told(measure, cell, Bounds(0, before.bounds.low - 1))


def problem(
    matrix: Matrix, figures: Figures, rule: Rule, told: Iterable[Told], earlier: Earlier = NEVER
) -> Problem:
    """The whole attack. told: of each cell, of these figures. earlier: what former releases tell of them.

    The parts are the stretches of the matrix, then one of the people who came or went since former releases.
    """
    tables = _Tables(matrix)
    tables.tell(told)
    tables.tell_before(earlier)
    tables.mark_joined(figures)
    tables.hide(earlier.hidden)
    parts = [tables.part(number, rule) for number in range(len(matrix.stretches))]
    totals = [*matrix.totals, *tables.totals(rule)]
    if changed := [each for each in earlier.changed if matrix.cells[each.measure].pieces(each.cell)]:
        joined = {m.name: joins(m, figures.cells[m.name].axes) for m in figures.measures}
        flags = np.array([bool(joined[each.measure][each.cell]) for each in changed])
        since, bounds = _since(changed, flags, matrix, len(parts), rule)
        parts, totals = [*parts, since], [*totals, *bounds]
    return Problem(tuple(parts), matrix.ties, matrix.views, rule.width, tuple(totals))


def _since(
    changed: Sequence[Changed], joined: Flags, matrix: Matrix, number: int, rule: Rule
) -> tuple[Part, list[Total]]:
    """Those who came or went, by themselves, and that each number without them is what it was.

    A reader may guess that people only came, as corrections come late, or only went: the stronger guess.
    joined: of which it must not show either that nobody did.
    """
    people = np.array([each.people for each in changed], np.int64)
    sums = Sums.of([[i] for i in range(len(changed))])
    low, high = np.zeros_like(people), np.full_like(people, FAR)
    part = Part("since", people, sums, low, high, (people < rule.threshold) & (joined | (people > 0)))
    totals = []
    for i, each in enumerate(changed):
        pieces, mine = matrix.cells[each.measure].pieces(each.cell), (number, i)
        came = each.sign > 0
        more, less = (pieces, (mine,)) if came else ((*pieces, mine), ())
        totals.append(Total(more, each.bounds.low, each.bounds.high, less))
    return part, totals


class _Tables:
    """Bounds of all sums of all stretches, of several cells intersected."""

    def __init__(self, matrix: Matrix) -> None:
        self._matrix = matrix
        sizes = [len(stretch.sums) for stretch in matrix.stretches]
        self.low = [np.zeros(n, np.int64) for n in sizes]
        self.high = [np.full(n, FAR, np.int64) for n in sizes]
        self.marks = [np.full(n, NO_MARK, np.int64) for n in sizes]
        self.joined = [np.zeros(n, np.bool_) for n in sizes]
        self.hidden = [np.zeros(n, np.bool_) for n in sizes]
        self.told = [np.zeros(n, np.bool_) for n in sizes]
        self._totals: defaultdict[tuple[Piece, ...], Bounds] = defaultdict(lambda: UNTOLD)

    def tell(self, told: Iterable[Told]) -> None:
        for measure, cell, bounds in told:
            pieces = self._matrix.cells[measure].pieces(cell)
            if len(pieces) > 1:
                before = self._totals[pieces]
                self._totals[pieces] = Bounds(max(before.low, bounds.low), min(before.high, bounds.high))
            for part, row in pieces if len(pieces) == 1 else ():
                self.low[part][row] = max(self.low[part][row], bounds.low)
                self.high[part][row] = min(self.high[part][row], bounds.high)
                if bounds.mark != NO_MARK:
                    self.marks[part][row] = bounds.mark

    def tell_before(self, earlier: Earlier) -> None:
        """What former releases told. A mark of then counts where none is told now."""
        now = [marks.copy() for marks in self.marks]
        for before in earlier.told:
            self.tell([Told(before.measure, before.cell, before.bounds)])
        for mine, marks in zip(self.marks, now, strict=True):
            mine[marks != NO_MARK] = marks[marks != NO_MARK]
        if earlier.told or earlier.last:
            self._unmark_twins()

    def _unmark_twins(self) -> None:
        """Equal people have equal marks, but for numbers that are told again and were of others then.

        Of those it does not say that they are of other people.
        """
        words = np.random.default_rng(_SEED)
        for marks, stretch in zip(self.marks, self._matrix.stretches, strict=True):
            several = words.integers(1 << 62, size=len(stretch.people))
            same = stretch.sums.values(np.where(stretch.people > 0, several, 0))
            _, group = np.unique(same, return_inverse=True)
            told = marks != NO_MARK
            least, most = (np.full(len(same), sign * FAR, np.int64) for sign in (1, -1))
            np.minimum.at(least, group[told], marks[told])
            np.maximum.at(most, group[told], marks[told])
            marks[told & (least < most)[group]] = NO_MARK

    def hide(self, hidden: Iterable[tuple[str, Index]]) -> None:
        """What was withheld before: to tell it now would tell it for then."""
        for measure, cell in hidden:
            for part, row in self._matrix.cells[measure].pieces(cell):
                self.hidden[part][row] = True

    def mark_joined(self, figures: Figures) -> None:
        """Which sums are cells, and which of these join several parties' registers."""
        for measure in figures.measures:
            where, axes = self._matrix.cells[measure.name], figures.cells[measure.name].axes
            joined = joins(measure, axes)
            for part in np.unique(where.part[where.part >= 0]):
                self.told[part][where.sum[where.part == part]] = True
                self.joined[part][where.sum[(where.part == part) & joined]] = True
        for part, several in enumerate(self._matrix.across):
            self.told[part][[*several]] = True
            self.joined[part][[*several]] = True
        for part, two in enumerate(self._matrix.pairs):
            self.told[part][[*two.few, *two.nobody]] = True
            self.joined[part][[*two.nobody]] = True

    def part(self, number: int, rule: Rule) -> Part:
        stretch = self._matrix.stretches[number]
        flags = sensitive(
            stretch, self.joined[number], self.told[number], self._matrix.parties, rule.threshold
        )
        flags |= self.hidden[number] & (np.diff(stretch.sums.starts) > 0)
        marks = self.marks[number] if (self.marks[number] != NO_MARK).any() else None
        return Part(
            stretch.label,
            stretch.people,
            stretch.sums,
            self.low[number],
            self.high[number],
            flags,
            stretch.known,
            marks,
            stretch.room,
        )

    def totals(self, rule: Rule) -> Iterator[Total]:
        true = [stretch.sums.values(stretch.people) for stretch in self._matrix.stretches]
        for pieces, bounds in self._totals.items():
            number = sum(int(true[part][row]) for part, row in pieces)
            yield Total(pieces, bounds.low, bounds.high, (), 0 < number < rule.threshold)
