"""Amounts on their way through the match: of those series alone that somebody asks for, each person once."""

from __future__ import annotations

import io
import tracemalloc
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from linkage import intake
from linkage.agreement.model import Party, Series, Value
from linkage.dimensions import Dimensions
from linkage.match import MemoryBudgetError, count, engine
from linkage.match.join import join
from linkage.match.plan import _JOIN, _WORDS, plan
from linkage.match.reader import Piece
from linkage.measures.expressions import Expression, Presence
from linkage.measures.figures import Cells
from linkage.measures.kinds import Questions
from linkage.measures.model import Change, Flow, Frame
from linkage.package.layout import Layout
from linkage.package.pairs import Pairs
from linkage.tokens import words
from linkage.window import Unit, Window
from tests.builders import scene
from tests.fake_package import ROUND_KEY, FakePackage, rows_of, token
from tests.random_rounds import agreement_of

WINDOW = Window(Unit.MONTH, "2020-01", "2020-03")
MOST = 100
SUMMARY = {"people_counted": 2, "people_total": 3}
PARTIES = (
    Party(
        "city",
        "City",
        "SHA256:city",
        (
            Series("city", "aid", "Aid", value=Value("kr", MOST)),
            Series("city", "rent", "Rent", value=Value("kr", MOST)),
            Series("city", "here", "Here"),
        ),
    ),
    Party("state", "State", "SHA256:state", (Series("state", "exit", "Exit"),)),
)
EXIT = Expression("state.exit", Presence("state.exit"), WINDOW.full, dated=True, label="Exit")
MEASURES = (Change("m", "M", (), None, "city.aid", "kr", EXIT, 1, 1),)
AGREEMENT = agreement_of(WINDOW, PARTIES, Dimensions(), MEASURES)
QUESTIONS = Questions(MEASURES, Frame(WINDOW, Dimensions(), {"city.aid": MOST, "city.rent": MOST}))

Paid = Mapping[str, Sequence[int]]
"""Number → the amount of each month."""


def city(paid: Paid, known: Sequence[tuple[str, str]] = (), ranges: int = 0) -> FakePackage:
    """known: (newest, previous) numbers."""
    layout = Layout.of(AGREEMENT, "city")
    aid = [list(amounts) for amounts in paid.values()]
    rows = rows_of(
        [token(number) for number in paid],
        layout,
        {"city.here": [7] * len(paid)},
        {"city.aid": aid, "city.rent": [[9, 9, 9]] * len(paid)},
    )
    pairs = Pairs.none()
    if known:
        newest, previous = (
            np.frombuffer(b"".join(map(token, side)), np.uint8).reshape(-1, 16)
            for side in zip(*known, strict=True)
        )
        pairs = Pairs.of(newest, previous)
    return FakePackage("city", layout, rows, ranges, known=pairs)


def state(numbers: Sequence[str], ranges: int = 0) -> FakePackage:
    """Everybody exits in February."""
    layout = Layout.of(AGREEMENT, "state")
    rows = rows_of([token(number) for number in numbers], layout, {"state.exit": [2] * len(numbers)})
    return FakePackage("state", layout, rows, ranges)


def counted(*packages: FakePackage, blocks: int | None = None, workers: int = 1) -> Cells:
    return count(packages, AGREEMENT, ROUND_KEY, blocks=blocks, workers=workers).figures.cells["m"]


def totals(cells: Cells) -> list[int]:
    assert cells.sums is not None
    return [int(n) for n in cells.sums.total[:, 0]]


def test_amounts_meet_the_presence_of_another_party() -> None:
    cells = counted(city({"a": (1, 2, 3), "b": (10, 20, 30), "c": (50, 50, 50)}), state(["a", "b", "d"]))
    assert cells.people[:, 0].tolist() == [3, 3, 3], "d has no amount, which is 0"
    assert totals(cells) == [11, 22, 33]
    assert cells.sums is not None
    assert cells.sums.largest[:, :, 0].tolist() == [[10, 20, 30], [1, 2, 3]]


def test_amounts_under_several_numbers_are_added_up_to_the_agreed_most() -> None:
    paid = {"new": (1, 60, 0), "old": (10, 60, 0), "older": (5, 60, 8), "b": (1, 1, 1)}
    cells = counted(city(paid, [("new", "old"), ("new", "older")]), state(["old", "b"]))
    assert cells.people[:, 0].tolist() == [2, 2, 2]
    assert totals(cells) == [16 + 1, MOST + 1, 8 + 1]


def test_somebody_under_a_previous_number_alone_keeps_the_amounts() -> None:
    """The pair is the state's, who has the newest number; the city has only the old one."""
    sent = state(["new"])
    sent.known = city({}, [("new", "old")]).known
    assert totals(counted(city({"old": (3, 4, 5)}), sent)) == [3, 4, 5]


@pytest.mark.parametrize(("blocks", "workers"), [(1, 1), (8, 2), (64, 3)])
@pytest.mark.parametrize("ranges", [(0, 0), (3, 1)])
def test_blocks_and_workers_change_nothing(blocks: int, workers: int, ranges: tuple[int, int]) -> None:
    random = np.random.default_rng(3)
    paid = {f"p{i}": random.integers(0, MOST + 1, 3).tolist() for i in range(300)}
    known = [(f"p{i}", f"p{i + 1}") for i in range(0, 100, 4)]
    exits = [f"p{i}" for i in range(0, 300, 2)]
    plain = [
        [min(MOST, x + y) for x, y in zip(paid[f"p{i}"], paid[f"p{i + 1}"], strict=True)]
        if i % 4 == 0 and i < 100
        else paid[f"p{i}"]
        for i in range(0, 300, 2)
    ]
    cells = counted(city(paid, known, ranges[0]), state(exits, ranges[1]), blocks=blocks, workers=workers)
    assert totals(cells) == [sum(column) for column in zip(*plain, strict=True)]


def test_sealing_changes_nothing() -> None:
    """Columns lie unaligned in a part, period by period; what is summed up are the rows that were written."""
    made = scene(periods=3, parties=(("city", ("here", "aid#")), ("state", ("exit",))))
    exits = Expression("state.exit", Presence("state.exit"), 7, dated=True, label="Exit")
    change = Change("m", "M", (), None, "city.aid", "kr", exits, 1, 1)
    agreement = replace(made.agreement, measures=(change,))
    rows = {"city": made.rows("city", 501), "state": made.rows("state", 333, seed=2)}
    rows["state"] = replace(rows["state"], tokens=rows["city"].tokens[:333])
    packages = [
        intake.check(
            partial(io.BytesIO, made.package(party, mine, target=4000, summary_json=SUMMARY)),
            agreement,
            made.keys,
        )
        for party, mine in rows.items()
    ]
    assert packages[0].ranges > 0
    cells = count(packages, agreement, made.round_key, workers=2).figures.cells["m"]
    there = np.flatnonzero(rows["state"].presence["state.exit"] & 2)
    assert cells.people[:, 0].tolist() == [len(there)] * 3
    assert totals(cells) == rows["city"].amounts["city.aid"][there].astype(np.int64).sum(axis=0).tolist()


def test_amounts_that_nobody_asks_for_are_left_where_they_are() -> None:
    rows = city({"a": (1, 2, 3)}).rows
    people = join([Piece(*words(rows.tokens), rows)], QUESTIONS)
    assert people.amounts.keys() == {"city.aid"}
    assert people.amounts["city.aid"].tolist() == [[1, 2, 3]]
    assert people.presence.keys() == {"state.exit"}
    assert people.record_keys is None


def test_memory_knows_of_amounts() -> None:
    wide = Window(Unit.MONTH, "2020-01", "2024-12")
    around = Expression("state.exit", Presence("state.exit"), wide.full, dated=True, label="Exit")
    change = Change("m", "M", (), None, "city.aid", "kr", around, 1, 1)
    frame = Frame(wide, Dimensions(), {"city.aid": MOST})
    assert Questions([change], frame).bytes_per_person >= 60 * 4
    with pytest.raises(MemoryBudgetError):
        plan([city({}), state([])], QUESTIONS, memory=100_000, workers=1, blocks=None)


def test_a_block_takes_no_more_than_was_reckoned(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where everybody is somewhere in every period, and is looked at period by period."""
    here = Expression("city.here", Presence("city.here"), WINDOW.full, dated=True, label="Here")
    measures = (*MEASURES, Flow("f", "F", ("period",), None, (here, EXIT)))
    asked = replace(AGREEMENT, measures=measures)
    questions = Questions(measures, QUESTIONS.frame)
    random = np.random.default_rng(3)
    numbers = [f"p{i}" for i in range(40_000)]
    paid = dict(zip(numbers, random.integers(0, MOST, (len(numbers), 3)).tolist(), strict=True))
    packages = [city(paid), state(numbers)]
    monkeypatch.setattr(engine, "_LARGE", 1)
    for package in packages:
        package.open_range(0, ROUND_KEY)
    tracemalloc.start()
    count(packages, asked, ROUND_KEY)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    rows = 2 * len(numbers)
    assert questions.bytes_of_block(rows) > rows * questions.bytes_per_person
    assert peak < rows * (_JOIN + _WORDS) + questions.bytes_of_block(len(numbers))
