"""A walk ends in a table that adds up, or nowhere; on releases of any kind it keeps apart what trying can."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from linkage.release.audit.model import Bound, Ground
from linkage.release.audit.problem import FAR, Problem, Total
from linkage.release.audit.walk import Walk
from tests.test_audit_attack import part, problems, whole


@settings(max_examples=60, deadline=None)
@given(problems(), st.sampled_from([-2, -1, 1, 2]), st.data())
def test_a_walk_ends_in_what_was_asked_or_nowhere(problem: Problem, more: int, data: st.DataObject) -> None:
    """Added up anew, with bounds and the reader's own groups; the number asked for is what it had to be."""
    numbers = [*range(len(problem.parts))]
    for view in problem.views:
        model, _ = Ground(problem).model(numbers, view)
        row = data.draw(st.integers(0, model.cells - 1))
        wanted = int(model.told.values(model.people)[row]) + more
        table = Walk(model).to(row, wanted, wanted)
        if table is not None:
            assert model.adds_up(table)
            assert int(model.told.values(table)[row]) == wanted


def test_a_walk_goes_on_through_tables_that_are_not_so() -> None:
    """Three numbers are known exactly: one person more somewhere needs three others to move."""
    told = part([5, 5, 5, 5], [[0], [0, 1], [1, 2], [2, 3]], [(0, FAR), None, None, None], [True] * 4)
    model, _ = Ground(Problem((told,), (), ("outsider",), 1)).model([0], "outsider")
    table = Walk(model).to(0, 6, FAR)
    assert table is not None
    assert (table - told.people).tolist() == [1, -1, 1, -1]


def test_a_walk_ends_nowhere_where_nobody_can_move() -> None:
    told = part([0, 3], [[0], [1], [0, 1]], [(0, FAR), None, None], [True] * 3)
    model, _ = Ground(Problem((told,), (), ("outsider",), 1)).model([0], "outsider")
    assert Walk(model).to(0, 1, FAR) is None
    assert Walk(model).to(0, 0, -1) is None


def test_a_bound_over_several_parts_is_kept() -> None:
    """Both stretches together are of eight people: whoever is not in one is in the other."""
    one, two = (part([4, 4], [[0], [1]], [(0, FAR), None], [True, False]) for _ in range(2))
    problem = Problem((one, two), (), ("outsider",), 2, (Total(((0, 0), (1, 0)), 8, 8),))
    model, begins = Ground(problem).model([0, 1], "outsider")
    assert [type(bound) for bound in model.bounds] == [Bound]
    table = Walk(model).to(begins[1], 6, FAR)
    assert table is not None
    assert np.array_equal(table, whole([2, 4, 6, 4]))
