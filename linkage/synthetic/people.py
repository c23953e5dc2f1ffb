"""Made-up residents: everybody that the test serials have room for, and drawing some of them by chance."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from linkage.synthetic.numbers import TEST_SERIALS, personnummer, samordningsnummer

Who: TypeAlias = npt.NDArray[np.bool_]
"""Some of the residents: one truth value per resident, shape (n,)."""


@dataclass(frozen=True)
class Residents:
    """Made-up people, known by their index.

    born: yyyymmdd as one whole number, so that ages are a subtraction. serial: a test serial; its parity is
    the sex. coordination: True where the person has a samordningsnummer. All of shape (n,).
    """

    born: npt.NDArray[np.int32] = field(repr=False)
    serial: npt.NDArray[np.int32] = field(repr=False)
    coordination: Who = field(repr=False)

    def __len__(self) -> int:
        return len(self.born)

    @property
    def women(self) -> Who:
        """An even last serial digit is a woman's."""
        return np.asarray(self.serial % 2 == 0)

    def age(self, on: dt.date) -> npt.NDArray[np.int32]:
        """Completed years on a day, shape (n,)."""
        return (_packed(on) - self.born) // 10_000

    def number(self, index: int) -> str:
        """The canonical 12 digits of one resident."""
        year, rest = divmod(int(self.born[index]), 10_000)
        born = dt.date(year, *divmod(rest, 100))
        form = samordningsnummer if self.coordination[index] else personnummer
        return form(born, int(self.serial[index]))


def _packed(day: dt.date) -> int:
    return day.year * 10_000 + day.month * 100 + day.day


def everybody(first: dt.date, last: dt.date, coordination: float, rng: np.random.Generator) -> Residents:
    """All born from `first` to `last`, four a day; a share `coordination` has a samordningsnummer."""
    days = [_packed(first + dt.timedelta(n)) for n in range((last - first).days + 1)]
    born = np.repeat(np.array(days, dtype=np.int32), len(TEST_SERIALS))
    serial = np.tile(np.array(TEST_SERIALS, dtype=np.int32), len(days))
    return Residents(born, serial, rng.random(len(born)) < coordination)


def pick(
    rng: np.random.Generator, weights: npt.NDArray[np.float64] | Who, count: int
) -> npt.NDArray[np.intp]:
    """`count` distinct indices, drawn with a chance in proportion to their weight; all where there are fewer.

    The smallest of exponential waiting times, each at the rate of its weight, without replacement (Efraimidis
    and Spirakis, 2006). Only `random()` is drawn from, whose stream numpy keeps the same between versions.
    """
    candidates = np.flatnonzero(weights)
    if count >= len(candidates):
        return candidates
    if count <= 0:
        return candidates[:0]
    waiting = -np.log1p(-rng.random(len(candidates))) / weights[candidates]
    return np.sort(candidates[np.argpartition(waiting, count)[:count]])
