"""The head of a register file: whether it is text, what separates its columns, and what they are called."""

from __future__ import annotations

import contextlib
import csv
import difflib
import io
import re
from typing import TYPE_CHECKING

from linkage.errors import Text
from linkage.register.cells import plain
from linkage.register.errors import (
    ColumnError,
    EmptyError,
    EncodingError,
    HeaderError,
    NotTextError,
    NotYetError,
)
from linkage.register.sources.batch import Head

if TYPE_CHECKING:
    from collections.abc import Sequence

HEAD = 1 << 20  # bytes within which the header must end
BOM = b"\xef\xbb\xbf"
_SEPARATORS = (";", ",")
_LATER_SEPARATORS = {"\t": Text("tabs"), "|": Text("vertical bars")}
_WIDE = (b"\xff\xfe", b"\xfe\xff")  # byte order marks of UTF-16 and UTF-32
_LATER_FORMATS = {
    b"PK\x03\x04": "Excel",
    b"\xd0\xcf\x11\xe0": "Excel",
    b"PAR1": "Parquet",
    b"\x1f\x8b": "gzip",
}
# a name with as many digits as a date is most likely a cell: the file has no header, and it is not shown
_CELL = re.compile(r"(?:\D*\d){8}")


def look(head: bytes, needed: Sequence[str], file: str) -> Head:
    """The header in the first HEAD bytes of a file, which has all columns that are needed.

    Raises EmptyError, NotTextError, NotYetError, EncodingError, HeaderError, ColumnError.
    """
    _refuse_what_is_no_text(head, file)
    text = head.removeprefix(BOM).decode("utf-8", "surrogateescape")
    found = {sign: _names(text, sign, file, cut=len(head) >= HEAD) for sign in _SEPARATORS}
    fitting = [sign for sign in _SEPARATORS if set(needed) <= set(found[sign])]
    sign = max(fitting or _SEPARATORS, key=lambda sign: len(found[sign]))
    names = found[sign]
    if any("\udc80" <= letter <= "\udcff" for name in names for letter in name):
        raise EncodingError("not UTF-8: {file}, record {record}", file=file, record=1)
    _refuse_missing(names, needed, text, file)
    twice = sorted({name for name in names if name and names.count(name) > 1})
    if twice:
        raise HeaderError("two columns have the name {column!r}: {file}", column=shown(twice[0]), file=file)
    if len(head) < HEAD and len(_rows(text, sign, 2)) < 2:
        raise EmptyError("no record after the header: {file}", file=file)
    return Head(names, encoding="utf-8-sig" if head.startswith(BOM) else "utf-8", delimiter=sign)


def shown(name: str) -> str:
    """A column's name as a message may hold it: what may be a cell is not shown."""
    return "…" if _CELL.match(name) or len(name) > 80 else name


def _refuse_what_is_no_text(head: bytes, file: str) -> None:
    if not head.removeprefix(BOM).strip():
        raise EmptyError("the file is empty: {file}", file=file)
    for magic, name in _LATER_FORMATS.items():
        if head.startswith(magic):
            raise NotYetError("not yet: {file} is {format}, not CSV", file=file, format=name)
    if head.startswith(_WIDE):
        raise EncodingError("not yet: {file} is UTF-16, not UTF-8", file=file)
    if b"\0" in head:
        record = head[: head.index(b"\0")].count(b"\n") + 1
        raise NotTextError(
            "a NUL byte, so this is no text: {file}, about record {record}", file=file, record=record
        )


def _names(text: str, sign: str, file: str, *, cut: bool) -> tuple[str, ...]:
    """Column names in the first record that is not blank. cut: whether the text goes on."""
    rows = _rows(text, sign, 2 if cut else 1)
    if not rows:
        raise HeaderError("no header can be read: {file}", file=file)
    if cut and len(rows) < 2:
        raise HeaderError("the header has no end: {file}", file=file)
    return tuple(plain(name) for name in rows[0])


def _rows(text: str, sign: str, most: int) -> list[list[str]]:
    """The first records that are not blank; fewer where the text cannot be read on."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=sign)
    found: list[list[str]] = []
    with contextlib.suppress(csv.Error):
        for row in reader:
            if row:
                found.append(row)
            if len(found) == most:
                break
    return found


def _refuse_missing(names: Sequence[str], needed: Sequence[str], text: str, file: str) -> None:
    missing = [name for name in needed if name not in names]
    if not missing:
        return
    line = text.lstrip("\r\n").split("\n", 1)[0]
    for sign, word in _LATER_SEPARATORS.items():
        if line.count(sign) >= len(names):
            raise NotYetError(
                "not yet: the columns of {file} are separated by {signs}", file=file, signs=word
            )
    if any(_CELL.match(name) for name in names):
        raise HeaderError("the first line names no columns: {file}", file=file)
    details = tuple(
        Text("no column {column!r}{near}", {"column": name, "near": _near(name, names)}) for name in missing
    )
    if len(missing) == 1:
        raise ColumnError(
            "no column {column!r}{near}: {file}", column=missing[0], near=_near(missing[0], names), file=file
        )
    raise ColumnError("{count} columns are not there: {file}", count=len(missing), file=file, details=details)


def _near(name: str, names: Sequence[str]) -> Text | str:
    """A question whether another column was meant."""
    folded = {other.casefold(): other for other in names if other and shown(other) == other}
    found = difflib.get_close_matches(name.casefold(), folded, n=1)
    return Text(" (did you mean {name!r}?)", {"name": folded[found[0]]}) if found else ""
