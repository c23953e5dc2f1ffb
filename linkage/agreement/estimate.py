"""About how many people the rows of a measure will hold: rules of thumb, before anybody exports.

They are told in docs/agreement.md, where a reader can judge them. What they give is rather too many people
than too few, so a row that is called too small most likely is. They change no figure.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from linkage.agreement.guess import Guess, least, times
from linkage.agreement.model import Known
from linkage.agreement.over_time import events, surrounded
from linkage.agreement.sizes import size
from linkage.measures.expressions import Expression, Left
from linkage.measures.model import Change, Count, Duration, Flow, HowMany, Outcome, Overlap, Share

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from linkage.agreement.model import Agreement
    from linkage.measures.model import Measure

THRESHOLD = 10
"""People below which a row is taken for too small where the release has no threshold of its own."""


@dataclass(frozen=True)
class Estimate:
    """Of one measure. rows: as they will be released; small: about how many of them hold too few people.

    inhabited: rows that somebody can be in. small and inhabited are None where the agreement does not say
    how large the series are.
    """

    measure: str
    rows: int
    inhabited: int | None
    small: int | None

    @property
    def mostly_small(self) -> bool:
        """Whether more than half of the rows that hold anybody hold too few."""
        return self.small is not None and self.inhabited is not None and 2 * self.small > self.inhabited


def threshold(agreement: Agreement) -> int:
    """The least number of people that the release shows, or THRESHOLD."""
    agreed = agreement.release.parameters.get("threshold")
    return agreed if isinstance(agreed, int) else THRESHOLD


def estimates(agreement: Agreement) -> tuple[Estimate, ...]:
    """One for each measure, in the agreement's order."""
    guess = Guess(
        len(agreement.window),
        {s.key: s.expected or s.places for s in agreement.series},
        frozenset(s.key for s in agreement.series if s.known is Known.WINDOW),
        agreement.dimensions.age,
    )
    return tuple(_estimate(measure, agreement, guess) for measure in agreement.measures)


def _estimate(measure: Measure, agreement: Agreement, guess: Guess) -> Estimate:
    found = size(measure, len(agreement.window), len(agreement.window.spans), agreement.dimensions)
    inhabited, small, few = 0, 0, threshold(agreement)
    parts = _parts(measure, agreement, guess)
    for periods, stretches in _stretches(measure, agreement):
        for people in _own(measure, guess, periods):
            if people is None:
                return Estimate(measure.name, found.rows, None, None)
            held = [(people * part, rows * stretches) for part, rows in parts]
            inhabited += sum(rows for number, rows in held if number)
            small += sum(rows for number, rows in held if 0 < number < few)
    return Estimate(measure.name, found.rows, inhabited, small)


def _parts(measure: Measure, agreement: Agreement, guess: Guess) -> list[tuple[Fraction, int]]:
    """Of every people the part that a row by sex and age holds, and how many such rows there are."""
    one = Fraction(1)
    sexes = [(Fraction(1, 2), 2), (one, 1)] if "sex" in measure.by else [(one, 1)]
    ages = [(one, 1)]
    if "age" in measure.by and (agreed := agreement.dimensions.age):
        bands = [guess.of_ages(band.low, band.high) for band in agreed.bands]
        ages += [(part, 1) for part in (*bands, max(Fraction(0), 1 - sum(bands, Fraction(0))))]
    return [(a * b, n * m) for a, n in sexes for b, m in ages]


def _stretches(measure: Measure, agreement: Agreement) -> Iterator[tuple[int, int]]:
    """Lengths of the stretches of time that rows are about, in known periods, and how many rows have each."""
    window = agreement.window
    bits = known(measure, len(window))
    dated = all(expression.dated for expression in measure.expressions)
    if dated and bits and "period" in measure.by:
        yield 1, bits.bit_count() + 1  # and their mean
    if dated and "span" in measure.by:
        lengths = [(bits & window.span_bits(name)).bit_count() for name in window.spans]
        yield from ((length, 1) for length in lengths if length)
    if bits:
        yield bits.bit_count(), 1


def known(measure: Measure, periods: int) -> int:
    """The bitmap of the periods in which all that the measure asks for is known; of a stay, its first."""
    bits = (1 << periods) - 1
    for expression in measure.expressions:
        bits &= expression.known
    match measure:
        case Flow(every=every):
            return bits & bits >> every
        case Outcome(leaving=leaving, to=to, follow=follow, k=k):
            return events(leaving.known, to.known, follow, k)
        case Change(before=before, after=after):
            return surrounded(bits, before, after, periods)
        case Duration():
            return bits & bits << 1 & bits >> 1
        case _:
            return bits


def _own(measure: Measure, guess: Guess, periods: int) -> Sequence[Fraction | None]:
    """People in each row of the kind's own over so many periods, all sexes and ages together."""

    def over(expression: Expression) -> Fraction | None:
        return guess.people(expression.tree, periods)

    match measure:
        case Count(count=count, parts=parts):
            if not parts:
                return [over(count)]
            each = [over(part) for part in parts]
            return [*each, guess.together(each), over(count)]  # what the sum counts too much is no people
        case Overlap(sets=sets):
            each = [over(one) for one in sets]
            masks = range(1, 1 << len(sets))
            return [least(n for i, n in enumerate(each) if mask >> i & 1) for mask in masks]
        case HowMany(lists=lists):
            together = guess.together([over(one) for one in lists])
            return [times(together, Fraction(1, number)) for number in range(1, len(lists) + 1)]
        case Share(share=share, of=of):
            return [least((over(share), over(of)) if isinstance(of, Expression) else (over(share),))]
        case Flow():
            return _moves(measure, guess, periods)
        case Outcome(leaving=leaving, to=to):
            left = guess.people(Left(leaving.tree), periods)
            return [None if left is None else least((left, over(to)))]
        case Duration(duration=stay):
            left = guess.people(Left(stay.tree), guess.periods)
            lengths = guess.periods - 2
            return [*[times(left, Fraction(1, lengths))] * lengths, left, left]
        case Change(around=around, before=before, after=after):
            return [over(around)] * (before + after + 3)
        case _:
            raise TypeError(measure.kind)


def _moves(measure: Flow, guess: Guess, periods: int) -> list[Fraction | None]:
    """Moves from each state to each over so many periods of departure; elsewhere is the last state."""
    states = [guess.people(state.tree, 1) for state in measure.flow]
    elsewhere = guess.everybody(1)
    moving = min(Fraction(1), guess.LEAVING * measure.every)
    found: list[Fraction | None] = []
    for i, here in enumerate([*states, elsewhere]):
        for j, there in enumerate([*states, elsewhere]):
            if i == j == len(states) and elsewhere is None:
                continue  # most of all people are nowhere in particular: never too small
            people = here if i == j else times(least((here, there)), moving)
            found.append(times(people, Fraction(periods)))
    return found
