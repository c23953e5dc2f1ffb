"""All of the made-up people: who takes part in what, who lives together, who is paid what, who studies."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from linkage.synthetic.malmo_bistand import figures
from linkage.synthetic.malmo_bistand.careers import Career, careers
from linkage.synthetic.malmo_bistand.chance import Chance
from linkage.synthetic.malmo_bistand.households import Amounts, Household, households
from linkage.synthetic.malmo_bistand.studies import Course, courses
from linkage.synthetic.people import Residents, everybody


@dataclass(frozen=True)
class Population:
    """Made-up people by their index in `residents`; `paid`: kronor, a row for each of `homes`."""

    residents: Residents
    careers: tuple[Career, ...] = field(repr=False)
    homes: tuple[Household, ...] = field(repr=False)
    paid: Amounts = field(repr=False)
    courses: tuple[Course, ...] = field(repr=False)


def populate(seed: int) -> Population:
    """The same seed, the same people, to the last krona."""
    on = figures.AGES_ON
    residents = everybody(
        dt.date(on.year - figures.OLDEST, 1, 1),
        dt.date(on.year - figures.YOUNG[0], 12, 31),
        figures.COORDINATION,
        Chance(seed, 0).rng,
    )
    free = residents.age(on) <= figures.OLDEST
    everyone = careers(residents, free, seed)
    homes, paid = households(residents, everyone, free, seed)
    studying = courses(residents, everyone, free, seed)
    return Population(residents, tuple(everyone), tuple(homes), paid, tuple(studying))
