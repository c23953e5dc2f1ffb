"""Rows of changes: mean amounts around an event."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from linkage.release.counts import MEAN, Answer, less, missing, total
from linkage.release.rows import Draft

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
    for name, answer in (("level", level), (MEAN, less(_mean(after), _mean(before)))):
        yield Draft(place, {"offset": name}, {"value": answer, "people": people})


def _each(look: Look, place: Place, offset: int) -> Answer:
    """The mean amount of a person in one of the periods; none of nobody."""
    amount, people = look.amount(place, offset), look.at(place, offset)
    if amount.value is None or people.value is None:
        return missing((amount, people))
    return Answer(amount.value / people.value) if people.value else Answer(None)


def _mean(amounts: Sequence[Answer]) -> Answer:
    """The mean of several periods, where all of them are told."""
    whole = total(amounts)
    return Answer(None, whole.note) if whole.value is None else Answer(whole.value / Fraction(len(amounts)))
