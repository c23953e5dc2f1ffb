"""How sure a figure is that is made of drawn cells: an interval for the counted one, at any chance of error.

An interval is that of the cells as they were drawn, before they were made to fit each other: only then its
chance is known. What is divided takes half of the chance of error for each of its two sides: the intervals of
per cents, lengths and amounts are wider than need be, and never too narrow.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import lcm
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeAlias

from linkage.release.margins import margin

if TYPE_CHECKING:
    from linkage.release.margins import Noise, Weights

NAUGHT = Fraction(0)


class Interval(NamedTuple):
    """From low to high. None: without end on that side."""

    low: Fraction | None
    high: Fraction | None


class Spread(Protocol):
    """What is known of a counted number."""

    def within(self, alpha: Fraction) -> Interval:
        """Holds the counted number but for a chance of at most alpha."""
        ...


class Cells(NamedTuple):
    """Drawn cells at one place: how often each kind of cell is added, and how many there are of each.

    weights: by the number of the kind, none of them 0.
    """

    weights: Mapping[int, Fraction]
    many: int


Terms: TypeAlias = Mapping[Hashable, Cells]
"""By where they were drawn: what was drawn at two places has nothing in common."""


@dataclass(frozen=True)
class Linear:
    """A sum of drawn cells. raw: as drawn; positive: the counted number is not negative."""

    raw: Fraction
    noise: Noise | None = None
    terms: Terms | None = None
    positive: bool = False

    def within(self, alpha: Fraction) -> Interval:
        """See Spread."""
        aside = self._margin(alpha)
        low, high = self.raw - aside, self.raw + aside
        return Interval(max(low, NAUGHT), max(high, NAUGHT)) if self.positive else Interval(low, high)

    def times(self, factor: Fraction) -> Linear:
        """So many times the number; the factor is not negative."""
        terms = {
            place: Cells({kind: factor * w for kind, w in cells.weights.items()}, cells.many)
            for place, cells in (self.terms or {}).items()
        }
        return replace(self, raw=factor * self.raw, terms=terms)

    def plus(self, other: Linear, sign: int = 1) -> Linear:
        """The sum, or with sign -1 the difference. What both are made of counts once, with both weights."""
        terms = dict(self.terms or {})
        for place, (weights, many) in (other.terms or {}).items():
            both = dict(terms[place].weights) if place in terms else {}
            for kind, weight in weights.items():
                both[kind] = both.get(kind, NAUGHT) + sign * weight
            terms[place] = Cells({kind: weight for kind, weight in both.items() if weight}, many)
        positive = self.positive and other.positive and sign > 0
        return Linear(self.raw + sign * other.raw, self.noise or other.noise, terms, positive)

    def without(self, part: Linear) -> Linear | None:
        """The rest, where this adds up each cell of the part, as often, and others beside it; else None."""
        rest = self.plus(part, -1)
        mine = part.terms or {}
        left = [(place, *of) for place, (weights, _) in (rest.terms or {}).items() for of in weights.items()]
        if not left or any(weight < 0 for _, _, weight in left):
            return None
        shared = any(place in mine and kind in mine[place].weights for place, kind, _ in left)
        return None if shared else replace(rest, positive=True)

    def _margin(self, alpha: Fraction) -> Fraction:
        found: Counter[Fraction] = Counter()
        for weights, many in (self.terms or {}).values():
            for weight in weights.values():
                found[abs(weight)] += many
        if self.noise is None or not found:
            return NAUGHT
        common = lcm(*(weight.denominator for weight in found))
        whole: Weights = tuple(sorted((int(weight * common), many) for weight, many in found.items()))
        return Fraction(margin(self.noise, whole, alpha), common)


@dataclass(frozen=True)
class Ratio:
    """A number over another, times a factor, neither of them negative; at most `most` where that is known."""

    top: Spread
    bottom: Spread
    factor: Fraction = Fraction(1)
    most: Fraction | None = None

    def within(self, alpha: Fraction) -> Interval:
        """See Spread."""
        (low, high), (least, largest) = (side.within(alpha / 2) for side in (self.top, self.bottom))
        lowest = self.factor * max(low or NAUGHT, NAUGHT) / largest if largest else NAUGHT
        highest = self.factor * high / least if least is not None and least > 0 and high is not None else None
        if self.most is not None:
            lowest, highest = (
                min(lowest, self.most),
                min(self.most if highest is None else highest, self.most),
            )
        return Interval(lowest, None if highest is None else max(lowest, highest))


@dataclass(frozen=True)
class Proportion:
    """Per cent that a number is of itself and the rest together."""

    value: Spread
    rest: Spread

    def within(self, alpha: Fraction) -> Interval:
        """See Spread."""
        (low, high), (least, most) = (_positive(side.within(alpha / 2)) for side in (self.value, self.rest))
        return Interval(
            100 * low / (low + most) if low + most else NAUGHT,
            100 * high / (high + least) if high + least else Fraction(100),
        )


@dataclass(frozen=True)
class Difference:
    """A number less another, whatever they have in common."""

    a: Spread
    b: Spread

    def within(self, alpha: Fraction) -> Interval:
        """See Spread."""
        (low, high), (least, most) = self.a.within(alpha / 2), self.b.within(alpha / 2)
        return Interval(_less(low, most), _less(high, least))


@dataclass(frozen=True)
class Middle:
    """A mean of several numbers of which each is what it is for the same reason: a mean of mean amounts."""

    several: Sequence[Spread]

    def within(self, alpha: Fraction) -> Interval:
        """See Spread."""
        found = [one.within(alpha / len(self.several)) for one in self.several]
        lows = [one.low for one in found if one.low is not None]
        highs = [one.high for one in found if one.high is not None]
        many = len(found)
        return Interval(
            sum(lows, NAUGHT) / many if len(lows) == many else None,
            sum(highs, NAUGHT) / many if len(highs) == many else None,
        )


@dataclass(frozen=True)
class OfLengths:
    """What a function makes of the people of each length, shorter first: their mean, or their median.

    It grows where people have longer stays instead of shorter ones. None of nobody.
    """

    several: Sequence[Spread]
    function: Callable[[Sequence[Fraction]], Fraction | None]

    def within(self, alpha: Fraction) -> Interval:
        """See Spread. Most with short stays and least with long ones makes it small; the other way, large."""
        bounds = [_positive(one.within(alpha / len(self.several))) for one in self.several]
        lows, highs = [low for low, _ in bounds], [high for _, high in bounds]
        cuts = range(len(bounds) + 1)
        small = [self.function([*highs[:cut], *lows[cut:]]) for cut in cuts]
        large = [self.function([*lows[:cut], *highs[cut:]]) for cut in cuts]
        return Interval(
            min((value for value in small if value is not None), default=None),
            max((value for value in large if value is not None), default=None),
        )


# -- arithmetic that keeps what is known ------------------------------------------------------------------


def added(several: Sequence[Spread | None]) -> Linear | None:
    """Of a sum of sums of cells."""
    found = Linear(NAUGHT, positive=True)
    for one in several:
        if not isinstance(one, Linear):
            return None
        found = found.plus(one)
    return found


def apart(a: Spread | None, b: Spread | None) -> Spread | None:
    """Of a difference."""
    if a is None or b is None:
        return None
    if isinstance(a, Linear) and isinstance(b, Linear):
        return a.plus(b, -1)
    return Difference(a, b)


def middle(several: Sequence[Spread | None]) -> Spread | None:
    """Of a mean."""
    if whole := added(several):
        return whole.times(Fraction(1, len(several)))
    known = [one for one in several if one is not None]
    return Middle(known) if known and len(known) == len(several) else None


def ratio(
    top: Spread | None, bottom: Spread | None, factor: int = 1, most: Fraction | None = None
) -> Spread | None:
    """Of a quotient."""
    return None if top is None or bottom is None else Ratio(top, bottom, Fraction(factor), most)


def certain(value: Fraction) -> Linear:
    """Of a number that is not counted."""
    return Linear(value)


def _positive(interval: Interval) -> tuple[Fraction, Fraction]:
    """Of people: finite, and not negative."""
    low, high = interval
    if high is None:
        raise ValueError("a number of people without end")
    return max(low or NAUGHT, NAUGHT), max(high, NAUGHT)


def _less(a: Fraction | None, b: Fraction | None) -> Fraction | None:
    return None if a is None or b is None else a - b
