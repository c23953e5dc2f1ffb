"""How many different histories a round may have: under cellkey more are looked at by stretch."""

from __future__ import annotations

import importlib
from itertools import pairwise
from unittest.mock import patch

import click
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.match import Counted, count
from linkage.measures import packed
from linkage.measures.packed import Found, Places, TooManyError, nearly_grouped
from linkage.program import terminal
from linkage.texts import Lang, say
from tests.attacked_random import Round, a_round, sent
from tests.attacks import family_key
from tests.fake_package import ROUND_KEY
from tests.test_measures_atoms import assert_sums
from tests.test_measures_packed import drawn, words

COUNTING = importlib.import_module("linkage.match.count")
"""The module: its package names the function alike."""


def counted(played: Round, most: int) -> Counted:
    """Where so many histories may be looked at together."""
    method = played.agreement.release.method
    key = family_key(0) if method == "cellkey" else None
    with patch.object(COUNTING, "_HISTORIES", most):
        return count(sent(*played), played.agreement, ROUND_KEY, key)


def histories(played: Round) -> int:
    """How many there are."""
    atoms = counted(played, 10**6).atoms
    assert atoms
    assert atoms.whole
    return int((atoms.stretches[0].people > 0).sum())


@pytest.mark.parametrize("seed", range(4))
def test_under_cellkey_too_many_are_counted_by_stretch_and_the_figures_are_the_same(seed: int) -> None:
    played = a_round(seed, "cellkey", columns=100)
    there = histories(played)
    together, apart = counted(played, there), counted(played, there - 1)
    assert together.atoms
    assert together.atoms.whole
    assert apart.atoms
    assert not apart.atoms.whole
    for name, cells in together.figures.cells.items():
        other = apart.figures.cells[name]
        assert np.array_equal(cells.people, other.people)
        assert np.array_equal(cells.notes, other.notes)
        assert cells.record_keys is not None
        assert other.record_keys is not None
        assert np.array_equal(cells.record_keys, other.record_keys)
    assert_sums(apart, played.agreement)


def test_under_suppress_there_is_no_release_of_too_many(capsys: pytest.CaptureFixture[str]) -> None:
    played = a_round(0, "suppress", columns=100)
    there = histories(played)
    assert counted(played, there).atoms

    @click.command()
    def matching() -> None:
        counted(played, there - 1)

    assert terminal.run(matching, []) == 13
    line, hint = capsys.readouterr().err.splitlines()
    assert line.startswith(f"error: the people of this round have more than {there - 1} different histories")
    assert hint.startswith("hint: ask for fewer periods")
    with pytest.raises(TooManyError) as refused:
        counted(played, there - 1)
    for text in (refused.value.message, refused.value.advice):
        assert say(text, Lang.SV) != say(text, Lang.EN)


@given(
    st.integers(0, 2**32),
    st.lists(st.integers(0, 50), max_size=6),
    st.integers(-1, 1),
    st.sampled_from([1, 4, 1000]),
)
def test_the_limit_is_of_different_people_however_they_come(
    seed: int, cuts: list[int], more: int, waiting: int
) -> None:
    """In any blocks, of several workers; and who could be does not count."""
    people = drawn([3, 4, 70, 200], seed)
    places, most = Places([3, 4, 70, 200]), len({*people}) + more
    here, there = (Found(places.words, most) for _ in range(2))
    ends = [0, *sorted(cuts), len(people)]
    refused = False
    with patch.object(packed, "_WAITING", waiting):
        try:
            blocks = [people[first:last] for first, last in pairwise(ends) if last > first]
            for number, block in enumerate(blocks):
                (here, there)[number % 2].add(nearly_grouped(words(places, block)))
            here.add(there.all())
            nobody = nearly_grouped(words(places, drawn([3, 4, 70, 200], seed + 1)))
            here.add(nobody._replace(people=0 * nobody.people))
            assert len(here.all().words) >= len({*people})
        except TooManyError:
            refused = True
    assert refused == (more < 0)
