"""An attacker who has nothing but the published numbers and what a reader knows: plain Python and scipy.

It shares nothing with the program: its own reading of what is told, its own solver. It looks for the least
and the greatest whole number that a cell can be.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

import numpy as np
import scipy.optimize


class Said(NamedTuple):
    """These atoms add up to a number."""

    atoms: Collection[int]
    number: int


def interval(n: int, said: Sequence[Said], cell: Collection[int], most: int) -> tuple[int, int]:
    """The least and the greatest that a cell can be. n: atoms; most: no atom has more people."""
    rows = np.zeros((max(1, len(said)), n))
    numbers = np.zeros(max(1, len(said)))
    for i, (atoms, number) in enumerate(said):
        rows[i, list(atoms)] = 1
        numbers[i] = number
    cost = np.zeros(n)
    cost[list(cell)] = 1
    found = []
    for sign in (1, -1):
        answer = scipy.optimize.milp(
            sign * cost,
            integrality=np.ones(n),
            bounds=scipy.optimize.Bounds(0, most),
            constraints=[scipy.optimize.LinearConstraint(rows, numbers, numbers)],
            options={"mip_rel_gap": 0.0},
        )
        assert answer.x is not None, "what is said cannot all be true"
        found.append(round(sign * answer.fun))
    return found[0], found[1]
