"""One reader's attack on a release: which sensitive cells two worlds keep apart, and which none do."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from itertools import product
from threading import Lock
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np

from linkage.release.audit.problem import NOTHING
from linkage.release.audit.reach import reach, room_of
from linkage.release.audit.search import Search
from linkage.release.audit.worlds import Seen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from linkage.release.audit.model import Ground
    from linkage.release.audit.problem import Places, Whole
    from linkage.release.audit.solver import Clock

_PAIRS: Final = 3
"""Parts that a part is looked at with, one at a time, before all that it is bound to are taken together."""
Look: TypeAlias = "Callable[[Search, Places], None]"
"""A way of looking for worlds that keep sums apart."""


@dataclass(frozen=True)
class Attack:
    """What a reader can do. narrow: (part, sum) of each sensitive cell that no two worlds keep apart.

    totals: numbers of the narrow totals; cells: sensitive cells looked at; worlds, solves: how many it took.
    No number of people is in it.
    """

    cells: int
    narrow: tuple[tuple[int, int], ...]
    totals: tuple[int, ...]
    worlds: int
    solves: int


def attack(ground: Ground, view: str, clock: Clock) -> Attack:
    """All that one reader can do. Raises TimeError."""
    hunt = Hunt(ground, view, clock)
    several = [*(hunt.part(number) for number in range(len(ground.problem.parts))), hunt.totals()]
    return Attack(
        sum(found.cells for found in several),
        tuple(place for found in several for place in found.narrow),
        tuple(number for found in several for number in found.totals),
        sum(found.worlds for found in several),
        sum(found.solves for found in several),
    )


class Hunt:
    """One reader, and what it has seen of each part. Parts may be looked at by several threads.

    Worlds of a reader who knows more are worlds of this one too: `learn` takes them in.
    """

    def __init__(self, ground: Ground, view: str, clock: Clock) -> None:
        self._ground, self._view, self._clock = ground, view, clock
        parts = ground.problem.parts
        self._widths = [np.minimum(ground.problem.width, room_of(part, view)) for part in parts]
        self._seen = [Seen.of(ground.model([number], view)[0]) for number in range(len(parts))]
        self._lock = Lock()

    def spread(self, number: int) -> Whole:
        """How far apart the sums of a part have been seen."""
        return self._seen[number].largest - self._seen[number].smallest

    def knows_less(self, other: Hunt) -> bool:
        """Whether the other reader knows all that this one does."""
        return all(
            not reach(
                part.known.get(self._view, NOTHING), part.known.get(other._view, NOTHING), part.people
            ).any()
            for part in self._ground.problem.parts
        )

    def learn(self, other: Hunt) -> None:
        """Take in the worlds of a reader who knows more."""
        for mine, theirs in zip(self._seen, other._seen, strict=True):
            mine.widen(theirs.smallest, theirs.largest)

    def part(self, number: int) -> Attack:
        """The sensitive sums of one part: by itself, then with ever more of the parts that it is bound to.

        All of this by walking first; solvers are for what no walk has kept apart.
        """
        sensitive = self._ground.problem.parts[number].sensitive
        every = np.flatnonzero(sensitive & (self._widths[number] > 0))
        worlds, solves, several = 0, 0, [*self._wider(number)]
        for solving, (numbers, last) in product((False, True), several):
            aims = self._seen[number].near(every, self._widths[number])
            if not len(aims):
                break
            how: Look = partial(Search.separate, thorough=last) if solving else Search.on_foot
            search = self._look(numbers, number, aims, how)
            worlds, solves = worlds + search.seen.worlds, solves + search.solves
        aims = self._seen[number].near(every, self._widths[number])
        return Attack(len(every), tuple((number, int(row)) for row in aims), (), worlds, solves)

    def _wider(self, number: int) -> Iterator[tuple[list[int], bool]]:
        """A part; with each that it is bound to; with all that these are bound to, which is the last."""
        tied, every = self._ground.tied(number), self._ground.closure(number)
        yield [number], len(every) == 1
        if len(every) > 2:
            yield from (([number, other], False) for other in tied[:_PAIRS])
        if len(every) > 1:
            yield every, True

    def _look(self, numbers: list[int], number: int, aims: Places, *hows: Look) -> Search:
        """Looks for worlds of some parts that keep sums of one apart, and notes what they do in all."""
        model, begins = self._ground.model(numbers, self._view)
        widths = np.concatenate([self._widths[n] for n in numbers])
        search = Search(model, widths, self._clock)
        search.seen.widen(
            np.concatenate([self._seen[n].smallest for n in numbers]),
            np.concatenate([self._seen[n].largest for n in numbers]),
        )
        for how in hows:
            how(search, aims + begins[number])
        with self._lock:
            for n in numbers:
                rows = slice(begins[n], begins[n] + len(self._widths[n]))
                self._seen[n].widen(search.seen.smallest[rows], search.seen.largest[rows])
        return search

    def totals(self) -> Attack:
        """The sensitive totals, after all parts: one sum keeps each apart, while the others are as they are.

        Such a total is looked for no further: it may be called narrow though two worlds of several parts
        would keep it apart, which refuses too much and never too little.
        """
        aims = [
            (number, total.pieces)
            for number, total in enumerate(self._ground.problem.totals)
            if total.sensitive and any(self._widths[part][row] for part, row in total.pieces)
        ]
        worlds, solves, narrow = 0, 0, list[int]()
        for number, pieces in aims:
            for part, row in pieces:
                aim = np.array([row], np.intp)
                search = self._look([part], part, aim, Search.on_foot, Search.separate)
                worlds, solves = worlds + search.seen.worlds, solves + search.solves
                spread = search.seen.largest[row] - search.seen.smallest[row]
                if self._widths[part][row] and spread >= self._widths[part][row]:
                    break
            else:
                narrow.append(number)
        return Attack(len(aims), (), tuple(narrow), worlds, solves)
