"""The sources of a plan → one row per person, and what became of every row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from linkage.errors import RegisterError, Text
from linkage.register.amounts import Amounts
from linkage.register.choosing import NOT_COUNTED, SeriesCodes, chosen
from linkage.register.errors import RowError
from linkage.register.fold import Fold, Folded, folded
from linkage.register.model import Plan, Source
from linkage.register.problems import Problems
from linkage.register.reasons import NAMELESS, UNKNOWN_VALUE, not_linked
from linkage.register.sources import Ask, Batch, Head, Reader, open_reader
from linkage.register.summary import Tally
from linkage.register.sums import ABOVE, BELOW, Sums, whole
from linkage.register.when import Calendar

if TYPE_CHECKING:
    from collections.abc import Iterable

    from linkage.dimensions import Dimensions
    from linkage.identifiers import Codes, Keys
    from linkage.register.amounts import Hundredths
    from linkage.register.choosing import Codes as Series
    from linkage.register.model import Amount
    from linkage.register.sums import Whole
    from linkage.register.when import Masks, RowFault

Progress: TypeAlias = Callable[[int, int], None]
"""Called with the bytes that were read and the bytes there are."""
_Rows: TypeAlias = npt.NDArray[np.intp]
_Where: TypeAlias = npt.NDArray[np.bool_]

_TOLD = 10  # rows that an error names


@dataclass(frozen=True, repr=False)
class FileRead:
    """One file: as the map names it, how it is written, its records (the header not among them), problems."""

    file: str
    head: Head
    rows: int
    problems: Problems

    @property
    def encoding(self) -> str:
        """Of a CSV."""
        return self.head.encoding

    @property
    def delimiter(self) -> str:
        """Of a CSV."""
        return self.head.delimiter


@dataclass(frozen=True, repr=False)
class Read:
    """A register that was read. fault: why it must not be exported, None where it may be."""

    folded: Folded
    files: tuple[FileRead, ...]
    fault: RegisterError | None


def read(
    plan: Plan,
    folder: Path,
    wanted: Dimensions,
    progress: Progress | None = None,
    ask: Ask | None = None,
) -> Read:
    """Read all sources of a plan; relative files are looked for in `folder`. ask: for passwords of databases.

    A file that cannot be read as it should is an error at once; rows that are wrong in time and values that
    the map does not name are collected over all files into `fault`. Raises RegisterError, FileError.
    """
    opened = [open_reader(s.file, folder, s.origin, s.columns.all, ask) for s in plan.sources]
    seen = _Seen(sum(reader.size for reader in opened), progress)
    tally, fold = Tally(plan.scheme.kinds), Fold(len(plan.series))
    sums = Sums(len(plan.series), len(plan.window))
    readers = [_SourceReader(source, plan, tally, fold, sums) for source in plan.sources]
    files = tuple(reader.read(source, seen) for reader, source in zip(readers, opened, strict=True))
    keys, presence = fold.finish()
    amounts = _amounts(plan, sums, keys, tally)
    people = folded(keys, presence, plan, wanted, tally.summary(len(keys)), amounts)
    return Read(people, files, _fault(readers))


def _amounts(plan: Plan, sums: Sums, people: Keys, tally: Tally) -> dict[str, Whole]:
    """Series that holds amounts → whole units of everybody in every period; what was outside is counted."""
    found = {}
    for code, series in enumerate(plan.series):
        if series.value:
            found[series.name], above, below = whole(sums.finish(people, code), series.value.max)
            tally.clamp(ABOVE, above)
            tally.clamp(BELOW, below)
    return found


def _fault(readers: list[_SourceReader]) -> RegisterError | None:
    """The rows that are wrong in time, the first ten told; else the values that have no name."""
    wrong = [
        Text(
            "{file}, record {record}, column {column!r}: {reason}",
            {"file": reader.source.file, "record": record, "column": column, "reason": reason},
        )
        for reader in readers
        for record, column, reason in reader.wrong.first(_TOLD)
    ]
    if wrong:
        count, forms = sum(reader.wrong.count for reader in readers), _other_forms(readers)
        return RowError(
            "rows that are wrong in time, {count} in all: {first}",
            count=count,
            first=wrong[0],
            details=tuple(wrong[1:_TOLD]),
            forms=forms,
            hint="some are days in another form: if so it is, write dates = [{forms}] in the map"
            if forms
            else None,
        )
    return next((reader.series.unknown.error() for reader in readers if reader.series.unknown.rows), None)


def _other_forms(readers: list[_SourceReader]) -> str:
    """Forms of days that the map might name beside 2020-01-31, as it would write them."""
    forms = dict.fromkeys(form for reader in readers for form in reader.calendar.other_forms())
    return ", ".join(f'"{form}"' for form in forms)


class _Seen:
    """Tells how much of all files has been read."""

    def __init__(self, total: int, progress: Progress | None) -> None:
        self._done = 0
        self._progress = progress
        self._total = total

    def __call__(self, size: int) -> None:
        self._done += size
        if self._progress is not None and size and self._total:
            self._progress(min(self._done, self._total), self._total)  # a file may grow while it is read


class _SourceReader:
    """Sorts out the rows of one source: left out, refused, outside the window, used."""

    def __init__(self, source: Source, plan: Plan, tally: Tally, fold: Fold, sums: Sums) -> None:
        self.source = source
        self.series = SeriesCodes(source, plan)
        self.calendar = Calendar(plan.window, plan.counting, source.dates)
        self.wrong = Problems()
        self._problems = Problems()
        self._plan = plan
        self._tally = tally
        self._fold = fold
        self._sums = sums
        self._amounts = _reader_of(source.amount, source, plan)
        self._whole = np.array([plan.window.full * (not plan.dated(s.name)) for s in plan.series], np.uint64)

    def read(self, reader: Reader, seen: Callable[[int], None]) -> FileRead:
        """Read the source to its end."""
        source, rows = self.source, 0
        for batch in reader.batches(source.columns, seen):
            rows += len(batch)
            self._batch(batch)
        self._tally.rows_read += rows
        return FileRead(source.file, reader.head, rows, self._problems)

    def _batch(self, batch: Batch) -> None:
        wanted = chosen(batch, self.source.where, self.source.unless)
        codes = self.series.codes(batch)
        self._tally.rows_ignored += int((~wanted | (codes == NOT_COUNTED)).sum())
        self._note(batch, np.flatnonzero(self.series.nameless(batch, codes, wanted)))
        rows = np.flatnonzero(wanted & (codes >= 0))
        if not len(rows):
            return
        codes = codes[rows]
        found = self.calendar.find(self.source.when, batch.coded, len(batch))
        faulty = np.zeros(len(rows), bool)
        self._faults(batch, rows, found.faults, faulty)
        amounts = self._read_amounts(batch, rows, faulty)
        # a series without dates: there at some time
        masks = found.masks[rows] | self._whole[codes] * found.touched[rows]
        keys, linked = self._people(batch, rows, faulty)
        inside = masks != 0
        self._tally.rows_used += int((linked & inside).sum())
        self._tally.rows_outside += int((linked & ~inside).sum())
        self._keep(keys[linked], codes[linked], masks[linked], amounts[linked])

    def _keep(self, keys: Keys, codes: Series, masks: Masks, amounts: Hundredths) -> None:
        """Rows of people, for the fold; those with amounts for the sums, and the fold gets the people."""
        if self._amounts is None:
            self._fold.add(keys, codes, masks)
            return
        self._fold.add(keys, codes, np.zeros(len(keys), np.uint64))
        inside = masks != 0  # one bit each
        periods = np.bitwise_count(masks[inside] - np.uint64(1))
        self._sums.add(keys[inside], codes[inside], periods, amounts[inside])

    def _note(self, batch: Batch, nameless: _Rows) -> None:
        """Rows whose series has no name in the map."""
        if len(nameless):
            self._problems.add(batch.first + nameless, self.series.column, NAMELESS)
            self._tally.refuse(UNKNOWN_VALUE, len(nameless))

    def _read_amounts(self, batch: Batch, rows: _Rows, faulty: _Where) -> Hundredths:
        """Amount of each row, zeros where they have none; marks rows whose amount is wrong."""
        if self._amounts is None or self.source.amount is None:
            return np.zeros(len(rows), np.int64)
        column = self.source.amount.column
        amounts, faults = self._amounts.column(batch.coded[column])
        self._faults(batch, rows, [(where, column, fault) for where, fault in faults], faulty)
        return amounts[rows]

    def _faults(
        self, batch: Batch, rows: _Rows, faults: Iterable[tuple[_Where, str, RowFault]], faulty: _Where
    ) -> None:
        """Note these faults of rows that have none yet, and mark those rows."""
        for where, column, fault in faults:
            here = where[rows] & ~faulty
            records = batch.first + rows[here]
            self.wrong.add(records, column, fault.text)
            self._problems.add(records, column, fault.text)
            self._tally.refuse(fault.slug, len(records))
            faulty |= here

    def _people(self, batch: Batch, rows: _Rows, faulty: _Where) -> tuple[Keys, _Where]:
        """Key of each row's person, and whether the row is linked."""
        ids = batch.texts[self.source.id]
        ids = ids if len(rows) == len(batch) else ids.take(pa.array(rows))
        reading = self._plan.scheme.read(ids, self._plan.extracted)
        for kind, count in zip(self._plan.scheme.kinds, _counts(reading.kind), strict=False):
            self._tally.found(kind, count)
        accepted = reading.of_kinds(self._plan.accept)
        refused = np.flatnonzero(~accepted & ~faulty)
        if len(refused):
            self._refuse(batch.first + rows[refused], reading.kind[refused], reading.reason[refused])
            self._tally.others(ids.take(pa.array(refused)))
        return reading.key, accepted & ~faulty

    def _refuse(self, records: npt.NDArray[np.int64], kinds: Codes, reasons: Codes) -> None:
        """Note why these records are not linked: unreadable for a reason, or of a kind that is not agreed."""
        scheme = self._plan.scheme
        for code, count in enumerate(_counts(reasons)):
            slug, text = scheme.reasons[code]
            if code and count:
                self._problems.add(records[reasons == code], self.source.id, text)
                self._tally.refuse(slug, count)
        for code, count in enumerate(_counts(kinds[reasons == 0])):
            if count:
                here = (kinds == code) & (reasons == 0)
                self._problems.add(records[here], self.source.id, not_linked(scheme.kinds[code]))
                self._tally.refuse(scheme.kinds[code], count)


def _reader_of(amount: Amount | None, source: Source, plan: Plan) -> Amounts | None:
    """What reads a source's amounts: with the units of its series after them."""
    if amount is None:
        return None
    values = [plan.series[plan.code(name)].value for name in source.names]
    return Amounts(amount.decimal, [value.unit for value in values if value])


def _counts(codes: npt.NDArray[np.uint8]) -> list[int]:
    """How often each code occurs."""
    return [int(count) for count in np.bincount(codes)]
