"""Amounts of rows → exact sums per person, series and period, and what of them goes into a package."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import numpy.typing as npt

from linkage.register.groups import grouped, put

if TYPE_CHECKING:
    from collections.abc import Callable

    from linkage.identifiers import Keys
    from linkage.register.amounts import Hundredths

Whole: TypeAlias = npt.NDArray[np.uint32]
_Numbers: TypeAlias = npt.NDArray[np.int64]

ABOVE, BELOW = "above-max", "below-zero"
_LEAST = 1 << 20  # rows that may wait before they are added up


class Sums:
    """Takes rows in any order and keeps one sum per person, series and period, in hundredths."""

    def __init__(self, series: int, periods: int) -> None:
        """series: how many there are; rows name them by their code."""
        self._series = series
        self._periods = periods
        self._cells: _Numbers = np.empty(0, np.int64)  # (key · series + code) · periods + period, ascending
        self._sums: _Numbers = np.empty(0, np.int64)
        self._waiting: list[tuple[_Numbers, _Numbers]] = []
        self._rows = 0

    def add(
        self,
        keys: Keys,
        codes: npt.NDArray[np.integer],
        periods: npt.NDArray[np.integer],
        amounts: Hundredths,
    ) -> None:
        """Amounts of people with these keys, in the series with these codes, in these periods."""
        self._waiting.append(((keys * self._series + codes) * self._periods + periods, amounts))
        self._rows += len(keys)
        if self._rows > max(_LEAST, len(self._cells)):
            self._compact()

    def rename(self, newest: Callable[[Keys], Keys]) -> None:
        """Give each person another key; sums of people who become one are added."""
        self._compact()
        keys, rest = np.divmod(self._cells, self._series * self._periods)
        self._waiting = [(newest(keys) * (self._series * self._periods) + rest, self._sums)]
        self._cells = self._sums = np.empty(0, np.int64)
        self._compact()

    def of(self, code: int) -> tuple[Keys, npt.NDArray[np.int64], Hundredths]:
        """The sums of one series: person, period and hundredths of each."""
        self._compact()
        pairs, periods = np.divmod(self._cells, self._periods)
        keys, codes = np.divmod(pairs, self._series)
        mine = codes == code
        return keys[mine], periods[mine], self._sums[mine]

    def _compact(self) -> None:
        """Put the rows that wait into the table."""
        if not self._waiting:
            return
        cells, sums = (np.concatenate(column) for column in zip(*self._waiting, strict=True))
        self._waiting, self._rows = [], 0
        self._cells, self._sums = put((self._cells, self._sums), grouped(cells, sums, np.add), np.add)


def whole(sums: Hundredths, most: int) -> tuple[Whole, int, int]:
    """Hundredths → whole units, half up, clamped to 0..most; and how many were above and below that."""
    units = (sums + 50) // 100
    amounts = np.clip(units, 0, most).astype(np.uint32)
    return amounts, int((units > most).sum()), int((units < 0).sum())
