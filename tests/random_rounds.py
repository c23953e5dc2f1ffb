"""Random rounds for property tests: agreements with measures, and registers of made-up people."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from fractions import Fraction

from hypothesis import strategies as st

from linkage.agreement.model import Agreement, Known, Matcher, Party, ReleaseRule, Retention, Series
from linkage.dimensions import MAN, WOMAN, Ages, Band, Dimensions
from linkage.measures.model import (
    And,
    AtLeast,
    Bridge,
    Count,
    Ever,
    Expression,
    HowMany,
    Left,
    Measure,
    Minus,
    Not,
    OfAge,
    OfSex,
    Or,
    Overlap,
    Presence,
    Share,
    Started,
    Tree,
    Was,
    Will,
    Within,
)
from linkage.synthetic.numbers import TEST_SERIALS, personnummer, samordningsnummer
from linkage.window import MAX_PERIODS, Unit, Window, label, ordinal
from tests.oracle import Registers, Spell
from tests.oracle_world import World

BORN = [dt.date(1950, 1, 1), dt.date(1988, 2, 29), dt.date(2003, 12, 31), dt.date(2020, 6, 1)]
PEOPLE = [personnummer(born, serial) for born in BORN for serial in TEST_SERIALS[:3]]
PEOPLE += [samordningsnummer(born, TEST_SERIALS[3]) for born in BORN]
BANDS = [
    Ages(dt.date(2020, 12, 31), (Band("16-29", 16, 29), Band("30-64", 30, 64))),
    Ages(
        dt.date(2020, 2, 28),
        (Band("0-15", 0, 15), Band("31-80", 31, 80)),
        also=(Band("10-40", 10, 40), Band("70-120", 70, 120)),
    ),
]


def fingerprint(name: str) -> str:
    """The fingerprint of nobody's key."""
    return "SHA256:" + name.ljust(43, "0")


@st.composite
def windows(draw: st.DrawFn) -> Window:
    """1 to 60 periods, mostly few or many of them, and up to two spans."""
    unit = draw(st.sampled_from(Unit))
    many = st.sampled_from([1, 2, 7, 8, 9, 12, 16, 17, 31, 32, 33, MAX_PERIODS])
    n = draw(st.one_of(st.integers(1, 5), many))
    first = ordinal(unit, unit.example) - draw(st.integers(0, 5))
    ends = st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)).map(sorted)
    spans = {
        name: (a, b)
        for name, (a, b) in zip(("early", "late"), draw(st.lists(ends, max_size=2)), strict=False)
    }
    return Window(unit, label(unit, first), label(unit, first + n - 1), spans)


@st.composite
def parties(draw: st.DrawFn) -> tuple[Party, ...]:
    """Two or three, with one or two series each, some without dates."""
    found = []
    for name in ("malmo", "af", "region")[: draw(st.integers(2, 3))]:
        known = draw(
            st.lists(
                st.sampled_from([Known.DATES, Known.DATES, Known.DATES, Known.WINDOW]), min_size=1, max_size=2
            )
        )
        series = tuple(Series(name, f"s{i}", f"{name} {i}", k) for i, k in enumerate(known))
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


class _Trees:
    """Random expressions over what an agreement offers."""

    def __init__(self, draw: st.DrawFn, agreement: Agreement) -> None:
        self.draw = draw
        self.agreement = agreement
        self.world = World({}, agreement)
        self.periods = len(agreement.window)
        self.count = 0

    def expression(self) -> Expression:
        """A random expression. Known periods and dates are told by the oracle."""
        self.count += 1
        bare = Expression(f"expression {self.count}", self.tree(2), 0, True, f"Expression {self.count}")
        known = sum(1 << p for p in range(self.periods) if self.world.known(bare, p))
        return replace(bare, known=known, dated=self.world.dated(bare))

    def tree(self, depth: int, *, dated: bool = False) -> Tree:
        if depth == 0 or self.draw(st.integers(0, 3)) == 0:
            return self._leaf(dated=dated)
        return self._of_dates(depth - 1) if self.draw(st.booleans()) else self._of_any(depth - 1, dated=dated)

    def _leaf(self, *, dated: bool) -> Tree:
        series = [s for s in self.agreement.series if not (dated and s.key in self.world.undated)]
        leaves: list[Tree] = [Presence(s.key) for s in series]
        if self.agreement.dimensions.sex:
            leaves += [OfSex(WOMAN), OfSex(MAN)]
        if ages := self.agreement.dimensions.age:
            leaves += [OfAge(ages.codes(band.name)) for band in ages.bands + ages.also]
        leaves.append(AtLeast(2, (OfSex(WOMAN), OfSex(MAN))))  # nobody, in every period
        leaf: Tree = self.draw(st.sampled_from(leaves))
        return leaf

    def _of_any(self, depth: int, *, dated: bool) -> Tree:
        def a() -> Tree:
            return self.tree(depth, dated=dated)

        match self.draw(st.integers(0, 5)):
            case 0:
                return Not(a())
            case 1:
                return And(a(), a())
            case 2:
                return Or(a(), a())
            case 3:
                return Minus(a(), a())
            case 4:
                return Ever(a())
            case _:
                items = tuple(a() for _ in range(self.draw(st.integers(1, 3))))
                return AtLeast(self.draw(st.integers(1, len(items))), items)

    def _of_dates(self, depth: int) -> Tree:
        a = self.tree(depth, dated=True)
        k = self.draw(st.integers(0, min(4, self.periods - 1)))
        made: list[Tree] = [Started(a), Left(a), Was(a, k), Will(a, k), Within(a, k), Bridge(a, k)]
        tree: Tree = self.draw(st.sampled_from(made))
        return tree


@st.composite
def rounds(draw: st.DrawFn) -> tuple[Agreement, Registers]:
    """An agreement with one to three measures of any kind, and registers with some of PEOPLE."""
    dimensions = Dimensions(draw(st.booleans()), draw(st.sampled_from([None, *BANDS])))
    agreement = agreement_of(draw(windows()), draw(parties()), dimensions)
    trees = _Trees(draw, agreement)
    measures = tuple(_measure(draw, trees, f"m{i}") for i in range(draw(st.integers(1, 3))))
    registers = {s.key: draw(_spells(agreement, s)) for s in agreement.series}
    return replace(agreement, measures=measures), registers


def _measure(draw: st.DrawFn, trees: _Trees, name: str) -> Measure:
    dimensions = trees.agreement.dimensions
    offered = ["sex"] * dimensions.sex + ["age"] * (dimensions.age is not None)
    by = [d for d in offered if draw(st.booleans())]
    if time := draw(st.sampled_from(["", "period", "span"])):
        by.append(time)
    spans = ("all", *trees.agreement.window.spans)
    against = draw(st.sampled_from([None, *spans])) if time == "span" else None
    common = (name, name.upper(), tuple(draw(st.permutations(by))), against)

    def some(least: int, most: int) -> tuple[Expression, ...]:
        return tuple(trees.expression() for _ in range(draw(st.integers(least, most))))

    match draw(st.integers(0, 3)):
        case 0:
            return Count(*common, trees.expression(), some(0, 3))
        case 1:
            return Overlap(*common, some(2, 4))
        case 2:
            return HowMany(*common, some(1, 4))
        case _:
            target = draw(st.sampled_from([None, Fraction(48), Fraction(75, 2)]))
            if draw(st.booleans()):
                return Share(*common, trees.expression(), 7, "elsewhere", target)
            return Share(*common, trees.expression(), trees.expression(), None, target)


def _spells(agreement: Agreement, series: Series) -> st.SearchStrategy[list[Spell]]:
    """Stays in one series: around the window, some still going on; without dates where it has none."""
    person = st.sampled_from(PEOPLE)
    if series.known is Known.WINDOW:
        return st.lists(st.builds(Spell, person), max_size=6)
    around = st.sampled_from(agreement.window.starts)
    days = st.one_of(st.integers(-1, 1), st.integers(-40, 40))
    length = st.one_of(st.none(), st.integers(0, 150))

    def spell(person: str, near: dt.date, days: int, length: int | None) -> Spell:
        begins = near + dt.timedelta(days)
        return Spell(person, begins, None if length is None else begins + dt.timedelta(length))

    return st.lists(st.builds(spell, person, around, days, length), max_size=12)
