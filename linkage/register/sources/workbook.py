"""What calamine does not tell of a workbook, read from its parts: the calendar, and cells with errors."""

from __future__ import annotations

import posixpath
import re
import zipfile
from html import unescape
from pathlib import Path

from linkage.register.errors import NotReadableError, NotYetError

_AT_ONCE = 1 << 20
_LONGEST = 1 << 10  # bytes of a cell's opening tag
_1904 = re.compile(rb"""<(?:\w+:)?workbookPr\b[^>]*\bdate1904=["'](?:1|true|on)["']""")
_SHEET = re.compile(r"<(?:\w+:)?sheet\b([^>]*)>")
_RELATION = re.compile(r"<(?:\w+:)?Relationship\b([^>]*)>")
_ATTRIBUTE = re.compile(r"""([\w:]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_ERROR = re.compile(rb"""<(?:\w+:)?c\b(?=[^>]*\bt=["']e["'])[^>]*\br=["']([A-Z]+)([0-9]+)["']""")


class Workbook:
    """The parts of an .xlsx file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def refuse_other_calendar(self, file: str) -> None:
        """Raise NotYetError where days are counted from 1904, NotReadableError where it is no workbook."""
        main = None
        try:
            with zipfile.ZipFile(self._path) as parts:
                main = parts.read("xl/workbook.xml")
        except (OSError, zipfile.BadZipFile, KeyError, NotImplementedError, RuntimeError):
            main = None
        if main is None:
            raise NotReadableError("cannot be read as Excel: {file}", file=file)
        if _1904.search(main):
            raise NotYetError(
                "not yet: {file} counts days from 1904",
                file=file,
                hint="in Excel: File, Options, Advanced: do not use the 1904 date system; then see the days",
            )

    def first_error(self, sheet: str, columns: set[int], above: int) -> tuple[int, int] | None:
        """Row (from 1) and column (from 0) of the first error in these columns, below the header."""
        with zipfile.ZipFile(self._path) as parts:
            part = _part(parts, sheet)
            if part is None:
                return None
            with parts.open(part) as stream:
                rest = b""
                while data := stream.read(_AT_ONCE):
                    data = rest + data
                    rest = data[-_LONGEST:]
                    if b'"e"' not in data and b"'e'" not in data:
                        continue
                    for match in _ERROR.finditer(data):
                        row, column = int(match[2]), _column(match[1])
                        if row > above + 1 and column in columns:
                            return row, column
        return None


def _part(parts: zipfile.ZipFile, sheet: str) -> str | None:
    """Where the cells of a sheet are."""
    main = parts.read("xl/workbook.xml").decode("utf-8", "replace")
    relations = parts.read("xl/_rels/workbook.xml.rels").decode("utf-8", "replace")
    key = next(
        (found.get("r:id") for found in map(_attributes, _SHEET.findall(main)) if found.get("name") == sheet),
        None,
    )
    for found in map(_attributes, _RELATION.findall(relations)):
        if found.get("Id") == key and "Target" in found:
            target = posixpath.normpath(posixpath.join("/xl", found["Target"])).lstrip("/")
            return target if target in parts.namelist() else None
    return None


def _attributes(tag: str) -> dict[str, str]:
    return {name: unescape(double or single) for name, double, single in _ATTRIBUTE.findall(tag)}


def _column(letters: bytes) -> int:
    """A is 0, Z is 25, AA is 26."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1
