"""The oracle of the kinds that ask who is in which set: count, overlap, howmany, share."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction

from linkage.measures.expressions import Expression
from linkage.measures.model import Count, HowMany, Overlap, Places, Share
from tests.oracle_answers import Answer, Drawn, less, of_those, over, total
from tests.oracle_world import Time, World


def _number(world: World, expression: Expression, time: Time, people: set[str]) -> Answer:
    """People who are in it in some known period of the row."""
    return over(
        world,
        time,
        [expression],
        lambda periods: any(world.known(expression, p) for p in periods),
        lambda periods: world.size(world.members(expression, periods) & people),
    )


def count(world: World, measure: Count, time: Time, people: set[str]) -> Iterator[Drawn]:
    unique = _number(world, measure.count, time, people)
    if not measure.parts:
        yield {}, {"value": unique}
        return
    parts = [_number(world, part, time, people) for part in measure.parts]
    added = total(parts)
    if time.how != "all" and not all(world.dated(e) for e in (measure.count, *measure.parts)):
        unique = added = Answer(None, "no dates")
    for part, answer in zip(measure.parts, parts, strict=True):
        yield {"part": part.source}, {"value": answer}
    yield {"part": "sum"}, {"value": added}
    yield {"part": "unique"}, {"value": unique}
    yield {"part": "surplus"}, {"value": less(added, unique)}


def _sets(
    world: World,
    sets: Sequence[Expression],
    time: Time,
    people: set[str],
    said: Callable[[list[int]], object],
    wanted: object,
) -> Answer:
    """People of whose sets, told by their numbers, this is said.

    In a period every set must be known; in a longer stretch each looks at its own known periods.
    """

    def whose(periods: Sequence[int]) -> int:
        members = [world.members(e, periods) for e in sets]
        lists = {x: [i for i, those in enumerate(members) if x in those] for x in people}
        return world.size(x for x in people if said(lists[x]) == wanted)

    def known(periods: Sequence[int]) -> bool:
        one_by_one = [[p] for p in periods] if time.how == "mean" else [periods]
        return any(all(any(world.known(e, p) for p in some) for e in sets) for some in one_by_one)

    return over(world, time, sets, known, whose)


def overlap(world: World, measure: Overlap, time: Time, people: set[str]) -> Iterator[Drawn]:
    for mask in range(1, 2 ** len(measure.sets)):
        wanted = [i for i in range(len(measure.sets)) if mask >> i & 1]
        names = [measure.sets[i].source for i in wanted]
        yield {"in": names}, {"value": _sets(world, measure.sets, time, people, list, wanted)}


def howmany(world: World, measure: HowMany, time: Time, people: set[str]) -> Iterator[Drawn]:
    for lists in range(1, len(measure.lists) + 1):
        answer = _sets(world, measure.lists, time, people, len, lists)
        yield {"lists": lists}, {"value": answer}


def share(world: World, measure: Share, time: Time, people: set[str]) -> Iterator[Drawn]:
    """Value and denominator look at the periods in which both are known."""
    both = [e for e in (measure.share, measure.of) if isinstance(e, Expression)]

    def known(p: int) -> bool:
        return all(world.known(e, p) for e in both)

    def number(expression: Expression) -> Answer:
        return over(
            world,
            time,
            both,
            lambda periods: any(known(p) for p in periods),
            lambda periods: world.size(world.members(expression, [p for p in periods if known(p)]) & people),
        )

    match measure.of:
        case Places(places):  # so many can take part at once, in each period anew
            of = Answer(Fraction(places) if time.how in ("period", "mean") else None)
        case int(constant):
            of = Answer(Fraction(constant) if time.how == "mean" else None)
        case expression:
            of = number(expression)
    yield {}, of_those(number(measure.share), of, measure.target)
