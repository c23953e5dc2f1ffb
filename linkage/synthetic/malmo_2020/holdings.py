"""What each party holds, with days: the population's months as spells, lists by month, and lists of the year.

This is the truth that the registers are written from; the tests count it with plain Python sets.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from linkage.synthetic.malmo_2020 import figures
from linkage.synthetic.malmo_2020.population import Population
from linkage.synthetic.stays import Months, Spells, spells, stays

PARTIES = {
    "asf": ("ung-malmo", "ama-30-64", "ama-16-29", "avanti", "krami", "aktivitetscenter", "bistand-manad"),
    "gvf": ("kaa", "samstart", "studiestartsstod", "yrkes-sfi"),
    "af": ("arbetslos", "etablering", "malmokraften"),
    "fsf": ("make-it-work",),
}
"""Who holds which series: a committee of the city is its own controller (an assumption; docs/demo.md)."""

BY_MONTH = "bistand-manad"
_STAYS = {
    "ung-malmo": figures.MEAN_STAY[figures.DUA],
    "ama-30-64": figures.MEAN_STAY[figures.LOK],
    "ama-16-29": figures.AMA_YOUNG_STAY,
    "kaa": figures.KAA_STAY,
    "arbetslos": figures.UNEMPLOYED_STAY,
    **{g: figures.MEAN_STAY[g] for g in (figures.ETABLERING, *figures.OVRIG)},
}
_LONGEST = {"ama-30-64": 96, "arbetslos": 96}  # months that somebody has been there already; others 24


@dataclass(frozen=True)
class Holdings:
    """series → its spells; assistance as a table of months; series → people of the year."""

    spells: dict[str, Spells]
    assistance: Months
    year_only: dict[str, npt.NDArray[np.intp]]


def holdings(population: Population, seed: int) -> Holdings:
    """The same seed, the same days."""
    dated = {
        name: spells(
            stays(population.series[name]),
            (f"{figures.YEAR}-01", figures.MONTHS),
            mean,
            _LONGEST.get(name, 24),
            np.random.default_rng([seed, 20, place]),
        )
        for place, (name, mean) in enumerate(_STAYS.items())
    }
    return Holdings(dated, population.series[BY_MONTH], population.year_only)
