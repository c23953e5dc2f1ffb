"""The head of a register file: what separates its columns, and what they are called."""

from __future__ import annotations

import csv
import difflib
import io
import re
from collections import Counter
from typing import TYPE_CHECKING

from linkage.errors import Text
from linkage.register.cells import plain
from linkage.register.errors import (
    ColumnError,
    EmptyError,
    EncodingError,
    HeaderError,
)
from linkage.register.sources.batch import Head, Origin
from linkage.register.sources.stream import shown

if TYPE_CHECKING:
    from collections.abc import Sequence

HEAD = 1 << 20  # bytes within which the header must end
SEPARATORS = (";", ",", "\t", "|")
# a name with as many digits as a date is most likely a cell: the file has no header, and it is not shown
_CELL = re.compile(r"(?:\D*\d){8}")


def look(text: str, needed: Sequence[str], file: str, origin: Origin, encoding: str, *, cut: bool) -> Head:
    """The head of a CSV that begins with this text, and has all columns that are needed.

    cut: whether the text goes on. Raises EmptyError, EncodingError, HeaderError, ColumnError.
    """
    if not text.strip():
        raise EmptyError("the file is empty: {file}", file=file)
    signs = (origin.delimiter,) if origin.delimiter else SEPARATORS
    found = {sign: _names(text, sign, file, cut=cut) for sign in signs}
    fitting = [sign for sign in signs if set(needed) <= set(found[sign])]
    sign = max(fitting or signs, key=lambda sign: len(found[sign]))
    names = found[sign]
    if any("\udc80" <= letter <= "\udcff" for name in names for letter in name):
        raise EncodingError(
            "not {encoding}: {file}, record {record}", encoding=shown(encoding), file=file, record=1
        )
    check_names(names, needed, file)
    if not cut and len(_rows(text, sign, 2)) < 2:
        raise EmptyError("no record after the header: {file}", file=file)
    return Head(names, "csv", encoding, sign)


def check_names(names: Sequence[str], needed: Sequence[str], file: str) -> None:
    """Raise HeaderError or ColumnError where columns are missing, or two have one name."""
    _refuse_missing(names, needed, file)
    twice = sorted(name for name, count in Counter(names).items() if name and count > 1)
    if twice:
        raise HeaderError(
            "two columns have the name {column!r}: {file}", column=shown_name(twice[0]), file=file
        )


def shown_name(name: str) -> str:
    """A column's name as a message may hold it: what may be a cell is not shown."""
    return "…" if _CELL.match(name) or len(name) > 80 else name


def _names(text: str, sign: str, file: str, *, cut: bool) -> tuple[str, ...]:
    """Column names in the first record that is not blank. cut: whether the text goes on."""
    rows = _rows(text, sign, 2 if cut else 1)
    if not rows:
        raise HeaderError("no header can be read: {file}", file=file)
    if cut and len(rows) < 2:
        raise HeaderError("the header has no end: {file}", file=file)
    return tuple(plain(name) for name in rows[0])


def _rows(text: str, sign: str, most: int) -> list[list[str]]:
    """The first records that are not blank; fewer where there are no more. One after the header that cannot
    be read is empty: something stands there.
    """
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=sign)
    found: list[list[str]] = []
    try:
        for row in reader:
            if row:
                found.append(row)
            if len(found) == most:
                break
    except csv.Error:  # a cell of more than 128 KiB
        if found:
            found.append([])
    return found


def _refuse_missing(names: Sequence[str], needed: Sequence[str], file: str) -> None:
    missing = [name for name in needed if name not in names]
    if not missing:
        return
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
    folded = {other.casefold(): other for other in names if other and shown_name(other) == other}
    found = difflib.get_close_matches(name.casefold(), folded, n=1)
    return Text(" (did you mean {name!r}?)", {"name": folded[found[0]]}) if found else ""
