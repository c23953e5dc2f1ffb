"""The sources of a plan → one row per person, and what became of every row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import numpy.typing as npt

from linkage.errors import RegisterError, Text
from linkage.register.changes import Changes
from linkage.register.choosing import NOT_COUNTED, SeriesCodes, chosen
from linkage.register.fold import Fold, Folded, folded
from linkage.register.model import Plan, Source
from linkage.register.payments import Payments, totals
from linkage.register.people import People
from linkage.register.problems import Problems
from linkage.register.reasons import NAMELESS, UNKNOWN_VALUE, is_lost
from linkage.register.same import Repeated, Same
from linkage.register.sources import Ask, Batch, Head, Reader, open_reader
from linkage.register.summary import Tally
from linkage.register.sums import Sums
from linkage.register.when import Calendar

if TYPE_CHECKING:
    from collections.abc import Iterable

    from linkage.dimensions import Dimensions
    from linkage.register.when import RowFault

Progress: TypeAlias = Callable[[int, int, int], None]
"""Called with the bytes that were read, the bytes there are (0: nobody knows), and rows so far."""
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
    """A register that was read. fault: why it must not be exported, however few rows it is about.

    first: the first rows that were refused for a mistake in them, as details of an error; forms: of days that
    the map might name, as it would write them; repeated: rows that say what others said;
    paid_twice: those that hold amounts, which are added each time.
    """

    folded: Folded
    files: tuple[FileRead, ...]
    fault: RegisterError | None
    first: tuple[Text, ...] = ()
    forms: str = ""
    repeated: Repeated = field(default_factory=Repeated)
    paid_twice: Repeated = field(default_factory=Repeated)


def read(
    plan: Plan,
    folder: Path,
    wanted: Dimensions,
    progress: Progress | None = None,
    ask: Ask | None = None,
) -> Read:
    """Read all sources of a plan; relative files are looked for in `folder`. ask: for passwords of databases.

    A file that cannot be read as it should is an error at once. Values that the map does not name are
    collected over all files into `fault`; rows with mistakes are left out, and `linkage.register.limit` tells
    how many are too many. Raises RegisterError, FileError.
    """
    opened = [open_reader(s.file, folder, s.origin, s.columns.all, ask) for s in plan.sources]
    known = all(reader.size for reader in opened)
    seen = _Seen(sum(reader.size for reader in opened) * known, progress)
    tally, fold = Tally(plan.scheme.kinds), Fold(len(plan.series))
    sums = Sums(len(plan.series), len(plan.window))
    same = Same(), Same()  # rows of presence, where the second changes nothing, and of amounts, where it adds
    changes = Changes()
    readers = [_SourceReader(source, plan, tally, fold, sums, same, changes) for source in plan.sources]
    files = tuple(reader.read(source, seen) for reader, source in zip(readers, opened, strict=True))
    if changes.finish():
        for kept in (fold, sums, tally):
            kept.rename(changes.newest)
    tally.changed, tally.changes_unclear = changes.joined, changes.unclear
    keys, presence = fold.finish()
    amounts = dict(totals(plan, sums, keys, tally))
    people = folded(keys, presence, plan, wanted, tally.summary(keys), amounts, changes)
    return Read(
        people, files, _fault(readers), _first(readers), _other_forms(readers), *(s.repeated() for s in same)
    )


def _fault(readers: list[_SourceReader]) -> RegisterError | None:
    """The file whose numbers a spreadsheet shortened, or that has none; else the values that have no name."""
    broken = next((fault for reader in readers if (fault := reader.people.fault())), None)
    unknown = (reader.series.unknown for reader in readers)
    return broken or next((values.error() for values in unknown if values.rows), None)


def _first(readers: list[_SourceReader]) -> tuple[Text, ...]:
    """The first rows that are lost for a mistake in them."""
    return tuple(
        Text(
            "{file}, record {record}, column {column!r}: {reason}",
            {"file": reader.source.file, "record": record, "column": column, "reason": reason},
        )
        for reader in readers
        for record, column, reason in reader.problems.first(_TOLD, is_lost)
    )[:_TOLD]


def _other_forms(readers: list[_SourceReader]) -> str:
    """Forms of days that the map might name beside 2020-01-31, as it would write them."""
    forms = dict.fromkeys(form for reader in readers for form in reader.calendar.other_forms())
    return ", ".join(f'"{form}"' for form in forms)


class _Seen:
    """Tells how much of all files has been read. rows: so far; total: 0 where nobody knows."""

    def __init__(self, total: int, progress: Progress | None) -> None:
        self._done = 0
        self.rows = 0
        self._progress = progress
        self._total = total

    def __call__(self, size: int) -> None:
        self._done += size
        if self._progress is not None and size and self._total:
            done = min(self._done, self._total) if self._total else self._done  # a file may grow
            self._progress(done, self._total, self.rows)


class _SourceReader:
    """Sorts out the rows of one source: left out, refused, outside the window, used."""

    def __init__(
        self,
        source: Source,
        plan: Plan,
        tally: Tally,
        fold: Fold,
        sums: Sums,
        same: tuple[Same, Same],
        changes: Changes,
    ) -> None:
        self.source = source
        self.series = SeriesCodes(source, plan)
        self.calendar = Calendar(plan.window, plan.counting, source.dates)
        self.problems = Problems()
        self._plan = plan
        self._tally = tally
        self._fold = fold
        self._same = same
        self.people = People(source, plan, tally, self.problems, changes)
        self._payments = None if source.amount is None else Payments(source.amount, source, plan, sums)
        self._whole = np.array([plan.window.full * (not plan.dated(s.name)) for s in plan.series], np.uint64)

    def read(self, reader: Reader, seen: _Seen) -> FileRead:
        """Read the source to its end."""
        source, rows = self.source, 0
        for batch in reader.batches(source.columns, seen):
            rows += len(batch)
            seen.rows += len(batch)
            self._batch(batch)
        self._tally.rows_read += rows * (source.series != "")
        return FileRead(source.file, reader.head, rows, self.problems)

    def _batch(self, batch: Batch) -> None:
        wanted = chosen(batch, self.source.where, self.source.unless)
        if self.source.series == "":
            self.people.changes_only(batch, np.flatnonzero(wanted))
            return
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
        if self._payments is not None:
            amounts, wrong = self._payments.read(batch)
            self._faults(batch, rows, wrong, faulty)
        # a series without dates: there at some time
        masks = found.masks[rows] | self._whole[codes] * found.touched[rows]
        people = self.people.of(batch, rows, faulty)
        inside = masks != 0
        self._tally.rows_used += int((people.linked & inside).sum())
        self._tally.rows_outside += int((people.linked & ~inside).sum())
        here = people.row
        self._same[self._payments is not None].add(people.key, codes[here], rows[here], batch.coded)
        if self._payments is None:
            self._fold.add(people.key, codes[here], masks[here])
        else:  # the fold gets the people alone
            self._fold.add(people.key, codes[here], np.zeros(len(here), np.uint64))
            self._payments.add(here, people.key, codes[here], masks[here], amounts[rows[here]])

    def _note(self, batch: Batch, nameless: _Rows) -> None:
        """Rows whose series has no name in the map."""
        if len(nameless):
            self.problems.add(batch.first + nameless, self.series.column, NAMELESS)
            self._tally.refuse(UNKNOWN_VALUE, len(nameless))

    def _faults(
        self, batch: Batch, rows: _Rows, faults: Iterable[tuple[_Where, str, RowFault]], faulty: _Where
    ) -> None:
        """Note these faults of rows that have none yet, and mark those rows."""
        for where, column, fault in faults:
            here = where[rows] & ~faulty
            records = batch.first + rows[here]
            self.problems.add(records, column, fault.text)
            self._tally.refuse(fault.slug, len(records))
            faulty |= here
