"""Oracle and engine on tables small enough to be counted by eye: people as rows, months as columns."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from linkage.agreement.model import Party, Series, Value
from linkage.dimensions import Dimensions
from linkage.measures.expressions import Expression, Or, Presence, Started, Was
from linkage.measures.model import Change, Duration, Flow, Follow, Measure, Outcome, Places, Share
from linkage.synthetic.numbers import TEST_SERIALS, personnummer
from linkage.window import Unit, Window, label, ordinal
from tests import oracle
from tests.oracle import Payment, Registers, Row, Spell
from tests.oracle_registers import days
from tests.oracle_world import World
from tests.played import told
from tests.random_rounds import agreement_of

A, B = (Expression(name, Presence(f"malmo.{name}"), 0, True, name) for name in "ab")
PARTIES = (
    Party("malmo", "Malmö", "SHA256:malmo", (Series("malmo", "a", "A"), Series("malmo", "b", "B"))),
    Party("af", "AF", "SHA256:af", (Series("af", "kr", "Kr", value=Value("kr", 1000)),)),
)


def person(i: int) -> str:
    """Women and men in turn."""
    return personnummer(dt.date(1980, 1 + i // 4, 1), TEST_SERIALS[i % 4])


@dataclass
class Drawn:
    """Each line a person: "a" or "b" in a month, "." for neither, "+" for both."""

    drawing: str
    paid: Mapping[int, str] | None = None
    spans: Mapping[str, tuple[int, int]] | None = None

    @property
    def lines(self) -> list[str]:
        return [line.strip() for line in self.drawing.strip().splitlines()]

    @property
    def window(self) -> Window:
        last = label(Unit.MONTH, ordinal(Unit.MONTH, "2020-01") + len(self.lines[0]) - 1)
        return Window(Unit.MONTH, "2020-01", last, self.spans or {})

    @property
    def registers(self) -> Registers:
        months = [days(name) for name in self.window.labels]
        told: dict[str, list[Spell | Payment]] = {"malmo.a": [], "malmo.b": [], "af.kr": []}
        for i, line in enumerate(self.lines):
            for month, mark in zip(months, line, strict=True):
                for name in {".": "", "+": "ab"}.get(mark, mark):
                    told[f"malmo.{name}"].append(Spell(person(i), *month))
        for i, amounts in (self.paid or {}).items():
            for month, amount in zip(months, amounts.split(), strict=True):
                told["af.kr"].append(Payment(person(i), month[0], Decimal(amount)))
        return told

    def rows(self, measure: Measure) -> list[Row]:
        """What both say."""
        agreement = agreement_of(self.window, PARTIES, Dimensions(sex=True))
        found = oracle.rows(measure, self.registers, agreement)
        world = World(self.registers, agreement)

        def known(expression: Expression) -> Expression:
            periods = [p for p in range(len(agreement.window)) if world.known(expression, p)]
            return replace(expression, known=sum(1 << p for p in periods))

        changed: dict[str, Any] = {}
        for name, asked in {field.name: getattr(measure, field.name) for field in fields(measure)}.items():
            if isinstance(asked, Expression):
                changed[name] = known(asked)
            elif name == "flow":
                changed[name] = tuple(known(state) for state in asked)
        assert told(agreement, self.registers, replace(measure, **changed)) == [found]
        return found

    def told(self, measure: Measure, *keys: str, what: str = "value") -> dict[object, object]:
        """What rows say, by their labels; rows of 0 left out."""
        found = {tuple(row[key] for key in keys): row[what] for row in self.rows(measure)}
        return {labels[0] if len(labels) == 1 else labels: v for labels, v in found.items() if v != 0}


# -- flow -------------------------------------------------------------------------------------------------

STEPS = Drawn("""
    a+b.
    .abb
    ...a
""")


def flow(by: tuple[str, ...] = (), every: int = 1) -> Flow:
    return Flow("f", "F", by, None, (A, B), every)


def test_moves_are_counted_as_often_as_they_happen() -> None:
    assert STEPS.told(flow(), "from", "to") == {
        ("a", "a"): 1,  # in both is in the first listed
        ("a", "b"): 2,
        ("b", "b"): 1,
        ("b", "elsewhere"): 1,
        ("elsewhere", "a"): 2,
        ("elsewhere", "elsewhere"): 2,
    }


def test_moves_out_of_the_last_period_are_not_known() -> None:
    by_period = STEPS.told(flow(("period",)), "period", "from", "to")
    assert by_period["2020-01", "a", "a"] == 1
    assert by_period["2020-03", "b", "b"] == 1
    assert all(by_period["2020-04", old, new] is None for old in ("a", "b") for new in ("a", "elsewhere"))
    assert by_period["mean", "a", "b"] == 0.7
    assert {row["note"] for row in STEPS.rows(flow(("period",))) if row["period"] == "2020-04"} == {"edge"}


def test_moves_of_two_periods_at_once() -> None:
    assert STEPS.told(flow(every=2), "from", "to") == {
        ("a", "b"): 2,
        ("a", "elsewhere"): 1,
        ("elsewhere", "b"): 1,
        ("elsewhere", "elsewhere"): 1,
        ("elsewhere", "a"): 1,
    }


def test_a_state_that_is_not_known_is_no_move() -> None:
    """started(a) is not known in the first period, nor is a move out of it."""
    started = Expression("started(a)", Started(A.tree), 0, True, "started(a)")
    told = STEPS.told(Flow("f", "F", ("period",), None, (started,)), "period", "from", "to")
    assert told["2020-01", "elsewhere", "started(a)"] is None
    assert told["2020-03", "elsewhere", "started(a)"] == 1


# -- outcome ----------------------------------------------------------------------------------------------

LEFT = Drawn(
    """
    a.b...
    aa..bb
    a.a.bb
    ab....
    aaaaaa
    """,
    spans={"start": (0, 0), "then": (1, 2)},
)


def outcome(follow: Follow, k: int, *by: str, against: str | None = None) -> Outcome:
    return Outcome("o", "O", by, against, A, B, follow, k, Fraction(48))


@pytest.mark.parametrize(
    ("follow", "k", "value", "of"),
    [
        (Follow.AT, 1, 1, 4),
        (Follow.AT, 2, 1, 4),
        (Follow.AT, 3, 1, 4),  # the second
        (Follow.AT, 4, 2, 4),  # the third too, by its first leaving
        (Follow.AT, 5, 1, 3),  # the second left too late to be seen so long after
        (Follow.WITHIN, 0, 0, 4),
        (Follow.WITHIN, 1, 1, 4),
        (Follow.WITHIN, 2, 2, 4),
        (Follow.WITHIN, 3, 3, 4),
        (Follow.WITHIN, 4, 4, 4),
        (Follow.FOR, 1, 1, 4),
        (Follow.FOR, 2, 0, 4),
    ],
)
def test_where_those_who_left_are_later(follow: Follow, k: int, value: int, of: int) -> None:
    (row,) = LEFT.rows(outcome(follow, k))
    assert (row["value"], row["of"]) == (value, of)


def test_each_period_has_its_own_leavers_and_all_their_first() -> None:
    rows = {row["period"]: row for row in LEFT.rows(outcome(Follow.AT, 2, "period"))}
    assert [(rows[f"2020-0{p}"]["value"], rows[f"2020-0{p}"]["of"]) for p in (1, 2, 3, 4)] == [
        (1, 3),
        (0, 1),
        (1, 1),
        (0, 0),
    ]
    assert [rows[f"2020-0{p}"]["note"] for p in (5, 6)] == ["edge", "edge"]
    assert rows["all"] | {"period": ""} == {
        "period": "",
        "value": 1,
        "of": 4,
        "percent": 25.0,
        "target": 48,
        "difference": -23.0,
    }
    assert (rows["mean"]["value"], rows["mean"]["of"], rows["mean"]["percent"]) == (0.5, 1.3, 40.0)


def test_the_first_leaving_of_a_span_is_not_that_of_the_window() -> None:
    rows = {row["span"]: row for row in LEFT.rows(outcome(Follow.AT, 2, "span", against="start"))}
    assert [(rows[s]["value"], rows[s]["of"]) for s in ("start", "then", "all")] == [(1, 3), (1, 2), (1, 4)]
    assert [rows[s]["change"] for s in ("start", "then", "all")] == [None, 16.7, -8.3]


# -- duration ---------------------------------------------------------------------------------------------

STAYS = Drawn("""
    aa.a..
    .aaa.a
    ..aaaa
    .a..aa
    ......
    .aaaa.
""")


def test_first_stays_that_start_and_end_inside() -> None:
    told = STAYS.told(Duration("d", "D", (), None, A), "length")
    assert told == {1: 2, 3: 1, 4: 1, "mean": 2.3, "median": 2.0}


def test_lengths_of_nobody_have_no_mean() -> None:
    assert Drawn("aaaa").rows(Duration("d", "D", (), None, A)) == [
        {"length": 1, "value": 0},
        {"length": 2, "value": 0},
        {"length": "mean", "value": None},
        {"length": "median", "value": None},
    ]


def test_stays_by_sex() -> None:
    told = STAYS.told(Duration("d", "D", ("sex",), None, A), "sex", "length")
    women = {key[1]: v for key, v in told.items() if isinstance(key, tuple) and key[0] == "woman"}
    assert women == {1: 1, "mean": 1.0, "median": 1.0}


def test_a_stay_begins_where_it_is_known() -> None:
    """was(a, 2) is known from the third period: a stay that is there then may have begun before."""
    was = Expression("was(a, 2)", Was(A.tree, 2), 0, True, "was(a, 2)")
    assert Drawn("a.aa...").told(Duration("d", "D", (), None, was), "length") == {
        2: 1,
        "mean": 2.0,
        "median": 2.0,
    }
    assert {row.get("note") for row in Drawn("aa.a").rows(Duration("d", "D", (), None, was))} == {"edge"}


# -- change -----------------------------------------------------------------------------------------------


def change(*by: str, before: int = 1, after: int = 1) -> Change:
    return Change("c", "C", by, None, "af.kr", "kr", A, before, after)


PAID = Drawn(
    """
    a.a...
    ...aaa
    .....a
    """,
    paid={0: "900 300 0 0.50 0 0", 1: "0 0 100.25 100.24 -7 0", 2: "1 1 1 1 1 1"},
)


def test_amounts_around_the_first_event_that_has_room() -> None:
    """The first person's second event: before the first nothing is known. The third's has nothing after."""
    assert [(r["offset"], r["value"], r["people"]) for r in PAID.rows(change())] == [
        (-1, 200, 2),
        (0, 50, 2),
        (1, 1, 2),  # 50 öre are a krona, seven taken back are none: ½ a person
        ("level", -200, 2),  # 1/2 - 400/2
        ("mean", -200, 2),
    ]


def test_the_mean_leaves_the_event_out() -> None:
    told = PAID.told(change(before=2, after=2), "offset")
    assert told == {-2: 450, -1: 200, 0: 50, 1: 1, "level": -450, "mean": -325}


def test_nobody_has_an_amount_around_what_never_happens() -> None:
    rows = Drawn("bbb").rows(change("sex"))
    assert [(r["value"], r["people"]) for r in rows] == [(None, 0)] * 20
    assert not any("note" in r for r in rows)


def test_sums_are_exact_and_the_largest_is_what_was_agreed() -> None:
    paid = Drawn(".a.\n.a.", paid={0: "0.1 999.9 1500", 1: "0.39 0 0.5"})
    assert paid.told(change(), "offset") == {0: 500, 1: 501, "level": 501, "mean": 501}


# -- places -----------------------------------------------------------------------------------------------


def test_places_are_there_in_each_period() -> None:
    either = Expression("a | b", Or(A.tree, B.tree), 0, True, "a | b")
    rows = STEPS.rows(Share("s", "S", ("period",), None, either, Places(4)))
    assert [(r["period"], r["value"], r["of"], r["percent"]) for r in rows] == [
        ("2020-01", 1, 4, 25.0),
        ("2020-02", 2, 4, 50.0),
        ("2020-03", 2, 4, 50.0),
        ("2020-04", 2, 4, 50.0),
        ("all", 3, None, None),
        ("mean", 1.8, 4, 43.8),
    ]
