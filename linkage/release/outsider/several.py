"""Several releases of one history, looked at together by somebody outside.

Where two tell of the same people, and both can be true of them, each is attacked with what the other tells.
Where they cannot, people came or went between the two: each is attacked by itself, and how many numbers
changed is told. A number told exactly in both that changed by few tells that somebody came or went.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING, Final

from linkage.errors import ReleaseError
from linkage.release.audit.problem import NO_MARK
from linkage.release.audit.solver import Clock, TimeError
from linkage.release.audit.verdict import SECONDS
from linkage.release.outsider.attack import attack
from linkage.release.outsider.same import people

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from linkage.release.outsider.attack import Result
    from linkage.release.outsider.same import People
    from linkage.release.outsider.seen import Number, Seen


class UnrealReleaseError(ReleaseError):
    """No people that there could be give these numbers."""

    hint = "do not use this release; tell the matcher and the other parties"


TOGETHER: Final = ("exact", "suppress", "cellkey")
"""Methods whose numbers say what the true ones can be."""
ATTACKED: Final = ("suppress", "cellkey")


@dataclass(frozen=True)
class Looked:
    """One release. result: what was found of its hidden numbers.

    None where nothing is known: it did not end in time, or none of the people who were drawn fit.
    """

    seen: Seen
    result: Result | None


@dataclass(frozen=True)
class Changed:
    """Two releases that tell the same numbers. shared: how many of these.

    changed: those that cannot be of the same people in both, numbers of the first; few: of these, those
    that are told exactly in both and differ by fewer people than may be told. together: whether both can be
    true of the same people.
    """

    first: Seen
    second: Seen
    shared: int
    changed: tuple[Number, ...]
    few: tuple[Number, ...]
    together: bool


@dataclass(frozen=True)
class Outside:
    """What somebody outside can do with some releases; both in the order in which they were named."""

    looked: tuple[Looked, ...]
    changes: tuple[Changed, ...]


def look(several: Sequence[Seen], seconds: float = SECONDS) -> Outside:
    """Attack each release, with what the others tell. seconds: for each. Raises UnrealReleaseError."""
    told = [(seen, people(seen)) for seen in several if seen.release.rule.method in TOGETHER]
    pairs = combinations(range(len(told)), 2)
    found = {(i, j): _compared(*told[i], *told[j]) for i, j in pairs}
    apart = {pair for pair, change in found.items() if change.changed}
    looked = []
    for i, (seen, mine) in enumerate(told):
        if seen.release.rule.method in ATTACKED:
            others = [j for j in range(len(told)) if j != i and _pair(i, j) not in apart]
            one, alone = _attacked(seen, mine, [told[j][1] for j in others], seconds)
            looked.append(one)
            apart |= {_pair(i, j) for j in others} if alone else set()
    changes = [replace(change, together=pair not in apart) for pair, change in found.items() if change.shared]
    return Outside(tuple(looked), tuple(changes))


def _pair(i: int, j: int) -> tuple[int, int]:
    return min(i, j), max(i, j)


def _attacked(
    seen: Seen, mine: Mapping[People, Number], others: Sequence[Mapping[People, Number]], seconds: float
) -> tuple[Looked, bool]:
    """One release with what others tell; alone, and true, where no people fit all of them."""
    clock = Clock.within(seconds)
    more = [(mine[whom], each[whom].bounds) for each in others for whom in each.keys() & mine.keys()]
    try:
        result = attack(seen, more, clock)
        if result is not None:
            return Looked(seen, result), False
        result = attack(seen, (), clock) if more else None
    except TimeError:
        return Looked(seen, None), False
    if result is not None:
        return Looked(seen, result), True
    if not seen.every:
        return Looked(seen, None), False
    raise UnrealReleaseError(
        "the numbers of {release} contradict each other: no people could give them",
        release=seen.release.agreement.slug,
    )


def _compared(
    first: Seen, mine: Mapping[People, Number], second: Seen, theirs: Mapping[People, Number]
) -> Changed:
    """What two releases say of the same people."""
    shared = {whom: (mine[whom], theirs[whom]) for whom in mine if whom in theirs}
    family = first.release.agreement.name == second.release.agreement.name
    changed = [pair for pair in shared.values() if _differ(*pair, family=family)]
    few = [pair for pair in changed if 0 < _step(*pair) < _least(first, second)]
    return Changed(
        first,
        second,
        len(shared),
        tuple(number for number, _ in changed),
        tuple(number for number, _ in few),
        together=not changed,
    )


def _differ(one: Number, other: Number, *, family: bool) -> bool:
    """Whether the people cannot be the same. family: equal people are told with equal numbers, if moved."""
    a, b = one.bounds, other.bounds
    apart = a.low > b.high or b.low > a.high
    return apart or (family and NO_MARK not in (a.mark, b.mark) and a.mark != b.mark)


def _step(one: Number, other: Number) -> int:
    """By how many people a number changed that both tell exactly; 0 where one does not."""
    a, b = one.bounds, other.bounds
    return abs(a.low - b.low) if a.low == a.high and b.low == b.high else 0


def _least(first: Seen, second: Seen) -> int:
    """How many people must have come or gone before that may be told; 0 where it may always be."""
    rules = (first.release.rule, second.release.rule)
    return max((rule.threshold for rule in rules if rule.method == "suppress"), default=0)
