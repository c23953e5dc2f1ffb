"""Rows of changes: mean amounts around an event."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from linkage.release.counts import MEAN, Answer, less, missing, total, whole
from linkage.release.rows import Draft
from linkage.release.spread import middle, ratio

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from linkage.measures.model import Change
    from linkage.release.counts import Look, Place


def change(measure: Change, look: Look, place: Place) -> Iterator[Draft]:
    """A row for each period around the event, then how the level and the mean changed."""
    offsets = range(-measure.before, measure.after + 1)
    amounts = [_each(look, place, i) for i in range(len(offsets))]
    people = look.at(place, 0)  # whose event it was, the same in every period around it
    for i, (offset, amount) in enumerate(zip(offsets, amounts, strict=True)):
        yield Draft(place, {"offset": offset}, {"value": amount, "people": look.at(place, i)})
    level = less(amounts[-1], amounts[0])
    after, before = amounts[measure.before + 1 :], amounts[: measure.before]
    mean = _in_steps(less(_mean(after), _mean(before)), look.step)
    for name, answer in (("level", level), (MEAN, mean)):
        yield Draft(place, {"offset": name}, {"value": answer, "people": people})


def _each(look: Look, place: Place, offset: int) -> Answer:
    """The mean amount of a person in one of the periods, in steps; none of nobody."""
    amount, people = look.amount(place, offset), look.at(place, offset)
    if amount.value is None or people.value is None:
        return missing((amount, people))
    if not people.value:
        return Answer(None)
    sure = ratio(amount.spread, people.spread, most=look.most)
    return _in_steps(Answer(amount.value / people.value, spread=sure), look.step)


def _in_steps(amount: Answer, step: int) -> Answer:
    """The nearest whole multiple of a step, half away from zero. A step of 1 is left to the row."""
    if amount.value is None or step == 1:
        return amount
    return Answer(Fraction(step * whole(amount.value / step)))


def _mean(amounts: Sequence[Answer]) -> Answer:
    """The mean of several periods, where all of them are told."""
    every = total(amounts)
    if every.value is None:
        return Answer(None, every.note)
    return Answer(every.value / Fraction(len(amounts)), spread=middle([a.spread for a in amounts]))
