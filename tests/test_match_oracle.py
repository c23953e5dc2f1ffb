"""What the engine counts from rows of tokens is what plain sets of identity numbers give."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from random import Random
from unittest.mock import patch

import numpy as np
import numpy.typing as npt
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linkage.agreement.model import Agreement
from linkage.match import count
from linkage.measures.figures import Cells, Figures, Note, People, Sums
from linkage.measures.kinds import Questions, change, members, tally
from linkage.measures.model import Change, Frame, Measure
from tests import oracle
from tests.fake_package import ROUND_KEY, packages
from tests.oracle import Registers
from tests.oracle_time import amounts_around
from tests.oracle_world import World, age, sex
from tests.played import released
from tests.random_rounds import rounds

DERIVED = [("period", "mean"), ("part", "sum"), ("part", "surplus")]
DERIVED += [(key, value) for key in ("length", "offset") for value in ("level", "mean", "median")]
"""What rows tell that nobody counts."""


def place(cells: Cells, row: oracle.Row) -> tuple[int, ...]:
    """Where a row of the oracle stands among the cells."""
    index = []
    for axis in cells.axes:
        label = "all" if axis.name == "window" else row[axis.name]
        index.append(axis.values.index(tuple(label) if axis.name == "in" else label))
    return tuple(index)


def counted(
    cells: Cells, measure: Measure, found: list[oracle.Row]
) -> Iterator[tuple[tuple[int, ...], int | None, str]]:
    """Each number of the oracle's rows that is counted: where it stands, the number, or why there is none."""
    roles = [axis.values for axis in cells.axes if axis.name == "role"]
    for row in found:
        if any(row.get(key) == value for key, value in DERIVED):
            continue
        for role in map(str, roles[0] if roles else ("value",)):
            key = "people" if isinstance(measure, Change) else role
            yield place(cells, row | {"role": role}), row[key], row.get("note", "")


def assert_same(cells: Cells, measure: Measure, registers: Registers, agreement: Agreement) -> None:
    """Each cell is in the oracle's rows once, with the same number or the same reason."""
    seen = set()
    for index, number, note in counted(cells, measure, oracle.rows(measure, registers, agreement)):
        if number is None:
            assert (cells.people[index], cells.notes[index].value) == (0, note), (measure, index)
        else:
            assert (cells.people[index], cells.notes[index]) == (number, Note.KNOWN), (measure, index)
        seen.add(index)
    assert len(seen) == cells.people.size


def assert_told(figures: Figures, registers: Registers, agreement: Agreement) -> None:
    """What is released of the figures under "exact" is, row by row, what the oracle says."""
    tables = released(figures, agreement)
    for measure, found in zip(agreement.measures, tables, strict=True):
        assert found == oracle.rows(measure, registers, agreement), measure


def people_of(registers: Registers, agreement: Agreement, keys: Mapping[str, int]) -> People:
    """Everybody in one block, with record keys: one row each, in the order of the keys."""
    world = World(registers, agreement)
    ages, bits = agreement.dimensions.age, agreement.window.dtype
    pieces = ages.pieces if ages else ()
    years = [age(x, ages.on) if ages else 0 for x in keys]
    return People(
        len(keys),
        {
            key: np.array([sum(1 << p for p, those in enumerate(there) if x in those) for x in keys], bits)
            for key, there in world.there.items()
        },
        np.array([{"woman": 1, "man": 2}[sex(x)] for x in keys], np.uint8),
        np.array([next((i for i, piece in enumerate(pieces, 1) if y in piece), 0) for y in years], np.uint8),
        {
            key: np.array([[those.get(x, 0) for those in paid] for x in keys], np.uint32).reshape(
                len(keys), len(agreement.window)
            )
            for key, paid in world.amounts.items()
        },
        np.array(list(keys.values()), np.uint32),
    )


def taken(people: People, index: npt.NDArray[np.intp]) -> People:
    """Some of them."""
    assert people.record_keys is not None
    return People(
        len(index),
        {key: column[index] for key, column in people.presence.items()},
        people.sex[index],
        people.age[index],
        {key: table[index] for key, table in people.amounts.items()},
        people.record_keys[index],
    )


@contextmanager
def few_at_a_time() -> Iterator[None]:
    """The steps in which a large block is looked at are so short that a small one takes several."""
    with (
        patch.object(tally, "_PLACES", 128),
        patch.object(members, "_EXACT", 3),
        patch.object(change, "_AMOUNTS", 16),
    ):
        yield


def assert_keys(cells: Cells, measure: Measure, found: list[oracle.Row]) -> None:
    """Each cell has the keys of the people whom it counts. found: rows of people who weigh their keys."""
    assert cells.record_keys is not None
    for index, number, _ in counted(cells, measure, found):
        assert cells.record_keys[index] == (number or 0) % 2**32, (measure, index)


def assert_sums(
    sums: Sums, cells: Cells, measure: Change, registers: Registers, agreement: Agreement
) -> None:
    """Each cell has the amounts of its people, and the two largest of them."""
    world = World(registers, agreement)
    for labels, _, people in world.places(measure):
        for offset, amounts in amounts_around(world, measure, people).items():
            index = place(cells, labels | {"offset": offset})
            assert sums.total[index] == sum(amounts), (measure, index)
            largest = sorted([0, 0, *amounts], reverse=True)[:2]
            assert [int(layer[index]) for layer in sums.largest] == largest, (measure, index)


EXAMPLES = settings(
    max_examples=500 if os.environ.get("LINKAGE_REQUIRE") == "all" else 150,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@EXAMPLES
@given(
    rounds(),
    st.lists(st.integers(0, 4), min_size=3, max_size=3),
    st.sampled_from([None, 1, 2, 8, 64]),
    st.integers(1, 3),
)
def test_engine_is_oracle(
    made: tuple[Agreement, Registers], ranges: list[int], blocks: int | None, workers: int
) -> None:
    agreement, registers = made
    cut = dict(zip((p.name for p in agreement.parties), ranges, strict=False))
    sent = packages(registers, agreement, cut)
    found = count(sent, agreement, ROUND_KEY, blocks=blocks, workers=workers)
    for measure in agreement.measures:
        assert_same(found.figures.cells[measure.name], measure, registers, agreement)
    assert_told(found.figures, registers, agreement)


@EXAMPLES
@given(rounds(), st.integers(1, 4), st.randoms(use_true_random=False))
def test_cells_carry_the_keys_and_amounts_of_their_people(
    made: tuple[Agreement, Registers], blocks: int, random: Random
) -> None:
    agreement, registers = made
    everybody = sorted(World(registers, agreement).people)
    keys = {x: random.getrandbits(32) for x in everybody}
    people = people_of(registers, agreement, keys)
    block = np.array([random.randrange(blocks) for _ in everybody], np.intp)
    amounts = {s.key: s.value.max for s in agreement.series if s.value}
    frame = Frame(agreement.window, agreement.dimensions, amounts)
    questions = Questions(agreement.measures, frame, record_keys=True)
    tables = questions.zeros()
    with few_at_a_time():
        for i in range(blocks):
            questions.add(tables, taken(people, np.flatnonzero(block == i)))
    for measure, cells in questions.figures(tables).cells.items():
        asked = next(m for m in agreement.measures if m.name == measure)
        assert_keys(cells, asked, oracle.rows(asked, registers, agreement, keys))
        assert (cells.sums is not None) == isinstance(asked, Change)
        if isinstance(asked, Change) and cells.sums:
            assert_sums(cells.sums, cells, asked, registers, agreement)
