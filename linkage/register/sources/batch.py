"""What every kind of source gives, whatever it was read from: a head, then batches of columns of text.

Cells of Excel, Parquet and databases become text in one way (`linkage.register.sources.texts`), so that all
that comes after is one path. The header is record 1; the first row is record 2.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, TypeAlias

if TYPE_CHECKING:
    import pyarrow as pa

Seen: TypeAlias = Callable[[int], None]
"""Called with the bytes (of a sheet or table: rows) that were read on."""

Ask: TypeAlias = Callable[[str], str]
"""Asks for a database's password; called with the database's name."""


@dataclass(frozen=True)
class Origin:
    """How a source is to be read, beside its name; None: as it is found.

    url, query: a database, without its password; password_file: beside the map.
    """

    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    url: str | None = None
    query: str | None = None
    password_file: str | None = None


@dataclass(frozen=True)
class Columns:
    """What is wanted of each row. A column may be in both.

    texts: as they stand, for what differs from row to row (identity numbers); coded: dictionary-encoded, for
    what repeats; days: columns in which a number of an Excel sheet is the serial of a day.
    """

    texts: tuple[str, ...] = ()
    coded: tuple[str, ...] = ()
    days: frozenset[str] = frozenset()

    @property
    def all(self) -> tuple[str, ...]:
        """Each column once."""
        return tuple(dict.fromkeys((*self.texts, *self.coded)))


@dataclass(frozen=True)
class Head:
    """What a source says before its rows. names: as `plain` makes them, "" where a column has none.

    kind: csv, xlsx, parquet or sql. encoding, delimiter: of a CSV; sheet: of an Excel file; else "".
    """

    names: tuple[str, ...]
    kind: str = "csv"
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""

    def index(self, name: str) -> int:
        """Where the column of this name stands."""
        return self.names.index(name)


@dataclass(frozen=True, repr=False)
class Batch:
    """Rows that follow each other. first: record number of the first one.

    texts, coded: column → cells, without nulls: an empty cell is "". numeric: columns whose cells are numbers
    where they come from, so that zeros in front of them may have been lost; a CSV has none.
    """

    first: int
    rows: int
    texts: Mapping[str, pa.StringArray]
    coded: Mapping[str, pa.DictionaryArray]
    numeric: frozenset[str] = field(default_factory=frozenset)

    def __len__(self) -> int:
        return self.rows

    def __repr__(self) -> str:
        return f"<Batch of {self.rows} rows>"


class Reader(Protocol):
    """A source that was opened as far as its head. `linkage.register.sources.open_reader` gives one.

    size: what the numbers given to `seen` add up to; 0 where nobody knows.
    """

    head: Head
    size: int

    def batches(self, columns: Columns, seen: Seen) -> Iterator[Batch]:
        """The rows, in order. Raises RegisterError, FileError."""
        ...
