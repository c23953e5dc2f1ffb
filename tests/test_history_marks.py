"""What was published then tells sets apart where nothing is told now, and never two that are the same."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from linkage.match import count
from linkage.release.audit.problem import NO_MARK
from linkage.release.matrix.bounds import UNTOLD, bounds_of
from linkage.release.matrix.history import Before, Earlier
from linkage.release.matrix.problem import Told, problem, rule_of
from linkage.release.matrix.rows import build
from tests.attacked_rounds import Registers, _package, agreement
from tests.attacks import CELLKEY, family_key
from tests.fake_package import ROUND_KEY

METHOD = {"name": CELLKEY.method, **CELLKEY.parameters}
QUESTIONS = "".join(
    f'[[measure]]\nname = "{name}"\ntitle = "T"\ncount = "{asked}"\n'
    for name, asked in (
        ("ours", "malmo.krami"),
        ("both", "malmo.krami & af.etab"),
        ("alone", "malmo.krami - af.etab"),  # so that there are atoms of them where there is nobody
    )
)
SOME: Registers = {"malmo.krami": range(40), "af.etab": range(5, 60)}
EVERY: Registers = {"malmo.krami": range(40), "af.etab": range(60)}


def marks(people: Registers, then: Mapping[str, int], now: Mapping[str, int]) -> dict[str, int]:
    """By measure, the mark by which the audit tells its people apart."""
    agreed = agreement("cellkey", ("malmo.krami", "af.etab"), QUESTIONS)
    counted = count(
        [_package(agreed, p.name, people) for p in agreed.parties], agreed, ROUND_KEY, family_key(1)
    )
    assert counted.atoms is not None
    matrix = build(counted.figures, counted.atoms, agreed.window)
    bounds = bounds_of(METHOD)
    before = tuple(Before(name, (0,), bounds(value, ""), "", value) for name, value in then.items())
    told = [Told(m, (0,), bounds(now[m], "") if m in now else UNTOLD) for m in ("ours", "both", "alone")]
    earlier = Earlier(before, (), (), {(each.measure, each.cell): each for each in before})
    part = problem(matrix, counted.figures, rule_of(METHOD), told, earlier).parts[0]
    found = {}
    for name in ("ours", "both"):
        ((_, row),) = matrix.cells[name].pieces((0,))
        found[name] = NO_MARK if part.marks is None else int(part.marks[row])
    return found


@pytest.mark.parametrize(
    ("then", "now", "found"),
    [
        ({}, {"ours": 41, "both": 36}, {"ours": 41, "both": 36}),
        ({"ours": 39, "both": 34}, {"ours": 41}, {"ours": 41, "both": 34}),
        ({"ours": 39, "both": 34}, {"ours": 41, "both": 36}, {"ours": 41, "both": 36}),
        ({"ours": 39}, {}, {"ours": 39, "both": NO_MARK}),
    ],
)
def test_a_mark_of_then_counts_where_none_is_told_now(
    then: Mapping[str, int], now: Mapping[str, int], found: Mapping[str, int]
) -> None:
    assert marks(SOME, then, now) == found


def test_two_sets_that_are_the_same_now_are_not_taken_for_different_ones() -> None:
    """They were told apart, and are told so again: unequal numbers of equal people."""
    then = {"ours": 41, "both": 38}
    assert marks(EVERY, then, then) == {"ours": NO_MARK, "both": NO_MARK}
    assert marks(EVERY, then, {"ours": 41, "both": 41}) == {"ours": 41, "both": 41}
