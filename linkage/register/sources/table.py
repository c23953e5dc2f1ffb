"""What all sources share: batches out of columns of text, and a header that stands again among the rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, NoReturn

import numpy as np
import pyarrow as pa

from linkage.register.errors import ColumnTypeError, HeaderError
from linkage.register.sources.batch import Batch, Columns

if TYPE_CHECKING:
    from linkage.register.sources.values import NoTextError


def batch(
    first: int, rows: int, cells: Mapping[str, pa.StringArray], columns: Columns, numeric: Iterable[str] = ()
) -> Batch:
    """A batch out of the columns that are wanted, each as text without nulls."""
    return Batch(
        first,
        rows,
        {name: cells[name] for name in columns.texts},
        {name: cells[name].dictionary_encode() for name in columns.coded},
        frozenset(numeric),
    )


def refuse_type(error: NoTextError, column: str, file: str) -> NoReturn:
    """Raise that a column's values have no text."""
    raise ColumnTypeError(
        "{column!r} holds values of the type {type}, which are no text: {file}",
        column=column,
        type=str(error),
        file=file,
    )


def without_headers(batches: Iterable[Batch], columns: Columns, file: str) -> Iterator[Batch]:
    """The batches. Raises HeaderError where a row repeats the header: files put one after the other."""
    for found in batches:
        record = _header_in(found, columns)
        if record is not None:
            raise HeaderError(
                "the header stands again: {file}, record {record}",
                file=file,
                record=record,
                hint="take the repeated header out; files that were put together are better named one by one",
            )
        yield found


def _header_in(found: Batch, columns: Columns) -> int | None:
    rows = None
    for name in sorted(columns.all, key=lambda name: name not in columns.coded):  # few values: fast
        if name in found.coded:
            cells = found.coded[name]
            code = cells.dictionary.index(name).as_py()
            here = None if code < 0 else cells.indices.to_numpy() == code
        else:
            cells = found.texts[name]
            here = None if cells.index(name).as_py() < 0 else pa.compute.equal(cells, name).to_numpy(False)
        if here is None:
            return None
        rows = here if rows is None else rows & here
    if rows is None or not rows.any():
        return None
    return found.first + int(np.argmax(rows))
