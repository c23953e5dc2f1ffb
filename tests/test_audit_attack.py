"""The audit's verdict is that of trying every table there is, on releases small enough for that."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkage.release.audit.attack import attack
from linkage.release.audit.model import Ground
from linkage.release.audit.problem import FAR, Part, Problem, Sums, Tie, Total
from linkage.release.audit.reach import reach
from linkage.release.audit.solver import Clock, TimeError
from linkage.release.audit.walk import Walk


def whole(numbers: list[int]) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    return np.array(numbers, np.int64)


def part(
    people: list[int],
    told: list[list[int]],
    bounds: list[tuple[int, int] | None],
    sensitive: list[bool],
    known: dict[str, list[list[int]]] | None = None,
) -> Part:
    """bounds: what the bytes allow each sum to be; None: told exactly."""
    sums = Sums.of(told)
    true = sums.values(whole(people))
    low = [int(v) if b is None else b[0] for v, b in zip(true, bounds, strict=True)]
    high = [int(v) if b is None else b[1] for v, b in zip(true, bounds, strict=True)]
    views = {name: Sums.of(rows) for name, rows in (known or {}).items()}
    return Part("2020-01", whole(people), sums, whole(low), whole(high), np.array(sensitive, np.bool_), views)


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    """One or two tied parts of up to four atoms; all people of a part together are told exactly."""
    parts = []
    for _ in range(draw(st.integers(1, 2))):
        n = draw(st.integers(2, 4))
        people = draw(st.lists(st.integers(0, 3), min_size=n, max_size=n))
        rows = [
            list(range(n)),
            *draw(st.lists(st.sets(st.integers(0, n - 1), min_size=1).map(list), max_size=4)),
        ]
        bounds: list[tuple[int, int] | None] = [None]
        for row in rows[1:]:
            true = sum(people[a] for a in row)
            slack = draw(st.sampled_from(["exact", "withheld", "moved"]))
            moved = (max(0, true - draw(st.integers(0, 2))), true + draw(st.integers(0, 2)))
            bounds.append({"exact": None, "withheld": (0, FAR), "moved": moved}[slack])
        groups = draw(st.lists(st.integers(0, 2), min_size=n, max_size=n))
        known = [[a for a in range(n) if groups[a] == g] for g in (1, 2)]
        told = part(people, rows, bounds, [True] * len(rows), {"one": [k for k in known if k]})
        parts.append(told)
    ties = []
    if len(parts) == 2:
        sums = [int(p.told.values(p.people)[0]) for p in parts]
        larger = 0 if sums[0] >= sums[1] else 1
        complete = draw(st.booleans()) and sums[0] == sums[1]
        tied_row = draw(st.integers(0, min(len(p.told) for p in parts) - 1))
        first = int(parts[larger].told.values(parts[larger].people)[tied_row])
        second = int(parts[1 - larger].told.values(parts[1 - larger].people)[tied_row])
        if first >= second and (not complete or first == second):
            ties.append(Tie((larger, tied_row), ((1 - larger, tied_row),), complete))
    places = [(number, row) for number, p in enumerate(parts) for row in range(len(p.told))]
    totals = []
    for pieces in draw(st.lists(st.sets(st.sampled_from(places), min_size=1), max_size=2)):
        true = sum(int(parts[number].told.values(parts[number].people)[row]) for number, row in pieces)
        totals.append(
            Total(tuple(sorted(pieces)), true - draw(st.integers(0, 2)), true + draw(st.integers(0, 2)))
        )
    width = draw(st.integers(1, 3))
    return Problem(tuple(parts), tuple(ties), ("outsider", "one"), width, tuple(totals))


def by_hand(problem: Problem, view: str) -> set[tuple[int, int]]:
    """Sensitive sums that cannot be as far apart as they must, found by looking at every table."""
    tables = [
        [
            t
            for t in product(*(range(int(p.people.sum()) + 1) for _ in p.people))
            if agrees(p, whole(list(t)), view)
        ]
        for p in problem.parts
    ]
    seen: dict[tuple[int, int], set[int]] = {}
    for world in product(*tables):
        values = [p.told.values(whole(list(t))) for p, t in zip(problem.parts, world, strict=True)]
        sums = [(sum(int(values[n][r]) for n, r in t.pieces), t) for t in problem.totals]
        if all(tied(values, tie) for tie in problem.ties) and all(t.low <= s <= t.high for s, t in sums):
            for number, numbers in enumerate(values):
                for row, value in enumerate(numbers):
                    seen.setdefault((number, row), set()).add(int(value))
    return {
        place
        for place, found in seen.items()
        if max(found) - min(found) < min(problem.width, room(problem, place, view))
    }


def agrees(p: Part, table: np.ndarray[tuple[int, ...], np.dtype[np.int64]], view: str) -> bool:
    values = p.told.values(table)
    if (values < p.low).any() or (values > p.high).any():
        return False
    rows = p.known.get(view)
    return rows is None or bool((rows.values(table) == rows.values(p.people)).all())


def tied(values: list[np.ndarray[tuple[int, ...], np.dtype[np.int64]]], tie: Tie) -> bool:
    every = values[tie.whole[0]][tie.whole[1]]
    pieces = [values[number][row] for number, row in tie.pieces]
    return every >= max(pieces) and (not tie.complete or every <= sum(pieces))


def room(problem: Problem, place: tuple[int, int], view: str) -> int:
    """How far apart the sum can be for whoever knows the view's own groups and sees no release."""
    p = problem.parts[place[0]]
    mine = set(p.told.one(place[1]).tolist())
    rows = p.known.get(view)
    groups = [set(rows.one(i).tolist()) for i in range(len(rows))] if rows else []
    if mine - set().union(*groups):
        return FAR
    return sum(int(p.people[[*g]].sum()) for g in groups if g & mine and g - mine)


@settings(max_examples=40, deadline=None)
@given(problems())
def test_so_it_is_where_no_walk_leads_anywhere(problem: Problem) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Walk, "to", lambda *_: None)
        for view in problem.views:
            assert set(attack(Ground(problem), view, Clock.within(60)).narrow) == by_hand(problem, view)


@settings(max_examples=100, deadline=None)
@given(problems())
def test_the_verdict_is_that_of_trying_everything(problem: Problem) -> None:
    for view in problem.views:
        found = attack(Ground(problem), view, Clock.within(60))
        assert set(found.narrow) == by_hand(problem, view)


def test_what_a_party_knows_makes_a_cell_exact_to_it_alone() -> None:
    """Two sets, their union told: |A and B| follows for whoever knows A and B - A."""
    told = part([5, 4, 3], [[0, 1, 2], [0, 1]], [None, (0, FAR)], [False, True], {"party": [[2]]})
    problem = Problem((told,), (), ("outsider", "party"), 2)
    assert attack(Ground(problem), "outsider", Clock.within(9)).narrow == ()
    assert attack(Ground(problem), "party", Clock.within(9)).narrow == ((0, 1),)


def test_a_tie_can_free_a_cell_that_its_part_alone_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole is as large as its piece: alone it cannot shrink, both together can."""
    one = part([4, 4], [[0], [1]], [(0, FAR), None], [True, False])
    two = part([4, 4], [[0], [1]], [(2, 4), None], [True, False])
    problem = Problem((one, two), (Tie((0, 0), ((1, 0),)),), ("outsider",), 2)
    found = attack(Ground(problem), "outsider", Clock.within(9))
    assert found.narrow == ()
    assert found.solves == 0, "a walk finds it"
    monkeypatch.setattr(Walk, "to", lambda *_: None)
    found = attack(Ground(problem), "outsider", Clock.within(9))
    assert found.narrow == ()
    assert found.solves > 0


def test_no_time_is_no_verdict() -> None:
    told = part([1, 1, 1], [[0, 1], [1, 2], [0, 2]], [None, None, (0, FAR)], [False, False, True])
    with pytest.raises(TimeError):
        attack(Ground(Problem((told,), (), ("outsider",), 3)), "outsider", Clock.within(0))


def test_neither_solver_nor_walk_is_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    """They say that a table is possible in which told sums are others: the cell stays narrow."""
    told = part([3, 2], [[0, 1], [0], [1]], [None, None, (0, FAR)], [False, False, True])
    problem = Problem((told,), (), ("outsider",), 1)
    for name in ("near", "largest"):
        monkeypatch.setattr(f"linkage.release.audit.solver.Solver.{name}", lambda *_, **__: whole([0, 5]))
    assert attack(Ground(problem), "outsider", Clock.within(9)).narrow == ((0, 2),)
    monkeypatch.setattr(Walk, "to", lambda *_: whole([0, 5]))
    assert attack(Ground(problem), "outsider", Clock.within(9)).narrow == ((0, 2),)


def test_what_is_told_must_be_true() -> None:
    with pytest.raises(ValueError, match="not true"):
        Part("x", whole([1]), Sums.of([[0]]), whole([2]), whole([3]), np.array([True]))


def test_a_reader_s_own_groups_leave_no_more_room_than_they_have_people() -> None:
    told, groups = Sums.of([[0, 1, 2], [0], [3], [0, 1, 2, 3], [], [1, 2]]), Sums.of([[0, 1], [2]])
    assert reach(told, groups, whole([4, 5, 6, 7])).tolist() == [0, 9, FAR, FAR, 0, 9]
