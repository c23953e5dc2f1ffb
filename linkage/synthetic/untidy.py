"""What makes a register look like one, and must not change a figure.

Decisions that were renewed, rows that stand twice, spells of other years, activities that nobody asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from linkage.synthetic.stays import Days, Spells

_RENEWED = 0.08
_TWICE = 0.01
_OF_OTHER_YEARS = 0.05
_NOT_ASKED_FOR = 0.04
_UNTIL_EXTRACTION = 14  # days from the end of the window to the day that the registers were taken


@dataclass(frozen=True)
class Covered:
    """The days that the agreement asks about: the first of them, and the first after them."""

    first: np.datetime64
    after: np.datetime64

    @classmethod
    def year(cls, year: int) -> Covered:
        """A calendar year."""
        return cls(np.datetime64(f"{year}-01-01", "D"), np.datetime64(f"{year + 1}-01-01", "D"))


@dataclass(frozen=True)
class Entries:
    """Rows of a register before they are text: who, label, first day, last day (NaT: still there)."""

    who: npt.NDArray[np.intp]
    label: npt.NDArray[np.str_]
    start: Days
    end: Days

    def __len__(self) -> int:
        return len(self.who)

    def __getitem__(self, rows: npt.NDArray[np.intp] | npt.NDArray[np.bool_]) -> Entries:
        return Entries(self.who[rows], self.label[rows], self.start[rows], self.end[rows])


def entries(label: str, spells: Spells) -> Entries:
    """The spells of one series under the name that the register has for it."""
    return Entries(spells.who, np.full(len(spells), label), spells.start, spells.end)


def together(parts: Sequence[Entries]) -> Entries:
    """All rows of several."""
    return Entries(
        np.concatenate([p.who for p in parts]),
        np.concatenate([p.label for p in parts]),
        np.concatenate([p.start for p in parts]),
        np.concatenate([p.end for p in parts]),
    )


def untidy(tidy: Entries, ignored: Sequence[str], covered: Covered, rng: np.random.Generator) -> Entries:
    """The same people in the same months, less tidily; `ignored`: labels that no map asks for."""
    asked = _twice(_renewed(tidy, covered, rng), rng)
    rows = together([asked, *_of_other_years(asked, covered, rng), _not_asked_for(asked, ignored, rng)])
    return rows[np.lexsort((rows.who, rows.label, rows.start))]


def _renewed(tidy: Entries, covered: Covered, rng: np.random.Generator) -> Entries:
    """Some decisions are two rows: the second begins the day after the first ends, or a week before."""
    last = np.where(np.isnat(tidy.end), covered.after, tidy.end)
    length = (last - tidy.start).astype(np.int64)
    cut = (length > 60) & (rng.random(len(tidy)) < _RENEWED)
    whole, parts = tidy[~cut], tidy[cut]
    break_day = parts.start + (length[cut] * (0.3 + 0.4 * rng.random(len(parts)))).astype(np.int64)
    overlap = np.where(rng.random(len(parts)) < 0.2, 7, 0)
    first = Entries(parts.who, parts.label, parts.start, break_day)
    second = Entries(parts.who, parts.label, break_day + 1 - overlap, parts.end)
    return together([whole, first, second])


def _twice(rows: Entries, rng: np.random.Generator) -> Entries:
    return together([rows, rows[rng.random(len(rows)) < _TWICE]])


def _of_other_years(rows: Entries, covered: Covered, rng: np.random.Generator) -> list[Entries]:
    """Spells that ended before the year, and some that began after it and before the register was taken."""
    old = rows[rng.random(len(rows)) < _OF_OTHER_YEARS]
    end = covered.first - 1 - (rng.random(len(old)) * 500).astype(np.int64)
    start = end - (rng.random(len(old)) * 200).astype(np.int64)
    new = rows[rng.random(len(rows)) < _OF_OTHER_YEARS / 5]
    later = covered.after + (rng.random(len(new)) * _UNTIL_EXTRACTION).astype(np.int64)
    still = np.full(len(new), np.datetime64("NaT", "D"))
    return [Entries(old.who, old.label, start, end), Entries(new.who, new.label, later, still)]


def _not_asked_for(rows: Entries, labels: Sequence[str], rng: np.random.Generator) -> Entries:
    some = rows[rng.random(len(rows)) < _NOT_ASKED_FOR]
    label = np.array(labels)[(rng.random(len(some)) * len(labels)).astype(np.intp)]
    return Entries(some.who, label, some.start, some.end)
