"""Random rounds for property tests: agreements with measures, and registers of made-up people."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from hypothesis import assume
from hypothesis import strategies as st

from linkage.agreement.model import Agreement, Known, Matcher, Party, ReleaseRule, Retention, Series, Value
from linkage.dimensions import Ages, Band, Dimensions
from linkage.measures.model import Measure
from linkage.window import MAX_PERIODS, Unit, Window, label, ordinal
from tests.oracle import Registers
from tests.random_chance import BySeed, Chance, chance_of
from tests.random_measures import Trees, measure
from tests.random_registers import register

BANDS = [
    Ages(dt.date(2020, 12, 31), (Band("16-29", 16, 29), Band("30-64", 30, 64))),
    Ages(
        dt.date(2020, 2, 28),
        (Band("0-15", 0, 15), Band("31-80", 31, 80)),
        also=(Band("10-40", 10, 40), Band("70-120", 70, 120)),
    ),
]


SERIES = [
    *[Series("", "", "")] * 6,
    Series("", "", "", Known.WINDOW),
    *[Series("", "", "", value=Value("kr", most)) for most in (1000, 2**32 - 1)],
]


def fingerprint(name: str) -> str:
    """The fingerprint of nobody's key."""
    return "SHA256:" + name.ljust(43, "0")


def a_window(chance: Chance) -> Window:
    """1 to 60 periods, mostly few, and up to two spans."""
    unit = chance.pick(list(Unit))
    many = [1, 2, 7, 8, 9, 12, 16, 17, 31, 32, 33, MAX_PERIODS]
    n = chance.pick([chance.whole(1, 5), chance.whole(6, 14), chance.pick(many)])
    first = ordinal(unit, unit.example) - chance.whole(0, 5)
    ends = chance.several(lambda: sorted([chance.whole(0, n - 1), chance.whole(0, n - 1)]), 0, 2)
    spans = {name: (a, b) for name, (a, b) in zip(("early", "late"), ends, strict=False)}
    return Window(unit, label(unit, first), label(unit, first + n - 1), spans)


def some_parties(chance: Chance) -> tuple[Party, ...]:
    """Two or three, with one or two series each, some without dates, some of amounts."""
    found = []
    for name in ("malmo", "af", "region")[: chance.whole(2, 3)]:
        made = chance.several(lambda: chance.pick(SERIES), 1, 2)
        series = tuple(replace(s, party=name, name=f"s{i}", title=f"{name} {i}") for i, s in enumerate(made))
        found.append(Party(name, name.title(), fingerprint(name), series))
    return tuple(found)


def agreement_of(
    window: Window, parties: tuple[Party, ...], dimensions: Dimensions, measures: tuple[Measure, ...] = ()
) -> Agreement:
    """An agreement about these, whatever else it says."""
    return Agreement(
        name="example",
        round=1,
        title="Example",
        purpose="Test",
        basis="None",
        window=window,
        counting="any-day",
        scheme="se",
        accept=("personnummer", "samordningsnummer"),
        pattern="",
        dimensions=dimensions,
        parties=parties,
        matcher=Matcher("matcher", "Matcher", fingerprint("matcher"), fingerprint("round")),
        groups=(),
        measures=measures,
        release=ReleaseRule("exact", {"agreed": "for tests"}),
        retention=Retention(30, "None"),
        digest=bytes(32),
        missing=(),
    )


@st.composite
def rounds(draw: st.DrawFn) -> tuple[Agreement, Registers]:
    """An agreement with one to five measures of any kind, and registers with some of PEOPLE."""
    return a_round(chance_of(draw))


def a_round(chance: Chance) -> tuple[Agreement, Registers]:
    """See rounds."""
    agreement, registers = asking_nothing(chance)
    trees = Trees(chance, agreement)
    measures = tuple(measure(trees, f"m{i}") for i in range(chance.whole(1, 5)))
    return replace(agreement, measures=measures), registers


def asking_nothing(chance: Chance) -> tuple[Agreement, Registers]:
    """An agreement still without measures, and registers."""
    dimensions = Dimensions(chance.coin(), chance.pick([None, *BANDS]))
    agreement = agreement_of(a_window(chance), some_parties(chance), dimensions)
    return agreement, {s.key: register(chance, agreement, s) for s in agreement.series}


def asking(seed: int, least: int = 1) -> tuple[Trees, Registers]:
    """Expressions to ask, and registers, over a window of so many periods at least."""
    agreement, registers = asking_nothing(BySeed(seed))
    assume(len(agreement.window) >= least)
    return Trees(BySeed(seed + 1), agreement), registers
