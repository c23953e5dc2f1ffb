"""Which rows of a source count, and into which series."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np
import numpy.typing as npt

from linkage.register.cells import plain
from linkage.register.model import ByColumn, Plan, Source
from linkage.register.unknown import Unknown

if TYPE_CHECKING:
    import pyarrow as pa

    from linkage.register.sources import Batch

Codes: TypeAlias = npt.NDArray[np.int64]
_Where: TypeAlias = npt.NDArray[np.bool_]

NOT_COUNTED: Final = -1
NAMELESS: Final = -2


def chosen(batch: Batch, where: Mapping[str, frozenset[str]], unless: Mapping[str, frozenset[str]]) -> _Where:
    """The rows that have one of the cells in each column of where, and in no column of unless."""
    rows = np.ones(len(batch), bool)
    for column, cells in where.items():
        rows &= _among(batch, column, cells)
    for column, cells in unless.items():
        rows &= ~_among(batch, column, cells)
    return rows


def _among(batch: Batch, column: str, cells: frozenset[str]) -> _Where:
    """Whether each row's cell is one of these."""
    found = [plain(cell) in cells for cell in _distinct(batch.coded[column])]
    rows: _Where = _look_up(batch.coded[column], found) != 0
    return rows


class SeriesCodes:
    """Gives each row of a source the code of its series, and collects values that have none."""

    def __init__(self, source: Source, plan: Plan) -> None:
        self._series = source.series
        self._codes = {name: plan.code(name) for name in source.names}
        self.column = source.series.column if isinstance(source.series, ByColumn) else ""
        self.unknown = Unknown(source.file, self.column)

    def codes(self, batch: Batch) -> Codes:
        """Code of each row's series; NOT_COUNTED where the map ignores it, NAMELESS where it lacks it."""
        if isinstance(self._series, str):
            return np.full(len(batch), self._codes[self._series], np.int64)
        cells = batch.coded[self.column]
        found = [self._code(self._series, plain(value)) for value in _distinct(cells)]
        if any(code != NAMELESS for code in found):
            self.unknown.saw_named()
        return _look_up(cells, found)

    def _code(self, series: ByColumn, value: str) -> int:
        if value in series.values:
            return self._codes[series.values[value]]
        return NOT_COUNTED if value in series.ignore else NAMELESS

    def nameless(self, batch: Batch, codes: Codes, wanted: _Where) -> _Where:
        """The wanted rows whose value has no name; their values are collected."""
        rows: _Where = (codes == NAMELESS) & wanted
        if rows.any():
            cells = batch.coded[self.column]
            values = _distinct(cells)
            counts = np.bincount(cells.indices.to_numpy()[rows], minlength=len(values))
            self.unknown.add((plain(values[i]), int(counts[i])) for i in np.flatnonzero(counts))
        return rows


def _distinct(cells: pa.DictionaryArray) -> list[str]:
    values: list[str] = cells.dictionary.to_pylist()
    return values


def _look_up(cells: pa.DictionaryArray, values: list[int] | list[bool]) -> Codes:
    """The value of each row's cell."""
    found: Codes = np.array(values, np.int64)[cells.indices.to_numpy()]
    return found
