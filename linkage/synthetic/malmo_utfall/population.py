"""The whole made-up year: the eight lists, and who is in which process in which month.

People of a list have been in its programme until they left. All others are drawn around them, so that each
process has exactly the figure of the month.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np

from linkage.synthetic.malmo_2020 import figures as volume
from linkage.synthetic.malmo_utfall import figures
from linkage.synthetic.malmo_utfall.figures import AMA
from linkage.synthetic.malmo_utfall.results import Exits, Results, Weights, draw, fits, members
from linkage.synthetic.people import Residents, Who, everybody, pick
from linkage.synthetic.stays import Months, Stays
from linkage.synthetic.turnover import turnover

LEADS_TO = {
    volume.KRAFTEN: figures.UT_KRAFTEN,
    volume.SAMSTART: figures.UT_SAMSTART,
    volume.KRAMI: figures.UT_KRAMI,
    figures.JOBB: figures.JOBBSPAR,
}
"""Programme → the list of those who left it to work or study."""


@dataclass(frozen=True)
class Population:
    """Made-up people: results, and series → months, for the processes and övrig samverkan."""

    residents: Residents
    results: Results
    months: dict[str, Months]


def populate(seed: int) -> Population:
    """The made-up year of this seed: the same seed, the same people."""
    residents = everybody(
        dt.date(figures.YEAR - 64, 1, 1),
        dt.date(figures.YEAR - 16, 12, 31),
        volume.COORDINATION,
        np.random.default_rng([seed, 0]),
    )
    results = draw(residents, np.random.default_rng([seed, 1]))
    pools = _pools(residents, results, np.random.default_rng([seed, 2]))
    months = {AMA: _employed(results.hired, pools[AMA], np.random.default_rng([seed, 3]))}
    for place, (name, due) in enumerate({**figures.PROCESSES, **figures.OVRIG}.items()):
        if name != AMA:
            rng = np.random.default_rng([seed, 4, place])
            leavers = results.exits.get(LEADS_TO.get(name, ""), Exits.nobody())
            months[name] = _attended(leavers, due, figures.MEAN_STAY[name], pools[name], rng)
    return Population(residents, results, months)


def _pools(residents: Residents, results: Results, rng: np.random.Generator) -> dict[str, Weights]:
    """Programme → how likely each resident takes part who is in none of the lists."""
    free = ~members(residents, results.everybody)
    newly = pick(rng, free * fits(residents, figures.INSKRIVNING), figures.NEWLY_ARRIVED)
    free[newly] = False
    long = pick(rng, free * fits(residents, volume.KRAFTEN), figures.LONG_UNEMPLOYED)
    free[long] = False
    new, old = members(residents, newly), members(residents, long)
    grown_up = residents.age(dt.date(figures.YEAR, 1, 1)) >= 30
    return {
        AMA: free * fits(residents, AMA),
        figures.UTBILDNING: old * 1.0,
        figures.INSKRIVNING: new * 1.0,
        figures.JOBB: new * 1.0 + old * 0.2,
        figures.ORIENTERING: new * 1.0,
        figures.FORUM: old * grown_up * 1.0,
        figures.SMF: old * 1.0 + new * 0.3,
        figures.PLIKT: new * 1.0,
        volume.KRAFTEN: old * 1.0,
        volume.AVANTI: old * 1.0,
        volume.KRAMI: free * fits(residents, volume.KRAMI),
        volume.SAMSTART: free * fits(residents, volume.SAMSTART),
    }


def _attended(
    leavers: Exits, due: tuple[int, ...], mean_stay: float, pool: Weights, rng: np.random.Generator
) -> Months:
    """Exactly `due` people a month: those of the list until they left, and others."""
    length = 1 + (-np.log1p(-rng.random(len(leavers.who))) * mean_stay).astype(np.intp)
    first = np.maximum(leavers.month - length + 1, 0)
    known = Stays(leavers.who, first, leavers.month).months((len(pool), figures.MONTHS))
    others = np.array(due) - known.sum(axis=0)
    if others.min() < 0:
        raise ValueError("more people left a programme than were in it")
    return known | turnover(pool, others.tolist(), mean_stay, rng)


def _employed(hired: Exits, pool: Weights, rng: np.random.Generator) -> Months:
    """Municipal jobs: whoever was hired the year before, and from its month on each of this year's."""
    due = figures.PROCESSES[AMA]
    months = np.zeros((len(pool), figures.MONTHS), dtype=np.bool_)
    inside: Who = np.zeros(len(pool), dtype=np.bool_)
    inside[pick(rng, pool, due[0] - figures.HIRED[0])] = True
    for month, people in enumerate(due):
        leavers = int(inside.sum()) + figures.HIRED[month] - people
        inside[pick(rng, inside, leavers)] = False
        inside[hired.who[hired.month == month]] = True
        months[:, month] = inside
    return months
