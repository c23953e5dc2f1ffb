"""A first table that agrees with a release: it stands for the truth, which somebody outside does not know."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from linkage.release.audit.model import Ground
from linkage.release.audit.problem import Problem, Tie
from linkage.release.matrix.rows import OUTSIDER
from linkage.release.outsider.tables import Tables

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from linkage.release.audit.problem import Whole
    from linkage.release.audit.solver import Clock

_ROUNDS = 3
"""How often bounds are carried between stretches before one is looked at after the other."""


def first(
    start: Problem, low: Sequence[Whole], high: Sequence[Whole], clock: Clock
) -> Mapping[int, Whole] | None:
    """The people of each part; None where no table agrees with everything. Raises TimeError.

    start: of nobody, where nothing is told; low, high: of each part, what is told of its sums. First one part
    after the other, each with those before as they were found: that is fast, and mostly there is one. Where
    there is none so, all that are bound together at once.
    """
    several = range(len(start.parts))
    near = _carried(start, low, high)
    return (
        _one_after_the_other(start, *near, several[::-1], clock)
        or _one_after_the_other(start, *near, several, clock)
        or _together(start, low, high, clock)
    )


def _one_after_the_other(
    start: Problem, low: Sequence[Whole], high: Sequence[Whole], order: Iterable[int], clock: Clock
) -> Mapping[int, Whole] | None:
    parts, found = [*start.parts], dict[int, "Whole"]()
    for number in order:
        known = _among(replace(start, parts=tuple(parts)), {*found, number})
        model, _ = Ground(known).model([number], OUTSIDER)
        least, most = np.maximum(model.low, low[number]), np.minimum(model.high, high[number])
        table = Tables(replace(model, low=least, high=most), clock).some()
        if table is None:
            return None
        found[number] = table
        parts[number] = replace(parts[number], people=table)
    return found


def _carried(
    start: Problem, low: Sequence[Whole], high: Sequence[Whole]
) -> tuple[Sequence[Whole], Sequence[Whole]]:
    """What is told of one stretch bounds the others: over the whole time, and in each period of it."""
    low, high = [each.copy() for each in low], [each.copy() for each in high]
    for _ in range(_ROUNDS):
        for tie in start.ties:
            whole, row = tie.whole
            for part, piece in tie.pieces if tie.least else ():
                high[part][piece] = min(high[part][piece], high[whole][row])
                low[whole][row] = max(low[whole][row], low[part][piece])
            if tie.complete:
                together = sum(int(high[part][piece]) for part, piece in tie.pieces)
                high[whole][row] = min(int(high[whole][row]), together)
    return low, high


def _among(problem: Problem, numbers: Collection[int]) -> Problem:
    """What binds these parts to each other, without the rest."""
    ties = []
    for tie in problem.ties:
        inside = tuple(piece for piece in tie.pieces if piece[0] in numbers)
        if tie.whole[0] in numbers and inside:
            complete = tie.complete and len(inside) == len(tie.pieces)
            ties.append(Tie(tie.whole, inside, complete, tie.least))
    totals = [t for t in problem.totals if all(part in numbers for part, _ in (*t.pieces, *t.less))]
    return replace(problem, ties=tuple(ties), totals=tuple(totals))


def _together(
    start: Problem, low: Sequence[Whole], high: Sequence[Whole], clock: Clock
) -> Mapping[int, Whole] | None:
    ground, found = Ground(start), dict[int, "Whole"]()
    for number in range(len(start.parts)):
        if number not in found:
            several = ground.closure(number)
            model, _ = ground.model(several, OUTSIDER)
            least = np.maximum(model.low, np.concatenate([low[n] for n in several]))
            most = np.minimum(model.high, np.concatenate([high[n] for n in several]))
            table = Tables(replace(model, low=least, high=most), clock).some()
            if table is None:
                return None
            ends = np.cumsum([len(start.parts[n].people) for n in several])
            found |= dict(zip(several, np.split(table, ends[:-1]), strict=True))
    return found
