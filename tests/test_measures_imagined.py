"""People who could be: every life where they are few; and of them who is needed, by number and view."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from unittest.mock import patch

import numpy as np
import pytest

from linkage.agreement.model import Agreement
from linkage.dimensions import Ages, Dimensions
from linkage.match import count
from linkage.measures import imagined as people_imagined
from linkage.measures import joint
from linkage.measures.atoms import Atoms
from linkage.measures.figures import People
from linkage.measures.imagined import imagined
from linkage.measures.model import Frame
from linkage.window import Unit, Window
from tests.fake_package import ROUND_KEY, packages
from tests.oracle import Registers
from tests.random_chance import BySeed
from tests.random_rounds import BANDS, a_round
from tests.test_measures_atoms import PROTECTED

OWNED = {"a": ["a.x"], "b": ["b.y", "b.z"]}


def could_be(periods: int, ages: Ages | None = None, *, sex: bool = False, whole: bool = True) -> People:
    window = Window(Unit.MONTH, "2020-01", f"2020-{periods:02}")
    frame = Frame(window, Dimensions(sex=True, age=ages))
    return imagined(frame, OWNED, sex=sex, age=ages is not None, whole=whole)


def lives(people: People) -> list[tuple[int, ...]]:
    columns = [people.presence[key] for keys in OWNED.values() for key in keys]
    return [
        *zip(*(column.tolist() for column in columns), people.sex.tolist(), people.age.tolist(), strict=True)
    ]


@pytest.mark.parametrize("whole", [True, False])
def test_where_few_could_be_all_of_them_are(whole: bool) -> None:
    """Three series of two months, three sexes, and every piece of age: each life there is but nobody's."""
    found = lives(could_be(2, BANDS[0], sex=True, whole=whole))
    pieces = len(BANDS[0].pieces) + 1
    every = {who for who in product(range(4), range(4), range(4), range(3), range(pieces)) if any(who[:3])}
    assert {*found} == every
    assert len(found) == len(every)


def test_a_party_has_whom_one_of_its_series_has() -> None:
    people = could_be(3)
    assert np.array_equal(people.members["a"], people.presence["a.x"] != 0)
    assert np.array_equal(people.members["b"], (people.presence["b.y"] | people.presence["b.z"]) != 0)
    assert (people.members["a"] | people.members["b"]).all()


def test_of_many_some_are_drawn_and_always_the_same() -> None:
    some, again = (could_be(12, BANDS[1], sex=True) for _ in range(2))
    assert lives(some) == lives(again)
    assert some.n == people_imagined._MOST
    assert len({*could_be(12).presence["a.x"].tolist()}) > 60, "stays anywhere, not those thought of alone"
    assert could_be(12).n == could_be(12, whole=False).n + people_imagined._DRAWN


def test_who_is_drawn_was_there_without_a_break() -> None:
    bits = could_be(12).presence["b.z"].astype(np.int64)
    lowest = bits & -bits
    assert ((bits & (bits + lowest)) == 0).all()


# -- who is needed ----------------------------------------------------------------------------------------


def atoms_of(agreement: Agreement, registers: Registers, few: int) -> Atoms:
    """few: of more people who could be some are chosen. The same are imagined whatever it is."""
    with (
        patch.object(joint, "_FEW", few),
        patch.object(people_imagined, "_MOST", 400),
        patch.object(people_imagined, "_DRAWN", 60),
    ):
        found = count(packages(registers, agreement), agreement, ROUND_KEY).atoms
    assert found
    return found


def kinds(atoms: Atoms, agreement: Agreement) -> Iterator[tuple[object, ...]]:
    """For every number and view: what it knows of somebody of a class, and whether that one is counted."""
    for measure in agreement.measures:
        asked = atoms.asked[measure.name]
        for number, places in asked.own.items():
            stretch = atoms.stretches[number]
            columns = {-1: stretch.sex, -2: stretch.age_row, **dict(enumerate(stretch.digits.T))}
            by = [n for n, name in ((-1, "sex"), (-2, "age")) if name in measure.by]
            for place in (place for place, digits in enumerate(places) if digits is not None):
                counted = atoms.cell(measure.name, place, number)
                for view, seen in enumerate(asked.seen[number][place]):
                    mine = stretch.patterns[:, view] > 0
                    known = [columns[n][mine].tolist() for n in (*by, *seen)]
                    for kind in {*zip(counted[mine].tolist(), *known, strict=True)}:
                        yield measure.name, number, place, view, kind


@pytest.mark.parametrize("seed", range(12))
def test_for_every_number_and_view_somebody_is_in_and_somebody_out(seed: int) -> None:
    """Whatever a view can know of one of its people, where somebody could be counted somebody is, and where
    somebody could be not, somebody is not: of all who could be the chosen show the same kinds.
    """
    made, registers = a_round(BySeed(seed))
    agreement = replace(made, release=PROTECTED)
    some, all_of_them = (atoms_of(agreement, registers, few) for few in (0, 10**9))
    assert len(some.stretches[0]) < len(all_of_them.stretches[0])
    assert {*kinds(some, agreement)} == {*kinds(all_of_them, agreement)}
