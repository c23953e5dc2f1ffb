"""What must stay as it is, or change by so much, when a round changes: no second program is asked."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import numpy.typing as npt
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from linkage.agreement.model import Agreement
from linkage.match import count
from linkage.measures.figures import Cells, Figures
from linkage.measures.model import Flow
from linkage.synthetic.numbers import TEST_SERIALS, personnummer
from linkage.window import Window
from tests.fake_package import ROUND_KEY, packages
from tests.oracle import Registers
from tests.oracle_registers import age, sex
from tests.oracle_world import World
from tests.random_chance import BySeed
from tests.random_registers import PEOPLE, register
from tests.random_rounds import a_round

Round = tuple[Agreement, Registers]

SEEDS = st.integers(0, 2**64 - 1)
ROUNDS = SEEDS.map(lambda seed: a_round(BySeed(seed)))
EXAMPLES = settings(
    max_examples=100 if os.environ.get("LINKAGE_REQUIRE") == "all" else 40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


Counts = npt.NDArray[np.int64]


def renamed(registers: Registers, name: Callable[[str], str]) -> Registers:
    """The same rows about people of other names."""
    return {key: [row._replace(person=name(row.person)) for row in rows] for key, rows in registers.items()}


def figures(
    made: Round, cut: tuple[int, ...] = (0, 0, 0), blocks: int | None = None, workers: int = 1
) -> Figures:
    agreement, registers = made
    ranges = dict(zip((p.name for p in agreement.parties), cut, strict=False))
    sent = packages(registers, agreement, ranges)
    return count(sent, agreement, ROUND_KEY, blocks=blocks, workers=workers).figures


def assert_same(a: Figures, b: Figures) -> None:
    for name, cells in a.cells.items():
        other = b.cells[name]
        assert cells.axes == other.axes
        assert np.array_equal(cells.people, other.people), name
        assert np.array_equal(cells.notes, other.notes), name
        if cells.sums is not None:
            assert other.sums is not None
            assert np.array_equal(cells.sums.total, other.sums.total), name
            assert np.array_equal(cells.sums.largest, other.sums.largest), name


# -- what changes nothing ---------------------------------------------------------------------------------


@EXAMPLES
@given(ROUNDS)
def test_other_names_change_nothing(made: Round) -> None:
    """Everybody gets the number of somebody else who was born on that day and has the same sex."""
    agreement, registers = made
    swapped = {"238": "980", "980": "238", "239": "981", "981": "239"}

    def name(person: str) -> str:
        born, serial = dt.date(int(person[:4]), int(person[4:6]), int(person[6:8]) % 60), person[8:11]
        other = personnummer(born, int(swapped[serial]))
        assert (sex(other), age(other, dt.date(2020, 12, 31))) == (
            sex(person),
            age(person, dt.date(2020, 12, 31)),
        )
        return other

    assert len({name(x) for x in PEOPLE}) == len(PEOPLE)
    assert_same(figures(made), figures((agreement, renamed(registers, name))))


@EXAMPLES
@given(ROUNDS)
def test_the_order_of_parties_and_series_changes_nothing(made: Round) -> None:
    agreement, registers = made
    turned = tuple(replace(p, series=p.series[::-1]) for p in agreement.parties[::-1])
    assert_same(figures(made), figures((replace(agreement, parties=turned), registers)))


@EXAMPLES
@given(ROUNDS, SEEDS)
def test_the_order_of_rows_and_saying_them_twice_changes_nothing(made: Round, seed: int) -> None:
    """A stay that stands twice is one; an amount is not."""
    agreement, registers = made
    chance = BySeed(seed)
    paid = {s.key for s in agreement.series if s.value}
    mixed = {key: chance.shuffled([*rows, *([] if key in paid else rows)]) for key, rows in registers.items()}
    assert_same(figures(made), figures((agreement, mixed)))


@EXAMPLES
@given(
    ROUNDS,
    st.tuples(*[st.integers(0, 5)] * 3),
    st.sampled_from([None, 1, 2, 16, 128]),
    st.integers(1, 3),
)
def test_blocks_and_workers_change_nothing(
    made: Round, cut: tuple[int, ...], blocks: int | None, workers: int
) -> None:
    assert_same(figures(made), figures(made, cut, blocks, workers))


@EXAMPLES
@given(ROUNDS)
def test_one_measure_does_not_disturb_another(made: Round) -> None:
    agreement, registers = made
    together = figures(made)
    for asks in agreement.measures:
        alone = figures((replace(agreement, measures=(asks,)), registers))
        assert_same(alone, Figures((asks,), {asks.name: together.cells[asks.name]}))


# -- one person more --------------------------------------------------------------------------------------

NEW = personnummer(dt.date(1995, 6, 15), TEST_SERIALS[0])
"""A woman of 25 at the end of 2020."""


def departures(measure: Flow, window: Window) -> list[bool]:
    """Of each period, whether a move out of it can be known."""
    known = [all(state.known >> p & 1 for state in measure.flow) for p in range(len(window))]
    return [all(known[q] for q in (p, p + measure.every)) for p in range(len(window) - measure.every)]


@EXAMPLES
@given(ROUNDS, SEEDS)
def test_somebody_more_changes_each_count_by_at_most_one(made: Round, seed: int) -> None:
    agreement, registers = made
    chance = BySeed(seed)
    more = {}
    for series in agreement.series:
        own = [row for row in register(chance, agreement, series) if row.person == PEOPLE[0]]
        more[series.key] = [*registers[series.key], *(row._replace(person=NEW) for row in own)]
    assume(NEW in World(more, agreement).people)
    before, after = figures(made), figures((agreement, more))
    for asks in agreement.measures:
        added = after.cells[asks.name].people - before.cells[asks.name].people
        assert added.min() >= 0
        if isinstance(asks, Flow):
            assert_moves(asks, after.cells[asks.name], added, agreement.window)
        else:
            assert added.max() <= 1, asks


def assert_moves(measure: Flow, cells: Cells, added: Counts, window: Window) -> None:
    """One move more for each departure."""
    known = departures(measure, window)
    stretches = {window.labels[p]: (p, p) for p in range(len(window))} | dict(window.spans)
    time = next(i for i, axis in enumerate(cells.axes) if axis.name in ("period", "span", "window"))
    for i, label in enumerate(cells.axes[time].values):
        first, last = stretches.get(str(label), (0, len(window) - 1))
        moves = sum(known[first : last + 1])
        there = added.take(i, axis=time)
        assert there.max() <= moves
        assert there.reshape(*there.shape[:2], -1)[:, :, -1].sum() == moves, "of all sexes and ages"
