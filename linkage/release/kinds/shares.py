"""Rows of shares and outcomes: people, out of how many, per cent."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from linkage.measures.expressions import Expression
from linkage.measures.figures import Note
from linkage.measures.model import Places
from linkage.release.counts import MEAN, Answer, less, mean, missing
from linkage.release.rows import Draft, plain
from linkage.release.spread import Linear, Proportion, certain, ratio

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linkage.measures.model import Outcome, Share
    from linkage.release.counts import Look, Place
    from linkage.release.rows import Scalar
    from linkage.release.spread import Spread

_VALUE, _OF = 0, 1  # on the axis "role"


def share(measure: Share, look: Look, place: Place) -> Iterator[Draft]:
    """One row: of people, of a mean from elsewhere, or of places."""
    if isinstance(measure.of, Expression):
        yield _rated(place, *_pair(look, place), measure.target)
        return
    constant = _constant(measure.of, place, look.periods)
    value = look.answer(place, _VALUE)
    of = Answer(None)
    if constant is not None:
        of = Answer(Fraction(constant), spread=certain(Fraction(constant)))
    yield _rated(place, value, of, measure.target, {"of": constant})


def outcome(measure: Outcome, look: Look, place: Place) -> Iterator[Draft]:
    """One row: of those who left, how many are where one looks for them."""
    yield _rated(place, *_pair(look, place), measure.target)


def percent(value: Answer, of: Answer) -> Answer:
    """value in per cent of `of`; none where one is none, and where `of` is 0."""
    if value.value is None or of.value is None:
        return missing((value, of))
    return Answer(100 * value.value / of.value, spread=_sure(value, of)) if of.value else Answer(None)


def _sure(value: Answer, of: Answer) -> Spread | None:
    """How sure a per cent is: better where value and the rest are drawn apart."""
    if not isinstance(value.spread, Linear) or not isinstance(of.spread, Linear):
        return None
    rest = of.spread.without(value.spread)
    return Proportion(value.spread, rest) if rest else ratio(value.spread, of.spread, 100)


def _rated(
    place: Place, value: Answer, of: Answer, target: Fraction | None, told: dict[str, Scalar] | None = None
) -> Draft:
    """told: numbers that are not counted, and stand in the row as they are."""
    part = percent(value, of)
    extra = dict(told or {})
    answers = {"value": value, "percent": part} | ({} if "of" in extra else {"of": of})
    if target is not None:
        extra["target"] = plain(target)
        answers["difference"] = less(part, Answer(target, spread=certain(target)))
    return Draft(place, {}, answers, extra)


def _constant(of: int | Places, place: Place, periods: tuple[str, ...]) -> int | None:
    """What divides here: places a period or the mean of several, a mean from elsewhere only a mean."""
    if isinstance(of, Places):
        return of.number if place.time in (*periods, MEAN) else None
    return of if place.time == MEAN else None


def _pair(look: Look, place: Place) -> tuple[Answer, Answer]:
    """Value and denominator, each known only where both are: a share of unlike periods would be none."""
    if place.time != MEAN:
        return _both(look.at(place, _VALUE), look.at(place, _OF))
    periods = zip(look.over_time(place, _VALUE), look.over_time(place, _OF), strict=True)
    pairs = [_both(*pair) for pair in periods]
    return mean([value for value, _ in pairs]), mean([of for _, of in pairs])


def _both(value: Answer, of: Answer) -> tuple[Answer, Answer]:
    for answer in (value, of):
        if answer.note in (Note.EDGE, Note.NO_DATES):
            return answer, answer
    return value, of
