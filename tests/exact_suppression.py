"""The cheapest safe pattern of a small problem, as one integer program: the oracle of the search.

For every reader and every sensitive number two whole worlds are sought together with the pattern: they agree
with whatever is told, and differ by the width in that number. No duality, no rules: scipy alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import scipy.optimize
import scipy.sparse


class Table(NamedTuple):
    """people: of each atom; told: the atoms of each sum; known: for each reader, the groups it knows."""

    people: Sequence[int]
    told: Sequence[Sequence[int]]
    costs: Sequence[int]
    sensitive: Sequence[bool]
    known: Sequence[Sequence[Sequence[int]]]
    width: int


def reach(table: Table, row: int, reader: int) -> int:
    """How far apart a reader who sees nothing but its own groups can think a sum to be."""
    mine, far = set(table.told[row]), 0
    for group in table.known[reader]:
        if mine & set(group) and not set(group) <= mine:
            far += sum(table.people[a] for a in group)
        mine -= set(group)
    return table.width if mine else far


def cheapest(table: Table) -> int | None:
    """The least cost of a safe pattern; None where there is none."""
    n, m = len(table.people), len(table.told)
    true = [sum(table.people[a] for a in row) for row in table.told]
    most = sum(table.people) + table.width
    aims = [
        (reader, row, min(table.width, reach(table, row, reader)))
        for reader in range(len(table.known))
        for row in range(m)
        if table.sensitive[row]
    ]
    aims = [aim for aim in aims if aim[2] > 0]
    size = m + 2 * n * len(aims)
    rows: list[dict[int, float]] = []
    low: list[float] = []
    high: list[float] = []

    def bind(row: dict[int, float], least: float, greatest: float) -> None:
        rows.append(row)
        low.append(least)
        high.append(greatest)

    for number, (reader, aim, need) in enumerate(aims):
        first = m + 2 * n * number
        for begin in (first, first + n):
            for row, atoms in enumerate(table.told):
                told = {begin + a: 1.0 for a in atoms}
                bind({**told, row: -float(most * len(atoms))}, -np.inf, true[row])
                bind({**told, row: float(true[row])}, true[row], np.inf)
            for group in table.known[reader]:
                people = sum(table.people[a] for a in group)
                bind({begin + a: 1.0 for a in group}, people, people)
        apart = {first + a: 1.0 for a in table.told[aim]} | {first + n + a: -1.0 for a in table.told[aim]}
        bind(apart, need, np.inf)
    places = [(i, column) for i, coefficients in enumerate(rows) for column in coefficients]
    values = [value for coefficients in rows for value in coefficients.values()]
    at = np.array(places, np.intp).reshape(-1, 2).T
    matrix = scipy.sparse.coo_matrix((values, (at[0], at[1])), (len(rows), size))
    least = np.zeros(size)
    least[:m] = table.sensitive
    upper = np.full(size, float(most))
    upper[:m] = 1
    found = scipy.optimize.milp(
        np.concatenate([np.array(table.costs, float), np.zeros(size - m)]),
        integrality=np.ones(size),
        bounds=scipy.optimize.Bounds(least, upper),
        constraints=[scipy.optimize.LinearConstraint(matrix.tocsr(), low, high)] if rows else [],
        options={"mip_rel_gap": 0.0},
    )
    if found.x is None:
        return None
    return sum(cost for cost, x in zip(table.costs, found.x[:m], strict=True) if x > 0.5)
