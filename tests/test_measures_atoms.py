"""Atoms: every cell is a sum of them, whoever counts; a party's groups are what it could count by itself."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from unittest.mock import patch

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linkage.agreement.model import Agreement, ReleaseRule
from linkage.match import count
from linkage.match.count import Counted
from linkage.measures import imagined, joint, packed
from linkage.measures.atoms import Atoms
from linkage.measures.figures import Cells
from linkage.measures.kinds import Questions
from linkage.measures.model import Count, Measure, Share
from tests import oracle
from tests.drawn import Drawn
from tests.fake_package import ROUND_KEY, packages
from tests.oracle import Registers
from tests.random_chance import BySeed, Chance
from tests.random_measures import Trees, measure
from tests.random_rounds import a_round, asking_nothing, rounds
from tests.test_match_oracle import counted, few_at_a_time

EXAMPLES = settings(
    max_examples=60 if os.environ.get("LINKAGE_REQUIRE") == "all" else 30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
PROTECTED = ReleaseRule("suppress", {})


@contextmanager
def few_imagined() -> Iterator[None]:
    """Of people who could be only some: what is tested holds with any number of them."""
    with (
        patch.object(imagined, "_MOST", 60),
        patch.object(imagined, "_EVERY_LIFE", 4),
        patch.object(imagined, "_DRAWN", 20),
        patch.object(joint, "_FEW", 30),
    ):
        yield


def answered(
    agreement: Agreement, registers: Registers, ranges: Sequence[int] = (), **options: int | None
) -> Counted:
    """As the engine counts them, with what an audit needs."""
    agreement = replace(agreement, release=PROTECTED)
    cut = dict(zip((p.name for p in agreement.parties), ranges, strict=False))
    with few_imagined():
        return count(packages(registers, agreement, cut), agreement, ROUND_KEY, **options)  # type: ignore[arg-type]  # blocks and workers


def atoms_of(agreement: Agreement, registers: Registers) -> Atoms:
    atoms = answered(agreement, registers).atoms
    assert atoms
    return atoms


def own_axes(cells: Cells, asked: Measure) -> int:
    """How many axes are the kind's own."""
    return len(cells.axes) - len(asked.by) - (not {"period", "span"} & set(asked.by))


def summed(
    atoms: Atoms, cells: Cells, asked: Measure, view: int | None = None
) -> Iterator[tuple[tuple[int, ...], int]]:
    """Each cell by its place, as the sum of its atoms; view: of those alone whom this one has."""
    own = own_axes(cells, asked)
    shape = cells.people.shape[:own]
    for index in np.ndindex(cells.people.shape):
        labels = {a.name: a.values[i] for a, i in zip(cells.axes[own:], index[own:], strict=True)}
        time = next(str(labels[name]) for name in ("period", "span", "window") if name in labels)
        place = int(np.ravel_multi_index(index[:own], shape)) if own else 0
        sex, age = str(labels.get("sex", "all")), str(labels.get("age", "all"))
        people = 0
        for i in atoms.rows(asked.name, time):
            there = atoms.cell(asked.name, place, i, sex, age)
            people += atoms.stretches[i].people[there & (view is None or atoms.known(i, view) > 0)].sum()
        yield index, people


def assert_sums(found: Counted, agreement: Agreement) -> None:
    assert found.atoms
    for asked in agreement.measures:
        cells = found.figures.cells[asked.name]
        for index, people in summed(found.atoms, cells, asked):
            assert people == cells.people[index], (asked, index)


def assert_same(a: Atoms, b: Atoms) -> None:
    for one, other in zip(a.stretches, b.stretches, strict=True):
        for name in ("people", "digits", "sex", "age", "age_row", "patterns"):
            mine, theirs = getattr(one, name), getattr(other, name)
            assert mine.dtype == theirs.dtype
            assert np.array_equal(mine, theirs), (one.label, name)


@EXAMPLES
@given(rounds())
def test_every_cell_is_the_sum_of_its_atoms(made: tuple[Agreement, Registers]) -> None:
    agreement, registers = made
    assert_sums(answered(agreement, registers), agreement)


@settings(EXAMPLES, max_examples=20)  # each counts a round in up to 64 blocks
@given(
    st.integers(0, 2**64 - 1),
    st.lists(st.integers(0, 3), min_size=3, max_size=3),
    st.sampled_from([1, 2, 8, 64]),
    st.integers(1, 3),
)
def test_blocks_and_workers_give_the_same_atoms(
    seed: int, ranges: list[int], blocks: int, workers: int
) -> None:
    agreement, registers = a_round(BySeed(seed))
    with few_at_a_time(), patch.object(joint, "_CHUNKS", (2, 3)), patch.object(packed, "_WAITING", 4):
        cut = answered(agreement, registers, ranges, blocks=blocks, workers=workers)
    assert cut.atoms
    assert_same(cut.atoms, atoms_of(agreement, registers))


@EXAMPLES
@given(st.integers(0, 2**64 - 1))
def test_the_order_of_packages_says_nothing(seed: int) -> None:
    agreement, registers = a_round(BySeed(seed))
    agreement = replace(agreement, release=PROTECTED)
    with few_imagined():
        turned = count(packages(registers, agreement)[::-1], agreement, ROUND_KEY).atoms
    assert turned
    assert_same(turned, atoms_of(agreement, registers))


@EXAMPLES
@given(rounds())
def test_an_atom_is_a_combination_once(made: tuple[Agreement, Registers]) -> None:
    for stretch in atoms_of(*made).stretches:
        columns = [stretch.sex, stretch.age, *stretch.patterns.T, *stretch.digits.T]
        assert len(np.unique(np.stack(columns, axis=1), axis=0)) == len(stretch) if len(stretch) else True
        assert (stretch.people >= 0).all()


def views(agreement: Agreement) -> list[list[str]]:
    """Each party, and what all but one have together."""
    parties = [p.name for p in agreement.parties]
    return [[p] for p in parties] + [[p for p in parties if p != q] for q in parties[::-1]] * (
        len(parties) > 2
    )


def of_one_view(chance: Chance) -> tuple[Agreement, Registers, int]:
    """A round with two measures that ask for nothing but one view's series, and one of any; and the view."""
    agreement, registers = asking_nothing(chance)
    number = chance.whole(0, len(views(agreement)) - 1)
    own = tuple(p for p in agreement.parties if p.name in views(agreement)[number])
    mine, any_of_all = Trees(chance, replace(agreement, parties=own)), Trees(chance, agreement)
    measures = (measure(mine, "m0"), measure(mine, "m1"), measure(any_of_all, "any"))
    return replace(agreement, measures=measures), registers, number


@EXAMPLES
@given(st.integers(0, 2**64 - 1))
def test_a_view_knows_what_it_could_count_by_itself(seed: int) -> None:
    agreement, registers, view = of_one_view(BySeed(seed))
    found = answered(agreement, registers)
    assert found.atoms
    names = views(agreement)[view]
    assert found.atoms.views[view] == tuple(names)
    mine = {s.key: registers[s.key] if s.party in names else [] for s in agreement.series}
    for asked in agreement.measures[:2]:
        cells = found.figures.cells[asked.name]
        known = dict(summed(found.atoms, cells, asked, view))
        for index, number, _ in counted(cells, asked, oracle.rows(asked, mine, agreement)):
            assert known[index] == (number or 0), (asked, index)


@EXAMPLES
@given(st.integers(0, 2**64 - 1))
def test_a_group_is_in_a_views_own_cell_or_not(seed: int) -> None:
    agreement, registers, view = of_one_view(BySeed(seed))
    atoms = atoms_of(agreement, registers)
    for asked in agreement.measures[:2]:
        for number, places in atoms.asked[asked.name].own.items():
            groups = atoms.known(number, view)
            for place in range(len(places)):
                there = atoms.cell(asked.name, place, number)
                inside, outside = set(groups[there]) - {0}, set(groups[~there]) - {0}
                assert not inside & outside


@EXAMPLES
@given(st.integers(0, 2**64 - 1))
def test_patterns_tell_who_is_in_a_register(seed: int) -> None:
    agreement, registers = a_round(BySeed(seed))
    atoms = atoms_of(agreement, registers)
    rows = [len(package.rows.tokens) for package in packages(registers, agreement)]
    for number, stretch in enumerate(atoms.stretches):
        for party, people in enumerate(rows):
            inside = stretch.patterns[:, party] > 0
            assert stretch.people[inside].sum() == people
            assert np.array_equal(atoms.known(number, party) > 0, inside)


EDGES = Drawn(
    """
            a.x   b.y
    Anna    █···  ·██·
    Bert    ·█··  ···█
    Cilla   ··██  ████
    David   ████  ····
    """
)


def asked_of(drawn: Drawn, asked: Measure) -> tuple[Atoms, Cells]:
    """The atoms and cells of one measure. Party a has everybody, b all but David."""
    questions = Questions([asked], drawn.frame, atoms={"a": ["a.x"], "b": ["b.y"]})
    tables = questions.zeros()
    members = {"a": np.ones(4, np.bool_), "b": np.array([True, True, True, False])}
    questions.add(tables, replace(drawn.people, members=members))
    atoms = questions.atoms(tables)
    assert atoms
    return atoms, questions.figures(tables).cells[asked.name]


def test_at_the_edge_of_the_window_nothing_counts() -> None:
    asked = Share("m", "M", ("period",), None, EDGES.read("a.x"), EDGES.read("started(b.y)"))
    atoms, cells = asked_of(EDGES, asked)
    assert atoms.rows("m", "2020-01") == ()
    assert dict(summed(atoms, cells, asked)) == dict(np.ndenumerate(cells.people))
    assert cells.people[:, -1].tolist() == [3, 2]  # Anna was there when nobody could be seen to start


def test_a_party_knows_its_part_of_a_question() -> None:
    atoms, _ = asked_of(EDGES, Count("m", "M", ("period",), None, EDGES.read("a.x & b.y")))
    (first,) = atoms.rows("m", "2020-01")
    people = atoms.stretches[first].people
    known = [np.bincount(atoms.known(first, view), people).tolist() for view in range(2)]
    assert known == [[0, 2, 2], [1, 2, 1]]  # Anna and David in a.x; Cilla in b.y, and David is none of b's


def test_exact_has_no_atoms() -> None:
    agreement, registers = a_round(BySeed(1))
    assert agreement.release.method == "exact"
    assert count(packages(registers, agreement), agreement, ROUND_KEY).atoms is None


def test_nothing_is_printed() -> None:
    atoms = atoms_of(*a_round(BySeed(1)))
    assert repr(atoms) == f"<Atoms of {len(atoms.stretches)} stretches>"
    assert repr(atoms.stretches[-1]) == "<Stretch all>"


def test_the_plan_knows_what_atoms_take() -> None:
    asked = Count("m", "M", ("period",), None, EDGES.read("a.x & b.y"))
    bare = Questions([asked], EDGES.frame)
    questions = Questions([asked], EDGES.frame, atoms={"a": ["a.x"], "b": ["b.y"]})
    more = [questions.bytes_of_block(n) - bare.bytes_of_block(n) for n in (0, 1000, 10**5, 10**6)]
    assert 0 < more[0] < more[1] < more[2] < more[3]
    assert more[3] - more[2] == 2 * 9 * 10**5  # beyond a chunk, only whom each party has
