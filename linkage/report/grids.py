"""Tables as a reader sees them: the totals first, and all rows for those who want them.

A grid is one way to lay rows out in two dimensions. Rows of "other" that hold nothing but zeros are left out
here, and the page says so; they stand in the release, in Excel and in CSV.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from linkage.dimensions import OTHER
from linkage.release.counts import ALL, MEAN
from linkage.release.tables import OFFSET_TOTALS
from linkage.report.labels import nobody, outer_spans
from linkage.report.names import FEW
from linkage.report.noise import margin
from linkage.report.protection import derived

if TYPE_CHECKING:
    from linkage.release.rows import Row, Scalar
    from linkage.release.tables import Table
    from linkage.report.words import Words

_NOTED: Final = ("value", "of", "percent")
"""Numbers whose place is taken by the note, where there is one."""

MOST_COLUMNS: Final = 11
"""More columns of numbers than these do not fit on a page that stands."""


MOST_PERIODS: Final = 14
"""So many do fit where all that stands in them is small."""


MOST_OFFSETS: Final = 16
"""So many do where the head of a column is a number too."""


@dataclass(frozen=True)
class Cell:
    """A number as shown, or a word that says why there is none. margin: how sure it is, of drawn ones."""

    text: str
    note: bool = False
    margin: str = ""


@dataclass(frozen=True)
class Line:
    """A row: its labels, its cells, and whether it is a total that stands out."""

    labels: tuple[str, ...]
    cells: tuple[Cell, ...]
    total: bool = False


@dataclass(frozen=True)
class Grid:
    """A table on a page: heads of the labels, heads of the numbers, lines. matrix: from × to."""

    label_heads: tuple[str, ...]
    number_heads: tuple[str, ...]
    lines: tuple[Line, ...]
    matrix: bool = False


class Layout:
    """Lays the rows of one table out. left_out: rows of "other" were all zero and are not shown."""

    def __init__(self, table: Table, words: Words) -> None:
        self._table = table
        self._words = words
        empty = [d for d in ("sex", "age") if d in table.dimensions and nobody(table, d)]
        self._shown = [row for row in table.rows if all(row[d] != OTHER for d in empty)]
        self.left_out = len(self._shown) < len(table.rows)
        self._flat_only = len(table.values) > 1
        self._in_columns = table.kind == "change" and len(table.own) <= MOST_OFFSETS

    def totals(self) -> Grid:
        """The rows that answer the question: means and totals of time, all ages together."""
        table = self._table
        mean_first = sorted(self._shown, key=lambda row: row.get("period") == ALL)  # as on the bridge
        rows = [row for row in mean_first if self._is_total(row)]
        if self._in_columns:
            return self._around()
        if table.kind == "flow":
            outer = {*outer_spans(self._words), ALL}  # years, and not their tertials between them
            rows = [row for row in rows if row.get("span", ALL) in outer]
            return self._crossed([row for row in rows if row.get("sex", ALL) == ALL], "to")
        if table.kind == "duration":
            rows = self._trimmed(rows)
        if self._flat_only:
            return self._flat([row for row in rows if not table.own_key or row.get("sex", ALL) == ALL])
        if table.own_key is None:
            dimension = next((d for d in ("sex", "age") if d in table.dimensions), None)
            if dimension == "age":
                rows = [row for row in mean_first if row.get("period", ALL) in (ALL, MEAN)]
            return self._crossed(rows, dimension if table.time else None)
        if table.time is None:
            return self._crossed(rows, "sex" if "sex" in table.dimensions else None)
        return self._crossed([row for row in rows if row.get("sex", ALL) == ALL], table.time)

    def everything(self) -> Grid:
        """All rows."""
        table = self._table
        if self._in_columns:
            return self._around()
        across = table.own_keys[-1] if table.own_keys else (table.keys[-1] if len(table.keys) > 1 else None)
        if table.kind == "duration":
            across = table.dimensions[-1] if table.dimensions else None
        small = table.kind == "overlap" and table.dimensions == ("period",)
        if small and len(self._labels(self._shown, "period")) <= MOST_PERIODS:
            return self._crossed(self._shown, "period", short=True)
        if self._flat_only or len(self._labels(self._shown, across)) > MOST_COLUMNS:
            return self._flat(self._shown)
        return self._crossed(self._shown, across)

    @property
    def has_more(self) -> bool:
        """Whether there are rows that the totals leave out."""
        if self._in_columns:
            return False
        totals = self.totals()
        return sum(len(line.cells) for line in totals.lines) < len(self._shown) * len(self._table.values)

    def _is_total(self, row: Row) -> bool:
        in_time = row.get("period", ALL) in (ALL, MEAN)
        return in_time and row.get("age", ALL) == ALL

    def _trimmed(self, rows: Sequence[Row]) -> list[Row]:
        """Lengths of stays to the longest that some, or not few, had, then the mean and the median."""
        lengths = [row["length"] for row in rows if self._told(row) and isinstance(row["length"], int)]
        longest = max(lengths, default=0)
        return [row for row in rows if not isinstance(row["length"], int) or row["length"] <= longest]

    def _told(self, row: Row) -> bool:
        """Whether there is something to say: a number above zero, or that one is withheld."""
        return row["value"] != 0 and row.get("note") != FEW

    def _around(self) -> Grid:
        """A line for each sex and age: how many people, and the amount at each offset."""
        table, words = self._table, self._words
        keys = [key for key in table.keys if key != "offset"]
        found: dict[tuple[Scalar, ...], list[Row]] = {}
        for row in self._shown:
            found.setdefault(tuple(row[key] for key in keys), []).append(row)
        lines = []
        for rows in found.values():
            cells = (self._cell(rows[0], "people"), *(self._cell(row, "value") for row in rows))
            said = self._said(rows[0], keys) or (words.heading("value", table),)
            lines.append(Line(said, cells, all(rows[0][key] == ALL for key in keys)))
        offsets = tuple(words.offset(offset) for offset in table.own)
        heads = self._heads(keys, self._shown) or (words.around,)
        return Grid(heads, (words.heading("people", table), *offsets), _ordered(lines))

    def _labels(self, rows: Sequence[Row], key: str | None) -> list[Scalar]:
        return list(dict.fromkeys(row[key] for row in rows)) if key else [None]

    def _keys(self, rows: Sequence[Row], across: str | None) -> list[str]:
        """The labels that tell one line from another."""
        keys = [key for key in self._table.keys if key != across]
        telling = [key for key in keys if len(self._labels(rows, key)) > 1]
        return telling or keys[:1]

    def _flat(self, rows: Sequence[Row]) -> Grid:
        """One line for each row, one column for each of its numbers."""
        keys, values = self._keys(rows, None), self._table.values
        lines = tuple(
            Line(self._said(row, keys), tuple(self._cell(row, key) for key in values), self._stands_out(row))
            for row in rows
        )
        heading = self._words.heading
        heads = tuple(heading(key, self._table) for key in values)
        return Grid(self._heads(keys, rows), heads, _ordered(lines))

    def _crossed(self, rows: Sequence[Row], across: str | None, *, short: bool = False) -> Grid:
        """One column for each label of `across`."""
        keys, columns = self._keys(rows, across), self._labels(rows, across)
        found: dict[tuple[Scalar, ...], dict[Scalar, Row]] = {}
        for row in rows:
            found.setdefault(tuple(row[key] for key in keys), {})[row[across] if across else None] = row
        lines = []
        for cells in found.values():
            first = next(iter(cells.values()))
            told = tuple(self._cell(cells[c], "value") if c in cells else Cell("") for c in columns)
            lines.append(Line(self._said(first, keys), told, self._stands_out(first, across)))
        words, table = self._words, self._table
        heads: tuple[str, ...] = (words.heading("value", table),)
        if across is not None:
            heads = tuple(
                words.column(str(c)) if short else words.label(across, c, table.kind) for c in columns
            )
            if across == "to":
                heads = tuple(words.t("to {state}", state=head) for head in heads)
        return Grid(self._heads(keys, rows), heads, _ordered(lines), matrix=across == "to")

    def _heads(self, keys: Sequence[str], rows: Sequence[Row]) -> tuple[str, ...]:
        """What the columns of labels are called: a month, or just "when" where there are only totals."""
        totals = all(row.get("period") in (ALL, MEAN) for row in rows)
        words, table = self._words, self._table
        return tuple(words.t("When") if k == "period" and totals else words.heading(k, table) for k in keys)

    def _said(self, row: Row, keys: Sequence[str]) -> tuple[str, ...]:
        return tuple(self._words.label(key, row[key], self._table.kind) for key in keys)

    def _cell(self, row: Row, key: str) -> Cell:
        value = row[key]
        if value is not None:
            return Cell(self._words.figure(value), margin=margin(row, key, self._table, self._words))
        said = "note" in row and (self._is_few(row, key) if row["note"] == FEW else key in _NOTED)
        return Cell(self._words.note(row["note"]) if said else "–", note=True)

    def _is_few(self, row: Row, key: str) -> bool:
        """Whether it is this number that counts few people, and not one that it would be made from."""
        table = self._table
        if key == "people":
            return row["offset"] not in OFFSET_TOTALS
        counted = key == "value" or (key == "of" and table.counts_of)
        return counted and not derived(row, table)

    def _stands_out(self, row: Row, across: str | None = None) -> bool:
        unique = across != "part" and row.get("part") == "unique"
        unique = unique or row.get("length") in (MEAN, "median")
        return unique or (across != "period" and row.get("period") in (ALL, MEAN))


def _ordered(lines: Sequence[Line]) -> tuple[Line, ...]:
    """Where every line stands out, none does."""
    if all(line.total for line in lines):
        return tuple(replace(line, total=False) for line in lines)
    return tuple(lines)
