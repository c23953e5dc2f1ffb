"""Whom the rows of a source are about: identity numbers read, several per row, and numbers of before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from linkage.errors import Text
from linkage.register.errors import UnreadableError
from linkage.register.numbers import Broken, Mark, Numbers, ShortenedError
from linkage.register.reasons import LOST, SHORTENED, before, beside, not_linked

if TYPE_CHECKING:
    from linkage.identifiers import Keys
    from linkage.register.changes import Changes
    from linkage.register.model import Plan, Source
    from linkage.register.problems import Problems
    from linkage.register.sources import Batch
    from linkage.register.summary import Tally

_Rows: TypeAlias = npt.NDArray[np.intp]
_Where: TypeAlias = npt.NDArray[np.bool_]


@dataclass(frozen=True, repr=False)
class Found:
    """People of some rows. row: index of each one's row, ascending; key: of each; linked: rows with one."""

    row: _Rows
    key: Keys
    linked: _Where


class People:
    """Finds the people of a source's rows, notes who is not linked, and keeps which numbers were changed."""

    def __init__(
        self, source: Source, plan: Plan, tally: Tally, problems: Problems, changes: Changes
    ) -> None:
        self._shortened = 0  # numbers that a spreadsheet wrote as a power of ten
        self._first: tuple[int, str] = (0, "")
        self._looked = 0  # rows, and those of them in which some number could be read
        self._readable = 0
        self._source = source
        self._plan = plan
        self._tally = tally
        self._problems = problems
        self._changes = changes
        repair = source.repair
        self._own = Broken(plan.scheme, plan.extracted, several=source.several, repair=repair)
        self._before = Broken(plan.scheme, plan.extracted, several=True, repair=repair)

    def of(self, batch: Batch, rows: _Rows, faulty: _Where) -> Found:
        """The people of these rows, each once. faulty: which of them are refused already."""
        columns = [_taken(batch.texts[column], rows, len(batch)) for column in self._source.ids]
        spare = _spare(columns)
        linked, partly = np.zeros(len(rows), bool), np.zeros(len(rows), bool)
        several = [self._own.read(column) for column in columns]
        self._look(several, len(rows))
        accepted = [n.accepted(self._plan.scheme, self._plan.accept) for n in several]
        for numbers, there in zip(several, accepted, strict=True):
            linked[numbers.cell[there]] = True
        refused = ~linked & ~faulty
        records = batch.first + rows
        for place, (numbers, there) in enumerate(zip(several, accepted, strict=True)):
            told = ~spare[place][numbers.cell]
            self._tell(numbers, told)
            self._mark(numbers, records, self._source.ids[place])
            wrong = np.flatnonzero(told & ~there)
            self._tally.others(numbers.texts(wrong))
            wrong = wrong[~faulty[numbers.cell[wrong]]]
            self._refuse(numbers, wrong, records, self._source.ids[place], refused)
            partly[numbers.cell[wrong]] = True
        self._tally.partly += int((partly & linked).sum())
        row, key = self._each_once(several, accepted)
        self._tally.missed(np.unique(key[faulty[row]]))
        row, key = row[~faulty[row]], key[~faulty[row]]
        if self._source.previous:
            self._changed(batch, rows[row], key)
        return Found(row, key, linked & ~faulty)

    def _each_once(self, several: list[Numbers], accepted: list[_Where]) -> tuple[_Rows, Keys]:
        """Row and key of every person, ascending by row: who stands in a row twice is there once."""
        row = np.concatenate([n.cell[there] for n, there in zip(several, accepted, strict=True)])
        key = np.concatenate([n.key[there] for n, there in zip(several, accepted, strict=True)])
        if not self._source.several:
            return row, key
        order = np.lexsort((key, row))
        row, key = row[order], key[order]
        new = np.ones(len(row), bool)
        new[1:] = (row[1:] != row[:-1]) | (key[1:] != key[:-1])
        return row[new], key[new]

    def changes_only(self, batch: Batch, rows: _Rows) -> None:
        """Rows that say nothing but which number a person had before: they are nobody's presence."""
        column = self._source.ids[0]
        numbers = self._own.read(_taken(batch.texts[column], rows, len(batch)))
        self._look([numbers], len(rows))
        accepted = numbers.accepted(self._plan.scheme, self._plan.accept)
        self._mark(numbers, batch.first + rows, column)
        self._leave_out(numbers, np.flatnonzero(~accepted), batch.first + rows, column)
        self._changed(batch, rows[numbers.cell[accepted]], numbers.key[accepted])

    def _tell(self, numbers: Numbers, counted: _Where) -> None:
        kinds = self._plan.scheme.kinds
        counts = np.bincount(numbers.kind[counted], minlength=len(kinds))
        for kind, count in zip(kinds, counts.tolist(), strict=True):
            self._tally.found(kind, count)

    def _mark(self, numbers: Numbers, records: npt.NDArray[np.int64], column: str) -> None:
        """Count what was repaired, and remember that numbers were shortened."""
        self._tally.repaired += int((numbers.mark == Mark.REPAIRED).sum())
        short = numbers.cell[numbers.mark == Mark.SHORTENED]
        if len(short):
            self._first = self._first if self._shortened else (int(records[short[0]]), column)
            self._shortened += len(short)

    def _look(self, several: list[Numbers], rows: int) -> None:
        """Count the rows in which a number of any kind can be read, linked or not."""
        readable = np.zeros(rows, bool)
        for numbers in several:
            readable[numbers.cell[(numbers.mark <= Mark.REPAIRED) & (numbers.reason == 0)]] = True
        self._looked += rows
        self._readable += int(readable.sum())

    def fault(self) -> ShortenedError | UnreadableError | None:
        """Why the file is refused as a whole; None where it is not."""
        if not self._shortened:
            return self._unreadable()
        record, column = self._first
        return ShortenedError(
            "a spreadsheet shortened identity numbers (as 1,9E+11), {count} in all:"
            " {file}, column {column!r}, first in record {record}",
            count=self._shortened,
            file=self._source.file,
            column=column,
            record=record,
        )

    def _unreadable(self) -> UnreadableError | None:
        """Not one row has an identity number: most often another column is meant."""
        if self._readable or not self._looked:
            return None
        return UnreadableError(
            "{file}: no row has an identity number that can be read, of {rows}:"
            " is {columns} the right column?",
            file=self._source.file,
            rows=self._looked,
            columns=", ".join(repr(column) for column in self._source.ids),
        )

    def _refuse(
        self, numbers: Numbers, wrong: _Rows, records: npt.NDArray[np.int64], column: str, refused: _Where
    ) -> None:
        """Note numbers that are not linked; the first one of a row without any tells why it is refused."""
        cell = numbers.cell[wrong]
        first = refused[cell]
        first[1:] &= cell[1:] != cell[:-1]
        for slug, text, index in self._reasons(numbers, wrong):
            tells = first[index]
            self._problems.add(records[cell[index[tells]]], column, text)
            self._problems.add(records[cell[index[~tells]]], column, beside(text))
            self._tally.refuse(slug, int(tells.sum()))
        refused[cell] = False  # told: not once more for another column

    def _reasons(self, numbers: Numbers, wrong: _Rows) -> list[tuple[str, Text, _Rows]]:
        """(name, text, places in `wrong`) of why these numbers are not linked."""
        scheme = self._plan.scheme
        mark, reason, kind = numbers.mark[wrong], numbers.reason[wrong], numbers.kind[wrong]
        found = [
            (slug, text, np.flatnonzero(mark == code))
            for code, (slug, text) in ((Mark.LOST, LOST), (Mark.SHORTENED, SHORTENED))
        ]
        plain = mark <= Mark.REPAIRED
        found += [
            (slug, text, np.flatnonzero(plain & (reason == code)))
            for code, (slug, text) in enumerate(scheme.reasons)
            if code
        ]
        found += [
            (name, not_linked(name), np.flatnonzero(plain & (reason == 0) & (kind == code)))
            for code, name in enumerate(scheme.kinds)
        ]
        return [entry for entry in found if len(entry[2])]

    def _leave_out(self, numbers: Numbers, wrong: _Rows, records: npt.NDArray[np.int64], column: str) -> None:
        """Note numbers of before that cannot be linked: the rows are good all the same."""
        self._tally.changes_left_out += len(wrong)
        for _, text, index in self._reasons(numbers, wrong):
            self._problems.add(records[numbers.cell[wrong[index]]], column, before(text))

    def _changed(self, batch: Batch, rows: _Rows, keys: Keys) -> None:
        """Keep which numbers of before the rows tell. rows: of the batch; keys: the person of each."""
        column = _taken(batch.texts[self._source.previous], rows, len(batch))
        filled = np.flatnonzero(~_empty(column))
        if not len(filled):
            return
        numbers = self._before.read(column.take(pa.array(filled)))
        accepted = numbers.accepted(self._plan.scheme, self._plan.accept)
        records = batch.first + rows[filled]
        self._mark(numbers, records, self._source.previous)
        self._leave_out(numbers, np.flatnonzero(~accepted), records, self._source.previous)
        self._changes.add(keys[filled][numbers.cell[accepted]], numbers.key[accepted])


def _taken(column: pa.StringArray, rows: _Rows, every: int) -> pa.StringArray:
    return column if len(rows) == every and _whole(rows) else column.take(pa.array(rows))


def _whole(rows: _Rows) -> bool:
    """Whether it is every row once, in order."""
    return bool((rows[1:] > rows[:-1]).all())


def _spare(columns: list[pa.StringArray]) -> list[_Where]:
    """For each column, rows whose cell is empty and need not be told: another one is filled, or told of."""
    if len(columns) == 1:
        return [np.zeros(len(columns[0]), bool)]
    empty = [_empty(column) for column in columns]
    nobody = np.logical_and.reduce(empty)
    return [empty[0] & ~nobody, *empty[1:]]


def _empty(column: pa.StringArray) -> _Where:
    return np.asarray(pc.equal(pc.utf8_trim_whitespace(column), "").to_numpy(zero_copy_only=False))
