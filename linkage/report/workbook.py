"""The report as an Excel workbook: a front sheet, then a sheet for each table, its numbers real."""

from __future__ import annotations

import io
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import xlsxwriter

from linkage.report.answers import answer, question
from linkage.report.bridge import bridge
from linkage.report.coverage import missing
from linkage.report.frames import PERIODS, named
from linkage.report.guide import guide
from linkage.report.protection import line, more
from linkage.report.remarks import remarks
from linkage.report.words import Words, printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from linkage.release.document import Release
    from linkage.release.tables import Table
    from linkage.texts import Lang

LONGEST_NAME: Final = 31  # characters of a sheet's name, Excel's limit
LONGEST_TEXT: Final = 32_767  # and of a cell
LONGEST_FOOTER: Final = 200  # a little below Excel's limit, with the codes that stand before it
LABELS: Final = 44  # characters across the first column of the front sheet, and the last
TEXTS: Final = 100
LINE: Final = 15.5  # points of height that a line takes
RED: Final = "#B3001B"
_FORBIDDEN: Final = re.compile(r"[\[\]:*?/\\\x00-\x1f]")


def excel(release: Release, lang: Lang) -> bytes:
    """The bytes of the workbook; the same release gives the same bytes."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    made = release.made.replace(tzinfo=None)
    book.set_properties({"title": _fitting(release.agreement.title)[:255], "created": made})
    _Book(book, Words(release, lang)).write()
    book.close()
    return target.getvalue()


class _Book:
    """Writes all sheets of one workbook."""

    def __init__(self, book: Any, words: Words) -> None:
        self._book = book
        self._words = words
        self._release = words.release
        self._formats = {name: book.add_format({"valign": "top", **look}) for name, look in _LOOKS.items()}
        titles = [words.t("About"), *(table.title for table in self._release.tables)]
        self._names = sheet_names(titles)

    def write(self) -> None:
        """The front sheet, then the tables in the agreement's order."""
        self._about(self._sheet(self._names[0]))
        for name, table in zip(self._names[1:], self._release.tables, strict=True):
            self._table(self._sheet(name), table)

    def _sheet(self, name: str) -> Any:
        sheet = self._book.add_worksheet(name)
        sheet.hide_gridlines(2)
        sheet.set_paper(9)  # A4
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.8)
        page = "&R&8&P / &N"
        if self._release.exact:
            sheet.set_footer(f"&L&8&K{RED[1:]}{_footer(printable(self._red()))}{page}")
        else:
            sheet.set_footer(f"&L&8{_footer(printable(line(self._words)))}{page}")
        return sheet

    def _red(self) -> str:
        t = self._words.t
        decision = t("Decision: {agreed}", agreed=self._release.method["agreed"])
        return f"{t('Exact figures, not protected.')} {decision}"

    # -- the front sheet ----------------------------------------------------------------------------------

    def _about(self, sheet: Any) -> None:
        sheet.set_column(0, 0, LABELS)
        sheet.set_column(1, 1, 12)
        sheet.set_column(2, 2, TEXTS)
        agreement, words, row = self._release.agreement, self._words, 0
        row = self._put(sheet, row, agreement.title, "title")
        if self._release.exact:
            row = self._put(sheet, row, self._red(), "red")
        elif noise := line(words):
            row = self._put(sheet, row, noise, "low")
        for gap in missing(words):
            row = self._put(sheet, row, gap, "low")
        row = self._put(sheet, row, agreement.purpose, "plain")
        found = bridge(self._release, words)
        if found:
            row = self._put(sheet, row + 1, found.table.title, "head")
            for step in found.steps:
                name = f"{step.name} ({step.margin})" if step.margin else step.name
                row = self._line(sheet, row, name, step.value, step.meaning)
        row = self._put(sheet, row + 1, words.t("Tables"), "head")
        for name, table in zip(self._names[1:], self._release.tables, strict=True):
            target = name.replace("'", "''")
            sheet.write_url(row, 0, f"internal:'{target}'!A1", self._formats["link"], _fitting(table.title))
            said = answer(table, words)
            self._text(sheet, row, 2, said, "wrapped")
            sheet.set_row(row, LINE * max(_lines(table.title, LABELS), _lines(said, TEXTS)))
            row += 1
        row = self._put(sheet, row + 1, words.t("Coverage, per cent"), "head")
        for package in self._release.packages:
            told = "" if package.counted_percent is not None else words.t("not told")
            row = self._line(sheet, row, package.title, package.counted_percent, told)
        row = self._put(sheet, row + 1, words.t("How to read the figures"), "head")
        for entry in guide(words):
            row = self._line(sheet, row, entry.word, None, entry.meaning)
        for paragraph in more(words):
            row = self._line(sheet, row, words.t("Protection"), None, paragraph)
        row = self._put(sheet, row + 1, words.t("The agreement"), "head")
        for label, text in _facts(self._release, words):
            row = self._line(sheet, row, label, None, text)

    def _line(self, sheet: Any, row: int, label: str, number: int | Decimal | None, text: str) -> int:
        self._text(sheet, row, 0, label, "wrapped")
        if number is not None:
            self._number(sheet, row, 1, number)
        self._text(sheet, row, 2, text, "wrapped")
        sheet.set_row(row, LINE * max(_lines(label, LABELS), _lines(text, TEXTS)))
        return row + 1

    def _put(self, sheet: Any, row: int, text: str, look: str) -> int:
        self._text(sheet, row, 0, text, look)
        if look == "title":
            sheet.set_row(row, 2 * LINE)
        return row + 1

    # -- a table ------------------------------------------------------------------------------------------

    def _table(self, sheet: Any, table: Table) -> None:
        words, frame = self._words, named(table, self._words)
        row = self._put(sheet, 0, table.title, "title")
        if self._release.exact:
            row = self._put(sheet, row, self._red(), "red")
        elif noise := line(words):
            row = self._put(sheet, row, noise, "low")
        row = self._put(sheet, row, answer(table, words), "plain")
        row = self._put(sheet, row, " ".join([question(table, words), *remarks(table, words)]), "soft")
        head = row + 1
        keys = (*table.keys, *table.numbers, *[""] * len(frame.columns))
        for column, (name, key) in enumerate(zip(frame.columns, keys, strict=False)):
            numeric = key in table.numbers or key in PERIODS
            self._text(sheet, head, column, name, "number_head" if numeric else "column_head")
            cells = frame[name].tolist()
            for place, cell in enumerate(cells):
                self._cell(sheet, head + 1 + place, column, cell)
            sheet.set_column(column, column, _width(name, cells))
        sheet.freeze_panes(head + 1, len(table.keys))
        sheet.autofilter(head, 0, head + len(frame), len(frame.columns) - 1)
        sheet.repeat_rows(head)

    def _cell(self, sheet: Any, row: int, column: int, cell: object) -> None:
        if isinstance(cell, int | Decimal):
            self._number(sheet, row, column, cell)
        elif cell:
            self._text(sheet, row, column, str(cell), "cell")

    def _number(self, sheet: Any, row: int, column: int, number: int | Decimal) -> None:
        look = "decimal" if isinstance(number, Decimal) else "whole"
        sheet.write_number(row, column, float(number), self._formats[look])

    def _text(self, sheet: Any, row: int, column: int, text: str, look: str) -> None:
        # never `write`, which makes formulas, links and numbers of texts that look like them
        sheet.write_string(row, column, _fitting(text), self._formats[look])


_LOOKS: Final[Mapping[str, Mapping[str, object]]] = {
    "title": {"bold": True, "font_size": 16},
    "red": {"font_color": RED, "bold": True},
    "low": {"bold": True},
    "head": {"bold": True, "font_size": 12, "bottom": 1},
    "column_head": {"bold": True, "bottom": 1, "text_wrap": True, "indent": 1, "align": "left"},
    "number_head": {"bold": True, "bottom": 1, "text_wrap": True, "align": "right"},
    "plain": {},
    "cell": {"indent": 1, "align": "left"},
    "soft": {"font_color": "#595959"},
    "wrapped": {"text_wrap": True, "indent": 1, "align": "left"},
    "link": {"font_color": "#00578A", "underline": 1, "text_wrap": True, "indent": 1, "align": "left"},
    "whole": {"num_format": "#,##0"},
    "decimal": {"num_format": "#,##0.0"},
}


def sheet_names(titles: Iterable[str]) -> list[str]:
    """A name for a sheet from each title: what Excel allows, short enough, no two alike."""
    names: list[str] = []
    taken = {"history"}  # Excel keeps this one for itself
    for title in titles:
        plain = " ".join(_FORBIDDEN.sub(" ", printable(title)).split()).strip("'") or "-"
        name, number = plain[:LONGEST_NAME].strip("' "), 1
        while name.casefold() in taken or not name:
            number += 1
            name = f"{plain[: LONGEST_NAME - len(str(number)) - 1].strip()} {number}"
        taken.add(name.casefold())
        names.append(name)
    return names


def _facts(release: Release, words: Words) -> list[tuple[str, str]]:
    agreement, t = release.agreement, words.t
    packages = [
        (t("Package of {party}", party=p.title), f"id {p.id}, SHA-512 {p.sha512}") for p in release.packages
    ]
    return [
        (t("Title"), agreement.title),
        (t("Name and round"), f"{agreement.name}, {t('round {number}', number=agreement.round)}"),
        (t("Purpose"), agreement.purpose),
        (t("Basis"), agreement.basis),
        (t("Time"), words.window),
        (t("Counted by"), f"{release.matcher.title}, {release.matcher.identity}"),
        (t("Digest of the agreement"), agreement.digest),
        (t("Released"), words.day(release.made)),
        *packages,
    ]


def _lines(text: str, width: int) -> int:
    """The lines that a text takes in a column of so many characters."""
    return sum(max(1, -(-len(part) // width)) for part in text.split("\n"))


def _width(name: str, cells: list[object]) -> float:
    """Wide enough for most of a column's cells; a long head may wrap."""
    longest = max([len(str(cell)) for cell in cells if cell is not None] + [0])
    return float(min(max(longest + 3, min(len(name), 16) + 3, 8), 60))


def _footer(text: str) -> str:
    """A text for a footer, in which an ampersand begins a code; the sheet itself has all of it."""
    escaped = [letter.replace("&", "&&") for letter in " ".join(text.split())]
    while sum(map(len, escaped)) > LONGEST_FOOTER:
        escaped[-2:] = ["…"]
    return "".join(escaped)


def _fitting(text: str) -> str:
    text = printable(text)
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "…"
