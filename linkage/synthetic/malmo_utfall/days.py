"""What each party holds, with days: stays in programmes as spells, and the day on which each result fell.

Who goes from a programme to a municipal job leaves it in the month of the job, on its first day or before.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from linkage.synthetic.malmo_utfall import figures
from linkage.synthetic.malmo_utfall.population import LEADS_TO, Population
from linkage.synthetic.malmo_utfall.results import JOB, Exits
from linkage.synthetic.stays import Days, Spells, spells, stays

_WINDOW = (f"{figures.YEAR}-01", figures.MONTHS)
_NEW_YEAR = np.datetime64(f"{figures.YEAR}-01-01", "D")
_LONGEST = 24  # months that somebody has been there already when the year begins
_JOB_STAY = 8


@dataclass(frozen=True)
class Holdings:
    """left: list → the day of each of its exits, in their order. spells: series → stays, with days."""

    left: dict[str, Days]
    hired: Days
    spells: dict[str, Spells]


def holdings(population: Population, seed: int) -> Holdings:
    """The same seed, the same days."""
    results = population.results
    rng = np.random.default_rng([seed, 20])
    hired = _day(results.hired, 1 + (rng.random(len(results.hired.who)) * 28).astype(np.int64))
    first_day = dict(zip(results.hired.who.tolist(), hired.tolist(), strict=True))
    left = {name: _left(exits, first_day, rng) for name, exits in results.exits.items()}
    held: dict[str, Spells] = {}
    for place, (name, months) in enumerate(population.months.items()):
        mean = figures.MEAN_STAY.get(name, _JOB_STAY)
        drawn = spells(stays(months), _WINDOW, mean, _LONGEST, np.random.default_rng([seed, 21, place]))
        goal = LEADS_TO.get(name)
        if goal is not None:
            drawn = _until(drawn, results.exits[goal], left[goal])
        held[name] = drawn
    held[figures.AMA] = _from(held[figures.AMA], results.hired, hired)
    return Holdings(left, hired, held)


def _day(exits: Exits, of_month: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Days:
    return np.asarray((np.datetime64(_WINDOW[0], "M") + exits.month).astype("datetime64[D]") + of_month - 1)


def _left(exits: Exits, first_day: dict[int, object], rng: np.random.Generator) -> Days:
    latest = np.full(len(exits.who), 28, dtype=np.int64)
    for place in np.flatnonzero(exits.reason == JOB).tolist():
        latest[place] = int(str(first_day[int(exits.who[place])])[8:])
    return _day(exits, 1 + (rng.random(len(latest)) * latest).astype(np.int64))


def _until(held: Spells, exits: Exits, left: Days) -> Spells:
    """The last stay of each of these people ends on the day that they left."""
    day = dict(zip(exits.who.tolist(), left, strict=True))
    end = np.array([day.get(who, end) for who, end in zip(held.who.tolist(), held.end, strict=True)])
    gone = ~np.isnat(end)
    return Spells(held.who, np.where(gone, np.minimum(held.start, end), held.start), end)


def _from(held: Spells, hired: Exits, first: Days) -> Spells:
    """A job of this year begins on its day, every other one the year before."""
    day = dict(zip(hired.who.tolist(), first, strict=True))
    before = np.where(held.start >= _NEW_YEAR, held.start - 31, held.start)
    start = np.array([day.get(who, begun) for who, begun in zip(held.who.tolist(), before, strict=True)])
    return Spells(held.who, start, np.maximum(held.end, start))
