"""The oracle of the kinds that follow people through time: flow, outcome, duration, change.

One person after the other, one period after the other. What is not known is None, and never "no".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from fractions import Fraction

from linkage.measures.expressions import Expression
from linkage.measures.model import Change, Duration, Flow, Follow, Outcome
from tests.oracle_answers import Answer, Drawn, mean, of_those, over
from tests.oracle_world import Time, World

ELSEWHERE = "elsewhere"


# -- flow -------------------------------------------------------------------------------------------------


def flow(world: World, measure: Flow, time: Time, people: set[str]) -> Iterator[Drawn]:
    """Moves that depart in the row's periods: a person who moves three times makes three."""
    known = {p for p in time.periods if _moves_are_known(world, measure, p)}
    moves: Counter[tuple[int, str, str]] = Counter()
    for p in known:
        for x in people:
            old, new = (_state(world, measure, x, q) for q in (p, p + measure.every))
            moves[p, old, new] += world.size([x])
    states = [*(state.source for state in measure.flow), ELSEWHERE]
    for old in states:
        for new in states:

            def number(periods: Sequence[int], move: tuple[str, str] = (old, new)) -> int:
                return sum(moves[p, *move] for p in periods if p in known)

            answer = over(world, time, measure.flow, lambda periods: bool(known & set(periods)), number)
            yield {"from": old, "to": new}, {"value": answer}


def _moves_are_known(world: World, measure: Flow, p: int) -> bool:
    return all(world.known(state, q) for state in measure.flow for q in (p, p + measure.every))


def _state(world: World, measure: Flow, person: str, p: int) -> str:
    """The first that the person is in."""
    for state in measure.flow:
        if world.holds(state.tree, person, p):
            return state.source
    return ELSEWHERE


# -- outcome ----------------------------------------------------------------------------------------------


def outcome(world: World, measure: Outcome, time: Time, people: set[str]) -> Iterator[Drawn]:
    """Each person of the row by the first event in its periods; without a follow-up there is no event."""

    def first_events(periods: Sequence[int]) -> dict[str, int]:
        found: dict[str, int] = {}
        for x in people:
            for p in sorted(periods):
                if _event_is_known(world, measure, p) and _leaves(world, measure.leaving, x, p):
                    found[x] = p
                    break
        return found

    def known(periods: Sequence[int]) -> bool:
        return any(_event_is_known(world, measure, p) for p in periods)

    def those(periods: Sequence[int]) -> int:
        return world.size(
            x for x, p in first_events(periods).items() if _is_there_later(world, measure, x, p)
        )

    value = over(world, time, measure.expressions, known, those)
    of = over(world, time, measure.expressions, known, lambda periods: world.size(first_events(periods)))
    yield {}, of_those(value, of, measure.target)


def _later(measure: Outcome, p: int) -> list[int]:
    """The periods in which somebody who left in p is looked for."""
    if measure.follow is Follow.AT:
        return [p + measure.k]
    return list(range(p if measure.follow is Follow.WITHIN else p + 1, p + measure.k + 1))


def _event_is_known(world: World, measure: Outcome, p: int) -> bool:
    """Whether it is known who leaves in p, and where these are later."""
    left = world.known(measure.leaving, p) and world.known(measure.leaving, p + 1)
    return left and all(world.known(measure.to, q) for q in _later(measure, p))


def _leaves(world: World, leaving: Expression, person: str, p: int) -> bool:
    return bool(world.holds(leaving.tree, person, p) and not world.holds(leaving.tree, person, p + 1))


def _is_there_later(world: World, measure: Outcome, person: str, p: int) -> bool:
    found = [bool(world.holds(measure.to.tree, person, q)) for q in _later(measure, p)]
    return all(found) if measure.follow is Follow.FOR else any(found)


# -- duration ---------------------------------------------------------------------------------------------


def duration(world: World, measure: Duration, time: Time, people: set[str]) -> Iterator[Drawn]:
    n = len(world.periods)
    if not any(all(world.known(measure.duration, p + i) for i in range(3)) for p in range(n)):
        for length in (*range(1, n - 1), "mean", "median"):
            yield {"length": length}, {"value": Answer(None, "edge")}
        return
    stays = {x: _first_stay(world, measure.duration, x) for x in people}
    for length in range(1, n - 1):
        number = world.size(x for x in people if stays[x] == length)
        yield {"length": length}, {"value": Answer(Fraction(number))}
    lengths = sorted(stay for stay in stays.values() if stay is not None)
    yield {"length": "mean"}, {"value": Answer(mean(lengths) if lengths else None)}
    yield {"length": "median"}, {"value": Answer(_median(lengths))}


def _first_stay(world: World, expression: Expression, person: str) -> int | None:
    """Periods of the first stay of which both the start and the end are seen."""

    def there(p: int) -> bool | None:
        return world.holds(expression.tree, person, p)

    for start in range(1, len(world.periods)):
        if there(start - 1) is False and there(start) is True:
            after = start + 1
            while there(after) is True:
                after += 1
            if there(after) is False:
                return after - start
    return None


def _median(ascending: Sequence[int]) -> Fraction | None:
    if not ascending:
        return None
    half = len(ascending) // 2
    return mean(ascending[half : half + 1] if len(ascending) % 2 else ascending[half - 1 : half + 1])


# -- change -----------------------------------------------------------------------------------------------


def change(world: World, measure: Change, time: Time, people: set[str]) -> Iterator[Drawn]:
    offsets = range(-measure.before, measure.after + 1)
    inside = range(measure.before, len(world.periods) - measure.after)
    if not any(world.known(measure.around, p) for p in inside):
        for offset in (*offsets, "level", "mean"):
            yield {"offset": offset}, {"value": Answer(None, "edge"), "people": Answer(None)}
        return
    around = amounts_around(world, measure, people)
    curve = {offset: mean(amounts) for offset, amounts in around.items() if amounts}
    level = mean_change = None
    if curve:
        level = curve[measure.after] - curve[-measure.before]
        before = [curve[offset] for offset in offsets if offset < 0]
        after = [curve[offset] for offset in offsets if offset > 0]
        mean_change = mean(after) - mean(before)
    number = Answer(Fraction(world.size(_first_events(world, measure, people))))
    for offset in offsets:
        yield {"offset": offset}, {"value": Answer(curve.get(offset)), "people": number}
    yield {"offset": "level"}, {"value": Answer(level), "people": number}
    yield {"offset": "mean"}, {"value": Answer(mean_change), "people": number}


def amounts_around(world: World, measure: Change, people: set[str]) -> dict[int, list[int]]:
    """Offset → the amount of each person with an event, so many periods from it."""
    events = _first_events(world, measure, people).items()
    return {
        offset: [world.amount(measure.change, x, p + offset) for x, p in events]
        for offset in range(-measure.before, measure.after + 1)
    }


def _first_events(world: World, measure: Change, people: set[str]) -> dict[str, int]:
    """Of each person the first that has all its offsets inside the window."""
    found: dict[str, int] = {}
    for x in people:
        for p in range(measure.before, len(world.periods) - measure.after):
            if world.holds(measure.around.tree, x, p):
                found[x] = p
                break
    return found
