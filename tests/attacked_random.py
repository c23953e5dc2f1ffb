"""Random small rounds to be attacked: two to four series and parties, sex, ages, months, few people."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pytest

from linkage.agreement.model import Agreement, Party, ReleaseRule, Series
from linkage.dimensions import Ages, Band, Dimensions
from linkage.match import count
from linkage.measures import language
from linkage.measures.expressions import Expression
from linkage.measures.model import Count, Duration, Flow, Follow, HowMany, Measure, Outcome, Overlap, Share
from linkage.measures.vocabulary import Vocabulary
from linkage.release import Release, control
from linkage.release.gate import PackageFact
from linkage.release.methods.suppress.choose import choose
from linkage.synthetic.numbers import personnummer
from linkage.window import Unit, Window
from tests.attacked_histories import Person, possible
from tests.attacked_rounds import NOW
from tests.attacks import family_key
from tests.fake_package import ROUND_KEY, FakePackage, packages
from tests.oracle import Registers, Spell
from tests.oracle_registers import days
from tests.random_chance import BySeed, Chance
from tests.random_rounds import agreement_of, fingerprint

SEARCH = 2.0
"""Seconds for the cheapest pattern, where time is short: what is had by then is attacked alike."""
COLUMNS = 700
"""Who there could be at most: histories, sexes and ages."""
METHODS: tuple[tuple[str, bool], ...] = (
    ("suppress", False),
    ("suppress", True),
    ("cellkey", False),
    ("cellkey", True),
)
"""What is attacked, and whether over time too."""
ON = dt.date(2020, 12, 31)
BANDS = (Band("16-29", 16, 29), Band("30-64", 30, 64))
BORN = {"16-29": 1995, "30-64": 1975, "other": 1940}


class Round(NamedTuple):
    """An agreement, and everybody there is."""

    agreement: Agreement
    people: Sequence[Person]


def a_round(seed: int, method: str, *, months: bool = True, columns: int = COLUMNS) -> Round:
    """Whatever a seed says. months: also by period and by span, and moves."""
    chance = BySeed(seed)
    while True:
        agreement = _asking_nothing(chance, method, months=months)
        every = possible(agreement, every_sex=False)
        if len(every) <= columns:
            break
    agreement = replace(agreement, measures=tuple(_measures(chance, agreement, months=months)))
    people = []
    for _ in range(chance.whole(4, 24)):
        people += [chance.pick(every)] * chance.pick((1, 1, 1, 2, 2, 3, 5, 8, 13, 30))
    return Round(agreement, people)


RULES: Mapping[str, Sequence[Mapping[str, str | int]]] = {
    "suppress": ({"threshold": 10, "width": 5}, {"threshold": 5, "width": 3}, {"threshold": 3, "width": 2}),
    "cellkey": (
        {"threshold": 10, "D": 7, "variance": 4, "js": 2},
        {"threshold": 5, "D": 5, "variance": 3, "js": 2},
        {"threshold": 5, "D": 3, "variance": 2, "js": 1},
    ),
}


def _asking_nothing(chance: Chance, method: str, *, months: bool) -> Agreement:
    names = ("malmo", "af", "region", "csn")[: chance.whole(2, 4)]
    owners = [*names, *(chance.pick(names) for _ in range(chance.whole(0, 4 - len(names))))]
    parties = tuple(
        Party(
            name,
            name,
            fingerprint(name),
            tuple(Series(name, f"s{i}", f"s{i}") for i, owner in enumerate(owners) if owner == name),
        )
        for name in names
    )
    n = chance.pick((1, 2, 2, 3))
    spans = {"early": (0, 1)} if n == 3 and months and chance.coin() else {}
    window = Window(Unit.MONTH, "2020-01", f"2020-0{n}", spans)
    age = chance.pick([None, None, Ages(ON, BANDS), Ages(ON, BANDS[:1])])
    agreement = agreement_of(window, parties, Dimensions(chance.coin(), age))
    parameters: dict[str, str | int] = {
        **chance.pick(RULES[method]),
        "trust": "parties export their registers unaltered",
    }
    return replace(agreement, release=ReleaseRule(method, parameters))


# -- questions --------------------------------------------------------------------------------------------


class _Words:
    """Expressions over what an agreement offers."""

    def __init__(self, chance: Chance, agreement: Agreement) -> None:
        self.chance = chance
        series = {s.key: (s.title, True) for s in agreement.series}
        dimensions, self.periods = agreement.dimensions, len(agreement.window)
        self._vocabulary = Vocabulary(series, {}, dimensions.sex, dimensions.age, self.periods)
        self._series = [*series]
        self._who = ["sex.woman"] * dimensions.sex + ["age.16-29"] * (dimensions.age is not None)

    def one(self) -> Expression:
        return self._parsed(self._source())

    def several(self, least: int, most: int) -> tuple[Expression, ...]:
        found = dict.fromkeys(self._source() for _ in range(self.chance.whole(least, most) + 1))
        if len(found) < least:
            return self.several(least, most)
        return tuple(self._parsed(source) for source in [*found][:most])

    def _parsed(self, source: str) -> Expression:
        return language.parse(source, self._vocabulary)

    def _source(self) -> str:
        a, b = (self.chance.pick(self._series) for _ in range(2))
        forms = [a, a, a, f"{a} | {b}", f"{a} & {b}", f"{a} - {b}", f"{a} & !{b}"]
        forms += [f"{a} & {who}" for who in self._who]
        if self.periods > 1:
            forms += [
                f"ever({a})",
                f"{a} & ever({b})",
                f"started({a})",
                f"left({a})",
                f"within({a}, 1) & {b}",
            ]
        return self.chance.pick(forms)


def _measures(chance: Chance, agreement: Agreement, *, months: bool) -> Iterator[Measure]:
    words = _Words(chance, agreement)
    kinds: list[type[Measure]] = [Count, Count, Overlap, Overlap, HowMany, Share]
    if words.periods > 1:
        kinds += [Outcome] + [Flow] * months
    if words.periods > 2:
        kinds += [Duration]
    for number in range(chance.whole(1, 3)):
        kind = chance.pick(kinds)
        by = ["sex"] * (agreement.dimensions.sex and chance.coin())
        by += ["age"] * (agreement.dimensions.age is not None and chance.coin())
        if months and kind is not Duration:
            times = ["", "period", "period"] + ["span"] * bool(agreement.window.spans)
            by += [found] if (found := chance.pick(times)) else []
        yield _measure(words, kind, (f"m{number}", f"m{number}", tuple(by), None))


def _measure(words: _Words, kind: type[Measure], common: tuple[str, str, tuple[str, ...], None]) -> Measure:
    chance = words.chance
    if kind is Count:
        parts = words.several(2, 3) if chance.coin() else ()
        return Count(*common, words.one(), parts)
    if kind is Overlap:
        return Overlap(*common, words.several(2, 3))
    if kind is HowMany:
        return HowMany(*common, words.several(2, 3))
    if kind is Share:
        return Share(*common, words.one(), words.one())
    if kind is Flow:
        return Flow(*common, words.several(1, 2))
    if kind is Outcome:
        follow = chance.pick([*Follow])
        return Outcome(
            *common, words.one(), words.one(), follow, 1 if follow is Follow.FOR else chance.whole(0, 1)
        )
    return Duration(*common, words.one())


# -- played -----------------------------------------------------------------------------------------------


def registers(agreement: Agreement, people: Sequence[Person]) -> Registers:
    """What the parties hold: a made-up identity number for each, and days."""
    found: dict[str, list[Spell]] = {series.key: [] for series in agreement.series}
    born = {age: dt.date(year, 1, 1) for age, year in BORN.items()}
    for number, person in enumerate(people):
        serial = {"woman": (238, 980), "man": (239, 981)}.get(person.sex, (238, 239))[number % 2]
        identity = personnummer(born[person.age], serial)
        born[person.age] += dt.timedelta(1)
        for key, periods in person.there.items():
            found[key] += [Spell(identity, *days(agreement.window.labels[p])) for p in sorted(periods)]
    return found


@pytest.fixture
def short_searches(monkeypatch: pytest.MonkeyPatch) -> None:
    """See SEARCH."""
    assert choose.__kwdefaults__
    monkeypatch.setitem(choose.__kwdefaults__, "seconds", SEARCH)


def sent(agreement: Agreement, people: Sequence[Person]) -> list[FakePackage]:
    """Their packages, with seeds where these are asked for."""
    found = packages(registers(agreement, people), agreement)
    if agreement.release.method != "cellkey":
        return found
    for package in found:
        seeds = b"".join(hashlib.sha256(b"seed" + row.tobytes()).digest()[:16] for row in package.rows.tokens)
        package.rows = replace(package.rows, seeds=np.frombuffer(seeds, np.uint8).reshape(-1, 16))
    return found


def released(played: Round, seed: int = 0, history: Sequence[Release] = ()) -> Release:
    """What the gate lets out. Raises ReleaseError where it refuses."""
    agreement, people = played
    key = family_key(seed) if agreement.release.method == "cellkey" else None
    packed = sent(agreement, people)
    counted = count(packed, agreement, ROUND_KEY, key)
    facts = [PackageFact(p.party, "0" * 32, "0" * 128, 100) for p in packed]
    ties = hashlib.sha256(f"ties {seed}".encode()).digest()
    noise = key.noise_key().draw if key else None
    figures, atoms = counted.figures, counted.atoms
    return control(figures, agreement, facts, NOW, history, atoms=atoms, key=ties, noise=noise)


def shown(played: Round, release: Release) -> str:
    """What is asked and what is told, with the true numbers of the kinds of people that there are."""
    lines = [f"  {played.agreement.release.parameters}"]
    for table in release.tables:
        what = [x for x in (table.asked, *table.items, table.of) if x]
        lines.append(f"  {table.measure} {table.kind} by {[*table.dimensions]}: {what}")
        lines += [f"    {dict(row)}" for row in table.rows]
    kinds: dict[str, int] = {}
    for person in played.people:
        there = {key: sorted(p) for key, p in person.there.items() if p}
        kind = f"{there} {person.sex} {person.age}"
        kinds[kind] = kinds.get(kind, 0) + 1
    return "\n".join([*lines, *(f"  {n} × {kind}" for kind, n in kinds.items())])
