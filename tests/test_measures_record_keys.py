"""The sum of the record keys of a cell's people, however they are cut: against adding up one by one."""

from __future__ import annotations

import datetime as dt
import tracemalloc
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest

from linkage.dimensions import Ages, Band, Dimensions
from linkage.measures.expressions import Expression, Presence
from linkage.measures.figures import Cells, Note, People
from linkage.measures.kinds import Questions, members, tally
from linkage.measures.kinds.members import Members
from linkage.measures.model import (
    Change,
    Count,
    Duration,
    Flow,
    Follow,
    Frame,
    HowMany,
    Measure,
    Outcome,
    Overlap,
    Places,
    Share,
)
from linkage.window import Unit, Window
from tests.drawn import count, people_at

PERIODS = 10
WINDOW = Window(Unit.MONTH, "2020-01", "2020-10", {"early": (0, 3), "late": (3, 9)})
AGES = Ages(dt.date(2020, 12, 31), (Band("16-29", 16, 29), Band("30-64", 30, 64)))
FRAME = Frame(WINDOW, Dimensions(sex=True, age=AGES), {"x.aid": 2**32 - 1})
A, B, C = (
    Expression(key, Presence(key), WINDOW.full, dated=True, label=key) for key in ("x.a", "x.b", "x.c")
)


def everybody(n: int = 400) -> People:
    random = np.random.default_rng(4)
    bits = {e.source: random.integers(0, WINDOW.full + 1, n).astype(WINDOW.dtype) for e in (A, B, C)}
    bits |= {e.source: bits[e.source] * (random.random(n) < 0.5) for e in (A, C)}
    return People(
        n,
        bits,
        random.integers(0, 3, n).astype(np.uint8),
        random.integers(0, 3, n).astype(np.uint8),
        {"x.aid": random.integers(0, 2**32, (n, PERIODS), np.uint32)},
        random.integers(0, 2**32, n, np.uint32),
    )


def measures(*by: str) -> tuple[Measure, ...]:
    short = tuple(d for d in by if d not in ("period", "span"))
    return (
        Count("count", "", by, None, A, (B, C)),
        Overlap("overlap", "", by, None, (A, B, C)),
        HowMany("howmany", "", by, None, (A, B, C)),
        Share("share", "", by, None, A, B),
        Share("places", "", by, None, A, Places(30)),
        Flow("flow", "", by, None, (A, B, C), 2),
        Outcome("outcome", "", by, None, A, B, Follow.WITHIN, 2),
        Duration("duration", "", short, None, B),
        Change("change", "", short, None, "x.aid", "kr", C, 2, 1),
    )


CUTS = [("period", "sex", "age"), ("age", "span"), ("period",), ("sex",), ()]


def same(a: Cells, b: Cells) -> None:
    assert a.axes == b.axes
    assert np.array_equal(a.people, b.people)
    assert np.array_equal(a.notes, b.notes)
    assert (a.record_keys is None) == (b.record_keys is None)
    if a.record_keys is not None and b.record_keys is not None:
        assert a.record_keys.dtype == np.uint32
        assert np.array_equal(a.record_keys, b.record_keys)
    assert (a.sums is None) == (b.sums is None)
    if a.sums is not None and b.sums is not None:
        assert np.array_equal(a.sums.total, b.sums.total)
        assert np.array_equal(a.sums.largest, b.sums.largest)


@pytest.mark.parametrize("by", CUTS)
def test_a_cells_sum_is_that_of_its_people_one_by_one(by: tuple[str, ...]) -> None:
    """Each person counted alone tells which cells it is in: its key is added as often as it is there."""
    people = everybody()
    found = count(measures(*by), FRAME, people, 1)
    sums = [np.zeros(cells.people.shape, object) for cells in found]
    keys = people.record_keys
    assert keys is not None
    for i in range(people.n):
        alone = count(measures(*by), FRAME, people_at(people, np.array([i])), 1)
        for measure, cells in enumerate(alone):
            sums[measure] += cells.people.astype(object) * int(keys[i])
    for asked, cells, total in zip(measures(*by), found, sums, strict=True):
        assert cells.record_keys is not None
        assert cells.people.any(), asked.kind
        assert cells.record_keys.tolist() == (total % 2**32).tolist(), asked.kind


@pytest.mark.parametrize("blocks", [2, 7, 400])
@pytest.mark.parametrize("by", CUTS)
def test_blocks_change_nothing(by: tuple[str, ...], blocks: int) -> None:
    whole = count(measures(*by), FRAME, everybody(), 1)
    for a, b in zip(whole, count(measures(*by), FRAME, everybody(), blocks), strict=True):
        same(a, b)


def test_small_shares_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = count(measures("period", "sex"), FRAME, everybody(), 1)
    monkeypatch.setattr(tally, "_PLACES", 64)
    monkeypatch.setattr(members, "_EXACT", 7)
    monkeypatch.setattr("linkage.measures.kinds.change._AMOUNTS", 9)
    for a, b in zip(whole, count(measures("period", "sex"), FRAME, everybody(), 1), strict=True):
        same(a, b)


def test_amounts_and_their_two_largest_against_a_plain_list() -> None:
    people = everybody()
    (cells,) = count(measures("sex", "age")[-1:], FRAME, people, 3)
    assert cells.sums is not None
    aid = people.amounts["x.aid"]
    whole = range(2, PERIODS - 1)
    events = [
        next((p for p in whole if int(bits) >> p & 1), None) for bits in people.presence["x.c"].tolist()
    ]
    for sex, code in (("woman", 1), ("man", 2), ("other", 0), ("all", None)):
        mine = [(i, p) for i, p in enumerate(events) if p is not None and code in (None, int(people.sex[i]))]
        column = cells.axes[2].values.index(sex)
        for row, offset in enumerate(range(-2, 2)):
            amounts = sorted((int(aid[i, p + offset]) for i, p in mine), reverse=True)
            assert cells.people[row, 0, column, -1] == len(amounts)
            assert cells.sums.total[row, 0, column, -1] == sum(amounts)
            assert cells.sums.largest[:, row, 0, column, -1].tolist() == amounts[:2]


def largest_keys(n: int) -> npt.NDArray[np.float64]:
    return np.full(n, 2**32 - 1, np.float64)


@pytest.mark.parametrize(
    "counted",
    [
        lambda m: m.all()[1, 0],
        lambda m: m.by(np.zeros(m.n, np.uint8), 2)[1, 0, 0],
        lambda m: Members(m.n, 1, np.zeros(m.n, np.intp), m.record_keys).all()[1, 0],
    ],
)
def test_sums_of_more_keys_than_a_float_adds_up_exactly(counted: Callable[[Members], int]) -> None:
    """2**22 keys of 2**32 - 1: 2**54 and more, where floats know no odd number."""
    n = (1 << 22) + 3
    assert int(counted(Members(n, record_keys=largest_keys(n)))) == n * (2**32 - 1)


def test_without_record_keys_there_is_no_sum() -> None:
    people = everybody()
    bare = People(people.n, people.presence, people.sex, people.age, people.amounts)
    with_keys = count(measures("sex"), FRAME, people, 2)
    for a, b in zip(with_keys, count(measures("sex"), FRAME, bare, 2), strict=True):
        assert b.record_keys is None
        assert np.array_equal(a.people, b.people)


def test_record_keys_are_there_where_they_are_asked_for() -> None:
    people = everybody()
    questions = Questions(measures(), FRAME)
    with pytest.raises(ValueError, match="record keys"):
        questions.add(questions.zeros(), people)
    assert questions.bytes_per_person < Questions(measures(), FRAME, record_keys=True).bytes_per_person


@pytest.mark.parametrize("what", ["sums", "moves"])
def test_spreading_people_out_takes_no_more_memory_than_was_reckoned(what: str) -> None:
    """Everybody is somewhere in every one of sixty periods."""
    n = 8192
    bits = np.full(n, (1 << 60) - 1, np.uint64)
    everyone = Members(n, 2, np.arange(n) % 2, largest_keys(n))
    tracemalloc.start()
    if what == "sums":
        table = tally.sums_per_period([bits, bits, bits], [1, 2, 4], 60, everyone)
    else:
        table = tally.moves_per_period([bits, np.zeros_like(bits)], 1, (1 << 59) - 1, everyone)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    spread = tally.bytes_spread(n, bits.dtype)
    assert spread / 2 < peak < spread + 4 * table.nbytes * 64 // 60


def test_nothing_stands_behind_a_note() -> None:
    for cells in count(measures("period", "sex"), FRAME, everybody(), 1):
        behind = cells.notes != Note.KNOWN
        assert cells.record_keys is not None
        assert not cells.people[behind].any()
        assert not cells.record_keys[behind].any()
