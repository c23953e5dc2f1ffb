"""Parquet files through pyarrow, a part at a time. Its errors may hold cells: they are replaced."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from linkage.register.cells import plain
from linkage.register.errors import EmptyError, NotReadableError
from linkage.register.sources.batch import Batch, Columns, Head, Seen
from linkage.register.sources.header import check_names
from linkage.register.sources.table import batch, refuse_type, without_headers
from linkage.register.sources.values import NoTextError, from_arrow

if TYPE_CHECKING:
    from linkage.register.sources.content import InFile

_ROWS = 1 << 16


class ParquetReader:
    """A Parquet file."""

    def __init__(self, content: InFile, head: Head) -> None:
        self.head = head
        self.size = content.size
        self._content = content

    def batches(self, columns: Columns, seen: Seen) -> Iterator[Batch]:
        """As Reader.batches. Raises EmptyError, HeaderError, ColumnTypeError, NotReadableError."""
        rows, broken = 0, False
        try:
            for found, share in self._batches(columns):
                rows += len(found)
                seen(int(share * self.size))
                yield from without_headers((found,), columns, self._content.file)
        except (pa.ArrowException, OSError):
            broken = True
        if broken:
            raise NotReadableError(
                "cannot be read as Parquet: {file}, after record {record}",
                file=self._content.file,
                record=rows + 1,
            )
        if not rows:
            raise EmptyError("no record after the header: {file}", file=self._content.file)
        self._content.check(self.size, ended=True)

    def _batches(self, columns: Columns) -> Iterator[tuple[Batch, float]]:
        with pq.ParquetFile(self._content.path) as opened:
            total = opened.metadata.num_rows
            raw = {name: opened.schema_arrow.names[self.head.index(name)] for name in columns.all}
            first = 2
            for found in opened.iter_batches(_ROWS, columns=list(raw.values())):
                if found.num_rows:
                    yield self._batch(first, found, raw, columns), found.num_rows / total
                first += found.num_rows

    def _batch(self, first: int, rows: pa.RecordBatch, raw: dict[str, str], columns: Columns) -> Batch:
        cells, numeric = {}, []
        for name, own in raw.items():
            wrong = None
            try:
                cells[name], has_numbers = from_arrow(rows.column(own))
                numeric += [name] * has_numbers
            except NoTextError as error:
                wrong = error
            if wrong is not None:
                refuse_type(wrong, name, self._content.file)
        return batch(first, rows.num_rows, cells, columns, numeric)


def open_parquet(content: InFile, needed: tuple[str, ...]) -> ParquetReader:
    """A file that has all columns that are needed. Raises NotReadableError, HeaderError, ColumnError."""
    names = None
    try:
        names = tuple(plain(name) for name in pq.read_schema(content.path).names)
    except (pa.ArrowException, OSError):
        names = None
    if names is None:
        raise NotReadableError("cannot be read as Parquet: {file}", file=content.file)
    check_names(names, needed, content.file)
    return ParquetReader(content, Head(names, "parquet"))
