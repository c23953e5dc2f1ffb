"""Rows of flows and durations: where people go, and how long they stay."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from linkage.release.counts import MEAN, Answer, hidden_among, missing
from linkage.release.rows import Draft
from linkage.release.spread import OfLengths
from linkage.release.tables import ELSEWHERE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

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
    return _of_lengths(lengths, _mean)


def median_length(lengths: Sequence[Answer]) -> Answer:
    """The length of the middle one, or the mean of the two in the middle; none of nobody."""
    return _of_lengths(lengths, _median)


def _of_lengths(
    lengths: Sequence[Answer], function: Callable[[Sequence[Fraction]], Fraction | None]
) -> Answer:
    """What a function makes of the people of each length; why there is no number, where one is not told."""
    if hidden := hidden_among(lengths):
        return hidden
    if all(a.value is None for a in lengths):
        return missing(lengths)
    spreads = [a.spread for a in lengths if a.spread is not None]
    sure = OfLengths(spreads, function) if len(spreads) == len(lengths) else None
    return Answer(function([a.value or Fraction(0) for a in lengths]), spread=sure)


def _mean(people: Sequence[Fraction]) -> Fraction | None:
    several = sum(people)
    periods = sum(((i + 1) * number for i, number in enumerate(people)), Fraction(0))
    return periods / several if several > 0 else None


def _median(people: Sequence[Fraction]) -> Fraction | None:
    several = sum(people)
    if several <= 0:
        return None
    seen, low = Fraction(0), 0
    for length, number in enumerate(people, 1):
        seen += number
        low = low or (length if 2 * seen >= several else 0)
        if 2 * seen > several:
            return Fraction(low + length, 2)
    raise ValueError("more people than all of them")
