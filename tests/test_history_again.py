"""What is told again, and what is not: against a plain count of every number that could have been told."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.measures.figures import Axis, Cells, Figures, Note, Sums
from linkage.release.counts import Counts
from linkage.release.matrix.bounds import UNTOLD, bounds_of
from linkage.release.matrix.history import Before, Cell, Earlier
from linkage.release.matrix.problem import Told, told_anew
from linkage.release.methods.again import again
from linkage.release.protected import Protected
from tests.attacks import CELLKEY, Mark, Reader

METHOD = {"name": CELLKEY.method, **CELLKEY.parameters}
READER = Reader(CELLKEY)


def cells(*several: tuple[int, int]) -> Cells:
    """Cells of so many people, each with a key."""
    known = np.full(len(several), Note.KNOWN, object)
    people, keys = (np.array(side, np.int64) for side in zip(*several, strict=True))
    axes = (Axis("lists", tuple(range(1, len(several) + 1))),)
    return Cells(axes, people, known, keys.astype(np.uint32))


def fresh(found: Cells, *marks: Mark) -> Protected:
    """What the method would tell of them."""
    notes = np.array([Note.FEW if mark is None else Note.KNOWN for mark in marks], object)
    counts = Counts(found.axes, np.array([mark or 0 for mark in marks], np.int64), notes)
    return Protected(METHOD, {"m": counts}, {})


def last(several: Mapping[int, Mark], note: str = "few") -> dict[Cell, Before]:
    bounds = bounds_of(METHOD)
    return {
        ("m", (i,)): Before("m", (i,), bounds(mark, note), "" if mark else note, mark)
        for i, mark in several.items()
    }


def marks(counts: Counts) -> list[Mark]:
    return [
        None if note is Note.FEW else int(value)
        for value, note in zip(counts.values, counts.notes, strict=True)
    ]


@given(people=st.integers(0, 40), before=st.one_of(st.none(), st.integers(10, 40)))
def test_a_number_is_told_again_where_the_table_could_make_it_of_who_is_there(
    people: int, before: Mark
) -> None:
    found = cells((people, 7))
    told = again(fresh(found, 99), Figures((), {"m": found}), last({0: before})).counts["m"]
    assert marks(told) == [before if before in READER.marks(people) else 99]


def test_what_was_never_told_is_drawn_and_of_the_same_people_told_alike() -> None:
    found = cells((20, 7), (20, 7), (20, 8), (21, 7))
    told = again(fresh(found, 22, 22, 19, 24), Figures((), {"m": found}), last({0: 17})).counts["m"]
    assert marks(told) == [17, 17, 19, 24]


def test_two_sets_that_have_become_the_same_are_still_told_apart() -> None:
    """That they are the same now would tell of who came."""
    found = cells((20, 7), (20, 7), (20, 7))
    told = again(fresh(found, 22, 22, 22), Figures((), {"m": found}), last({1: 19, 2: 18})).counts["m"]
    assert marks(told) == [19, 19, 18]


def test_what_was_withheld_or_may_not_be_told_any_more_is_drawn() -> None:
    found = cells((9, 7), (20, 8))
    before = last({0: 9, 1: None}, "withheld")
    assert before["m", (1,)].bounds == UNTOLD
    told = again(fresh(found, None, 21), Figures((), {"m": found}), before).counts["m"]
    assert marks(told) == [None, 21]


@pytest.mark.parametrize(("before", "after"), [(None, Note.FEW), (14, Note.WITHHELD)])
def test_amounts_of_people_who_are_told_again_stand_with_them_or_not_at_all(
    before: Mark, after: Note
) -> None:
    found = cells((12, 7))
    sums = Sums(np.array([900], np.int64), np.array([[90], [80]], np.int64))
    found = dataclasses.replace(found, sums=sums)
    few = before is not None
    drawn = fresh(found, None if few else 13)
    counts = dataclasses.replace(
        drawn.counts["m"],
        sums=np.array([0 if few else 910], np.int64),
        sum_notes=np.array([Note.FEW if few else Note.KNOWN], object),
    )
    drawn = dataclasses.replace(drawn, counts={"m": counts})
    told = again(drawn, Figures((), {"m": found}), last({0: before})).counts["m"]
    assert marks(told) == [before]
    assert told.sum_notes is not None
    assert told.sum_notes[0] is after
    assert told.sums is not None
    assert told.sums[0] == 0


# -- what a number says that is drawn anew -----------------------------------------------------------------


@given(people=st.integers(0, 60), before=st.one_of(st.none(), st.integers(10, 40)))
def test_a_number_drawn_anew_says_that_the_old_one_could_not_be_true(people: int, before: Mark) -> None:
    found, known = cells((people, 7)), last({0: before})
    figures = Figures((), {"m": found})
    told = again(fresh(found, 50), figures, known).counts["m"]
    bounds = bounds_of(METHOD)(*((None, "few") if marks(told) == [None] else (marks(told)[0], "")))
    anew = [*told_anew([Told("m", (0,), bounds)], figures, Earlier(last=known))]
    could = [n for n in range(80) if before in READER.marks(n)]
    if people in could:
        assert anew == []
    else:
        (one,) = anew
        left = range(one.bounds.low, min(one.bounds.high, 79) + 1)
        assert people in left
        assert not {*left} & {*could}
