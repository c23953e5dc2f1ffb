"""Counting does not depend on how it is done: blocks, workers, memory, and where packages were cut."""

from __future__ import annotations

import threading
import tracemalloc
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pytest

from linkage.agreement.model import Agreement, Party, Series
from linkage.dimensions import Dimensions
from linkage.errors import PackageError, UsageError
from linkage.match import Counted, CoverageError, MemoryBudgetError, count, engine
from linkage.match.plan import _JOIN, _WORDS, plan
from linkage.match.reader import Reader
from linkage.measures.expressions import And, Expression, Presence
from linkage.measures.kinds import Questions
from linkage.measures.model import Count, Frame, Overlap
from linkage.package.layout import Layout
from linkage.tokens import words
from linkage.window import Unit, Window
from tests.fake_package import ROUND_KEY, FakePackage, rows_of
from tests.random_rounds import agreement_of

if TYPE_CHECKING:
    from keys.identity import RoundKey
    from linkage.package.rows import Rows

WINDOW = Window(Unit.MONTH, "2020-01", "2020-12")
PARTIES = tuple(Party(name, name, f"SHA256:{name}", (Series(name, "x", name),)) for name in ("big", "small"))
X, Y = (Expression(f"{p.name}.x", Presence(f"{p.name}.x"), WINDOW.full, True, p.name) for p in PARTIES)
BOTH = Expression("both", And(X.tree, Y.tree), WINDOW.full, True, "both")
MEASURES = (
    Count("m", "M", ("period",), None, BOTH, (X, Y)),
    Overlap("o", "O", ("sex",), None, (X, Y)),
)
AGREEMENT = agreement_of(WINDOW, PARTIES, Dimensions(sex=True), MEASURES)
QUESTIONS = Questions(MEASURES, Frame(WINDOW, AGREEMENT.dimensions))


def made(big: int = 3000, small: int = 40, ranges: tuple[int, int] = (4, 1)) -> list[FakePackage]:
    """Two packages of very different sizes; all people of the small one are in the big one too."""
    random = np.random.default_rng(7)
    tokens = [random.bytes(16) for _ in range(big)]
    packages = []
    for party, mine, cut in zip(PARTIES, (tokens, tokens[:small]), ranges, strict=True):
        layout = Layout.of(AGREEMENT, party.name)
        columns = {
            f"{party.name}.x": random.integers(1, 4096, len(mine)).tolist(),
            "sex": [token[0] % 3 for token in mine],
        }
        packages.append(FakePackage(party.name, layout, rows_of(mine, layout, columns), cut))
    return packages


def same(a: Counted, b: Counted) -> bool:
    return all(
        np.array_equal(a.figures.cells[m.name].people, b.figures.cells[m.name].people)
        and np.array_equal(a.figures.cells[m.name].notes, b.figures.cells[m.name].notes)
        for m in MEASURES
    )


ONCE = count(made(ranges=(0, 0)), AGREEMENT, ROUND_KEY)


def test_one_block_counts_everybody() -> None:
    cells = ONCE.figures.cells["m"]
    big, small = made()
    assert cells.people[0, -1] == 3000
    assert cells.people[1, -1] == 40
    for p in range(12):
        there = [
            (rows.presence[f"{n}.x"] >> p & 1).sum() for rows, n in ((big.rows, "big"), (small.rows, "small"))
        ]
        assert cells.people[:2, p].tolist() == there


@pytest.mark.parametrize("workers", [1, 2, 3])
@pytest.mark.parametrize("blocks", [None, 1, 2, 16, 32, 2048])
def test_blocks_and_workers_change_nothing(blocks: int | None, workers: int) -> None:
    assert same(count(made(), AGREEMENT, ROUND_KEY, blocks=blocks, workers=workers), ONCE)


@pytest.mark.parametrize("ranges", [(0, 4), (4, 0), (6, 6), (1, 3), (10, 0)])
def test_where_packages_are_cut_changes_nothing(ranges: tuple[int, int]) -> None:
    assert same(count(made(ranges=ranges), AGREEMENT, ROUND_KEY), ONCE)


def test_every_part_is_opened_once() -> None:
    """Also a coarse one, whose rows several blocks need."""
    packages = made(ranges=(4, 1))
    count(packages, AGREEMENT, ROUND_KEY)
    assert [p.opened for p in packages] == [list(range(16)), [0, 1]]


@pytest.mark.parametrize("blocks", [0, 3, -1])
def test_blocks_are_a_power_of_two(blocks: int) -> None:
    with pytest.raises(ValueError, match="power of two"):
        count(made(), AGREEMENT, ROUND_KEY, blocks=blocks)


def test_workers_there_must_be() -> None:
    with pytest.raises(ValueError, match="workers"):
        count(made(), AGREEMENT, ROUND_KEY, workers=0)


@pytest.mark.parametrize("blocks", [0, 1, 3, 5])
def test_a_reader_gives_each_row_to_one_block(blocks: int) -> None:
    package = made(ranges=(3, 0))[0]
    reader = Reader(package, ROUND_KEY)
    given = [reader.pieces(block, blocks) for block in range(1 << blocks)]
    tokens = np.concatenate([piece.rows.tokens for pieces in given for piece in pieces])
    assert np.array_equal(tokens, package.rows.tokens)
    for block, pieces in enumerate(given):
        for piece in pieces:
            assert np.array_equal(piece.high, words(piece.rows.tokens)[0])
            assert all(int(high) >> 64 - blocks == block for high in piece.high)


# -- memory -----------------------------------------------------------------------------------------------


def test_little_memory_means_more_blocks_and_the_same_figures() -> None:
    packages = made()
    least = plan(packages, QUESTIONS, memory=None, workers=2, blocks=None)
    assert least.blocks == 4
    tight = plan(packages, QUESTIONS, memory=1_700_000, workers=2, blocks=None)
    assert tight.blocks > 4
    assert same(count(made(), AGREEMENT, ROUND_KEY, memory=1_700_000, workers=2), ONCE)


def test_much_memory_changes_nothing() -> None:
    assert plan(made(), QUESTIONS, memory=10**12, workers=2, blocks=None).blocks == 4


def test_a_block_takes_no_more_than_was_reckoned(monkeypatch: pytest.MonkeyPatch) -> None:
    packages = made(60_000, 60_000, ranges=(2, 2))
    for package in packages:
        assert package.open_range(0, ROUND_KEY).sex is not None  # what a fake needs itself is made
    monkeypatch.setattr(engine, "_LARGE", 1)
    rows = sum(len(package.open_range(0, ROUND_KEY)) for package in packages)
    tracemalloc.start()
    count(packages, AGREEMENT, ROUND_KEY)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert rows > 25_000
    assert peak < rows * (_JOIN + _WORDS + QUESTIONS.bytes_per_person)


def test_too_little_memory_is_said() -> None:
    with pytest.raises(MemoryBudgetError) as raised:
        count(made(), AGREEMENT, ROUND_KEY, memory=100_000, workers=2)
    assert isinstance(raised.value, UsageError)
    assert "2 workers need 2 MB" in str(raised.value)


# -- coverage ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("counted", "total", "percent"), [(0, 0, 100), (0, 5, 0), (2, 3, 66), (999, 1000, 99), (7, 7, 100)]
)
def test_coverage_is_whole_per_cent_rounded_down(counted: int, total: int, percent: int) -> None:
    packages = made()
    packages[1].counted = {"people_counted": counted, "people_total": total, "else": "whatever"}
    assert count(packages, AGREEMENT, ROUND_KEY).coverage == {"big": 100, "small": percent}


@pytest.mark.parametrize(
    "summary",
    [
        {},
        {"people_counted": 1},
        {"people_counted": 2, "people_total": 1},
        {"people_counted": -1, "people_total": 1},
        {"people_counted": "1", "people_total": 1},
        {"people_counted": 1, "people_total": None},
    ],
)
def test_a_summary_without_sense_is_refused(summary: Mapping[str, object]) -> None:
    packages = made()
    packages[1].counted = summary
    with pytest.raises(CoverageError) as raised:
        count(packages, AGREEMENT, ROUND_KEY)
    assert isinstance(raised.value, PackageError)
    assert "small" in str(raised.value)
    assert packages[0].opened == [], "before anything is counted"


# -- on the way -------------------------------------------------------------------------------------------


def test_progress_is_told_on_the_callers_thread() -> None:
    heard: list[tuple[int, int]] = []

    def hear(done: int, total: int) -> None:
        assert threading.current_thread() is threading.main_thread()
        heard.append((done, total))

    count(made(), AGREEMENT, ROUND_KEY, workers=2, progress=hear)
    assert heard == sorted(heard)
    assert heard[-1] == (16, 16)


@dataclass
class Spoilt(FakePackage):
    """One part does not open."""

    bad: int = 9

    def open_range(self, index: int, round_key: RoundKey) -> Rows:
        if index == self.bad:
            raise PackageError("part {part} is not what it should be", part=index)
        return super().open_range(index, round_key)


@pytest.mark.parametrize("workers", [1, 2, 4])
def test_what_is_wrong_with_a_part_is_told_as_it_is(workers: int) -> None:
    big, small = made()
    spoilt = Spoilt(big.party, big.layout, big.rows, big.ranges)
    with pytest.raises(PackageError, match="part") as raised:
        count([spoilt, small], AGREEMENT, ROUND_KEY, workers=workers)
    assert raised.value.message.values == {"part": 9}


@pytest.mark.parametrize("workers", [1, 3])
def test_an_interrupt_stops_every_worker(workers: int) -> None:
    """Raised where Ctrl-C is: on the main thread, while it waits for the workers."""
    packages = made(ranges=(12, 1))

    def interrupted(done: int, total: int) -> None:
        raise KeyboardInterrupt

    before = threading.active_count()
    with pytest.raises(KeyboardInterrupt):
        count(packages, AGREEMENT, ROUND_KEY, workers=workers, blocks=1 << 14, progress=interrupted)
    assert threading.active_count() == before
    assert len(packages[0].opened) < 1 << 12


def test_an_agreement_without_measures_counts_nothing() -> None:
    empty = agreement_of(WINDOW, PARTIES, AGREEMENT.dimensions)
    assert isinstance(empty, Agreement)
    assert count(made(), empty, ROUND_KEY).figures.cells == {}
