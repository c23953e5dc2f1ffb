"""How far apart readers can think small numbers to be before there is any release at all.

What a party knows of its own people in one period binds what can be true of them in another: who comes into
a state is there at the next departure, who is there in a period is there over the whole time. A number that
is nearly known to a reader so far cannot be hidden from it by telling less.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from linkage.release.audit.attack import Hunt
from linkage.release.audit.model import Ground
from linkage.release.audit.problem import FAR
from linkage.release.audit.solver import Clock

if TYPE_CHECKING:
    from collections.abc import Mapping

    from linkage.release.audit.problem import Problem, Whole

Room = tuple[dict[str, "Whole"], ...]
"""By part and reader, how far apart each sum can be; FAR where that is as far as it must be."""


def room(untold: Problem, seconds: float) -> Room:
    """Where there is less of it than the width, in a problem of which nothing is told. Raises TimeError."""
    ground, clock = Ground(untold), Clock.within(seconds)
    found: Room = tuple({} for _ in untold.parts)
    for view in untold.views:
        hunt = Hunt(ground, view, clock)
        for number, part in enumerate(untold.parts):
            if narrow := [row for _, row in hunt.part(number).narrow]:
                far = np.full(len(part.told), FAR, np.int64)
                far[narrow] = hunt.spread(number)[narrow]
                found[number][view] = far
    return found


def with_room(problem: Problem, found: Room) -> Problem:
    """The same problem, of whose readers it is known what they knew before. Parts without: as they are."""
    several: list[Mapping[str, Whole]] = [*found, *({} for _ in problem.parts[len(found) :])]
    parts = tuple(replace(p, room=r) for p, r in zip(problem.parts, several, strict=True))
    return replace(problem, parts=parts)
