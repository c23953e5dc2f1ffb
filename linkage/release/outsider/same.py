"""Which numbers of two releases are of the same people, as far as what was asked can tell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias

from linkage.measures.meaning import exactly, over
from linkage.measures.meaning import number as number_of
from linkage.measures.model import Change, Count, Flow, HowMany, Outcome, Overlap, Share
from linkage.release.counts import ALL, TIME_AXES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from linkage.measures.expressions import Expression, Tree
    from linkage.measures.meaning import Meaning
    from linkage.measures.model import Measure
    from linkage.release.outsider.seen import Number, Seen
    from linkage.window import Window

People: TypeAlias = tuple[object, ...]
"""Whom a number is about: equal for two numbers of the same people."""
_OWN: Final = ("role", "part", "in", "lists", "from", "to", "length")
"""The labels that tell whom a question counts there; all offsets of a change are of the same people."""


def people(seen: Seen) -> dict[People, Number]:
    """The numbers of a release by whom they are about; of several that are equal one."""
    measures = {measure.name: measure for measure in seen.asked.measures}
    found: dict[People, Number] = {}
    for number in seen.numbers:
        measure = measures[number.measure]
        axes = seen.cells[number.measure].axes
        labels = {axis.name: axis.values[i] for axis, i in zip(axes, number.cell, strict=True)}
        who = (labels.get("sex", ALL), labels.get("age", ALL))
        whom = _of(measure, labels, seen.asked.frame.window)
        found.setdefault((*_frame(seen), *who, whom), number)
    return found


def _frame(seen: Seen) -> People:
    """What sexes, ages and presence mean."""
    release = seen.release
    return (release.ages_on, release.ages, seen.asked.frame.dimensions.age, release.counting)


def _of(measure: Measure, own: Mapping[str, Any], window: Window) -> object:
    """The people of a row, before sex and age: a meaning where nobody moves, else the question as asked."""
    periods = _periods(own, window)
    try:
        return _set(measure, own, window, periods)
    except ValueError:  # too much is looked at together
        return (type(measure), *_asked(measure, own), window.unit, window.first, window.last, periods)


def _periods(own: Mapping[str, Any], window: Window) -> tuple[str, ...]:
    time = next((str(own[name]) for name in TIME_AXES if name in own), ALL)
    if time in window.labels:
        return (time,)
    first, last = (0, len(window) - 1) if time == ALL else window.spans[time]
    return window.labels[first : last + 1]


def _set(measure: Measure, own: Mapping[str, Any], window: Window, periods: tuple[str, ...]) -> Meaning:
    """Raises ValueError where it is none, or too large to be compared."""

    def over_all(tree: Tree, *known: Expression) -> Meaning:
        there = [p for p in periods if all(e.known >> window.labels.index(p) & 1 for e in known)]
        return over(tree, (window.first, window.last), there)

    match measure:
        case Count(count=count, parts=parts):
            one = next((e for e in parts if e.source == own.get("part")), count)
            return over_all(one.tree, one)
        case Share():
            one = measure.expressions[-1 if own["role"] == "of" else 0]
            return over_all(one.tree, *measure.expressions)
        case Overlap(sets=sets):
            inside = [over_all(e.tree, e) for e in sets if e.source in own["in"]]
            return exactly(inside, [over_all(e.tree, e) for e in sets if e.source not in own["in"]])
        case HowMany(lists=lists):
            return number_of([over_all(e.tree, e) for e in lists], int(own["lists"]))
        case _:
            raise ValueError(measure.kind)


def _asked(measure: Measure, own: Mapping[str, Any]) -> Iterator[object]:
    """The question in the words that it was asked in, without name and title, and the place in it."""
    yield from (expression.tree for expression in measure.expressions)
    match measure:
        case Flow(every=every):
            yield every
        case Outcome(follow=follow, k=k):
            yield from (follow, k)
        case Change(before=before, after=after):
            yield from (before, after)
    yield from (own.get(name) for name in _OWN)
