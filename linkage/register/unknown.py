"""Values of a series column that the map names neither under `values` nor under `ignore`.

They are the one kind of cell that a message may hold: a programme that was renamed must not vanish silently,
and its new name has to be told to be put into the map. If the map points at the wrong column, the values may
be anything, identity numbers and people's names too. So they are shown only while they look like names of
programmes: few, short, without an identity number, date or address, and in a column whose other values the
map does name, or which repeats few values over many rows.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from linkage.errors import Text
from linkage.register.errors import UnknownValueError

if TYPE_CHECKING:
    from collections.abc import Iterable

FEW = 50
_LONGEST = 80
_REPEATED = 5  # rows for each value, in a column that names programmes
_PERSONAL = re.compile(r"(?:\D*\d){6}|@|[\x00-\x1f\x7f]")


class Unknown:
    """Unknown values of one column of one file, with the number of their rows."""

    def __init__(self, file: str, column: str) -> None:
        self.file = file
        self.column = column
        self.rows = 0
        self._values: dict[str, int] = {}
        self._many = False
        self._right_column = False

    def saw_named(self) -> None:
        """The map names some value of the column, so it is the right one."""
        self._right_column = True

    def add(self, counts: Iterable[tuple[str, int]]) -> None:
        """So many rows more have these values."""
        for value, rows in counts:
            self.rows += rows
            if not self._many:
                self._values[value] = self._values.get(value, 0) + rows
        if len(self._values) > FEW:
            self._many, self._values = True, {}  # neither kept nor shown

    def error(self) -> UnknownValueError:
        """What to raise: the values with their rows, where they may be shown."""
        if not self._may_be_shown():
            return UnknownValueError(
                "rows with values in {column!r} that the map does not name, {rows} in all: {file}",
                rows=self.rows,
                column=self.column,
                file=self.file,
                hint="the values do not look like series and are not shown: is {column!r} the right column?",
            )
        ordered = sorted(self._values.items(), key=lambda item: (-item[1], item[0]))
        return UnknownValueError(
            "values in {column!r} that the map does not name, {count} in all: {file}",
            count=len(ordered),
            column=self.column,
            file=self.file,
            details=tuple(
                Text("{value!r}: {rows}", {"value": value, "rows": rows}) for value, rows in ordered
            ),
        )

    def _may_be_shown(self) -> bool:
        if self._many or any(map(is_personal, self._values)):
            return False
        return self._right_column or self.rows >= _REPEATED * len(self._values)


def is_personal(value: str) -> bool:
    """Whether a value may be somebody's: a number, a date, an address, a text."""
    return bool(_PERSONAL.search(value)) or len(value) > _LONGEST
