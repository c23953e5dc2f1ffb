"""The whole made-up year: the groups of the cooperation, and what each party's registers hold of everybody.

Gross registers are built from the net groups, so that taking away again what the report takes away gives the
report's figures: ung-malmo is DUA-unga with some of KAA and of övrig, ama is LÖK with some of övrig.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from linkage.synthetic.malmo_2020 import cooperation, figures
from linkage.synthetic.malmo_2020.figures import DUA, ETABLERING, GROUPS, LOK, OVRIG
from linkage.synthetic.people import Residents, Who, everybody, pick
from linkage.synthetic.stays import Months, Stays, stays
from linkage.synthetic.turnover import turnover

_YEAR_END = dt.date(figures.YEAR, 12, 31)


@dataclass(frozen=True)
class Population:
    """Made-up people and where they are.

    groups: group → months, net, as the report counts. series: series → months, as the registers hold them.
    year_only: series → indices of people whose months nobody knows.
    """

    residents: Residents
    groups: dict[str, Months]
    series: dict[str, Months]
    year_only: dict[str, npt.NDArray[np.intp]]

    @property
    def volume(self) -> Months:
        """Who is in any group in which month."""
        return _any(self.groups, GROUPS)


def populate(seed: int) -> Population:
    """The made-up year of this seed: the same seed, the same people, to the last day."""
    residents = everybody(
        dt.date(figures.YEAR - 64, 1, 1),
        dt.date(figures.YEAR - 16, 12, 31),
        figures.COORDINATION,
        _rng(seed, 0),
    )
    groups = cooperation.simulate(residents, _rng(seed, 1))
    kaa, kaa_in_ung = _kaa(residents, groups, _rng(seed, 2))
    ama = _enrolled(groups, figures.IN_AMA, LOK, np.zeros_like(kaa), _rng(seed, 3))
    young = _under_30(residents)
    ung = young & _enrolled(groups, figures.IN_UNG_MALMO, DUA, ama, _rng(seed, 4))
    registered = _registered(residents, groups, _rng(seed, 5))
    ama_young = _ama_young(residents, groups, registered, _rng(seed, 6))
    series = {
        "ung-malmo": groups[DUA] | kaa_in_ung | ung,
        "ama-30-64": groups[LOK] | ama & ~young,
        "ama-16-29": ama & young | ama_young,
        "kaa": kaa,
        "arbetslos": registered,
        "bistand-manad": _assistance(residents, groups, registered, ama_young, _rng(seed, 7)),
        ETABLERING: groups[ETABLERING],
        **{g: groups[g] for g in OVRIG},
    }
    return Population(residents, groups, series, _year_only(residents, groups, registered, _rng(seed, 8)))


def _rng(seed: int, stage: int) -> np.random.Generator:
    """A stream of its own for each stage: a change in one does not stir the others."""
    return np.random.default_rng([seed, stage])


def _any(groups: dict[str, Months], names: tuple[str, ...]) -> Months:
    return np.asarray(np.logical_or.reduce([groups[name] for name in names]))


def _ever(months: Months) -> Who:
    """Who is there in some month."""
    return np.asarray(months.any(axis=1))


def _under_30(residents: Residents) -> Months:
    """Who is under 30 on the last day of which month."""
    firsts = [dt.date(figures.YEAR, m, 1) for m in range(2, 13)] + [dt.date(figures.YEAR + 1, 1, 1)]
    return np.stack([residents.age(day - dt.timedelta(days=1)) < 30 for day in firsts], axis=1)


def _enrolled(
    groups: dict[str, Months], shares: dict[str, float], main: str, taken: Months, rng: np.random.Generator
) -> Months:
    """Those of övrig whose enrolment in the city's own activity goes on beside it.

    Of the stays that begin in the same month a fixed share, first those who came from `main`: they keep their
    place there. `taken`: months that are spoken for.
    """
    beside = np.zeros_like(taken)
    for group, share in shares.items():
        runs = stays(groups[group])
        from_main = (runs.first > 0) & groups[main][runs.who, runs.first - 1]
        first_choice = from_main + rng.random(len(runs))
        chosen = np.zeros(len(runs), dtype=np.bool_)
        for month in range(figures.MONTHS):
            cohort = np.flatnonzero(runs.first == month)
            best = cohort[np.argsort(-first_choice[cohort], kind="stable")]
            chosen[best[: int(share * len(cohort) + rng.random())]] = True
        beside |= runs[chosen].months((taken.shape[0], taken.shape[1]))
    return beside & ~taken


def _kaa(residents: Residents, groups: dict[str, Months], rng: np.random.Generator) -> tuple[Months, Months]:
    """KAA, and those of KAA who are in the register of Ung Malmö as well: some stay there afterwards."""
    volume = _any(groups, GROUPS)
    age = residents.age(_YEAR_END)
    schoolish = (age >= 17) & (age <= 19)
    kaa = turnover(schoolish & ~_ever(volume), [figures.KAA] * figures.MONTHS, figures.KAA_STAY, rng)
    shape = (volume.shape[0], volume.shape[1])
    runs = stays(kaa)
    in_ung = runs[rng.random(len(runs)) < figures.KAA_IN_UNG_MALMO].months(shape)
    starts = stays(groups[DUA])
    comes = (starts.first > 0) & schoolish[starts.who]
    starts = starts[comes & (rng.random(len(starts)) < figures.KAA_BEFORE_UNG_MALMO)]
    earliest = np.maximum(starts.first - 1 - (rng.random(len(starts)) * 4).astype(np.intp), 0)
    before = Stays(starts.who, earliest, starts.first - 1).months(shape) & ~volume
    return kaa | before, in_ung | before


def _registered(residents: Residents, groups: dict[str, Months], rng: np.random.Generator) -> Months:
    """Who is registered with AF: most of the cooperation, and as many others as make up the figure."""
    volume = _any(groups, GROUPS)
    registered = volume & (rng.random((len(residents), 1)) < _highest(groups, figures.REGISTERED))
    known = _ever(volume)
    upto = np.logical_or.accumulate(volume, axis=1)
    after = np.logical_or.accumulate(volume[:, ::-1], axis=1)[:, ::-1]
    for around, share in (
        (~upto & after, figures.AT_AF_BEFORE),
        (upto & after & ~volume, figures.AT_AF_BETWEEN),
        (upto & ~after, figures.AT_AF_AFTER),
    ):
        registered |= around & (rng.random((len(residents), 1)) < share)
    age = residents.age(_YEAR_END)
    weights = np.zeros(len(residents))
    for low, high, share in figures.UNEMPLOYED_AGES:
        weights[(age >= low) & (age <= high) & ~known] = share / (high - low + 1)
    lacking = np.array(figures.UNEMPLOYED) - registered.sum(axis=0)
    return registered | turnover(weights, lacking.tolist(), figures.UNEMPLOYED_STAY, rng)


def _highest(groups: dict[str, Months], shares: dict[str, float]) -> npt.NDArray[np.float64]:
    """Per person and month the highest share of the groups that the person is in, 0 where in none."""
    return np.asarray(np.maximum.reduce([groups[name] * share for name, share in shares.items()]))


def _ama_young(
    residents: Residents, groups: dict[str, Months], registered: Months, rng: np.random.Generator
) -> Months:
    """People under 30, enrolled with the city and registered with AF, and in no group."""
    outside = ~_ever(_any(groups, GROUPS)) & _ever(registered)
    young = outside & (residents.age(_YEAR_END) < 30)
    crowd = turnover(young, [figures.AMA_YOUNG] * figures.MONTHS, figures.AMA_YOUNG_STAY, rng)
    return crowd & registered


def _assistance(
    residents: Residents,
    groups: dict[str, Months],
    registered: Months,
    ama_young: Months,
    rng: np.random.Generator,
) -> Months:
    """Who gets assistance in which month: a person's own leaning against the share of where the person is."""
    volume = _any(groups, GROUPS)
    known = _ever(volume)[:, np.newaxis]
    share = np.maximum.reduce(
        [
            _highest(groups, figures.ON_ASSISTANCE),
            (known & ~volume) * figures.AFTER_A_GROUP_ON_ASSISTANCE,
            (~known & registered) * figures.UNEMPLOYED_ON_ASSISTANCE,
            ama_young * figures.AMA_YOUNG_ON_ASSISTANCE,
        ]
    )
    every = figures.ASSISTANCE_EVERY_MONTH
    leaning = rng.random((len(residents), 1)) < share / every
    elsewhere: Who = ~known[:, 0] & ~_ever(registered) & (residents.age(_YEAR_END) >= 19)
    crowd = [figures.ASSISTANCE_ONLY] * figures.MONTHS
    only = turnover(elsewhere, crowd, figures.ASSISTANCE_STAY, rng)
    return np.asarray((leaning | only) & (rng.random(volume.shape) < every))


def _year_only(
    residents: Residents, groups: dict[str, Months], registered: Months, rng: np.random.Generator
) -> dict[str, npt.NDArray[np.intp]]:
    """The lists without months: a share in the volume, the rest unemployed outside it, six people in two."""
    volume = _ever(_any(groups, GROUPS))
    age = residents.age(_YEAR_END)
    free = np.ones(len(residents), dtype=np.bool_)
    lists: dict[str, list[int]] = {name: [] for name in figures.YEAR_ONLY}

    def draw(names: tuple[str, ...], count: int, *, inside: bool) -> None:
        fits = free & _ever(registered) & ~volume
        if inside:
            fits = free & np.logical_or.reduce(
                [_ever(groups[g]) for name in names for g in figures.YEAR_ONLY_FROM[name]]
            )
        for name in names:
            low, high = figures.YEAR_ONLY_AGES[name]
            fits = fits & (age >= low) & (age <= high)
        who = pick(rng, fits, count)
        free[who] = False
        for name in names:
            lists[name].extend(who.tolist())

    for place, pair in enumerate(figures.YEAR_ONLY_IN_TWO):
        draw(pair, 1, inside=place % 3 == 0)
    for name, total in figures.YEAR_ONLY.items():
        in_volume = round(figures.YEAR_ONLY_IN_VOLUME * total) - int(volume[lists[name]].sum())
        draw((name,), in_volume, inside=True)
        draw((name,), total - len(lists[name]), inside=False)
    return {name: np.array(sorted(who), dtype=np.intp) for name, who in lists.items()}
