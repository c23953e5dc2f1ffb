"""Rows of flows and durations: where people go, and how long they stay."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from linkage.release.counts import MEAN, Answer, hidden_among, missing
from linkage.release.rows import Draft
from linkage.release.tables import ELSEWHERE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from linkage.measures.model import Duration, Flow
    from linkage.release.counts import Look, Place


def flow(measure: Flow, look: Look, place: Place) -> Iterator[Draft]:
    """A row for each pair of states, staying and elsewhere too."""
    states = (*(state.source for state in measure.flow), ELSEWHERE)
    for i, start in enumerate(states):
        for j, end in enumerate(states):
            yield Draft(place, {"from": start, "to": end}, {"value": look.answer(place, i, j)})


def duration(_: Duration, look: Look, place: Place) -> Iterator[Draft]:
    """A row for each length, then their mean and median."""
    lengths = [look.at(place, i) for i in range(look.size("length"))]
    for i, answer in enumerate(lengths):
        yield Draft(place, {"length": i + 1}, {"value": answer})
    yield Draft(place, {"length": MEAN}, {"value": mean_length(lengths)}, fine=True)
    yield Draft(place, {"length": "median"}, {"value": median_length(lengths)}, fine=True)


def mean_length(lengths: Sequence[Answer]) -> Answer:
    """The mean of stays of 1, 2, … periods, so many people each; none of nobody."""
    people = _people(lengths)
    if isinstance(people, Answer):
        return people
    periods = sum(((i + 1) * number for i, number in enumerate(people)), Fraction(0))
    return Answer(periods / sum(people)) if sum(people) > 0 else Answer(None)


def median_length(lengths: Sequence[Answer]) -> Answer:
    """The length of the middle one, or the mean of the two in the middle; none of nobody."""
    people = _people(lengths)
    if isinstance(people, Answer):
        return people
    several = int(sum(people))
    if several <= 0:
        return Answer(None)
    middle = ((several + 1) // 2, several // 2 + 1)  # the first is 1
    return Answer(Fraction(sum(_length_of(people, number) for number in middle), 2))


def _people(lengths: Sequence[Answer]) -> list[Fraction] | Answer:
    """People of each length; where that of one is not told or of all unknown, why there is no number."""
    if hidden := hidden_among(lengths):
        return hidden
    if all(a.value is None for a in lengths):
        return missing(lengths)
    return [a.value or Fraction(0) for a in lengths]


def _length_of(people: Sequence[Fraction], number: int) -> int:
    """How long the one with this number stayed, in the order of lengths."""
    seen = Fraction(0)
    for length, several in enumerate(people, 1):
        seen += several
        if seen >= number:
            return length
    raise ValueError("a number beyond all people")
