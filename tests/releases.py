"""Releases for tests: made-up people, counted in plain Python, through the real gate.

A stand-in for the match; `test_release_rows` has an oracle of its own for what is derived from counts.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import random
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import numpy as np

from keys.family import FamilyKey
from keys.identity import RELEASE, Identity
from linkage.agreement import parse
from linkage.agreement.model import Agreement, ReleaseRule
from linkage.dimensions import OTHER
from linkage.measures.expressions import (
    And,
    Ever,
    Expression,
    Left,
    Minus,
    Not,
    OfAge,
    OfSex,
    Or,
    Presence,
    Started,
    Tree,
)
from linkage.measures.figures import Axis, Cells, Figures, Note, Sums
from linkage.measures.model import (
    Change,
    Count,
    Duration,
    Flow,
    Frame,
    HowMany,
    Measure,
    Outcome,
    Overlap,
    Share,
)
from linkage.release import PackageFact, Release, control, gate
from linkage.release import parse as parse_release
from linkage.release.methods import cellkey
from linkage.release.writing import write
from tests import releases_time
from tests.releases_time import OVER_TIME

MADE = dt.datetime(2026, 11, 21, 20, 0, 0, 123000, dt.UTC)
AGREED = "Nämnden, § 12 (2026-11-02): människorna är påhittade"
MOVED: dict[str, str | int] = {
    "threshold": 10,
    "D": 7,
    "variance": 4,
    "js": 2,
    "trust": "parties export their registers unaltered",
}
"""What a release by cellkey says of itself."""
NOISE = FamilyKey(bytes(32), "exempel").noise_key().draw
"""By which a release by cellkey is moved."""
Bits = frozenset[int]


@dataclass(frozen=True)
class Person:
    """sex: woman, man, other; age: a band's name or other; there: series → periods; amounts: by period.

    key: the record key, below 2**32.
    """

    sex: str
    age: str
    there: dict[str, Bits]
    amounts: dict[str, dict[int, int]] = field(default_factory=dict)
    key: int = 0


HEAD = """
format = "linkage-agreement/1"
name = "exempel"
round = 1
title = "Samverkan 2020"
purpose = "Att räkna hur många olika personer som samverkan nådde."
basis = "Exempel: beslut 2020/17."
[period]
unit = "{unit}"
first = "{first}"
last = "{last}"
counting = "any-day"
spans = {{ {spans} }}
[identifier]
scheme = "se"
accept = ["personnummer", "samordningsnummer"]
[dimensions]
sex = true
age = {{ on = "2020-12-31", bands = ["16-29", "30-64"] }}
[[party]]
name = "stad"
title = "Staden"
identity = "@stad"
series = [
  {{ name = "ung", title = "Ung i staden", places = 150 }},
  {{ name = "vuxen", title = "Vuxen i staden", places = 210 }},
  {{ name = "center", title = "Centret", known = "window" }},
  {{ name = "bistand", title = "Ekonomiskt bistånd", value = {{ unit = "kr", max = 60000 }} }},
]
[[party]]
name = "af"
title = "Arbetsförmedlingen"
identity = "@af"
series = [
  {{ name = "program", title = "Programmet" }},
  {{ name = "arbetslos", title = "Inskrivna arbetslösa" }},
]
[matcher]
name = "matcher"
title = "Betrodd tredje part"
identity = "@matcher"
round_key = "@round"
[[group]]
name = "volym"
title = "Samverkansvolymen"
is = "stad.ung | stad.vuxen | af.program"
{measures}
[release]
method = "exact"
agreed = "{agreed}"
[retention]
days = 30
basis = "gallringsbeslut"
"""

MEASURES = """
[[measure]]
name = "volym"
title = "Unika i samverkan"
count = "volym"
parts = ["stad.ung", "stad.vuxen", "af.program"]
by = ["period", "sex", "age"]
[[measure]]
name = "aret"
title = "Alla som nåddes"
count = "volym | stad.center"
by = ["sex"]
[[measure]]
name = "andel"
title = "Andel av de arbetslösa"
share = "volym & af.arbetslos"
of = "af.arbetslos"
target = 40
by = ["period", "sex"]
[[measure]]
name = "andel-av-fast"
title = "Andel av 900"
share = "volym"
of = { mean = 900 }
source = "Någon annans statistik"
by = ["period"]
[[measure]]
name = "nya"
title = "Nya i programmet"
count = "started(af.program)"
by = ["period"]
[[measure]]
name = "nya-andel"
title = "Andel nya i programmet"
share = "started(af.program)"
of = "af.program"
by = ["period"]
[[measure]]
name = "med-centret"
title = "Med centret"
count = "stad.ung | stad.center"
parts = ["stad.ung", "stad.center"]
by = ["period"]
[[measure]]
name = "kombinationer"
title = "I vad"
overlap = ["stad.ung", "stad.vuxen", "af.program"]
by = ["period"]
[[measure]]
name = "antal"
title = "I hur många"
howmany = ["stad.ung", "stad.vuxen", "af.program", "af.arbetslos"]
by = ["sex", "age"]
[[measure]]
name = "halvar"
title = "Halvåren"
count = "volym"
parts = ["stad.ung", "stad.vuxen"]
by = ["span", "sex"]
against = "h1"
[[measure]]
name = "halvar-andel"
title = "Halvårens andel"
share = "af.program & af.arbetslos"
of = "af.arbetslos"
by = ["span"]
against = "h1"
"""

OVER_TIME_MEASURES = """
[[measure]]
name = "steg"
title = "Steg mellan insatser"
flow = ["af.program", "stad.vuxen", "stad.ung"]
every = 1
by = ["period", "sex"]
[[measure]]
name = "steg-halvar"
title = "Steg på ett kvartal"
flow = ["af.program", "stad.vuxen | stad.ung"]
every = 3
by = ["span"]
against = "h1"
[[measure]]
name = "till-programmet"
title = "Från staden till programmet"
leaving = "stad.ung | stad.vuxen"
to = "af.program"
within = 3
target = 40
by = ["period", "sex"]
[[measure]]
name = "till-programmet-halvar"
title = "I programmet två månader efter"
leaving = "stad.vuxen"
to = "af.program"
at = 2
by = ["span", "age"]
against = "h1"
[[measure]]
name = "kvar"
title = "Utanför staden två månader i rad"
leaving = "stad.ung | stad.vuxen"
to = "!(stad.ung | stad.vuxen)"
for = 2
[[measure]]
name = "langd"
title = "Hur länge man är vuxen i staden"
duration = "stad.vuxen"
by = ["sex", "age"]
[[measure]]
name = "bistandet"
title = "Biståndet före och efter"
change = "stad.bistand"
around = "left(stad.ung | stad.vuxen)"
before = 3
after = 3
by = ["sex"]
[[measure]]
name = "platser"
title = "Platserna i staden"
share = "stad.ung | stad.vuxen"
of = "places"
target = 90
by = ["period", "sex"]
[[measure]]
name = "vilka"
title = "I programmet"
count = "af.program"
by = ["period", "sex"]
[[measure]]
name = "lamnar"
title = "Lämnar staden"
count = "left(stad.ung | stad.vuxen)"
by = ["period", "sex"]
"""
"""A measure of each kind that follows people through time, one of places, and two that answer the same."""


@cache
def matcher() -> Identity:
    """Who signs the releases of the tests."""
    return Identity.generate("matcher")


def agreement(
    measures: str = MEASURES,
    first: str = "2020-01",
    last: str = "2020-12",
    spans: str = 'h1 = ["2020-01", "2020-06"], h2 = ["2020-07", "2020-12"]',
    agreed: str = AGREED,
    unit: str = "month",
) -> Agreement:
    """An agreement of two parties, ready, with other measures or another window where these are given."""
    text = HEAD.format(first=first, last=last, spans=spans, measures=measures, agreed=agreed, unit=unit)
    text = text.replace("@matcher", matcher().public.fingerprint)
    return parse(re.sub(r"@(\w+)", lambda found: _fingerprint(found[1]), text))


def _fingerprint(name: str) -> str:
    return "SHA256:" + base64.urlsafe_b64encode(hashlib.sha256(name.encode()).digest()).decode().rstrip("=")


def packages(agreed: Agreement) -> list[PackageFact]:
    """A package of each party."""
    return [
        PackageFact(
            party.name,
            hashlib.sha256(party.name.encode()).hexdigest()[:32],
            hashlib.sha512(party.name.encode()).hexdigest(),
            98 + i,
        )
        for i, party in enumerate(agreed.parties)
    ]


def release(agreed: Agreement, people: Sequence[Person]) -> Release:
    """The release of a round in which these people were counted."""
    return control(figures(agreed, people), agreed, packages(agreed), MADE)


@cache
def year() -> tuple[Agreement, Release]:
    """An agreement and its release: a plausible year of some 700 people."""
    agreed = agreement()
    return agreed, release(agreed, crowd(700, 12, seed=2020))


@cache
def over_time() -> tuple[Agreement, Release]:
    """An agreement with every kind that follows people through time, and its release."""
    agreed = agreement(OVER_TIME_MEASURES)
    return agreed, release(agreed, travellers(400, 12, seed=2021))


def moved_bytes(agreed: Agreement, people: Sequence[Person], **changes: str | int) -> bytes:
    """What the method cellkey makes of these people, as if an audit had found nothing."""
    rule = ReleaseRule("cellkey", MOVED | changes)
    protected = cellkey.protect(figures(agreed, people), rule, NOISE)
    audited = replace(protected, audit={"audited": True, "views": ["outsider", "stad", "af"], "width": 3})
    frame = Frame(agreed.window, agreed.dimensions)
    return write(gate._document(agreed, audited, frame, packages(agreed), MADE))


@cache
def year_moved() -> Release:
    """As year, with numbers that were moved."""
    return parse_release(moved_bytes(agreement(), crowd(1500, 12, seed=2020)))


@cache
def over_time_moved() -> Release:
    """As over_time, with numbers that were moved; of more people, so that amounts are told."""
    return parse_release(moved_bytes(agreement(OVER_TIME_MEASURES), travellers(2000, 12, seed=2021)))


def signed(found: Release | bytes) -> tuple[bytes, bytes]:
    """The bytes of a release and the matcher's signature over them."""
    data = found if isinstance(found, bytes) else found.to_bytes()
    return data, matcher().sign(RELEASE, data)


def crowd(size: int, periods: int, seed: int) -> list[Person]:
    """People who come, stay a while, and leave."""
    rng = random.Random(seed)  # noqa: S311 - made-up people, the same in every run
    people = []
    for _ in range(size):
        there: dict[str, Bits] = {}
        for series, chance, stay in (("stad.ung", 0.3, 6), ("stad.vuxen", 0.4, 10), ("af.program", 0.3, 8)):
            if rng.random() < chance:
                there[series] = _stay(rng, periods, stay)
        if rng.random() < 0.7:
            there["af.arbetslos"] = _stay(rng, periods, 11)
        if rng.random() < 0.1:
            there["stad.center"] = frozenset(range(periods))
        if there:
            people.append(Person(rng.choice(("woman", "man")), rng.choice(("16-29", "30-64")), there))
    return _keyed(people, seed)


def travellers(size: int, periods: int, seed: int) -> list[Person]:
    """People who go from one thing to the next, and get assistance that falls when they come further."""
    rng = random.Random(seed)  # noqa: S311 - made-up people, the same in every run
    return _keyed([_traveller(rng, periods) for _ in range(size)], seed)


def _keyed(people: Sequence[Person], seed: int) -> list[Person]:
    """Each with a record key, as if drawn at random."""
    keys = np.random.default_rng(seed).integers(0, 1 << 32, len(people))
    return [replace(person, key=int(key)) for person, key in zip(people, keys, strict=True)]


def _traveller(rng: random.Random, periods: int) -> Person:
    path = ("stad.ung", "stad.vuxen", "af.program")
    there: dict[str, Bits] = {series: frozenset() for series in path}
    paid: dict[int, int] = {}
    step, period = rng.choice((0, 0, 1, 1, 2)), rng.randrange(-4, periods - 1)
    while period < periods:
        stay = frozenset(range(max(0, period), min(periods, period + rng.randint(1, 5))))
        there[path[step]] |= stay
        period += 5 if not stay else max(stay) - period + 1 + rng.choice((0, 0, 0, 1, 2, 6))
        step = min(len(path) - 1, step + rng.choice((0, 1, 1)))
    left = max((max(stay) for stay in there.values() if stay), default=0)
    level = rng.randrange(6_000, 14_000)
    for p in range(periods):
        fallen = rng.randrange(4_000, 12_000) if p > left else rng.randrange(1_500)
        paid[p] = max(0, level - fallen)
    return Person(
        rng.choice(("woman", "man")),
        rng.choice(("16-29", "30-64")),
        {series: stay for series, stay in there.items() if stay} or {"stad.vuxen": frozenset({0})},
        {"stad.bistand": paid},
    )


def _stay(rng: random.Random, periods: int, stay: int) -> Bits:
    start = rng.randrange(-stay + 1, periods)
    return frozenset(p for p in range(start, start + stay) if 0 <= p < periods) or frozenset({0})


# -- counting, one person after the other -----------------------------------------------------------------


def bits(tree: Tree, person: Person, periods: int, ages: Sequence[str]) -> Bits:
    """The periods in which the answer of an expression is yes; what lies beyond an edge is no."""
    every = frozenset(range(periods))

    def of(part: Tree) -> Bits:
        return bits(part, person, periods, ages)

    match tree:
        case Presence(series):
            return person.there.get(series, frozenset())
        case OfSex(code):
            return every if ("other", "woman", "man")[code] == person.sex else frozenset()
        case OfAge(codes):
            return every if person.age != OTHER and ages.index(person.age) + 1 in codes else frozenset()
        case Not(a):
            return every - of(a)
        case And(a, b):
            return of(a) & of(b)
        case Or(a, b):
            return of(a) | of(b)
        case Minus(a, b):
            return of(a) - of(b)
        case Ever(a):
            return every if of(a) else frozenset()
        case Started(a):
            return frozenset(p for p in of(a) if p > 0 and p - 1 not in of(a))
        case Left(a):
            return frozenset(p for p in of(a) if p < periods - 1 and p + 1 not in of(a))
        case _:
            raise NotImplementedError


class Counter:
    """Counts the people of one agreement."""

    def __init__(self, agreed: Agreement, people: Sequence[Person]) -> None:
        age = agreed.dimensions.age
        self.ages = [band.name for band in age.bands] if age else []
        self.window = agreed.window
        self.people = people

    def known(self, expression: Expression) -> Bits:
        """The periods in which the expression is known."""
        return frozenset(p for p in range(len(self.window)) if expression.known >> p & 1)

    def bits(self, expression: Expression, person: Person) -> Bits:
        """The known periods in which the answer is yes."""
        found = bits(expression.tree, person, len(self.window), self.ages)
        return found & self.known(expression)

    def cells(self, measure: Measure) -> Cells:
        """The figures of one measure."""
        own = _own(measure, len(self.window))
        times = self.times(measure)
        sexes = ("woman", "man", OTHER, "all") if "sex" in measure.by else ("all",)
        ages = (*self.ages, OTHER, "all") if "age" in measure.by else ("all",)
        time = next((d for d in measure.by if d in ("period", "span")), "window")
        axes = [*own, Axis(time, tuple(t for t, _ in times)), Axis("sex", sexes), Axis("age", ages)]
        shape = tuple(len(axis.values) for axis in axes)
        people, keys = np.zeros(shape, np.int64), np.zeros(shape, np.uint32)
        notes = np.full(shape, Note.KNOWN, object)
        for index in np.ndindex(shape[: len(own)]):
            for j, (label, span) in enumerate(times):
                notes[(*index, j)] = self._note(measure, index, label, span)
        for person in self.people:
            for j, (_, span) in enumerate(times):
                for index in self._counted(measure, person, span):
                    for s in {_at(sexes, person.sex), len(sexes) - 1}:
                        for a in {_at(ages, person.age), len(ages) - 1}:
                            at = (*index, j, s, a)
                            people[at] += notes[at] is Note.KNOWN
                            keys[at] = (int(keys[at]) + person.key) % (1 << 32)
        gone = tuple(
            i for i, axis in enumerate(axes) if axis.name in ("sex", "age") and axis.name not in measure.by
        )
        kept = tuple(axis for i, axis in enumerate(axes) if i not in gone)
        sums = None
        if isinstance(measure, Change):
            whole = releases_time.sums(self, measure, sexes, ages)
            sums = Sums(whole.total.squeeze(gone), whole.largest.squeeze(tuple(i + 1 for i in gone)))
        return Cells(kept, people.squeeze(gone), notes.squeeze(gone), keys.squeeze(gone), sums)

    def times(self, measure: Measure) -> list[tuple[str, Bits]]:
        """Labels of time, and the periods that each stands for."""
        every = frozenset(range(len(self.window)))
        rows: list[tuple[str, Bits]] = []
        if "period" in measure.by:
            rows = [(label, frozenset({p})) for p, label in enumerate(self.window.labels)]
        if "span" in measure.by:
            rows = [(n, frozenset(range(a, b + 1))) for n, (a, b) in self.window.spans.items()]
        return [*rows, ("all", every)]

    def _note(self, measure: Measure, own: tuple[int, ...], label: str, span: Bits) -> Note:
        if isinstance(measure, OVER_TIME):
            return Note.KNOWN if releases_time.counting(self, measure) & span else Note.EDGE
        asked = _expressions(measure)
        told = [asked[own[0]]] if isinstance(measure, Count) and measure.parts else asked
        if isinstance(measure, Count) and measure.parts and own == (len(measure.parts),):
            dated = all(e.dated for e in asked)
        else:
            dated = all(e.dated for e in told)
        if not dated and label != "all":
            return Note.NO_DATES
        if isinstance(measure, Share):
            span = frozenset.intersection(span, *(self.known(e) for e in told))
            return Note.KNOWN if span else Note.EDGE
        return Note.KNOWN if all(self.known(e) & span for e in told) else Note.EDGE

    def _counted(self, measure: Measure, person: Person, span: Bits) -> Iterable[tuple[int, ...]]:
        """The places on the own axes at which this person counts."""
        if isinstance(measure, OVER_TIME):
            return releases_time.places(self, measure, person, span)
        if isinstance(measure, Share):  # looks at the periods in which both sides are known
            span = frozenset.intersection(span, *(self.known(e) for e in _expressions(measure)))
        inside = [bool(self.bits(e, person) & span) for e in _expressions(measure)]
        if isinstance(measure, Overlap):
            mask = sum(1 << i for i, yes in enumerate(inside) if yes)
            return [(mask - 1,)] if mask else []
        if isinstance(measure, HowMany):
            return [(sum(inside) - 1,)] if any(inside) else []
        if isinstance(measure, Count) and not measure.parts:
            return [()] if inside[0] else []
        return [(i,) for i, yes in enumerate(inside) if yes]


def figures(agreed: Agreement, people: Sequence[Person]) -> Figures:
    """The figures of all measures."""
    counter = Counter(agreed, people)
    return Figures(agreed.measures, {m.name: counter.cells(m) for m in agreed.measures})


def _expressions(measure: Measure) -> list[Expression]:
    """What is counted, in the order of the own axis."""
    if isinstance(measure, Count):
        return [*measure.parts, measure.count]
    return list(measure.expressions)


def _own(measure: Measure, periods: int) -> list[Axis]:
    match measure:
        case Count(parts=parts) if parts:
            return [Axis("part", (*(e.source for e in parts), "unique"))]
        case Overlap(sets=sets):
            masks = range(1, 1 << len(sets))
            several = (tuple(s.source for i, s in enumerate(sets) if m >> i & 1) for m in masks)
            return [Axis("in", tuple(several))]
        case HowMany(lists=lists):
            return [Axis("lists", tuple(range(1, len(lists) + 1)))]
        case Share() | Outcome():
            return [Axis("role", ("value", "of")[: len(measure.expressions)])]
        case Flow(flow=flow):
            states = (*(e.source for e in flow), "elsewhere")
            return [Axis("from", states), Axis("to", states)]
        case Duration():
            return [Axis("length", tuple(range(1, periods - 1)))]
        case Change(before=before, after=after):
            return [Axis("offset", tuple(range(-before, after + 1)))]
        case _:
            return []


def _at(labels: Sequence[str], label: str) -> int:
    return labels.index(label) if label in labels else len(labels) - 1


def without(agreed: Agreement, **changes: Any) -> Agreement:
    """The agreement with other members."""
    return replace(agreed, **changes)
