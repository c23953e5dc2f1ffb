"""What follows people through time, counted in plain Python for the releases of tests."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from linkage.measures.figures import Sums
from linkage.measures.model import Change, Duration, Flow, Follow, Measure, Outcome

if TYPE_CHECKING:
    from tests.releases import Counter, Person

Bits = frozenset[int]
OVER_TIME = (Flow, Outcome, Duration, Change)


def counting(counter: Counter, measure: Measure) -> Bits:
    """The periods that count: of departure, of an event with all that follows; of a stay's start or end."""
    every = range(len(counter.window))
    match measure:
        case Flow(flow=states, every=step):
            known = frozenset.intersection(*(counter.known(state) for state in states))
            return frozenset(p for p in every if {p, p + step} <= known)
        case Outcome(leaving=leaving, to=to):
            left = frozenset(p for p in every if {p, p + 1} <= counter.known(leaving))
            return frozenset(p for p in left if follow_up(measure, p) <= counter.known(to))
        case Duration(duration=stay):
            return frozenset(p for p in every if {p - 1, p, p + 1} <= counter.known(stay))
        case Change(around=around, before=before, after=after):
            return frozenset(p for p in counter.known(around) if p - before in every and p + after in every)
    raise NotImplementedError


def places(counter: Counter, measure: Measure, person: Person, span: Bits) -> list[tuple[int, ...]]:
    """Where on the own axes this person counts, once for each time."""
    here = sorted(counting(counter, measure) & span)
    match measure:
        case Flow(every=step):
            return [
                (state(counter, measure, person, p), state(counter, measure, person, p + step)) for p in here
            ]
        case Outcome(leaving=leaving, to=to):
            inside, there = counter.bits(leaving, person), counter.bits(to, person)
            event = next((p for p in here if p in inside and p + 1 not in inside), None)
            if event is None:
                return []
            follow = follow_up(measure, event)
            fulfilled = follow & there if measure.follow is Follow.WITHIN else follow <= there
            return [(0,), (1,)] if fulfilled else [(1,)]
        case Duration(duration=stay):
            length = first_stay(counter.bits(stay, person), counter.known(stay))
            return [(length - 1,)] if length else []
        case Change(before=before, after=after):
            return (
                [(i,) for i in range(before + after + 1)] if event_of(counter, measure, person) >= 0 else []
            )
    raise NotImplementedError


def follow_up(measure: Outcome, p: int) -> Bits:
    """The periods in which one looks for those who left in p."""
    match measure.follow:
        case Follow.AT:
            return frozenset({p + measure.k})
        case Follow.WITHIN:
            return frozenset(range(p, p + measure.k + 1))
        case Follow.FOR:
            return frozenset(range(p + 1, p + measure.k + 1))


def state(counter: Counter, measure: Flow, person: Person, p: int) -> int:
    """The number of the first state that the person is in; that of elsewhere in none."""
    return next((i for i, s in enumerate(measure.flow) if p in counter.bits(s, person)), len(measure.flow))


def first_stay(inside: Bits, known: Bits) -> int:
    """Periods of the first stay that starts and ends before one's eyes; 0 where there is none."""
    for start in sorted(p for p in inside if p - 1 in known - inside):
        end = start
        while end + 1 in inside:
            end += 1
        if end + 1 in known:
            return end - start + 1
    return 0


def event_of(counter: Counter, measure: Change, person: Person) -> int:
    """The period of the person's first event; -1 where there is none."""
    return min(counter.bits(measure.around, person) & counting(counter, measure), default=-1)


def amounts(counter: Counter, measure: Change, people: Iterable[Person]) -> list[list[int]]:
    """For each period around the event, the amounts of these people, of those with an event."""
    events = [(person, event_of(counter, measure, person)) for person in people]
    return [
        [person.amounts.get(measure.change, {}).get(p + offset, 0) for person, p in events if p >= 0]
        for offset in range(-measure.before, measure.after + 1)
    ]


def sums(counter: Counter, measure: Change, sexes: Iterable[str], ages: Iterable[str]) -> Sums:
    """The amounts of a change: shape (offsets, 1, sexes, ages)."""
    sexes, ages = list(sexes), list(ages)
    shape = (measure.before + measure.after + 1, 1, len(sexes), len(ages))
    total, largest = np.zeros(shape, np.int64), np.zeros((2, *shape), np.int64)
    for s, sex in enumerate(sexes):
        for a, age in enumerate(ages):
            people = [p for p in counter.people if sex in (p.sex, "all") and age in (p.age, "all")]
            for i, several in enumerate(amounts(counter, measure, people)):
                total[i, 0, s, a] = sum(several)
                largest[:, i, 0, s, a] = (*sorted(several, reverse=True)[:2], 0, 0)[:2]
    return Sums(total, largest)
