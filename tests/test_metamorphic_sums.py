"""What adds up, within one measure and between several: no second program is asked."""

from __future__ import annotations

import os
import re
import statistics
from dataclasses import replace
from decimal import Decimal
from typing import Any

import numpy as np
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from linkage.agreement.model import Agreement, Value
from linkage.measures.expressions import Expression, Minus, Or
from linkage.measures.model import Change, Count, Duration, Flow, Follow, HowMany, Outcome, Overlap
from tests.oracle import Payment, Registers, Row
from tests.oracle_world import World
from tests.played import asked, told
from tests.random_chance import BySeed
from tests.random_measures import Common, Trees, measure
from tests.random_rounds import a_round, asking

SEEDS = st.integers(0, 2**64 - 1)
ROUNDS = SEEDS.map(lambda seed: a_round(BySeed(seed)))
EXAMPLES = settings(
    max_examples=100 if os.environ.get("LINKAGE_REQUIRE") == "all" else 40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


# -- what adds up -----------------------------------------------------------------------------------------


def joined(*expressions: Expression) -> Expression:
    """Who is in one of them."""
    trees = [e.tree for e in expressions]
    known, source = expressions[0].known, " | ".join(e.source for e in expressions)
    tree = trees[0]
    for other, expression in zip(trees[1:], expressions[1:], strict=True):
        tree, known = Or(tree, other), known & expression.known
    return Expression(source, tree, known, all(e.dated for e in expressions), source)


def common(trees: Trees, *times: str) -> Common:
    """Name, title, by and against of a measure by any of what there is."""
    dimensions = trees.agreement.dimensions
    by = ["sex"] * dimensions.sex + ["age"] * (dimensions.age is not None)
    return "m", "M", (*by[: trees.chance.whole(0, len(by))], *times), None


def places(rows: list[Row], *own: str) -> dict[Any, dict[Any, Any]]:
    """Place (time, sex, age) → own key → value."""
    found: dict[Any, dict[Any, Any]] = {}
    for row in rows:
        place = tuple(row.get(key) for key in ("period", "span", "sex", "age"))
        labels = tuple(tuple(row[key]) if key == "in" else row[key] for key in own)
        found.setdefault(place, {})[labels if len(labels) != 1 else labels[0]] = row["value"]
    return found


@EXAMPLES
@given(SEEDS)
def test_the_union_is_at_most_the_sum_and_at_least_each_part(seed: int) -> None:
    trees, registers = asking(seed)
    parts = tuple(trees.chance.several(trees.expression, 2, 4))
    measure = Count(*common(trees, trees.chance.pick(["period", "span"])), joined(*parts), parts)
    (rows,) = told(trees.agreement, registers, measure)
    same = len({part.known for part in parts}) == 1
    for place, found in places(rows, "part").items():
        if found["surplus"] is not None:
            assert abs(found["sum"] - found["unique"] - found["surplus"]) < 0.11
            if same or place[0] != "mean":  # else the means are over different periods
                assert found["surplus"] >= 0
            if same:
                assert found["unique"] >= max(found[part.source] for part in parts)


@EXAMPLES
@given(SEEDS)
def test_overlap_and_howmany_add_to_the_union_and_to_the_sum(seed: int) -> None:
    trees, registers = asking(seed)
    sets = tuple(trees.chance.several(trees.expression, 2, 4))
    asks = common(trees, trees.chance.pick(["period", "span"]))
    overlap, howmany, count = told(
        trees.agreement,
        registers,
        Overlap(*asks, sets),
        replace(HowMany(*asks, sets), name="h"),
        replace(Count(*asks, joined(*sets), sets), name="c"),
    )
    same = len({e.known for e in sets}) == 1
    for place, combined in places(overlap, "in").items():
        lists, parts = places(howmany, "lists")[place], places(count, "part")[place]
        if place[0] in (None, "all") and not same:
            continue  # each set looks at its own known periods, and the union at those of all
        if place[0] == "mean" or None in combined.values() or parts["unique"] is None:
            continue
        assert sum(combined.values()) == sum(lists.values()) == parts["unique"]
        assert sum(n * people for n, people in lists.items()) == parts["sum"]
        for part in sets:
            assert sum(v for names, v in combined.items() if part.source in names) == parts[part.source]


@EXAMPLES
@given(ROUNDS)
def test_the_rows_of_a_dimension_add_up(made: tuple[Agreement, Registers]) -> None:
    agreement, registers = made
    for cells in asked(agreement, registers, *agreement.measures):
        for axis, name in enumerate(a.name for a in cells.axes):
            if name in ("sex", "age"):
                numbers = [cells.people, *([] if cells.sums is None else [cells.sums.total])]
                for array in numbers:
                    parts = np.delete(array, -1, axis=axis).sum(axis=axis)
                    assert np.array_equal(parts, array.take(-1, axis=axis))


@EXAMPLES
@given(SEEDS)
def test_a_span_of_all_periods_is_all(seed: int) -> None:
    trees, registers = asking(seed)
    whole = replace(trees.agreement.window, spans={"whole": (0, trees.periods - 1)})
    trees.agreement = replace(trees.agreement, window=whole)
    asked_for = measure(trees, "m")
    assume(not isinstance(asked_for, Duration | Change))
    by = (*(d for d in asked_for.by if d not in ("period", "span")), "span")
    (rows,) = told(trees.agreement, registers, replace(asked_for, by=by, against=None))
    spans = [{k: v for k, v in row.items() if k != "span"} for row in rows if row.get("span") == "whole"]
    every = [{k: v for k, v in row.items() if k != "span"} for row in rows if row.get("span") == "all"]
    if not any(row.get("note") == "no dates" for row in spans):
        assert spans == every


# -- flows ------------------------------------------------------------------------------------------------


@EXAMPLES
@given(SEEDS)
def test_who_comes_to_a_state_goes_from_it(seed: int) -> None:
    """All who are in a state, however they came there, leave it for somewhere when their time has come."""
    trees, registers = asking(seed, least=2)
    states = tuple(trees.chance.several(lambda: trees.expression(dated=True), 1, 4))
    every = trees.chance.whole(1, min(3, trees.periods - 1))
    (rows,) = told(trees.agreement, registers, Flow(*common(trees, "period"), states, every))
    moves = places(rows, "from", "to")
    labels, names = trees.agreement.window.labels, [*(s.source for s in states), "elsewhere"]
    for p in range(len(labels) - every):
        for place in [place for place in moves if place[0] == labels[p]]:
            now, then = moves[place], moves[(labels[p + every], *place[1:])]
            if None in now.values() or None in then.values():
                continue
            for state in names:
                came = sum(now[other, state] for other in names)
                assert came == sum(then[state, other] for other in names)


@EXAMPLES
@given(SEEDS)
def test_who_goes_from_a_state_was_in_it_and_in_none_before(seed: int) -> None:
    trees, registers = asking(seed, least=2)
    first, second = trees.expression(dated=True), trees.expression(dated=True)
    only = Expression("only", Minus(second.tree, first.tree), first.known & second.known, True, "only")
    asks = common(trees, "period")
    flow, one, two = told(
        trees.agreement,
        registers,
        Flow(*asks, (first, second)),
        replace(Count(*asks, first), name="one"),
        replace(Count(*asks, only), name="two"),
    )
    for place, moves in places(flow, "from", "to").items():
        if place[0] in ("all", "mean") or None in moves.values():
            continue
        for state, rows in ((first, one), (second, two)):
            goes = sum(number for (old, _), number in moves.items() if old == state.source)
            assert goes == places(rows)[place][()]


@EXAMPLES
@given(SEEDS)
def test_all_moves_are_those_of_all_periods(seed: int) -> None:
    trees, registers = asking(seed, least=2)
    states = tuple(trees.chance.several(lambda: trees.expression(dated=True), 1, 3))
    (cells,) = asked(trees.agreement, registers, Flow(*common(trees, "period"), states))
    assert np.array_equal(cells.people[:, :, :-1].sum(axis=2), cells.people[:, :, -1])


# -- outcomes ---------------------------------------------------------------------------------------------


@EXAMPLES
@given(SEEDS)
def test_longer_and_stricter_follow_ups(seed: int) -> None:
    """Per period: within grows with k, at is one of within, and for includes at."""
    trees, registers = asking(seed, least=3)
    leaving, to = trees.expression(dated=True), trees.expression(dated=True)
    asks = common(trees, "period")
    most = min(4, trees.periods - 1)
    wanted = [(follow, k) for follow in Follow for k in range(1, most + 1)]
    measures = [
        replace(Outcome(*asks, leaving, to, follow, k), name=f"m{i}") for i, (follow, k) in enumerate(wanted)
    ]
    tables = dict(zip(wanted, told(trees.agreement, registers, *measures), strict=True))

    def at_most(less: tuple[Follow, int], more: tuple[Follow, int]) -> None:
        for a, b in zip(tables[less], tables[more], strict=True):
            if a["period"] not in ("all", "mean") and None not in (a["value"], b["value"]):
                assert a["of"] == b["of"]
                assert a["value"] <= b["value"] <= b["of"]

    for k in range(1, most + 1):
        at_most((Follow.AT, k), (Follow.WITHIN, k))
        at_most((Follow.FOR, k), (Follow.AT, k))
        if k > 1:
            at_most((Follow.WITHIN, k - 1), (Follow.WITHIN, k))
            at_most((Follow.FOR, k), (Follow.FOR, k - 1))


# -- stays and amounts ------------------------------------------------------------------------------------


@EXAMPLES
@given(SEEDS)
def test_stays_add_up_to_people_with_a_whole_one(seed: int) -> None:
    """A person's window as a word: the first 01…10 in it is the stay."""
    trees, registers = asking(seed, least=3)
    stay = trees.expression(dated=True)
    (rows,) = told(trees.agreement, registers, Duration("m", "M", (), None, stay))
    world = World(registers, trees.agreement)
    marks = {None: "?", False: "0", True: "1"}
    words = ["".join(marks[world.holds(stay.tree, x, p)] for p in range(trees.periods)) for x in world.people]
    stays = [len(found[1]) for word in words if (found := re.search("0(1+)0", word))]
    told_of = {row["length"]: row["value"] for row in rows}
    if not any("note" in row for row in rows):
        lengths = {n: told_of[n] for n in range(1, trees.periods - 1)}
        assert sum(lengths.values()) == len(stays)
        assert lengths == {n: stays.count(n) for n in lengths}
        assert told_of["median"] == (statistics.median(stays) if stays else None)


@EXAMPLES
@given(SEEDS)
def test_twice_the_amounts_are_twice_the_totals(seed: int) -> None:
    trees, registers = asking(seed, least=3)
    paid = [s.key for s in trees.agreement.series if s.value]
    assume(paid)
    large = tuple(
        replace(p, series=tuple(replace(s, value=s.value and Value("kr", 2**32 - 1)) for s in p.series))
        for p in trees.agreement.parties
    )
    agreement = replace(trees.agreement, parties=large)

    def times(factor: int) -> Registers:
        return {
            key: [
                row._replace(amount=Decimal(int(row.amount) % 2**20 * factor))
                if isinstance(row, Payment)
                else row
                for row in rows
            ]
            for key, rows in registers.items()
        }

    name, title, by, _ = common(trees)
    measure = Change(name, title, by, None, paid[0], "kr", trees.expression(dated=True), 1, 1)
    (once,), (twice,) = asked(agreement, times(1), measure), asked(agreement, times(2), measure)
    assert once.sums is not None
    assert twice.sums is not None
    assert np.array_equal(once.people, twice.people)
    assert np.array_equal(2 * once.sums.total, twice.sums.total)
    assert np.array_equal(2 * once.sums.largest, twice.sums.largest)
