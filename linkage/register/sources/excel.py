"""Excel workbooks through calamine: the cells of one sheet as text. Row n of the sheet is told as Excel does.

calamine gives days as days where the cell is formatted so, and numbers elsewhere; it leaves out errors such
as #N/A, so they are looked for in the sheet itself (`linkage.register.sources.workbook`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import python_calamine as calamine

from linkage.agreement.names import listed, near
from linkage.register.cells import plain
from linkage.register.errors import EmptyError, NotReadableError, RecordError, SheetError
from linkage.register.sources.batch import Batch, Columns, Head, Origin, Seen
from linkage.register.sources.header import check_names
from linkage.register.sources.table import batch, refuse_type, without_headers
from linkage.register.sources.values import Cells, NoTextError, serial
from linkage.register.sources.workbook import Workbook

if TYPE_CHECKING:
    from linkage.register.sources.content import InFile

_ROWS = 1 << 15
_AMBIGUOUS = dt.date(1900, 2, 28)  # what calamine makes of the serials 59 and 60


class ExcelReader:
    """A sheet of a workbook."""

    def __init__(self, content: InFile, sheet: calamine.CalamineSheet, head: Head, above: int) -> None:
        """above: rows over the header."""
        self.head = head
        self.size = content.size
        self._content = content
        self._sheet = sheet
        self._above = above

    def batches(self, columns: Columns, seen: Seen) -> Iterator[Batch]:
        """As Reader.batches. Raises EmptyError, RecordError, HeaderError, ColumnTypeError."""
        self._refuse_errors(columns)
        rows = 0
        for found in without_headers(self._batches(columns), columns, self._content.file):
            rows += len(found)
            seen(len(found) * self.size // max(self._sheet.total_height, 1))
            yield found
        if not rows:
            raise EmptyError("no record after the header: {file}", file=self._content.file)
        self._content.check(self.size, ended=True)

    def _refuse_errors(self, columns: Columns) -> None:
        wanted = {self.head.index(name): name for name in columns.all}
        found = Workbook(self._content.path).first_error(self.head.sheet, set(wanted), self._above)
        if found is not None:
            row, column = found
            raise RecordError(
                "an error of Excel such as #N/A: {file}, record {record}, column {column!r}",
                file=self._content.file,
                record=row - self._above,
                column=wanted[column],
                hint="mend the formula in that cell, or empty it",
            )

    def _batches(self, columns: Columns) -> Iterator[Batch]:
        places = {name: self.head.index(name) for name in columns.all}
        cells = {name: Cells(_DAYS if name in columns.days else _OTHERS) for name in places}
        for first, rows in self._blocks(max(places.values(), default=0) + 1):
            texts, numeric = {}, []
            for name, place in places.items():
                values = [row[place] for row in rows]
                texts[name], has_numbers = self._column(cells[name], values, name)
                numeric += [name] * has_numbers
            yield batch(first, len(rows), texts, columns, numeric)

    def _column(self, cells: Cells, values: list[object], name: str) -> tuple[pa.StringArray, bool]:
        found = None
        try:
            texts, numbers = cells.texts(values)
        except NoTextError as error:
            found = error
        if found is not None:
            refuse_type(found, name, self._content.file)
        return pa.array(texts, pa.string()), numbers

    def _blocks(self, width: int) -> Iterator[tuple[int, list[list[Any]]]]:
        """Rows that follow each other without a blank one, with the record number of the first."""
        block: list[list[Any]] = []
        record = 0
        for number, row in enumerate(self._sheet.iter_rows(), 1 - self._above):
            if number < 2:
                continue
            blank = not row[0] and not any(cell != "" for cell in row)
            if block and (blank or len(block) >= _ROWS):
                yield record, block
                block = []
            if blank:
                continue
            if not block:
                record = number
            block.append(row if len(row) >= width else row + [""] * (width - len(row)))
        if block:
            yield record, block


def open_excel(content: InFile, origin: Origin, needed: tuple[str, ...]) -> ExcelReader:
    """The sheet that is named, or the only one.

    Raises NotReadableError, NotYetError, SheetError, EmptyError, HeaderError, ColumnError.
    """
    Workbook(content.path).refuse_other_calendar(content.file)
    opened = None
    try:
        opened = calamine.CalamineWorkbook.from_path(content.path)
        name = _sheet(opened, origin.sheet, content.file)
        sheet = opened.get_sheet_by_name(name)
    except (calamine.CalamineError, OSError):
        opened = None  # what the library says may hold cells
    if opened is None:
        raise NotReadableError("cannot be read as Excel: {file}", file=content.file)
    for above, row in enumerate(sheet.iter_rows()):
        if any(cell != "" for cell in row):
            texts, _ = Cells(_OTHERS).texts(row)
            names = tuple(plain(text) for text in texts)
            check_names(names, needed, content.file)
            return ExcelReader(content, sheet, Head(names, "xlsx", sheet=name), above)
    raise EmptyError("the sheet {sheet!r} is empty: {file}", sheet=name, file=content.file)


def _sheet(opened: calamine.CalamineWorkbook, wanted: str | None, file: str) -> str:
    sheets = [s for s in opened.sheets_metadata if s.typ == calamine.SheetTypeEnum.WorkSheet]
    names = [sheet.name for sheet in sheets]
    seen = [sheet.name for sheet in sheets if sheet.visible == calamine.SheetVisibleEnum.Visible]
    if wanted is None and len(seen) == 1:
        return seen[0]
    if wanted is None:
        raise SheetError("which sheet of {sheets}: {file}", sheets=listed(names), file=file)
    if wanted not in names:
        raise SheetError(
            "no sheet {sheet!r}{near}, there are {sheets}: {file}",
            sheet=wanted,
            near=near(wanted, names),
            sheets=listed(names),
            file=file,
        )
    return wanted


def _day(value: dt.date) -> str:
    """A day; what Excel calls 1900-02-29 is none, and cannot be told from the day before it."""
    return "1900-02-29" if value == _AMBIGUOUS else value.isoformat()


_OTHERS: dict[type, Any] = {dt.date: _day}
_DAYS: dict[type, Any] = {dt.date: _day, float: serial, int: serial}
