"""All readers' attacks on a release together, within a time limit."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Final

from linkage.release.audit.attack import Hunt
from linkage.release.audit.model import Ground
from linkage.release.audit.solver import Clock

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linkage.release.audit.attack import Attack
    from linkage.release.audit.problem import Problem

SECONDS: Final = 180.0
"""For one audit; one that takes longer is none. Those of the largest demos take some 20 s on two cores."""
_WORKERS: Final = 2


@dataclass(frozen=True)
class Verdict:
    """What all readers together could do. narrow: (part, sum); totals: numbers of totals; both of any reader.

    cells: sensitive cells looked at, of all readers; worlds, solves: how many it took. It tells of people:
    for the matcher's eyes.
    """

    views: tuple[str, ...]
    narrow: tuple[tuple[int, int], ...]
    totals: tuple[int, ...]
    cells: int
    worlds: int
    solves: int

    @property
    def passed(self) -> bool:
        """Whether nothing is narrow to anybody."""
        return not self.narrow and not self.totals


def audit(problem: Problem, seconds: float = SECONDS, workers: int = _WORKERS) -> Verdict:
    """Every reader's attack. Raises TimeError where it does not end in time.

    Workers are threads: the solver releases the interpreter's lock.
    """
    ground, clock = Ground(problem), Clock.within(seconds)
    hunts = [Hunt(ground, view, clock) for view in problem.views]
    several = range(len(problem.parts))
    results: list[Attack] = []
    with ThreadPoolExecutor(workers) as pool:
        try:
            for group in _those_who_know_most_first(hunts):
                results += pool.map(lambda task: task[0].part(task[1]), product(group, several))
                results += pool.map(Hunt.totals, group)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return Verdict(
        problem.views,
        tuple(sorted({place for result in results for place in result.narrow})),
        tuple(sorted({number for result in results for number in result.totals})),
        sum(result.cells for result in results),
        sum(result.worlds for result in results),
        sum(result.solves for result in results),
    )


def _those_who_know_most_first(hunts: list[Hunt]) -> Iterator[list[Hunt]]:
    """Readers than whom nobody knows more; then the others, who take in what those before have found."""
    before: dict[int, list[Hunt]] = {}
    for i, hunt in enumerate(hunts):
        others = [(j, other) for j, other in enumerate(hunts) if i != j and hunt.knows_less(other)]
        before[i] = [other for j, other in others if j < i or not other.knows_less(hunt)]
    for level in sorted({len(several) for several in before.values()}):
        group = [i for i, several in before.items() if len(several) == level]
        for i in group:
            for other in before[i]:
                hunts[i].learn(other)
        yield [hunts[i] for i in group]
