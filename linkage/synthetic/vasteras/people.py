"""The made-up people of Västerås: their years in the programmes, what came after, and the summers' pupils."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt

from linkage.synthetic.people import Residents, everybody, pick
from linkage.synthetic.vasteras import figures
from linkage.synthetic.vasteras.afterwards import Afterwards, follow
from linkage.synthetic.vasteras.careers import Careers, simulate
from linkage.synthetic.vasteras.programmes import PROGRAMMES

_BORN: Final = (dt.date(1955, 1, 1), dt.date(2006, 5, 31))
_ONE_IN: Final = 3  # of all whom the test serials have room for
_COORDINATION: Final = 0.03


@dataclass(frozen=True)
class Population:
    """summers: (name of the programme, year) → who had a place in that summer."""

    residents: Residents
    careers: Careers
    after: Afterwards
    summers: dict[tuple[str, int], npt.NDArray[np.intp]] = field(repr=False)


def populate(seed: int) -> Population:
    """The made-up years of this seed: the same seed, the same people."""
    residents = _residents(stream(seed, 0))
    careers = simulate(residents, stream(seed, 1))
    after = follow(residents, careers, stream(seed, 2))
    return Population(residents, careers, after, _summers(residents, careers, stream(seed, 3)))


def stream(seed: int, stage: int) -> np.random.Generator:
    """A stream of its own for each stage: a change in one does not stir the others."""
    return np.random.default_rng([seed, stage])


def _residents(rng: np.random.Generator) -> Residents:
    found = everybody(*_BORN, _COORDINATION, rng)
    kept = rng.random(len(found)) < 1 / _ONE_IN
    return Residents(found.born[kept], found.serial[kept], found.coordination[kept])


def _summers(
    residents: Residents, careers: Careers, rng: np.random.Generator
) -> dict[tuple[str, int], npt.NDArray[np.intp]]:
    """Pupils who are in no other programme; nobody has both kinds of place in one summer."""
    outside = np.ones(len(residents), dtype=np.bool_)
    outside[careers.stays[:, 0]] = False
    found = {}
    for year in figures.YEARS:
        age = residents.age(dt.date(year, 6, 1))
        free = outside.copy()
        for programme in PROGRAMMES:
            if programme.name not in figures.SUMMERS:
                continue
            low, high = programme.ages
            women = np.where(residents.women, programme.women, 1 - programme.women)
            who = pick(
                rng, women * (free & (age >= low) & (age <= high)), figures.SUMMERS[programme.name][year]
            )
            free[who] = False
            found[programme.name, year] = who
    return found
