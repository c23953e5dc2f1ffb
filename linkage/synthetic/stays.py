"""Months → stays → spells with days: from who is where in which month to what a register would hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Months: TypeAlias = npt.NDArray[np.bool_]
"""Who is there in which month, shape (residents, months)."""

Days: TypeAlias = npt.NDArray[np.datetime64]
"""Calendar days, NaT where there is none."""


@dataclass(frozen=True)
class Stays:
    """Unbroken runs of months: who, first and last month (both included, by index), shape (k,) each."""

    who: npt.NDArray[np.intp]
    first: npt.NDArray[np.intp]
    last: npt.NDArray[np.intp]

    def __len__(self) -> int:
        return len(self.who)

    def __getitem__(self, chosen: npt.NDArray[np.bool_] | npt.NDArray[np.intp]) -> Stays:
        return Stays(self.who[chosen], self.first[chosen], self.last[chosen])

    def months(self, shape: tuple[int, int]) -> Months:
        """The table of months that these stays fill."""
        edges = np.zeros((shape[0], shape[1] + 1), dtype=np.int8)
        np.add.at(edges, (self.who, self.first), 1)
        np.add.at(edges, (self.who, self.last + 1), -1)
        return edges.cumsum(axis=1)[:, :-1] > 0


def stays(months: Months) -> Stays:
    """The unbroken runs of a table of months, person by person, in order of time."""
    padded = np.zeros((months.shape[0], months.shape[1] + 2), dtype=np.int8)
    padded[:, 1:-1] = months
    steps = np.diff(padded, axis=1)
    who, first = np.nonzero(steps == 1)
    last = np.nonzero(steps == -1)[1] - 1
    return Stays(who, first, last)


@dataclass(frozen=True)
class Spells:
    """What a register holds of one series: who, first day, last day (NaT: still there), shape (k,) each."""

    who: npt.NDArray[np.intp]
    start: Days
    end: Days

    def __len__(self) -> int:
        return len(self.who)


def spells(
    runs: Stays, window: tuple[str, int], mean_stay: float, longest: int, rng: np.random.Generator
) -> Spells:
    """Days for stays of a window, such that each month of a stay, and no other month of it, is touched.

    window: its first month ("2020-01") and how many there are. Who is there in the first came up to `longest`
    months earlier, likelier late than early; who is there in the last is mostly still there.
    """
    month, months = np.datetime64(window[0], "M"), window[1]
    start = _some_day(month + runs.first, rng)
    before = (-np.log1p(-rng.random(len(runs))) * mean_stay).astype(np.int64) % longest
    start = np.where(runs.first == 0, _some_day(month - before, rng), start)
    end = _some_day(month + runs.last, rng)
    end = np.maximum(end, start)  # a stay of one month may end on the day that it began, not before
    still_there = (runs.last == months - 1) & (rng.random(len(runs)) < 0.9)
    return Spells(runs.who, start, np.where(still_there, np.datetime64("NaT"), end))


def _some_day(month: npt.NDArray[np.datetime64], rng: np.random.Generator) -> Days:
    first = month.astype("datetime64[D]")
    length = ((month + 1).astype("datetime64[D]") - first).astype(np.int64)
    return np.asarray(first + (rng.random(len(month)) * length).astype(np.int64))
