"""A crowd of given size that people join and leave: who is there in which month."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from linkage.synthetic.people import Who, pick
from linkage.synthetic.stays import Months


def turnover(
    weights: npt.NDArray[np.float64] | Who,
    per_month: Sequence[int],
    mean_stay: float,
    rng: np.random.Generator,
) -> Months:
    """Exactly `per_month` people each month, with a steady chance to leave: after `mean_stay` in the mean.

    weights: how likely each resident joins; 0 never does. Who has left does not come back.
    Raises ValueError where the residents do not suffice.
    """
    inside = np.zeros(len(weights), dtype=np.bool_)
    seen = inside.copy()
    months = np.zeros((len(weights), len(per_month)), dtype=np.bool_)
    for month, due in enumerate(per_month):
        there = int(inside.sum())
        leavers = max(int(there / mean_stay + rng.random()), there - due)
        inside[pick(rng, inside, leavers)] = False
        inside[pick(rng, weights * ~seen, due - int(inside.sum()))] = True
        if int(inside.sum()) != due:
            raise ValueError("too few residents for a crowd of this size")
        seen |= inside
        months[:, month] = inside
    return months
