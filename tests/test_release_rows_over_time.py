"""Rows of flows, outcomes, durations, changes and places: drawn by hand, and from drawn people one by one."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkage.agreement.model import Agreement
from linkage.measures.figures import Cells, Figures, Note
from linkage.measures.model import Change, Duration, Flow, Frame, Measure, Outcome
from linkage.release import control
from linkage.release.agreeing import check as agree
from linkage.release.counts import Answer, Counts
from linkage.release.kinds.stays import mean_length, median_length
from linkage.release.kinds.table import rows
from linkage.release.rows import Row
from tests import releases, releases_time
from tests.releases import MADE, OVER_TIME_MEASURES, Person, agreement, figures, over_time, packages, release

# -- drawn by hand: people as rows, months as columns -----------------------------------------------------

DRAWN = """
  a u u v v . .   1000 1000 1000 1000  400    0
  b u v v v p p    900  900  900  900  900  900
  c . u . v v .      0  500  500  500  500  101
  d p p . u v v      0    0    0    0    0    0
"""
SERIES = {"u": "stad.ung", "v": "stad.vuxen", "p": "af.program"}
HALF = "2020-06"


def drawn() -> list[Person]:
    people = []
    for i, line in enumerate(DRAWN.strip().splitlines()):
        months, paid = line.split()[1:7], line.split()[7:]
        there = {s: frozenset(m for m, sign in enumerate(months) if sign == k) for k, s in SERIES.items()}
        amounts = {"stad.bistand": {m: int(amount) for m, amount in enumerate(paid)}}
        people.append(Person("woman" if i % 2 else "man", "16-29", there, amounts))
    return people


def told(question: str, spans: str = 'h1 = ["2020-01", "2020-03"], h2 = ["2020-04", "2020-06"]') -> list[Row]:
    agreed = agreement(f'[[measure]]\nname = "m"\ntitle = "M"\n{question}', last=HALF, spans=spans)
    found = release(agreed, drawn())
    agree(found)
    return [dict(row) for row in found.table("m").rows]


def values(rows: list[Row], key: str = "value", **labels: object) -> list[object]:
    return [row[key] for row in rows if all(row.get(k) == v for k, v in labels.items())]


FLOW = 'flow = ["stad.ung", "stad.vuxen"]\nevery = 1\n'
U, V, E = "stad.ung", "stad.vuxen", "elsewhere"


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (U, U, [1, 0, 0, 0, 0, None, 1, Decimal("0.2")]),
        (U, V, [1, 1, 0, 1, 0, None, 3, Decimal("0.6")]),
        (U, E, [0, 1, 0, 0, 0, None, 1, Decimal("0.2")]),
        (V, U, [0, 0, 0, 0, 0, None, 0, Decimal("0.0")]),
        (V, V, [0, 1, 2, 1, 1, None, 5, Decimal("1.0")]),
        (V, E, [0, 0, 0, 2, 1, None, 3, Decimal("0.6")]),
        (E, U, [1, 0, 1, 0, 0, None, 2, Decimal("0.4")]),
        (E, V, [0, 0, 1, 0, 0, None, 1, Decimal("0.2")]),
        (E, E, [1, 1, 0, 0, 2, None, 4, Decimal("0.8")]),
    ],
)
def test_moves(start: str, end: str, expected: list[object]) -> None:
    found = told(FLOW + 'by = ["period"]')
    assert values(found, **{"from": start, "to": end}) == expected
    assert values(found, "note", period=HALF, **{"from": start, "to": end}) == ["edge"]
    assert list(found[0]) == ["period", "from", "to", "value"]


def test_moves_of_a_span_are_those_that_depart_in_it() -> None:
    found = told(FLOW + 'by = ["span"]\nagainst = "h1"')
    assert values(found, **{"from": U, "to": V}) == [2, 1, 3]
    assert values(found, "change", **{"from": U, "to": V}) == [None, -1, 1]
    assert values(told(FLOW), **{"from": V, "to": V}) == [5]


@pytest.mark.parametrize(
    ("follow", "value", "of", "percents"),
    [
        ("at = 0", [0, 0, 0, 0, 0, None, 0], [1, 2, 0, 1, 0, None, 4], "0.0 0.0 - 0.0 - - 0.0"),
        ("at = 1", [1, 1, 0, 1, 0, None, 3], [1, 2, 0, 1, 0, None, 4], "100.0 50.0 - 100.0 - - 75.0"),
        ("within = 2", [1, 2, 0, 1, None, None, 4], [1, 2, 0, 1, None, None, 4], "100 100 - 100 - - 100"),
        ("for = 2", [1, 1, 0, 1, None, None, 3], [1, 2, 0, 1, None, None, 4], "100.0 50.0 - 100.0 - - 75.0"),
        ("for = 3", [1, 0, 0, None, None, None, 1], [1, 2, 0, None, None, None, 3], "100.0 0.0 - - - - 33.3"),
    ],
)  # fmt: skip
def test_outcomes(follow: str, value: list[object], of: list[object], percents: str) -> None:
    """Out of u: b in month 1, a and c in month 2, d in month 4."""
    found = told(f'leaving = "{U}"\nto = "{V}"\n{follow}\nby = ["period"]\ntarget = 50')
    months = [row for row in found if row["period"] != "mean"]
    assert values(months) == value
    assert values(months, "of") == of
    assert values(months, "percent") == [None if p == "-" else Decimal(p) for p in percents.split()]
    assert [row.get("note") for row in months] == [None if n is not None else "edge" for n in value]
    known = [n for n in value[:-1] if isinstance(n, int)]
    assert values(found, period="mean") == [tenth(Fraction(sum(known), len(known)))]
    assert list(found[0]) == ["period", "value", "of", "percent", "target", "difference"]


def test_durations() -> None:
    found = told(f'duration = "{V}"\nby = ["sex"]')
    assert values(found, sex="all") == [0, 2, 1, 0, Decimal("2.3"), Decimal("2.0")]  # a 2, b 3, c 2, not d
    assert values(found, sex="man") == [0, 2, 0, 0, Decimal("2.0"), Decimal("2.0")]
    assert values(found, sex="other") == [0, 0, 0, 0, None, None]
    assert not any("note" in row for row in found)
    assert list(found[0]) == ["sex", "length", "value"]
    assert values(told(f'duration = "{U}"'), "length") == [1, 2, 3, 4, "mean", "median"]


def test_changes() -> None:
    """Out of v: a in month 4, b in 4, c in 5; with a month before and after, so all three."""
    found = told(f'change = "stad.bistand"\naround = "left({V})"\nbefore = 1\nafter = 1\nby = ["sex"]')
    assert values(found, "offset", sex="all") == [-1, 0, 1, "level", "mean"]
    # 1000 + 900 + 500, 1000 + 900 + 500, 400 + 900 + 101
    assert values(found, sex="all") == [800, 800, 467, -333, -333]
    assert values(found, sex="man") == [750, 750, 251, -500, -500]  # 250.5, and 499.5 less
    assert values(found, sex="woman") == [900, 900, 900, 0, 0]
    assert values(found, sex="other") == [None] * 5
    assert values(found, "people", sex="all") == [3] * 5
    assert values(found, "people", sex="other") == [0] * 5
    assert list(found[0]) == ["sex", "offset", "value", "people"]


def test_an_amount_of_a_half_is_rounded_away_from_zero_and_a_level_only_once() -> None:
    found = told(f'change = "stad.bistand"\naround = "started({V})"\nbefore = 2\nafter = 2')
    # a in month 3, c in 4; b in 2 (not enough before), d in 5 (not enough after)
    # 1000 + 500 and at last 400 + 101; the mean of 750 and 250.5 is 249.75 less than 750
    assert values(found) == [750, 750, 750, 750, 251, -500, -250]
    assert values(found, "people") == [2] * 7


def test_places_divide_in_periods_and_their_mean_alone() -> None:
    found = told(f'share = "{U} | {V}"\nof = "places"\nby = ["period"]\ntarget = 1')
    assert values(found) == [2, 3, 2, 4, 2, 1, 4, Decimal("2.3")]
    assert values(found, "of") == [360] * 6 + [None, 360]
    assert [str(p) for p in values(found, "percent")] == [
        "0.6",
        "0.8",
        "0.6",
        "1.1",
        "0.6",
        "0.3",
        "None",
        "0.6",
    ]
    assert values(found, "difference")[:2] == [Decimal("-0.4"), Decimal("-0.2")]
    assert not any("note" in row for row in found)
    spans = told(f'share = "{U} | {V}"\nof = "places"\nby = ["span"]')
    assert values(spans, "of") == values(spans, "percent") == [None, None, None]
    assert values(spans) == [3, 4, 4]


# -- drawn people -----------------------------------------------------------------------------------------


def tenth(value: Fraction) -> Decimal:
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return exact.quantize(Decimal("0.1"), ROUND_HALF_UP)


def whole(value: Fraction) -> int:
    return int((Decimal(value.numerator) / Decimal(value.denominator)).quantize(Decimal(1), ROUND_HALF_UP))


@st.composite
def populations(draw: st.DrawFn) -> tuple[int, list[Person]]:
    periods = draw(st.integers(3, 7))
    some = st.frozensets(st.integers(0, periods - 1), min_size=1)
    money = st.dictionaries(st.integers(0, periods - 1), st.integers(0, 5))
    person = st.builds(
        Person,
        sex=st.sampled_from(("woman", "man", "other")),
        age=st.sampled_from(("16-29", "30-64", "other")),
        there=st.dictionaries(st.sampled_from([*SERIES.values()]), some, min_size=1),
        amounts=money.map(lambda paid: {"stad.bistand": paid}),
    )
    return periods, draw(st.lists(person, max_size=8))


QUESTIONS = """
[[measure]]
name = "langd"
title = "L"
duration = "stad.vuxen"
by = ["age"]
[[measure]]
name = "pengar"
title = "P"
change = "stad.bistand"
around = "stad.vuxen | af.program"
before = 1
after = 1
by = ["sex", "age"]
[[measure]]
name = "steg"
title = "S"
flow = ["stad.ung", "stad.vuxen | af.program"]
every = 1
by = ["period", "sex"]
"""


def asked(periods: int) -> Agreement:
    return agreement(QUESTIONS, last=f"2020-{periods:02}", spans="")


@settings(max_examples=60, deadline=None)
@given(populations())
def test_rows_are_what_plain_arithmetic_gives(population: tuple[int, list[Person]]) -> None:
    periods, people = population
    agreed = asked(periods)
    found = release(agreed, people)
    agree(found)
    counter = releases.Counter(agreed, people)
    stay, change, flow = agreed.measures
    assert isinstance(stay, Duration)
    assert isinstance(change, Change)
    assert isinstance(flow, Flow)
    for row in found.table("langd").rows:
        here = _who(people, row)
        expected = _length(row["length"], [_stay(counter, stay, p) for p in here])
        assert row["value"] == expected, row
    for row in found.table("pengar").rows:
        amounts = releases_time.amounts(counter, change, _who(people, row))
        assert (row["value"], row["people"]) == (_amount(row["offset"], amounts), len(amounts[0])), row
    for row in found.table("steg").rows:
        assert row["value"] == _moved(counter, flow, _who(people, row), row), row


def _who(people: list[Person], row: Row) -> list[Person]:
    sex, age = row.get("sex", "all"), row.get("age", "all")
    return [p for p in people if sex in (p.sex, "all") and age in (p.age, "all")]


def _stay(counter: releases.Counter, measure: Duration, person: Person) -> int:
    return releases_time.first_stay(counter.bits(measure.duration, person), counter.known(measure.duration))


def _length(label: object, several: list[int]) -> object:
    stays = [n for n in several if n]
    if isinstance(label, int):
        return stays.count(label)
    if not stays:
        return None
    exact = statistics.mean if label == "mean" else statistics.median
    return tenth(Fraction(exact([Fraction(n) for n in stays])))


def _amount(label: object, amounts: list[list[int]]) -> object:
    if not amounts[0]:
        return None
    before, here, after = (Fraction(sum(several), len(several)) for several in amounts)
    return whole({-1: before, 0: here, 1: after}.get(label, after - before))  # type: ignore[call-overload]


def _moved(counter: releases.Counter, flow: Flow, people: list[Person], row: Row) -> object:
    states = {**{s.source: i for i, s in enumerate(flow.flow)}, "elsewhere": len(flow.flow)}
    pair = (states[str(row["from"])], states[str(row["to"])])
    labels = counter.window.labels
    moves = Counter(
        (labels[p], releases_time.state(counter, flow, x, p), releases_time.state(counter, flow, x, p + 1))
        for x in people
        for p in range(len(labels) - 1)
    )
    several = [moves[label, *pair] for label in labels[:-1]]
    totals = {"all": sum(several), "mean": tenth(Fraction(sum(several), len(several))), labels[-1]: None}
    return totals.get(str(row["period"]), moves[str(row["period"]), *pair])


# -- what is not told -------------------------------------------------------------------------------------


def counts_of(name: str) -> tuple[Measure, Counts, Frame]:
    agreed, _ = over_time()
    cells = figures(agreed, releases.travellers(60, 12, seed=3)).cells[name]
    measure = next(m for m in agreed.measures if m.name == name)
    sums = None if cells.sums is None else cells.sums.total
    counts = Counts(cells.axes, cells.people.copy(), cells.notes.copy(), sums)
    return measure, counts, Frame(agreed.window, agreed.dimensions)


def hidden(name: str, *index: int, note: Note = Note.WITHHELD) -> list[Row]:
    """The rows where one cell has a note; the other indices are at the totals."""
    measure, counts, frame = counts_of(name)
    full: tuple[Any, ...] = (*index, *[-1] * (counts.notes.ndim - len(index)))
    counts.notes[full] = note
    return list(rows(measure, counts, frame))


def test_where_a_period_is_withheld_the_mean_of_moves_and_outcomes_is_too() -> None:
    found = [r for r in hidden("steg", 0, 1, 3) if r["sex"] == "all" and r["from"] == "af.program"]
    gone = [(r["period"], r["to"]) for r in found if r.get("note") == "withheld"]
    assert gone == [("2020-04", "stad.vuxen"), ("mean", "stad.vuxen")]
    found = [r for r in hidden("till-programmet", 1, 4) if r["sex"] == "all"]
    assert [r["period"] for r in found if r.get("note") == "withheld"] == ["2020-05", "mean"]
    mean = found[-1]
    assert (mean["of"], mean["percent"], mean["difference"]) == (None, None, None)
    assert mean["value"] is not None


def test_where_a_length_is_withheld_mean_and_median_are_too() -> None:
    found = [r for r in hidden("langd", 2) if r["sex"] == r["age"] == "all"]
    assert [r["length"] for r in found if r.get("note") == "withheld"] == [3, "mean", "median"]
    assert all(r["value"] is None for r in found if "note" in r)


@pytest.mark.parametrize(
    ("offset", "gone"),
    [
        (0, [-3, "level", "mean"]),
        (1, [-2, "mean"]),
        (3, [0]),
        (6, [3, "level", "mean"]),
    ],
)
def test_where_an_offset_is_withheld_what_needs_it_is_too(offset: int, gone: list[object]) -> None:
    found = [r for r in hidden("bistandet", offset) if r["sex"] == "all"]
    withheld = [r for r in found if r["value"] is None]
    assert [r["offset"] for r in withheld] == gone
    assert all(r["note"] == "withheld" for r in withheld)


def test_lengths_beyond_what_is_known_are_left_out_and_all_of_them_are_an_edge() -> None:
    edge, known = Answer(None, Note.EDGE), [Answer(Fraction(3)), Answer(Fraction(1))]
    assert mean_length([*known, edge]).value == Fraction(5, 4)
    assert median_length([*known, edge]).value == 1
    assert mean_length([edge, edge]) == median_length([edge]) == edge
    assert mean_length([Answer(Fraction(0))]) == median_length([Answer(Fraction(0))]) == Answer(None)


@pytest.mark.parametrize(
    ("people", "median"),
    [
        ([1, 1], "3/2"),
        ([1, 0, 0, 1], "5/2"),
        ([2, 1], "1"),
        ([1, 2], "2"),
        ([0, 0, 4], "3"),
        ([2, 1, 3], "5/2"),
    ],
)
def test_the_median_is_the_middle_one_or_the_mean_of_the_two_there(people: list[int], median: str) -> None:
    assert median_length([Answer(Fraction(n)) for n in people]).value == Fraction(median)


# -- the gate ---------------------------------------------------------------------------------------------


def control_with(**changed: Cells) -> None:
    agreed, _ = over_time()
    true = figures(agreed, releases.travellers(20, 12, seed=3))
    cells: Mapping[str, Cells] = {**true.cells, **{k.replace("_", "-"): v for k, v in changed.items()}}
    control(Figures(true.measures, cells), agreed, packages(agreed), MADE)


def test_the_gate_refuses_figures_that_are_laid_out_otherwise() -> None:
    agreed, _ = over_time()
    true = figures(agreed, releases.travellers(20, 12, seed=3)).cells
    control_with()
    steg, money, till = true["steg"], true["bistandet"], true["till-programmet"]
    turned = replace(steg, axes=(steg.axes[1], steg.axes[0], *steg.axes[2:]))
    without = replace(money, sums=None)
    amounts = replace(till, sums=money.sums)
    for name, cells in (("steg", turned), ("bistandet", without), ("till_programmet", amounts)):
        with pytest.raises(ValueError, match=name.replace("_", "-")):
            control_with(**{name: cells})
    sums = np.zeros((1, 1), np.int64)
    with pytest.raises(ValueError, match="do not have the shape of their axes"):
        Counts(money.axes, money.people, money.notes, sums)


def test_every_kind_is_in_the_sample() -> None:
    agreed = agreement(OVER_TIME_MEASURES)
    kinds = {type(m) for m in agreed.measures}
    assert {Flow, Outcome, Duration, Change} <= kinds
    follows = {m.follow.value for m in agreed.measures if isinstance(m, Outcome)}
    assert follows == {"at", "within", "for"}
